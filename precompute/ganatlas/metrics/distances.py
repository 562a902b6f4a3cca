"""Euclidean distances between two sets of features, block by block: what the neighbour metrics are made of.

Memory is a few blocks of rows times the other set, whatever the sizes. Distances are squared, from a matrix product of centred
rows; what rounding leaves of the distance of two equal rows is set to 0, so that copies count as copies. Large sets are taken
block by block in as many threads as the linear algebra may use, each block by one thread, so that the number changes no bit.

Data flow: tables of features → here → balls (`neighbours`), copies (`memorisation`).
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits

from .checks import Features

BLOCK_BYTES = 64 << 20
SINGLE_FROM = 20_000
"""Rows in all from which single precision is used: there the distances of 10⁸ pairs would take most of the time."""

Squared = NDArray[np.floating]
Part = TypeVar("Part")
Result = TypeVar("Result")


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
    return tuple(points_around(x, middle, single=single) for x in sets)


def points_around(x: Features, middle: NDArray[np.float64], *, single: bool) -> Points:
    """Features around a point that other sets are around, too."""
    rows: Squared = (x - middle).astype(np.float32 if single else np.float64)
    return Points(rows, np.einsum("ij,ij->i", rows, rows))


def map_blocks(x: Points, y: Points, work: Callable[[slice, Squared], Result]) -> Iterator[Result]:
    """What `work` makes of the squared distances of some rows of x to all of y, (block, m), from the first row to the last.

    `work` may run in several threads at once and owns its block. A few blocks are in memory at a time.
    """
    doubled = -2 * y.rows.T  # exact, and saves a pass over every block
    yield from _in_order(list(_parts(x, y)), lambda part: work(part, _squared(x, part, y, doubled)))


def blocks(x: Points, y: Points) -> Iterator[tuple[slice, Squared]]:
    """The blocks themselves, with the rows of x that each holds."""
    yield from map_blocks(x, y, lambda part, squared: (part, squared))


def radii(x: Points, ks: tuple[int, ...]) -> Squared:
    """Squared distance of each row to its k-th nearest other row, (n, len(ks)). Every k must be below n.

    Distances are the same both ways, so of two different parts of the rows they are computed once and looked at from both. What
    is nearer than the k nearest so far is little after the first part; which part comes when does not matter.
    """
    most, doubled = max(ks), -2 * x.rows.T
    best = np.full((len(x), most), np.inf, x.rows.dtype)
    side = max(1, math.isqrt(BLOCK_BYTES // x.rows.itemsize))
    parts = [slice(begin, min(begin + side, len(x))) for begin in range(0, len(x), side)]

    def squared_of(a: slice, b: slice) -> Squared:
        return _squared(x, a, Points(x.rows[b], x.norms[b]), doubled[:, b])

    def within(a: slice) -> tuple[slice, Squared]:
        squared = squared_of(a, a)
        np.fill_diagonal(squared, np.inf)
        kept = min(most, len(squared))
        squared.partition(kept - 1, axis=1)
        return a, squared[:, :kept].copy()

    for part, shortest in _in_order(parts, within):
        best[part, : shortest.shape[1]] = shortest
    reach = best.max(1)

    def between(pair: tuple[slice, slice]) -> list[tuple[slice, NDArray[np.int64], Squared]]:
        a, b = pair
        squared = squared_of(a, b)
        width = squared.shape[1]
        of_rows, of_columns = np.flatnonzero(squared < reach[a, None]), np.flatnonzero(squared < reach[b])
        values = squared.ravel()
        return [(a, of_rows // width, values[of_rows]), (b, of_columns % width, values[of_columns])]

    for found in _in_order([(a, b) for i, a in enumerate(parts) for b in parts[i + 1 :]], between):
        for part, row, values in found:
            if len(row):
                best[part] = _shortest_with(best[part], row, values)
                reach[part] = best[part].max(1)
    nearest_first: Squared = np.sort(best, axis=1)[:, [k - 1 for k in ks]]
    return nearest_first


def _shortest_with(best: Squared, row: NDArray[np.int64], values: Squared) -> Squared:
    """The shortest of each row, (rows, most), with some more candidates, each of a row."""
    rows = np.concatenate([np.repeat(np.arange(len(best)), best.shape[1]), row])
    every = np.concatenate([best.ravel(), values])
    order = np.lexsort((every, rows))
    start = np.searchsorted(rows[order], np.arange(len(best)))
    shortest: Squared = every[order][start[:, None] + np.arange(best.shape[1])]
    return shortest


def nearest(x: Points, y: Points) -> tuple[NDArray[np.int64], Squared]:
    """For each row of x the nearest row of y, the first of equally near ones, and its squared distance."""

    def least(part: slice, squared: Squared) -> tuple[NDArray[np.int64], Squared]:
        index = squared.argmin(1)
        return index, squared[np.arange(len(squared)), index]

    found = list(map_blocks(x, y, least))
    return np.concatenate([index for index, _ in found]), np.concatenate([distance for _, distance in found])


def nearest_other(x: Points) -> tuple[NDArray[np.int64], Squared]:
    """The same among the rows of one set, each row itself left out."""

    def least(part: slice, squared: Squared) -> tuple[NDArray[np.int64], Squared]:
        own = np.arange(part.stop - part.start)
        squared[own, own + part.start] = np.inf
        index = squared.argmin(1)
        return index, squared[own, index]

    found = list(map_blocks(x, x, least))
    return np.concatenate([index for index, _ in found]), np.concatenate([distance for _, distance in found])


def _in_order(parts: Sequence[Part], work: Callable[[Part], Result]) -> Iterator[Result]:
    """What `work` makes of each part, in order, by as many threads as the linear algebra may use; few are ahead."""
    threads = _threads() if len(parts) > 1 else 1
    if threads == 1:
        yield from map(work, parts)
        return
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Result]] = deque()
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _parts(x: Points, y: Points) -> Iterator[slice]:
    size = max(1, BLOCK_BYTES // (len(y) * x.rows.itemsize))
    for begin in range(0, len(x), size):
        yield slice(begin, min(begin + size, len(x)))


def _squared(x: Points, part: slice, y: Points, doubled: Squared) -> Squared:
    """Squared distances of some rows. doubled: -2 yᵀ."""
    squared: Squared = x.rows[part] @ doubled
    squared += x.norms[part, None]
    squared += y.norms
    noise = 16 * np.finfo(squared.dtype).eps
    # Few are as near as rounding errors are large; which of them are copies is asked of these alone.
    near = np.flatnonzero(squared <= noise * (x.norms[part, None] + y.norms.max()))
    row, column = np.divmod(near, len(y))
    copies = squared[row, column] <= noise * (x.norms[part][row] + y.norms[column])
    squared[row[copies], column[copies]] = 0
    return squared


def _threads() -> int:
    """How many threads the linear algebra may use now."""
    return max((library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"), default=1)
