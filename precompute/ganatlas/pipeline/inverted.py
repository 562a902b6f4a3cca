"""The inverted icons of a layer's cells, as steps: of the joint mean, and of each dataset's own.

Data flow: :class:`IconJob` -> Deep Zoom pyramids in the workspace -> `BundleWriter.put_pyramid`.
"""

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.bundle.manifest import JOINT
from ganatlas.errors import InputError
from ganatlas.icons.crop import crop_icons
from ganatlas.icons.invert import Parents, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.optimise import Stopping
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.views import field_view

from .config import AtlasConfig
from .icon_job import IconJob, parents_of
from .layers import GridFiles, LayerJob
from .pictures import Made, stored_pyramids
from .workspace import digest_of, load_arrays, save_arrays

ARRAYS = "inverted.npz"
LOOK_EVERY = 32
"""Steps from one look at an icon's faithfulness to the next, where `icons.stop_gain` lets icons end early."""


@dataclass(frozen=True)
class Inverted:
    """Inverted icons of one grid, before cropping: what the next finer grid starts from. root: of the step, on disk."""

    made: Made
    root: Path
    grid: GridFiles
    key: str

    def load(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The icons, uint8 (icons, side, side, 3), and their cells' indices."""
        stored = load_arrays(self.root / ARRAYS)
        return stored["images"], stored["cells"]


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
        canvas=icons.canvas,
        look=icons.look,
        stopping=Stopping(LOOK_EVERY if icons.stop_gain else 0, icons.stop_gain),
    )


def too_few_to_whiten(job: LayerJob, settings: IconSettings) -> str | None:
    """Why a layer is not whitened although the settings ask for it; None where it is, or where they do not."""
    samples, channels = job.loaded[0].shape
    if not settings.whitens(job.layer) or samples >= channels:
        return None
    more = ceil(1.5 * channels / max(samples, 1))
    return (
        f"Icons of {job.layer} are not whitened: that needs more samples than the layer has channels, and there are "
        f"{samples:,} for {channels:,}. Give more images, or sampling.positions_per_image = {more}; or say "
        "icons.whitening = false."
    )


def canvas_position(layer: str, height: int, stride: float | None, field: float | None, canvas: int | None) -> int:
    """Which position of the map of the optimised square is its centre.

    Args:
        height: of the layer's map. stride, field: as measured, px; None: not measured. canvas: px of the square, or None for
        the network's input.

    Raises:
        InputError: a canvas that is smaller than what the centre position sees, or that the stride does not divide.
    """
    if canvas is None:
        return height // 2
    stride, field = stride or 1.0, field or 0.0
    fitting = ceil(max(field, 2 * stride) / stride) * ceil(stride)
    if canvas < field or canvas < 2 * stride:
        raise InputError(
            f"icons: a canvas of {canvas} px is under the {field:g} px that the centre position of {layer} sees. "
            f"Give icons.canvas = {fitting} or more, or leave it out."
        )
    if canvas % stride:
        raise InputError(
            f"icons: a canvas of {canvas} px is no multiple of {stride:g} px, the stride of {layer}. Give icons.canvas = "
            f"{ceil(canvas / stride) * ceil(stride)}, or leave it out."
        )
    return int(canvas / stride) // 2


def make_inverted(task: IconJob, colours: Tensor | None, parent: Inverted | None) -> Inverted:
    """The inverted icons of one grid.

    Args:
        colours: the data's colour matrix, or None for ImageNet's.
        parent: icons of the same layer to start from, of a coarser grid or of the same one.

    Raises:
        InputError: the canvas is too small for the layer.
    """
    job, layer, settings = task.job, task.layer, icon_settings(task.job.config)
    if too_few_to_whiten(job, settings) is not None:
        settings = replace(settings, whitening=False)
    position = canvas_position(job.layer, layer.height, layer.stride, layer.receptive_field, settings.canvas)
    centre = task.looks_at(position)
    view = field_view(task.network.spec.size, layer.height, layer.receptive_field, layer.offset)
    key: dict[str, object] = {
        **task.key(),
        "settings": settings,
        "view": view,
        "colours": None if colours is None else colours.tolist(),
        "parent": parent.key if parent else None,
        "centre": centre,
        "seed": job.config.seed,
        "version": 4,
    }

    def make(folder: Path) -> None:
        moments, cells, icons = task.moments(), task.grid.cells, task.wanted()
        chosen = icons.cells
        starts = None
        if parent is not None:
            images, above = parent.load()
            starts = Parents(images, parents_of(task.grid, chosen, parent.grid, above))
        made = invert_cells(
            task.network,
            job.layer,
            icons.vectors,
            settings,
            keys=[IconKey(job.config.seed, job.layer, task.size, int(cells.column[i]), int(cells.row[i])) for i in chosen],
            mean=moments.mean,
            whitening=moments.whitening(settings.ridge),
            colours=colours,
            parents=starts,
            view=view,
            folder=folder,
            progress=task.progress,
        )
        save_arrays(folder / ARRAYS, images=made.images, cells=chosen)
        pictures = crop_icons(made.images, centre, layer.receptive_field, job.config.icons.size)
        task.write(folder, "inverted", icons, pictures, made.faithfulness)

    root = task.work.step(f"icons/{job.layer}-{task.size}" + ("" if task.of == JOINT else f"-{task.of}"), key, make)
    return Inverted(stored_pyramids(root), root, task.grid, digest_of(key))
