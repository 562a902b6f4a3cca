"""Where a figure comes from: its parts by cell, from the points' table of neighbours.

A cell's members are one slice, so a part is a difference of running sums, at any grid size; the parts add up to the figure of
the layer in metrics.json.

Data flow: neighbours.arrow and cells.arrow → here → the server's column-wise answer, the viewer's colours.

Source of C_T by region: Meehan et al. 2020, "A non-parametric test to detect data-copying in generative models".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grids import GridReader
from .layers import LayerReader

Counts = NDArray[np.int64]
LEAST = 10
"""Held-out and generated images of a cell from which C_T is tested in it."""


@dataclass(frozen=True)
class PairFigures:
    """One dataset beside the reference, each array (cells,).

    Attributes:
        first, second: images looked at of each.
        outside: of the second, in no ball of the first. missed: of the first, in no ball of the second.
        uncovered: of the first, whose ball holds none of the second.
        close: of the second, no farther from the nearest of the first than that one is from its own nearest.
        density: sum over the images of the second.
        copying: z of C_T, far below 0 where the second lies nearer to the first than held-out images do; NaN where there are
            fewer than ten of either, and None without held-out images.
    """

    first: Counts
    second: Counts
    outside: Counts
    missed: Counts
    uncovered: Counts
    close: Counts
    density: NDArray[np.float64]
    copying: NDArray[np.float64] | None


def pair_figures(
    layer: LayerReader, grid: GridReader, reference: int, dataset: int, held_out: int | None = None
) -> PairFigures | None:
    """The parts of the figures of one dataset beside the reference; None where this atlas has no such table."""
    inside, of = layer.neighbours("inside"), layer.points("dataset")
    authentic, density = layer.neighbours("authentic"), layer.neighbours("density")
    covered, recalled, distance = (layer.neighbours(name) for name in ("covered", "recalled", "distance"))
    if inside is None or authentic is None or density is None or covered is None or recalled is None or distance is None:
        return None
    seen, mine = inside >= 0, of == dataset
    covered, recalled = covered[:, dataset], recalled[:, dataset]
    copying = None
    if held_out is not None and held_out not in (reference, dataset):
        copying = _copying(grid, distance, seen & mine, seen & (of == held_out))
    return PairFigures(
        _sums(grid, seen & (of == reference)),
        _sums(grid, seen & mine),
        _sums(grid, mine & (inside == 0)),
        _sums(grid, recalled == 0),
        _sums(grid, covered == 0),
        _sums(grid, mine & (authentic == 0)),
        _totals(grid, np.where(seen & mine, density, 0)),
        copying,
    )


def _sums(grid: GridReader, flags: NDArray[np.bool_]) -> Counts:
    return _totals(grid, flags).astype(np.int64)


def _totals(grid: GridReader, values: NDArray[np.generic]) -> NDArray[np.float64]:
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    totals: NDArray[np.float64] = running[grid.cells("stop")] - running[grid.cells("start")]
    return totals


def _copying(
    grid: GridReader, distance: NDArray[np.floating], generated: NDArray[np.bool_], held_out: NDArray[np.bool_]
) -> NDArray[np.float64]:
    z = np.full(grid.table.num_rows, np.nan)
    enough = np.minimum(_sums(grid, generated), _sums(grid, held_out)) >= LEAST
    starts, stops = grid.cells("start"), grid.cells("stop")
    for cell in np.flatnonzero(enough):
        members = slice(int(starts[cell]), int(stops[cell]))
        values = distance[members]
        z[cell] = mann_whitney(values[generated[members]], values[held_out[members]])
    return z


def mann_whitney(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """z of the number of pairs in which the first is larger, with ties; 0 where all are equal."""
    m, n = len(first), len(second)
    _, place, counts = np.unique(np.concatenate([first, second]), return_inverse=True, return_counts=True)
    ties = counts.astype(float)
    ranks = ties.cumsum() - (ties - 1) / 2
    u = ranks[place[:m]].sum() - m * (m + 1) / 2
    total = n + m
    variance = n * m / 12 * (total + 1 - (ties**3 - ties).sum() / (total * (total - 1)))
    return float((u - n * m / 2) / np.sqrt(variance)) if variance > 0 else 0.0
