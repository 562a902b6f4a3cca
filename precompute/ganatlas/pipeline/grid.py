"""Nested grids over a layer's map: which points lie in which cell, and what a cell's points have in common.

Data flow: `placement` (sorted points) → this step → `divergence`, `icons`, the cells' tables. Points are binned once, at 320;
coarser cells are runs of finer ones, so counts of a cell are sums of its 2×2 children. *Outside* is a cell like any other, the
last row of every size.

Activations stay float16 on disk: every pass here gathers the sorted rows in blocks, so memory does not grow with the atlas.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray

from ganatlas.bundle.tables import OUTSIDE

from .cell_loops import add_runs, cosines, keep_best
from .morton import OUTSIDE_CODE, at_size, codes_of, decode
from .samples import GridCells, Placement

BLOCK = 16384
"""Rows of activations in memory at a time."""


def bin_cells(placement: Placement, dataset: NDArray[np.uint8], datasets: int, size: int) -> GridCells:
    """The occupied cells of one grid.

    Args:
        placement: the sorted points.
        dataset: (n,) index of each sample's dataset, in the order of Samples.
        datasets: how many datasets there are.
        size: 10·2^k, k = 0…5.

    Returns:
        Cells by row, then column; outside last, where any point lies outside.

    Raises:
        InputError: `size` is no such number.
    """
    fine = codes_of(placement.xy)
    codes = at_size(fine, size)
    start = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.zeros(0, np.int64)
    stop = np.r_[start[1:], len(codes)].astype(np.int64)
    column, row = decode(codes[start], size)
    outside = fine[start] == OUTSIDE_CODE
    column[outside] = row[outside] = OUTSIDE
    sorted_dataset = dataset[placement.order]
    member = np.repeat(np.arange(len(start)), stop - start)
    count = np.bincount(member * datasets + sorted_dataset, minlength=len(start) * datasets).reshape(len(start), datasets)
    by_row = np.lexsort((column, row, outside))
    return GridCells(
        size,
        column[by_row].astype(np.int16),
        row[by_row].astype(np.int16),
        start[by_row].astype(np.int64),
        stop[by_row],
        count[by_row].astype(np.int64),
    )


def parents(fine: GridCells, coarse: GridCells) -> NDArray[np.int64]:
    """For each cell of `fine` the index of the cell of `coarse` that holds it, (cells of fine,); both of the same placement."""
    by_start = np.argsort(coarse.start)
    return np.asarray(by_start[np.searchsorted(coarse.start[by_start], fine.start, side="right") - 1], dtype=np.int64)


@dataclass(frozen=True)
class CellMeans:
    """What the members of each cell have in common.

    vectors: float32 (cells, C), the mean of the members' activations, each weighted by 1/(points of its dataset on the map).
    spread: float32 (cells,), mean cosine distance of the members to that vector; of two zero vectors the distance is 0, of
    one, 1.
    """

    vectors: NDArray[np.float32]
    spread: NDArray[np.float32]


def cell_means(
    x: NDArray[np.float16], dataset: NDArray[np.uint8], placement: Placement, grids: Mapping[int, GridCells]
) -> dict[int, CellMeans]:
    """The balanced means of every grid's cells, by size, from one pass over the activations.

    Args:
        x: (n, C) activations, in the order of Samples; may be memory-mapped.
        dataset: (n,) index of each sample's dataset, in the order of Samples.
        grids: of the same placement, by size; coarser cells are summed from the finest ones.
    """
    finest = grids[max(grids)]
    sums = _sums(x, dataset, placement, finest)
    return {
        size: (sums if cells is finest else sums.within(parents(finest, cells), len(cells.start))).means(cells)
        for size, cells in grids.items()
    }


@dataclass(frozen=True)
class _Sums:
    """Over the members of each cell. weighted, directions: float32 (cells, C), of activations by their dataset's weight and of
    unit vectors. weight: of all members. zeros: members without a direction.
    """

    weighted: NDArray[np.float32]
    directions: NDArray[np.float32]
    weight: NDArray[np.float64]
    zeros: NDArray[np.float64]

    def within(self, parent: NDArray[np.int64], cells: int) -> "_Sums":
        """Of coarser cells. parent: the coarse cell of each of these."""
        into = sp.csr_array((np.ones(len(parent), np.float32), (parent, np.arange(len(parent)))), shape=(cells, len(parent)))
        return _Sums(*(np.asarray(into @ values) for values in (self.weighted, self.directions, self.weight, self.zeros)))

    def means(self, cells: GridCells) -> CellMeans:
        vectors = (self.weighted / self.weight[:, None]).astype(np.float32)
        norm = np.linalg.norm(vectors, axis=1)
        alike = np.einsum("ij,ij->i", self.directions, vectors) * _inverse(norm)
        spread = 1 - np.where(norm > 0, alike, self.zeros) / (cells.stop - cells.start)
        return CellMeans(vectors, np.clip(spread, 0, 2).astype(np.float32))


def _sums(x: NDArray[np.float16], dataset: NDArray[np.uint8], placement: Placement, cells: GridCells) -> _Sums:
    per_point = (1.0 / np.maximum(cells.count.sum(axis=0), 1)).astype(np.float32)
    size = (len(cells.start), x.shape[1])
    sums = _Sums(np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size[0]), np.zeros(size[0]))
    members = _Members(cells)
    for begin, rows in _blocks(placement):
        member = members.of(begin, len(rows))
        runs = np.flatnonzero(np.r_[True, member[1:] != member[:-1], True])
        weights = per_point[dataset[rows]]
        norms = add_runs(_float32(x, rows), weights, runs, member[runs[:-1]], sums.weighted, sums.directions)
        sums.weight[:] += np.bincount(member, weights, minlength=size[0])
        sums.zeros[:] += np.bincount(member, norms == 0, minlength=size[0])
    return sums


def dataset_vectors(
    x: NDArray[np.float16], dataset: NDArray[np.uint8], placement: Placement, cells: GridCells
) -> NDArray[np.float32]:
    """Mean activation of each dataset's own members of each cell, (cells, D, C); NaN where a dataset has none there."""
    amount, datasets = cells.count.shape
    sums = np.zeros((amount * datasets, x.shape[1]), np.float32)
    members = _Members(cells)
    for begin, rows in _blocks(placement):
        group = members.of(begin, len(rows)) * datasets + dataset[rows]
        by_group = np.argsort(group, kind="stable")
        group = group[by_group]
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        sums[group[first]] += np.add.reduceat(_float32(x, rows[by_group]), first)
    with np.errstate(invalid="ignore"):
        means = sums.reshape(amount, datasets, -1) / cells.count[:, :, None]
    return means.astype(np.float32)


def exemplars(
    x: NDArray[np.float16],
    dataset: NDArray[np.uint8],
    placement: Placement,
    grids: Mapping[int, GridCells],
    means: Mapping[int, CellMeans],
) -> dict[int, NDArray[np.int64]]:
    """Row of the sorted points of each dataset's member with the highest cosine with the cell vector, (cells, D) by size.

    −1 for none; of equal cosines the first row wins. One pass over the activations for all grids.

    Args:
        means: of `cell_means`, of the same grids.
    """
    nearest = {size: _Nearest(cells, means[size].vectors) for size, cells in grids.items()}
    for begin, rows in _blocks(placement):
        values = _float32(x, rows)
        for best in nearest.values():
            best.look(begin, values, dataset[rows])
    return {size: best.row.reshape(grids[size].count.shape) for size, best in nearest.items()}


class _Nearest:
    """The member of each cell and dataset that is nearest to the cell's vector, of the rows looked at so far."""

    def __init__(self, cells: GridCells, vectors: NDArray[np.float32]) -> None:
        amount, self._datasets = cells.count.shape
        self._members = _Members(cells)
        self._units = vectors * _inverse(np.linalg.norm(vectors, axis=1))[:, None]
        self._best = np.full(amount * self._datasets, -np.inf, np.float32)
        self.row = np.full(amount * self._datasets, -1, np.int64)

    def look(self, begin: int, values: NDArray[np.float32], dataset: NDArray[np.uint8]) -> None:
        """values: (rows, C), of the sorted points from `begin`."""
        member = self._members.of(begin, len(values))
        group = member * self._datasets + dataset
        keep_best(cosines(values, self._units, member), group, begin, self._best, self.row)


def majority(top: NDArray[np.int32], placement: Placement, cells: GridCells) -> NDArray[np.int32]:
    """The class most frequent among each cell's members, (cells,); of equally frequent ones the lowest, −1 where none is known.

    top: (n,) most likely class of each sample's image, −1 for none, in the order of Samples.
    """
    member = np.empty(len(placement.order), np.int64)
    by_start = np.argsort(cells.start)
    member[:] = np.repeat(by_start, (cells.stop - cells.start)[by_start])
    sorted_top = top[placement.order]
    known = sorted_top >= 0
    out = np.full(len(cells.start), -1, np.int32)
    if known.any():
        classes = int(sorted_top.max()) + 1
        keys, counts = np.unique(member[known] * classes + sorted_top[known], return_counts=True)
        cell, label = keys // classes, keys % classes
        ranked = np.lexsort((label, -counts, cell))
        ranked = ranked[np.r_[True, cell[ranked][1:] != cell[ranked][:-1]]]
        out[cell[ranked]] = label[ranked]
    return out


def _float32(x: NDArray[np.float16], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Some rows; torch converts on all threads."""
    return torch.from_numpy(x[rows]).float().numpy()


class _Members:
    """Which cell each sorted point lies in."""

    def __init__(self, cells: GridCells) -> None:
        self._by_start = np.argsort(cells.start)
        self._ends = cells.stop[self._by_start]

    def of(self, begin: int, count: int) -> NDArray[np.int64]:
        """Of so many points from `begin`, (count,)."""
        return self._by_start[np.searchsorted(self._ends, np.arange(begin, begin + count), side="right")]


def _blocks(placement: Placement) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The sorted points a block at a time: where it begins, and indices into Samples."""
    for begin in range(0, len(placement.order), BLOCK):
        yield begin, placement.order[begin : begin + BLOCK]


def _inverse(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """1/norm, and 0 for a zero vector."""
    return np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
