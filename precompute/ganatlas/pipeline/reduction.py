"""Activations reduced to their leading principal components: where a layout starts, and what the bundle keeps of a sample, so
that the server can tell how near it is to a cell's mean.

Data flow: a layer's activations -> `principal_components` -> `layout`; -> `reduce_activations` -> the `reduced` column of
points.arrow. Both read the activations in blocks, so that these may lie on disk.

Source: Pearson 1901, "On lines and planes of closest fit to systems of points in space".
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.bundle.tables import REDUCED

BLOCK = 16_384
ENOUGH = 131_072
"""Points from which components are found; of more, every second, third … is looked at."""


def reduce_activations(x: NDArray[np.float16], components: int = REDUCED) -> NDArray[np.float16]:
    """The scores of the leading principal components, scaled to fit float16.

    Args:
        x: activations, shape (points, channels); may be memory-mapped.
        components: columns of the result; zeros beyond the number of channels.

    Returns:
        Centred projections, shape (points, components), scaled by one factor for the whole layer so that the largest
        standard deviation is 1 (cosines do not change, float16 does not overflow).
    """
    scores = principal_components(x, components)
    scale = float(scores[:, 0].std()) if len(x) > 1 else 0.0
    if scale > 0:
        scores /= scale
    return scores.astype(np.float16)


def principal_components(x: NDArray[np.float16], components: int, block: int = BLOCK) -> NDArray[np.float32]:
    """Scores (n, components) of the leading principal components, streamed; of each axis the largest loading is positive.

    Components beyond the number of channels are 0. Of more than `ENOUGH` points the axes are those of an even choice.
    """
    n, channels = x.shape
    step = math.ceil(n / ENOUGH)
    looked = len(range(0, n, step))
    # Moments about the first block's mean, which is near enough the mean to lose no digits: one pass over the data.
    origin = _float32(x[:block]).mean(0)
    total, square = torch.zeros(channels, dtype=torch.float64), torch.zeros((channels, channels), dtype=torch.float64)
    for begin in range(0, n, step * block):
        part = _float32(x[begin : begin + step * block : step]) - origin
        total += part.sum(0).double()
        square += (part.T @ part).double()
    mean = total / looked
    covariance = square / looked - torch.outer(mean, mean)
    centre = origin + mean.float()
    _, vectors = torch.linalg.eigh(covariance)
    axes = vectors.flip(1)[:, :components].float()
    sign = axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    axes = axes * torch.where(sign == 0, 1, sign)
    out = np.zeros((n, components), np.float32)
    for begin in range(0, n, block):
        rows = slice(begin, begin + block)
        out[rows, : axes.shape[1]] = ((_float32(x[rows]) - centre) @ axes).numpy()
    return out


def _float32(x: NDArray[np.float16]) -> torch.Tensor:
    """A copy, since what is memory-mapped cannot be written and torch would warn; torch converts faster than numpy."""
    return torch.from_numpy(np.array(x)).float()
