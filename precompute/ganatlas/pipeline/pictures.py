"""The pictures of a layer's cells, as steps: exemplar pyramids of every grid, inverted icons of the coarse ones.

Data flow: measured layer, stored images, classifier -> Deep Zoom pyramids in the workspace -> `BundleWriter.put_pyramid`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.bundle.manifest import JOINT, ClassifierInfo, Layer, Pyramid
from ganatlas.bundle.patch import patch_box
from ganatlas.classifiers.base import Classifier
from ganatlas.icons.crop import crop_icons
from ganatlas.icons.exemplar import StoredImages, exemplar_icons, joint_exemplars
from ganatlas.icons.invert import Parents, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.tiles import write_pyramid
from ganatlas.icons.whitening import LayerMoments, measure_moments

from .config import AtlasConfig
from .grid import parents
from .layers import GridFiles, LayerJob, MeasuredLayer, PlacedLayer, with_icons
from .workspace import Workspace, digest_of, load_arrays, save_arrays, write_atomically

PYRAMIDS_FILE = "pyramids.json"
EXEMPLAR_PX = {10: 96, 20: 96, 40: 64, 80: 48, 160: 32, 320: 16}
"""px a cell: a whole map of 1,000 to 5,000 px, so that a picture of a layer is a few hundred tiles at most."""


@dataclass(frozen=True)
class Made:
    """Finished pyramids, with paths relative to `root`."""

    root: Path
    pyramids: tuple[Pyramid, ...]


def _stored(root: Path) -> Made:
    return Made(root, tuple(Pyramid(**p) for p in json.loads((root / PYRAMIDS_FILE).read_text())))


def _store(root: Path, pyramids: Sequence[Pyramid]) -> None:
    write_atomically(root / PYRAMIDS_FILE, json.dumps([p.model_dump() for p in pyramids]).encode())


def make_exemplars(
    work: Workspace,
    job: LayerJob,
    placed: PlacedLayer,
    measured: MeasuredLayer,
    images: Sequence[StoredImages],
    info: ClassifierInfo,
    layer: Layer,
    size: int,
) -> Made:
    """The exemplar pyramids of one grid: joint, and of each dataset. `layer` gives the receptive field."""
    grid = measured.grids[size]
    key: dict[str, object] = {
        "cells": measured.key,
        "size": size,
        "min_count": job.config.grids.min_count,
        "patch": [layer.stride, layer.offset, layer.receptive_field, info.input_size, info.resize],
        "px": EXEMPLAR_PX[size],
        "version": 1,
    }

    def make(folder: Path) -> None:
        x, samples = job.loaded
        chosen = with_icons(grid.cells, job.config.grids.min_count)
        joint = joint_exemplars(x, placed.placement, grid.exemplar[chosen], grid.vectors[chosen])
        made = exemplar_icons(
            grid.exemplar[chosen], joint, samples, placed.placement, images, partial(patch_box, info, layer), EXEMPLAR_PX[size]
        )
        pyramids = []
        for number, of in enumerate((*job.names, JOINT)):
            which, pictures = made.of(number)
            if len(which):
                cells = chosen[which]
                pyramids.append(
                    write_pyramid(
                        pictures,
                        grid.cells.column[cells],
                        grid.cells.row[cells],
                        size,
                        root=folder,
                        folder=_folder(job.layer, size, "exemplar"),
                        kind="exemplar",
                        of=of,
                    )
                )
        _store(folder, pyramids)

    return _stored(work.step(f"exemplars/{job.layer}-{size}", key, make))


def _folder(layer: str, size: int, kind: str) -> str:
    return f"layers/{layer}/grids/{size}/icons/{kind}"


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
        lr=icons.learning_rate,
    )


def make_inverted(
    work: Workspace,
    job: LayerJob,
    measured: MeasuredLayer,
    classifier: Classifier,
    layer: Layer,
    size: int,
    colours: Tensor | None,
    parent: Inverted | None,
    progress: Callable[[int, int], None],
) -> Inverted:
    """The inverted joint icons of one grid; they start from those of `parent`, a coarser grid of the same layer."""
    settings, grid = icon_settings(job.config), measured.grids[size]
    centre_position = layer.height // 2
    centre = None if layer.offset is None or layer.stride is None else layer.offset + layer.stride * centre_position
    key: dict[str, object] = {
        "cells": measured.key,
        "size": size,
        "settings": settings,
        "px": job.config.icons.size,
        "min_count": job.config.grids.min_count,
        "classifier": classifier.digest,
        "colours": None if colours is None else colours.tolist(),
        "parent": parent.key if parent else None,
        "field": [centre, layer.receptive_field],
        "seed": job.config.seed,
        "version": 1,
    }
    chosen = with_icons(grid.cells, job.config.grids.min_count)

    def make(folder: Path) -> None:
        moments = layer_moments(work, job)
        cells = grid.cells
        made = invert_cells(
            classifier,
            job.layer,
            grid.vectors[chosen],
            settings,
            keys=[IconKey(job.config.seed, job.layer, size, int(cells.column[i]), int(cells.row[i])) for i in chosen],
            mean=moments.mean,
            whitening=moments.whitening(settings.ridge),
            colours=colours,
            parents=_starts(grid, chosen, parent) if parent else None,
            folder=folder,
            progress=progress,
        )
        save_arrays(folder / "inverted.npz", images=made.images)
        pyramid = write_pyramid(
            crop_icons(made.images, centre, layer.receptive_field, job.config.icons.size),
            cells.column[chosen],
            cells.row[chosen],
            size,
            root=folder,
            folder=_folder(job.layer, size, "inverted"),
            kind="inverted",
            of=JOINT,
            faithfulness=made.faithfulness,
        )
        _store(folder, [pyramid])

    root = work.step(f"icons/{job.layer}-{size}", key, make)
    return Inverted(_stored(root), load_arrays(root / "inverted.npz")["images"], chosen, grid, digest_of(key))


def _starts(grid: GridFiles, chosen: NDArray[np.int64], parent: Inverted) -> Parents:
    """For each chosen cell the parent's icon to start from, where the parent has one."""
    of_cell = np.full(len(parent.grid.cells.column), -1, np.int64)
    of_cell[parent.cells] = np.arange(len(parent.cells))
    return Parents(images=parent.images, index=of_cell[parents(grid.cells, parent.grid.cells)[chosen]])
