"""The decoded icons of a layer's cells, as steps: every grid's are painted by the layer's decoder and sharpened.

Data flow: :class:`IconJob`, :class:`LayerDecoder` -> Deep Zoom pyramids in the workspace -> `BundleWriter.put_pyramid`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganatlas.icons.crop import crop_icons
from ganatlas.icons.decode import DecodedParents, DecodeSettings, decode_cells, push_of
from ganatlas.icons.optimise import Stopping
from ganatlas.icons.whitening import LayerMoments

from .config import IconsConfig
from .decoder_step import LayerDecoder
from .icon_job import IconJob, joint_cells, parents_of
from .layers import GridFiles
from .pictures import Made, stored_pyramids
from .workspace import digest_of, load_arrays, save_arrays

ARRAYS = "decoded.npz"
LOOK_EVERY = 8
"""Steps from one look at an icon's faithfulness to the next, where `icons.stop_gain` lets icons end early."""


@dataclass(frozen=True)
class Decoded:
    """Decoded icons of one grid, before cropping: what the next finer grid begins with. root: of the step, on disk."""

    made: Made
    root: Path
    grid: GridFiles
    push: float
    key: str

    def parents(self, grid: GridFiles, chosen: NDArray[np.int64]) -> DecodedParents:
        """These icons as parents of some cells of a grid."""
        stored = load_arrays(self.root / ARRAYS)
        index = parents_of(grid, chosen, self.grid, stored["cells"])
        return DecodedParents(stored["images"], stored["vectors"], index, self.push)


def decode_settings(icons: IconsConfig, joint: NDArray[np.float32], moments: LayerMoments) -> DecodeSettings:
    """The configuration's, as the decoding takes it.

    Args:
        joint: float32 (cells, channels), the joint means of a grid's cells. moments: of the layer.
    """
    decoder = icons.decoder
    stopping = Stopping(LOOK_EVERY if icons.stop_gain else 0, icons.stop_gain)
    return DecodeSettings(
        decoder.refine,
        decoder.refine_child,
        hold=decoder.hold,
        smooth=decoder.smooth,
        push=push_of(joint, moments, decoder.push),
        stopping=stopping,
    )


def make_decoded(task: IconJob, trained: LayerDecoder, parent: Decoded | None) -> Decoded:
    """The decoded icons of one grid.

    Args:
        parent: icons of the same layer and decoder whose changes these begin with, of a coarser grid or of the same one.
    """
    job, icons_config, view = task.job, task.job.config.icons, trained.view
    settings = decode_settings(icons_config, joint_cells(job, task.measured, task.size).vectors, task.moments())
    # The view is aligned with the network's grid, so its position looks where that of any input does.
    centre = task.looks_at(view.position)
    key: dict[str, object] = {
        **task.key(),
        "settings": settings,
        "decoder": trained.key,
        "parent": parent.key if parent else None,
        "centre": centre,
        "version": 3,
    }

    def make(folder: Path) -> None:
        icons = task.wanted()
        made = decode_cells(
            task.network,
            job.layer,
            trained.decoder,
            view,
            icons.vectors,
            settings,
            mean=task.moments().mean,
            parents=None if parent is None else parent.parents(task.grid, icons.cells),
            folder=folder,
            progress=task.progress,
        )
        save_arrays(folder / ARRAYS, images=made.images, vectors=icons.vectors, cells=icons.cells)
        pictures = crop_icons(made.images, centre, task.layer.receptive_field, icons_config.size)
        task.write(folder, "decoded", icons, pictures, made.faithfulness)

    root = task.work.step(f"decoded/{job.layer}-{task.size}-{task.of}", key, make)
    return Decoded(stored_pyramids(root), root, task.grid, settings.push, digest_of(key))
