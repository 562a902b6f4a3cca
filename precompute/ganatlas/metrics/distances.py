"""Euclidean distances between two sets of features, block by block: what the neighbour metrics are made of.

Memory is a block of rows times the other set, whatever the sizes. Distances are squared, from a matrix product of centred rows;
what rounding leaves of the distance of two equal rows is set to 0, so that copies count as copies.

Data flow: tables of features → here → balls (`neighbours`), copies (`memorisation`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .checks import Features

BLOCK_BYTES = 64 << 20
SINGLE_FROM = 20_000
"""Rows in all from which single precision is used: there the distances of 10⁸ pairs would take most of the time."""

Squared = NDArray[np.floating]


@dataclass(frozen=True)
class Points:
    """Centred features, (n, d) float64 or float32, with their squared norms (n,)."""

    rows: Squared
    norms: Squared

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: NDArray[np.integer]) -> "Points":
        """Some of the rows."""
        return Points(self.rows[index], self.norms[index])

    @property
    def tie(self) -> float:
        """Squared distances that differ by less than this share are equal: the rounding of the product."""
        return 1e-12 if self.rows.dtype == np.float64 else 1e-6


def centred(*sets: Features, single: bool | None = None) -> tuple[Points, ...]:
    """Sets of features around their common mean.

    Args:
        single: whether in single precision; where None, for more than `SINGLE_FROM` rows in all.
    """
    if single is None:
        small = max(float(np.abs(x).max()) for x in sets) < 1e15  # squares must not overflow
        single = small and sum(len(x) for x in sets) > SINGLE_FROM
    middle = np.mean([x.mean(0) for x in sets], axis=0)
    found = []
    for x in sets:
        rows: Squared = (x - middle).astype(np.float32 if single else np.float64)
        found.append(Points(rows, np.einsum("ij,ij->i", rows, rows)))
    return tuple(found)


def blocks(x: Points, y: Points) -> Iterator[tuple[slice, Squared]]:
    """Squared distances of some rows of x to all of y, (block, m), from the first row of x to the last."""
    size = max(1, BLOCK_BYTES // (len(y) * x.rows.itemsize))
    noise = 16 * np.finfo(x.rows.dtype).eps
    for begin in range(0, len(x), size):
        block = slice(begin, min(begin + size, len(x)))
        squared = x.rows[block] @ y.rows.T
        squared *= -2
        scale = x.norms[block, None] + y.norms
        squared += scale
        scale *= noise
        squared[squared <= scale] = 0
        yield block, squared


def radii(x: Points, ks: tuple[int, ...]) -> Squared:
    """Squared distance of each row to its k-th nearest other row, (n, len(ks)). Every k must be below n."""
    found = np.empty((len(x), len(ks)), x.rows.dtype)
    for block, squared in blocks(x, x):
        own = np.arange(block.stop - block.start)
        squared[own, own + block.start] = np.inf
        squared.partition(sorted({k - 1 for k in ks}), axis=1)
        found[block] = squared[:, [k - 1 for k in ks]]
    return found


def nearest(x: Points, y: Points) -> tuple[NDArray[np.int64], Squared]:
    """For each row of x the nearest row of y, the first of equally near ones, and its squared distance."""
    index, distance = np.empty(len(x), np.int64), np.empty(len(x), x.rows.dtype)
    for block, squared in blocks(x, y):
        index[block] = squared.argmin(1)
        distance[block] = squared[np.arange(len(squared)), index[block]]
    return index, distance
