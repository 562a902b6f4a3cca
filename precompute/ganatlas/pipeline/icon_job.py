"""What all kinds of made icons have in common: which cells get one, of which mean, where they look, and how they are written.

Data flow: measured layer -> :class:`IconJob` -> `make_inverted`, `make_decoded` -> Deep Zoom pyramids in the workspace.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.manifest import JOINT, IconKind, Layer
from ganatlas.classifiers.base import Classifier
from ganatlas.icons.tiles import write_pyramid
from ganatlas.icons.whitening import LayerMoments, measure_moments

from .grid import dataset_vectors, parents
from .layers import GridFiles, LayerJob, MeasuredLayer, PlacedLayer, with_icons
from .pictures import icons_folder, store_pyramids
from .workspace import Workspace, load_arrays, save_arrays

StandIn = Callable[[NDArray[np.int64]], NDArray[np.uint8]]
"""Pictures for cells (their indices) whose icon cannot be made, uint8 (cells, px, px, 3)."""


@dataclass(frozen=True)
class IconCells:
    """The cells that get an icon of one kind of mean. of: 'joint' or a dataset's name. cells: indices into the grid's cells.

    vectors: float32 (cells, channels), the means.
    """

    of: str
    cells: NDArray[np.int64]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class IconJob:
    """The icons of one kind of mean on one grid of a layer.

    network: best `folded`. layer: what the manifest says of it. of: what `wanted` will say it is. wanted: the cells and their
    means, asked for when the icons are not there yet. progress: told the icons done and the icons in all.
    """

    work: Workspace
    job: LayerJob
    measured: MeasuredLayer
    network: Classifier
    layer: Layer
    size: int
    of: str
    wanted: Callable[[], IconCells]
    stand_in: StandIn
    progress: Callable[[int, int], None]

    @property
    def grid(self) -> GridFiles:
        return self.measured.grids[self.size]

    def key(self) -> dict[str, object]:
        """What the icons depend on, whatever their kind."""
        return {
            "cells": self.measured.key,
            "size": self.size,
            "of": self.of,
            "px": self.job.config.icons.size,
            "min_count": self.job.config.grids.min_count,
            "classifier": self.network.digest,
            "field": self.layer.receptive_field,
        }

    def looks_at(self, position: int) -> float | None:
        """The px at whose middle a position looks, from the start of its picture; None where that was not measured."""
        stride, offset = self.layer.stride, self.layer.offset
        return None if stride is None or offset is None else offset + stride * position

    def moments(self) -> LayerMoments:
        """The layer's mean and second moment."""
        return layer_moments(self.work, self.job)

    def write(
        self, folder: Path, kind: IconKind, icons: IconCells, pictures: NDArray[np.uint8], faithfulness: NDArray[np.float32]
    ) -> None:
        """A step's pyramid, with the exemplar where an icon could not be made (its faithfulness is NaN). No cells, no
        pyramid.
        """
        failed = np.flatnonzero(np.isnan(faithfulness))
        if len(failed):
            pictures[failed] = self.stand_in(icons.cells[failed])
        if not len(icons.cells):
            store_pyramids(folder, [])
            return
        pyramid = write_pyramid(
            pictures,
            self.grid.cells.column[icons.cells],
            self.grid.cells.row[icons.cells],
            self.size,
            root=folder,
            folder=icons_folder(self.job.layer, self.size, kind),
            kind=kind,
            of=icons.of,
            faithfulness=faithfulness,
            fallbacks=len(failed),
        )
        store_pyramids(folder, [pyramid])


def layer_moments(work: Workspace, job: LayerJob) -> LayerMoments:
    """The step that measures a layer's mean and second moment, balanced between the datasets."""

    def make(folder: Path) -> None:
        x, samples = job.loaded
        moments = measure_moments(x, samples.dataset)
        save_arrays(folder / "moments.npz", mean=moments.mean, second=moments.second)

    folder = work.step(f"moments/{job.layer}", {"activations": job.key, "layer": job.layer, "version": 1}, make)
    return LayerMoments(**load_arrays(folder / "moments.npz"))


def joint_cells(job: LayerJob, measured: MeasuredLayer, size: int) -> IconCells:
    """Every cell with enough points, and its balanced mean."""
    grid = measured.grids[size]
    chosen = with_icons(grid.cells, job.config.grids.min_count)
    return IconCells(JOINT, chosen, grid.vectors[chosen])


def own_cells(job: LayerJob, placed: PlacedLayer, measured: MeasuredLayer, size: int, dataset: int) -> IconCells:
    """Every cell with enough points of one dataset, and the mean of those alone."""
    grid, (x, samples) = measured.grids[size], job.loaded
    own = dataset_vectors(x, samples.dataset, placed.placement, grid.cells)
    chosen = cells_of(job, measured, size, dataset)
    return IconCells(job.names[dataset], chosen, own[chosen, dataset])


def cells_of(job: LayerJob, measured: MeasuredLayer, size: int, dataset: int) -> NDArray[np.int64]:
    """Indices of the cells with enough points of one dataset."""
    cells = measured.grids[size].cells
    return np.flatnonzero((cells.count[:, dataset] >= job.config.grids.min_count) & (cells.column >= 0))


def parents_of(grid: GridFiles, chosen: NDArray[np.int64], above: GridFiles, made: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each chosen cell the place of its parent among the icons made of a coarser grid, or of the same one; -1: none.

    Args:
        made: the cells of `above` that have an icon, in the order of those icons.
    """
    of_cell = np.full(len(above.cells.column), -1, np.int64)
    of_cell[made] = np.arange(len(made))
    return of_cell[chosen if above is grid else parents(grid.cells, above.cells)[chosen]]
