"""From a raw layout to the map of a layer: alignment with the layer before, extent, and the order in which points are stored.

Data flow: `layout` (raw UMAP coordinates) → this step, layer after layer → `grid`.

Alignment is orthogonal Procrustes on the same samples (Schönemann 1966): a rotation or reflection about the centre and nothing
else, so that distances within a layout are what UMAP made them. The extent is a square around the central 99 % of the pooled
points; what lies beyond keeps its coordinates and is counted as *outside*.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError

from .morton import OUTSIDE_CODE, codes_of
from .samples import Placement

PERCENTILES = (0.5, 99.5)
MARGIN = 0.02


@dataclass(frozen=True)
class Placed:
    """A layer's placement, and what the next layer aligns with.

    aligned: float32 (n, 2), raw coordinates after alignment, in the order of Samples.
    """

    placement: Placement
    aligned: NDArray[np.float32]


def place(points: NDArray[np.float32], previous: NDArray[np.float32] | None = None) -> Placed:
    """Align a raw layout, find its extent, and sort its points.

    Args:
        points: (n, 2) raw coordinates, in the order of Samples.
        previous: (n, 2) aligned raw coordinates of the same samples in the layer before, or None for the first layer.

    Returns:
        The placement (see `samples.Placement`) with xy = (aligned − (x0, y0)) / side, and the aligned coordinates. Points with
        equal codes keep the order of Samples.

    Raises:
        InputError: coordinates that are not finite, or a previous layout of other samples.
    """
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
        raise InputError(
            f"A layout must be finite coordinates of shape (n, 2), n ≥ 1; found {points.shape} with "
            f"{int((~np.isfinite(points)).sum())} values that are not finite. Lay out this layer again."
        )
    if previous is not None and previous.shape != points.shape:
        raise InputError(
            f"The layer before has {len(previous)} samples, this one {len(points)}: they cannot be aligned. "
            "Collect both layers from the same images and positions."
        )
    rotation = np.eye(2) if previous is None else procrustes(points, previous)
    centre = points.mean(axis=0, dtype=np.float64)
    aligned = ((points - centre) @ rotation).astype(np.float32)
    x0, y0, side = find_extent(aligned)
    xy = ((aligned.astype(np.float64) - (x0, y0)) / side).astype(np.float32)
    codes = codes_of(xy)
    order = np.argsort(codes, kind="stable")
    outside = int(np.count_nonzero(codes == OUTSIDE_CODE))
    a, b, c, d = (float(value) for value in rotation.ravel())
    return Placed(Placement(xy[order], order.astype(np.int64), outside, (x0, y0, side), (a, b, c, d)), aligned)


def procrustes(points: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """The rotation or reflection R (2, 2) that brings the centred `points` @ R nearest to the centred `target`, both (n, 2).

    Source: Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem".
    """
    p = points - points.mean(axis=0, dtype=np.float64)
    t = target - target.mean(axis=0, dtype=np.float64)
    u, _, vt = np.linalg.svd(p.T @ t)
    return np.asarray(u @ vt, dtype=np.float64)


def find_extent(points: NDArray[np.float32]) -> tuple[float, float, float]:
    """(x0, y0, side) of the square map: per axis the 0.5th–99.5th percentile plus a margin of 2 %, centred, the longer side.

    Where all points coincide the side is 1.
    """
    low, high = np.percentile(points.astype(np.float64), PERCENTILES, axis=0)
    side = float((high - low).max()) * (1 + 2 * MARGIN)
    # A side below the resolution of float32 at these coordinates would put equal points into different cells.
    if side <= 1e-5 * max(1.0, float(np.abs(points).max())):
        side = 1.0
    x0, y0 = (low + high) / 2 - side / 2
    return float(x0), float(y0), side
