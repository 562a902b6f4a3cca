"""Activations reduced to 32 principal components, from which the server tells how near members are to a cell's mean.

Data flow: a layer's activations -> `reduce_activations` -> the `reduced` column of points.arrow.
Source: Pearson 1901; computed from the covariance in float64, in blocks, so that the activations may lie on disk.
"""

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.tables import REDUCED

BLOCK = 16_384


def reduce_activations(x: NDArray[np.float16], components: int = REDUCED) -> NDArray[np.float16]:
    """Project onto the first principal components.

    Args:
        x: activations, shape (points, channels); may be memory-mapped.
        components: columns of the result; zeros beyond the number of channels.

    Returns:
        Centred projections, shape (points, components), scaled by one factor for the whole layer so that the largest
        standard deviation is 1 (cosines do not change, float16 does not overflow). Signs are fixed: of each component's
        loadings the largest in size is positive.
    """
    n, channels = x.shape
    mean = np.zeros(channels)
    for start in range(0, n, BLOCK):
        mean += x[start : start + BLOCK].sum(axis=0, dtype=np.float64)
    mean /= max(n, 1)
    covariance = np.zeros((channels, channels))
    for start in range(0, n, BLOCK):
        block = x[start : start + BLOCK].astype(np.float64) - mean
        covariance += block.T @ block
    values, vectors = np.linalg.eigh(covariance / max(n - 1, 1))
    keep = min(components, channels)
    basis = vectors[:, ::-1][:, :keep]
    basis = basis * np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(keep)])
    scale = float(np.sqrt(values[-1])) if values[-1] > 0 else 1.0
    reduced = np.zeros((n, components), np.float16)
    for start in range(0, n, BLOCK):
        centred = x[start : start + BLOCK].astype(np.float32) - mean.astype(np.float32)
        reduced[start : start + BLOCK, :keep] = centred @ (basis / scale).astype(np.float32)
    return reduced
