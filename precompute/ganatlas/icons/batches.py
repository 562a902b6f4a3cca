"""Icons in batches that are written as they are done: a killed job goes on at the batch where it was.

Every way of making icons (inversion now, decoders later) is a function from a batch of cells to an `IconBatch`; this runs
it over all cells. The batches are cut by place, so what they hold does not depend on where the job was interrupted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.pipeline.workspace import load_arrays, save_arrays

Progress = Callable[[int, int], None]
"""Called with the icons done and the icons in all."""


@dataclass(frozen=True)
class IconBatch:
    """Icons in the order of their cells.

    images: uint8 (cells, side, side, 3). faithfulness: float32 (cells,), cosine of the cell's and the icon's activation, both
    less the layer's mean, in [-1, 1]; NaN where a kind of icon has none, and where no picture came out: such an icon is
    black, and something else must stand in. steps: int32 (cells,), of optimisation that each took, over all tries.
    """

    images: NDArray[np.uint8]
    faithfulness: NDArray[np.float32]
    steps: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.images)

    def better_of(self, other: "IconBatch") -> "IconBatch":
        """Of each icon the more faithful one of two; this one's where they are equal, or where the other failed."""
        take = (other.faithfulness > self.faithfulness) | (np.isnan(self.faithfulness) & ~np.isnan(other.faithfulness))
        images = np.where(take[:, None, None, None], other.images, self.images)
        return IconBatch(images, np.where(take, other.faithfulness, self.faithfulness), self.steps + other.steps)

    def only(self, usable: NDArray[np.bool_]) -> "IconBatch":
        """The same, with those that are not usable black and without faithfulness."""
        images = np.where(usable[:, None, None, None], self.images, np.uint8(0))
        return IconBatch(images, np.where(usable, self.faithfulness, np.float32(np.nan)), self.steps)


def sound(coefficients: Tensor, images: Tensor) -> NDArray[np.bool_]:
    """Which pictures are pictures: all numbers finite, and more than one colour.

    Args:
        coefficients: (icons, ...), what they were made of. images: uint8 (icons, 3, side, side).
    """
    finite = coefficients.isfinite().flatten(1).all(1)
    varied = (images.amax((2, 3)) > images.amin((2, 3))).any(1)
    made: NDArray[np.bool_] = (finite & varied).cpu().numpy()
    return made


Make = Callable[[slice, Path | None], IconBatch]
"""The icons of a run of cells; and, where work is kept, a path whose name a batch's own files begin with."""


def make_in_batches(make: Make, cells: int, batch: int, key: str, folder: Path | None, progress: Progress | None) -> IconBatch:
    """Make all icons, a batch at a time.

    Args:
        make: see `Make`.
        cells: how many there are. batch: how many are made, and written, at once.
        key: names what the icons depend on; a batch that was written under another key is not taken.
        folder: where batches are written as they are done and looked for before they are made; None: nowhere.
        progress: told after each batch, made or found.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, cells, batch):
        run = slice(start, min(start + batch, cells))
        path = folder / f"icons-{key[:12]}-{start:06d}.npz" if folder is not None else None
        if path is not None and path.exists():
            parts.append(IconBatch(**load_arrays(path)))
        else:
            made = make(run, None if path is None else path.with_suffix(""))
            parts.append(made)
            if path is not None:
                save_arrays(path, images=made.images, faithfulness=made.faithfulness, steps=made.steps)
                for unfinished in path.parent.glob(f"{path.stem}-*"):
                    unfinished.unlink()
        if progress is not None:
            progress(run.stop, cells)
    if not parts:
        return IconBatch(np.zeros((0, 1, 1, 3), np.uint8), np.zeros(0, np.float32), np.zeros(0, np.int32))
    return IconBatch(
        np.concatenate([p.images for p in parts]),
        np.concatenate([p.faithfulness for p in parts]),
        np.concatenate([p.steps for p in parts]),
    )
