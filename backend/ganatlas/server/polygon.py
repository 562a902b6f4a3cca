"""Which points lie inside a polygon: even-odd rule, by edges over points sorted by y.

An edge only concerns the points whose y is between its ends, so many short edges cost no more than a few long ones.
Source: Shimrat 1962, "Algorithm 112: position of point relative to polygon".
"""

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError

MAX_CROSSINGS = 400_000_000
"""Points times edges at the same height that are worked through for one request (about two seconds)."""


def inside_polygon(x: NDArray[np.float32], y: NDArray[np.float32], polygon: NDArray[np.float64]) -> NDArray[np.int64]:
    """Indices of the points inside.

    Args:
        x, y: float32 (n,).
        polygon: corners (k, 2), k >= 3, finite; closed by itself.

    Returns:
        int64, rising.

    Raises:
        InputError: the polygon is not finite, or so dense that it would take too long.
    """
    if not np.isfinite(polygon).all():
        raise InputError("The polygon has a corner that is not a number.")
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    candidates = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    order = np.argsort(y[candidates], kind="stable")
    px, py = x[candidates][order].astype(np.float64), y[candidates][order].astype(np.float64)
    x0, y0 = polygon.T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    first = np.searchsorted(py, np.minimum(y0, y1), "left")
    last = np.searchsorted(py, np.maximum(y0, y1), "left")
    if int((last - first).sum()) > MAX_CROSSINGS:
        raise InputError("This polygon has too many long edges for so many points; draw a simpler one.", corners=len(polygon))
    odd = np.zeros(len(candidates), bool)
    for edge in np.flatnonzero(last > first).tolist():
        between = slice(first[edge], last[edge])
        slope = (x1[edge] - x0[edge]) / (y1[edge] - y0[edge])
        odd[between] ^= px[between] < x0[edge] + (py[between] - y0[edge]) * slope
    return np.sort(candidates[order[odd]])
