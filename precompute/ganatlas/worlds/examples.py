"""Training images, drawn once into a cache of memory-mapped arrays: a network sees each of them several times.

Data flow: :meth:`World.examples` → :func:`cache_examples` (a folder) → :mod:`classifier_training`. The cache goes on where it
stopped: a block of images counts as done only after its pixels were written.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from ganatlas.mapped import new_array

_BLOCK = 250


@dataclass(frozen=True)
class Example:
    """One image to learn from.

    Attributes:
        image: uint8 (size, size, 3).
        targets: the right class of each head, in the order of the network's heads.
        shares: uint8 (rows, columns, classes): how many pixels of each cell of the image have each semantic class; None where
            the world does not know.
    """

    image: NDArray[np.uint8]
    targets: tuple[int, ...]
    shares: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class ExampleArrays:
    """Examples: images uint8 (n, size, size, 3), targets int64 (n, heads), shares uint8 (n, rows, columns, classes) or none."""

    images: NDArray[np.uint8]
    targets: NDArray[np.int64]
    shares: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.images)


def _draw(examples: Sequence[Example], first: int, last: int) -> ExampleArrays:
    drawn = [examples[index] for index in range(first, last)]
    return ExampleArrays(
        images=np.stack([one.image for one in drawn]),
        targets=np.array([one.targets for one in drawn], dtype=np.int64),
        shares=None if drawn[0].shares is None else np.stack([one.shares for one in drawn if one.shares is not None]),
    )


def _digest(examples: Sequence[Example]) -> str:
    """SHA-256 of eight examples: changes with the drawing, the seed or the targets."""
    digest = hashlib.sha256()
    for index in range(0, len(examples), max(1, len(examples) // 8)):
        one = examples[index]
        digest.update(one.image.tobytes() + repr(one.targets).encode())
        digest.update(b"" if one.shares is None else one.shares.tobytes())
    return digest.hexdigest()


def cache_examples(
    examples: Sequence[Example],
    folder: Path,
    *,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> ExampleArrays:
    """Draws every example into ``folder`` unless it is there already.

    Args:
        examples: what to draw; a folder that holds other examples (told by a digest of a few) is drawn anew.
        workers: processes that draw; 0 draws in this one.
        progress: called with (done, all) after each block.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first, count = examples[0], len(examples)
    record = folder / "cache.json"
    shapes: dict[str, tuple[int, ...]] = {"images": first.image.shape, "targets": (len(first.targets),)}
    if first.shares is not None:
        shapes["shares"] = first.shares.shape
    state = {"digest": _digest(examples), "count": count, "shapes": {name: list(shape) for name, shape in shapes.items()}}
    known = json.loads(record.read_text()) if record.is_file() else {}
    done: set[int] = set(known.get("done", [])) if {k: known.get(k) for k in state} == state else set()
    arrays = ExampleArrays(
        **{
            name: open_memmap(folder / f"{name}.npy", mode="r+")
            if done
            else new_array(folder / f"{name}.npy", np.int64 if name == "targets" else np.uint8, (count, *shape))
            for name, shape in shapes.items()
        }
    )
    starts = [start for start in range(0, count, _BLOCK) if start not in done]

    def store(start: int, block: ExampleArrays) -> None:
        for name in shapes:
            target = getattr(arrays, name)
            target[start : start + len(block)] = getattr(block, name)
            target.flush()
        done.add(start)
        partial = record.with_suffix(".part")
        partial.write_text(json.dumps({**state, "done": sorted(done)}))
        partial.replace(record)
        if progress is not None:
            progress(min(count, len(done) * _BLOCK), count)

    if workers == 0:
        for start in starts:
            store(start, _draw(examples, start, min(count, start + _BLOCK)))
    elif starts:
        with ProcessPoolExecutor(workers) as pool:
            ends = [min(count, start + _BLOCK) for start in starts]
            for start, block in zip(starts, pool.map(_draw, [examples] * len(starts), starts, ends), strict=True):
                store(start, block)
    return arrays
