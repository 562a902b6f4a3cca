"""Fewer points, the same ones each time: each row has a fixed priority, and a smaller limit takes a subset of a larger one.

Priorities are the SplitMix64 hash of the row number (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
generators"), so that they need not be stored.
"""

import numpy as np
from numpy.typing import NDArray


def thin(rows: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """At most `limit` of some rows, in their order. rows: int64 (n,), rising."""
    if len(rows) <= limit:
        return rows
    chosen = np.argpartition(_priority(rows), limit - 1)[:limit]
    return rows[np.sort(chosen)]


def _priority(rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        z = (rows.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))
