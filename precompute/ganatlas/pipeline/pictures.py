"""The exemplars of a layer's cells, as a step: a pyramid of real patches for every grid. `inverted` has the other icons.

Data flow: measured layer, stored images -> Deep Zoom pyramids in the workspace -> `BundleWriter.put_pyramid`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.manifest import JOINT, ClassifierInfo, Layer, Pyramid
from ganatlas.bundle.patch import patch_box
from ganatlas.icons.exemplar import StoredImages, exemplar_icons, joint_exemplars
from ganatlas.icons.tiles import write_pyramid

from .layers import LayerJob, MeasuredLayer, PlacedLayer, with_icons
from .workspace import Workspace, write_atomically

PYRAMIDS_FILE = "pyramids.json"
EXEMPLAR_PX = {10: 96, 20: 96, 40: 64, 80: 48, 160: 32, 320: 16}
"""px a cell: a whole map of 1,000 to 5,000 px, so that a picture of a layer is a few hundred tiles at most."""


@dataclass(frozen=True)
class Made:
    """Finished pyramids, with paths relative to `root`."""

    root: Path
    pyramids: tuple[Pyramid, ...]


def stored_pyramids(root: Path) -> Made:
    """What `store_pyramids` wrote."""
    return Made(root, tuple(Pyramid(**p) for p in json.loads((root / PYRAMIDS_FILE).read_text())))


def store_pyramids(root: Path, pyramids: Sequence[Pyramid]) -> None:
    """Say which pyramids a step made."""
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
                        folder=icons_folder(job.layer, size, "exemplar"),
                        kind="exemplar",
                        of=of,
                    )
                )
        store_pyramids(folder, pyramids)

    return stored_pyramids(work.step(f"exemplars/{job.layer}-{size}", key, make))


def icons_folder(layer: str, size: int, kind: str) -> str:
    """Where the bundle has the icons of a grid, POSIX."""
    return f"layers/{layer}/grids/{size}/icons/{kind}"


def cut_exemplars(
    job: LayerJob,
    placed: PlacedLayer,
    measured: MeasuredLayer,
    images: Sequence[StoredImages],
    info: ClassifierInfo,
    layer: Layer,
    size: int,
    cells: NDArray[np.int64],
    px: int,
) -> NDArray[np.uint8]:
    """The joint exemplars of some cells of a grid (their indices), uint8 (cells, px, px, 3): what stands in for an icon."""
    grid, (x, samples) = measured.grids[size], job.loaded
    joint = joint_exemplars(x, placed.placement, grid.exemplar[cells], grid.vectors[cells])
    made = exemplar_icons(grid.exemplar[cells], joint, samples, placed.placement, images, partial(patch_box, info, layer), px)
    return made.of(len(job.names))[1]
