"""Nested grids over a layer's map: which points lie in which cell, and what a cell's points have in common.

Data flow: `placement` (sorted points) → this step → `divergence`, `icons`, the cells' tables. Points are binned once, at 320;
coarser cells are runs of finer ones, so counts of a cell are sums of its 2×2 children. *Outside* is a cell like any other, the
last row of every size.

Activations stay float16 on disk: every pass here gathers the sorted rows in blocks, so memory does not grow with the atlas.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.tables import OUTSIDE

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


def cell_vectors(
    x: NDArray[np.float16], dataset: NDArray[np.uint8], placement: Placement, cells: GridCells
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Balanced cell vectors and the spread around them.

    Args:
        x: (n, C) activations, in the order of Samples; may be memory-mapped.
        dataset: (n,) index of each sample's dataset, in the order of Samples.

    Returns:
        vectors (cells, C): the mean of the members' activations, each weighted by 1/(points of its dataset on the map).
        spread (cells,): mean cosine distance of the members to that vector; of two zero vectors the distance is 0, of one, 1.
    """
    total = np.maximum(cells.count.sum(axis=0), 1)
    size = (len(cells.start), x.shape[1])
    sums, directions = np.zeros(size, np.float32), np.zeros(size, np.float32)
    weight, zeros = np.zeros(size[0]), np.zeros(size[0], np.int64)
    for rows, member, first in _blocks(placement, cells):
        values = x[rows].astype(np.float32)
        weights = (1.0 / total[dataset[rows]]).astype(np.float32)
        norms = np.linalg.norm(values, axis=1)
        directions[member[first]] += np.add.reduceat(values * _inverse(norms)[:, None], first)
        sums[member[first]] += np.add.reduceat(values * weights[:, None], first)
        weight += np.bincount(member, weights, minlength=size[0])
        zeros += np.bincount(member, norms == 0, minlength=size[0]).astype(np.int64)
    vectors = (sums / weight[:, None]).astype(np.float32)
    norm = np.linalg.norm(vectors, axis=1)
    alike = np.einsum("ij,ij->i", directions, vectors) * _inverse(norm)
    spread = 1 - np.where(norm > 0, alike, zeros) / (cells.stop - cells.start)
    return vectors, np.clip(spread, 0, 2).astype(np.float32)


def dataset_vectors(
    x: NDArray[np.float16], dataset: NDArray[np.uint8], placement: Placement, cells: GridCells
) -> NDArray[np.float32]:
    """Mean activation of each dataset's own members of each cell, (cells, D, C); NaN where a dataset has none there."""
    amount, datasets = cells.count.shape
    sums = np.zeros((amount * datasets, x.shape[1]), np.float32)
    for rows, member, _ in _blocks(placement, cells):
        group = member * datasets + dataset[rows]
        by_group = np.argsort(group, kind="stable")
        group = group[by_group]
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        sums[group[first]] += np.add.reduceat(x[rows[by_group]].astype(np.float32), first)
    with np.errstate(invalid="ignore"):
        means = sums.reshape(amount, datasets, -1) / cells.count[:, :, None]
    return means.astype(np.float32)


def exemplars(
    x: NDArray[np.float16], dataset: NDArray[np.uint8], placement: Placement, cells: GridCells, vectors: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Row of the sorted points of each dataset's member with the highest cosine with the cell vector, (cells, D); −1 for none.

    vectors: (cells, C), of `cell_vectors`. Of equal cosines the first row wins.
    """
    amount, datasets = cells.count.shape
    best = np.full(amount * datasets, -np.inf, np.float32)
    row = np.full(amount * datasets, -1, np.int64)
    units = vectors * _inverse(np.linalg.norm(vectors, axis=1))[:, None]
    begin = 0
    for rows, member, _ in _blocks(placement, cells):
        values = x[rows].astype(np.float32)
        cosine = np.einsum("ij,ij->i", values, units[member]) * _inverse(np.linalg.norm(values, axis=1))
        group = member * datasets + dataset[rows]
        ranked = np.lexsort((np.arange(len(rows)), -cosine, group))
        ranked = ranked[np.r_[True, group[ranked][1:] != group[ranked][:-1]]]
        better = ranked[cosine[ranked] > best[group[ranked]]]
        best[group[better]], row[group[better]] = cosine[better], begin + better
        begin += len(rows)
    return row.reshape(amount, datasets)


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


def _blocks(placement: Placement, cells: GridCells) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Sorted rows a block at a time: indices into Samples, the cell of each, and where in the block each cell's run begins."""
    by_start = np.argsort(cells.start)
    ends = cells.stop[by_start]
    for begin in range(0, len(placement.order), BLOCK):
        rows = placement.order[begin : begin + BLOCK]
        member = by_start[np.searchsorted(ends, np.arange(begin, begin + len(rows)), side="right")]
        yield rows, member, np.flatnonzero(np.r_[True, member[1:] != member[:-1]])


def _inverse(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """1/norm, and 0 for a zero vector."""
    return np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
