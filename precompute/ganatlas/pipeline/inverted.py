"""The inverted icons of a layer's cells, as steps: of the joint mean, and of each dataset's own.

Data flow: measured layer, classifier -> Deep Zoom pyramids in the workspace -> `BundleWriter.put_pyramid`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.bundle.manifest import JOINT, IconKind, Layer
from ganatlas.classifiers.base import Classifier
from ganatlas.icons.crop import crop_icons
from ganatlas.icons.invert import Parents, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.tiles import write_pyramid
from ganatlas.icons.whitening import LayerMoments, measure_moments

from .config import AtlasConfig
from .grid import dataset_vectors, parents
from .layers import GridFiles, LayerJob, MeasuredLayer, PlacedLayer, with_icons
from .pictures import Made, icons_folder, store_pyramids, stored_pyramids
from .workspace import Workspace, digest_of, load_arrays, save_arrays


@dataclass(frozen=True)
class Inverted:
    """Inverted icons of one grid, before cropping: what the next finer grid starts from."""

    made: Made
    images: NDArray[np.uint8]
    cells: NDArray[np.int64]
    grid: GridFiles
    key: str


def layer_moments(work: Workspace, job: LayerJob) -> LayerMoments:
    """The step that measures a layer's mean and second moment, balanced between the datasets."""

    def make(folder: Path) -> None:
        x, samples = job.loaded
        moments = measure_moments(x, samples.dataset)
        save_arrays(folder / "moments.npz", mean=moments.mean, second=moments.second)

    folder = work.step(f"moments/{job.layer}", {"activations": job.key, "layer": job.layer, "version": 1}, make)
    return LayerMoments(**load_arrays(folder / "moments.npz"))


def icon_settings(config: AtlasConfig) -> IconSettings:
    """The configuration's, as the inversion takes it."""
    icons = config.icons
    return IconSettings(
        steps=icons.steps,
        child_steps=icons.child_steps,
        power=icons.power,
        whitening=icons.whitening,
        decorrelate=icons.decorrelate,
        transforms=icons.transforms,
        tries=icons.tries,
        lr=icons.learning_rate,
    )


@dataclass(frozen=True)
class IconCells:
    """The cells that get an icon of one kind of mean. of: 'joint' or a dataset's name. cells: indices into the grid's cells.

    vectors: float32 (cells, channels), the means.
    """

    of: str
    cells: NDArray[np.int64]
    vectors: NDArray[np.float32]


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


def write_icons(
    folder: Path,
    layer: str,
    kind: IconKind,
    icons: IconCells,
    grid: GridFiles,
    pictures: NDArray[np.uint8],
    faithfulness: NDArray[np.float32],
    stand_in: Callable[[NDArray[np.int64]], NDArray[np.uint8]],
) -> None:
    """A step's pyramid, with the exemplar where an icon could not be made (its faithfulness is NaN). No cells, no pyramid."""
    failed = np.flatnonzero(np.isnan(faithfulness))
    if len(failed):
        pictures[failed] = stand_in(icons.cells[failed])
    size, column, row = grid.cells.size, grid.cells.column[icons.cells], grid.cells.row[icons.cells]
    pyramids = [
        write_pyramid(
            pictures,
            column,
            row,
            size,
            root=folder,
            folder=icons_folder(layer, size, kind),
            kind=kind,
            of=icons.of,
            faithfulness=faithfulness,
            fallbacks=len(failed),
        )
    ]
    store_pyramids(folder, pyramids if len(icons.cells) else [])


def make_inverted(
    work: Workspace,
    job: LayerJob,
    measured: MeasuredLayer,
    classifier: Classifier,
    layer: Layer,
    size: int,
    wanted: Callable[[], IconCells],
    of: str,
    colours: Tensor | None,
    parent: Inverted | None,
    stand_in: Callable[[NDArray[np.int64]], NDArray[np.uint8]],
    progress: Callable[[int, int], None],
) -> Inverted:
    """The inverted icons of one grid.

    Args:
        wanted: the cells and their means, asked for when the icons are not there yet. of: what `wanted` will say it is.
        parent: icons of the same layer to start from, of a coarser grid or of the same one.
        stand_in: pictures for cells (their indices) whose icon cannot be made, uint8 (cells, px, px, 3).
    """
    settings, grid = icon_settings(job.config), measured.grids[size]
    centre_position = layer.height // 2
    centre = None if layer.offset is None or layer.stride is None else layer.offset + layer.stride * centre_position
    key: dict[str, object] = {
        "cells": measured.key,
        "size": size,
        "of": of,
        "settings": settings,
        "px": job.config.icons.size,
        "min_count": job.config.grids.min_count,
        "classifier": classifier.digest,
        "colours": None if colours is None else colours.tolist(),
        "parent": parent.key if parent else None,
        "field": [centre, layer.receptive_field],
        "seed": job.config.seed,
        "version": 2,
    }

    def make(folder: Path) -> None:
        moments, cells, icons = layer_moments(work, job), grid.cells, wanted()
        chosen = icons.cells
        made = invert_cells(
            classifier,
            job.layer,
            icons.vectors,
            settings,
            keys=[IconKey(job.config.seed, job.layer, size, int(cells.column[i]), int(cells.row[i])) for i in chosen],
            mean=moments.mean,
            whitening=moments.whitening(settings.ridge),
            colours=colours,
            parents=_starts(grid, chosen, parent) if parent else None,
            folder=folder,
            progress=progress,
        )
        save_arrays(folder / "inverted.npz", images=made.images, cells=chosen)
        pictures = crop_icons(made.images, centre, layer.receptive_field, job.config.icons.size)
        write_icons(folder, job.layer, "inverted", icons, grid, pictures, made.faithfulness, stand_in)

    root = work.step(f"icons/{job.layer}-{size}" + ("" if of == JOINT else f"-{of}"), key, make)
    stored = load_arrays(root / "inverted.npz")
    return Inverted(stored_pyramids(root), stored["images"], stored["cells"], grid, digest_of(key))


def _starts(grid: GridFiles, chosen: NDArray[np.int64], parent: Inverted) -> Parents:
    """For each chosen cell the parent's icon to start from, where the parent has one."""
    of_cell = np.full(len(parent.grid.cells.column), -1, np.int64)
    of_cell[parent.cells] = np.arange(len(parent.cells))
    above = chosen if parent.grid is grid else parents(grid.cells, parent.grid.cells)[chosen]
    return Parents(images=parent.images, index=of_cell[above])
