"""Icons in batches that are written as they are done: a killed job goes on at the batch where it was.

Every way of making icons (inverted, decoded) is a function from a batch of cells to an `IconBatch`; this runs it over all
cells, in as many threads as there are such functions. The batches are cut by place, so what they hold does not depend on where
the job was interrupted, nor on how many threads there were.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.pipeline.workspace import load_arrays, save_arrays

from .batch_size import Crew, worker_threads

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


Check = Callable[[], None]
"""To be called between the steps of long work; it ends the work where the others have ended."""

Make = Callable[[slice, Path | None, Check], IconBatch]
"""The icons of a run of cells. Where work is kept: a path whose name a batch's own files begin with."""


class _Ended(Exception):
    """Ends a worker; never leaves this module."""


def make_in_batches(
    makers: Sequence[Make], cells: int, crew: Crew, key: str, folder: Path | None, progress: Progress | None
) -> IconBatch:
    """Make all icons, a batch at a time, each maker in a thread of its own. An interrupt or an error ends all of them.

    Args:
        makers: one for each of the crew's workers; what they share, they must be able to share. cells: how many there are.
        key: names what the icons depend on; a batch that was written under another key is not taken.
        folder: where batches are written as they are done and looked for before they are made; None: nowhere.
        progress: told after each batch, made or found.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    runs = [slice(start, min(start + crew.each, cells)) for start in range(0, cells, crew.each)]
    parts: dict[int, IconBatch] = {}
    free: SimpleQueue[Make] = SimpleQueue()
    for make in makers:
        free.put(make)
    with _workers(crew) as (each, check):

        def one(run: slice) -> tuple[int, IconBatch]:
            make = free.get()
            try:
                return run.start, _found_or_made(make, run, key, folder, check)
            finally:
                free.put(make)

        done = 0
        for start, part in each(one, runs):
            parts[start] = part
            done += len(part)
            if progress is not None:
                progress(done, cells)
    if not parts:
        return IconBatch(np.zeros((0, 1, 1, 3), np.uint8), np.zeros(0, np.float32), np.zeros(0, np.int32))
    ordered = [parts[run.start] for run in runs]
    return IconBatch(
        np.concatenate([part.images for part in ordered]),
        np.concatenate([part.faithfulness for part in ordered]),
        np.concatenate([part.steps for part in ordered]),
    )


def _found_or_made(make: Make, run: slice, key: str, folder: Path | None, check: Check) -> IconBatch:
    """One batch: the written one, or a new one, which is written."""
    if folder is None:
        return make(run, None, check)
    path = folder / f"icons-{key[:12]}-{run.start:06d}.npz"
    if path.exists():
        return IconBatch(**load_arrays(path))
    made = make(run, path.with_suffix(""), check)
    save_arrays(path, images=made.images, faithfulness=made.faithfulness, steps=made.steps)
    for unfinished in path.parent.glob(f"{path.stem}-*"):
        unfinished.unlink()
    return made


_Each = Callable[[Callable[[slice], tuple[int, IconBatch]], Sequence[slice]], Iterator[tuple[int, IconBatch]]]


@contextmanager
def _workers(crew: Crew) -> Iterator[tuple[_Each, Check]]:
    """A function that maps over runs as they are done, in threads; a single worker works where it is called."""
    if crew.workers == 1:
        yield map, lambda: None
        return
    ended = Event()

    def check() -> None:
        if ended.is_set():
            raise _Ended

    with worker_threads(crew.workers, crew.threads) as pool:
        try:
            yield lambda one, runs: (each.result() for each in as_completed([pool.submit(one, run) for run in runs])), check
        finally:
            ended.set()
