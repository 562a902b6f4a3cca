"""The decoded icons of a layer's cells, as steps: every grid's are painted by the layer's decoder and sharpened.

Data flow: :class:`IconJob`, :class:`LayerDecoder` -> Deep Zoom pyramids in the workspace -> `BundleWriter.put_pyramid`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganatlas.icons.crop import crop_icons
from ganatlas.icons.decode import DecodedParents, DecodeSettings, decode_cells
from ganatlas.icons.optimise import Stopping

from .config import IconsConfig
from .decoder_step import LayerDecoder
from .icon_job import IconJob, parents_of
from .layers import GridFiles
from .pictures import Made, stored_pyramids
from .workspace import digest_of, load_arrays, save_arrays

LOOK_EVERY = 8
"""Steps from one look at an icon's faithfulness to the next, where `icons.stop_gain` lets icons end early."""


@dataclass(frozen=True)
class Decoded:
    """Decoded icons of one grid, before cropping, and what they were decoded from: what the next finer grid starts from."""

    made: Made
    images: NDArray[np.uint8]
    vectors: NDArray[np.float32]
    cells: NDArray[np.int64]
    grid: GridFiles
    key: str


def decode_settings(icons: IconsConfig) -> DecodeSettings:
    """The configuration's, as the decoding takes it."""
    decoder = icons.decoder
    stopping = Stopping(LOOK_EVERY if icons.stop_gain else 0, icons.stop_gain)
    return DecodeSettings(decoder.refine, decoder.refine_child, hold=decoder.hold, push=decoder.push, stopping=stopping)


def make_decoded(task: IconJob, trained: LayerDecoder, parent: Decoded | None) -> Decoded:
    """The decoded icons of one grid.

    Args:
        parent: icons of the same layer and decoder whose changes these begin with, of a coarser grid or of the same one.
    """
    job, icons_config, view = task.job, task.job.config.icons, trained.view
    settings = decode_settings(icons_config)
    # The view is aligned with the network's grid, so its position looks where that of any input does.
    centre = task.looks_at(view.position)
    key: dict[str, object] = {
        **task.key(),
        "settings": settings,
        "decoder": trained.key,
        "parent": parent.key if parent else None,
        "centre": centre,
        "version": 2,
    }

    def make(folder: Path) -> None:
        icons = task.wanted()
        starts = None
        if parent is not None:
            index = parents_of(task.grid, icons.cells, parent.grid, parent.cells)
            starts = DecodedParents(parent.images, parent.vectors, index)
        made = decode_cells(
            task.network,
            job.layer,
            trained.decoder,
            view,
            icons.vectors,
            settings,
            mean=task.moments().mean,
            parents=starts,
            folder=folder,
            progress=task.progress,
        )
        save_arrays(folder / "decoded.npz", images=made.images, vectors=icons.vectors, cells=icons.cells)
        pictures = crop_icons(made.images, centre, task.layer.receptive_field, icons_config.size)
        task.write(folder, "decoded", icons, pictures, made.faithfulness)

    root = task.work.step(f"decoded/{job.layer}-{task.size}-{task.of}", key, make)
    stored = load_arrays(root / "decoded.npz")
    return Decoded(stored_pyramids(root), stored["images"], stored["vectors"], stored["cells"], task.grid, digest_of(key))
