"""Between step 1 and step 2: the pixels that the network sees, prepared while it computes.

Small images come from the plain pixels that `ingest` kept, or from the stored image, which is exact for them; otherwise the
original is read again, so that the network never sees the viewer's compressed copy.

Data flow: `ingest` -> `ClassifierInputs` -> `collect_activations`, `attribute_cells`, `measure_receptive_field`.
"""

import hashlib
import io
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ganatlas.bundle.patch import crop_origin, resized_size

from .base import Source
from .ingest import PIXELS, Ingested

_AHEAD = 3  # batches in preparation while one is computed
_PIECE = 16  # images a thread takes at a time


class Preparation(Protocol):
    """The part of a classifier's InputSpec that concerns pixels. size, resize: px; interpolation: bicubic, bilinear, …"""

    @property
    def size(self) -> int: ...
    @property
    def resize(self) -> int: ...
    @property
    def interpolation(self) -> str: ...


@dataclass(frozen=True)
class Prepared:
    """The three values alone, so that a digest does not depend on how the network normalises."""

    size: int
    resize: int
    interpolation: str


class ClassifierInputs:
    """The images of a dataset as inputs: index -> uint8 (3, size, size).

    Safe to read from several threads.
    """

    def __init__(self, ingested: Ingested, source: Source, spec: Preparation) -> None:
        """
        Args:
            ingested: what `ingest` returned for `source`.
            source: where originals are read again from.
            spec: the classifier's `InputSpec`.
        """
        self._ingested = ingested
        self._source = source
        self._spec = Prepared(spec.size, spec.resize, spec.interpolation)
        self._table = pa.ipc.open_file(pa.memory_map(str(ingested.images))).read_all()
        self._batch = len(self._table.column("webp").chunk(0)) if len(self._table) else 1
        longer = np.maximum(self._table["width"].to_numpy(), self._table["height"].to_numpy())
        pixels = ingested.images.with_name(PIXELS)
        self._pixels: NDArray[np.uint8] | None = np.load(pixels, mmap_mode="r") if pixels.exists() else None
        self._exact: NDArray[np.bool_] = longer <= ingested.lossless_to

    def __len__(self) -> int:
        return self._ingested.count

    def digest(self) -> str:
        """Hex; equal digests mean equal inputs."""
        return hashlib.sha256(f"{self._ingested.digest}\0{astuple(self._spec)}".encode()).hexdigest()

    def image(self, index: int) -> Image.Image:
        """The image before preparation: RGB, its original size (matched where the sets were matched)."""
        if self._pixels is not None:
            return Image.fromarray(self._pixels[index])
        if self._exact[index]:
            data = self._table.column("webp").chunk(index // self._batch)[index % self._batch].as_buffer()
            return Image.open(io.BytesIO(data), formats=("WEBP",)).convert("RGB")
        image = self._source.read(int(self._ingested.kept[index])).image
        return image if self._ingested.match is None else self._ingested.match.apply(image)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        return prepare(self.image(index), self._spec).transpose(2, 0, 1)

    def batches(
        self, indices: Sequence[int] | NDArray[np.integer], batch_size: int, threads: int | None = None
    ) -> Iterator[NDArray[np.uint8]]:
        """Batches of the images at `indices`, in that order, prepared ahead by threads.

        Pillow decodes and resizes outside the interpreter's lock, so this overlaps with the network.

        Yields:
            uint8 (batch, 3, size, size), a view of channels-last memory: what convolutions read fastest.
        """
        every = np.asarray(indices, np.int64)
        starts = range(0, len(every), batch_size)
        with ThreadPoolExecutor(threads or min(8, os.cpu_count() or 1), "inputs") as pool:
            waiting: deque[tuple[NDArray[np.uint8], list[Future[None]]]] = deque()
            try:
                for start in starts:
                    waiting.append(self._submit(pool, every[start : start + batch_size]))
                    if len(waiting) > _AHEAD:
                        yield _finish(*waiting.popleft())
                while waiting:
                    yield _finish(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, pool: ThreadPoolExecutor, chosen: NDArray[np.int64]) -> tuple[NDArray[np.uint8], list[Future[None]]]:
        batch = np.empty((len(chosen), self._spec.size, self._spec.size, 3), np.uint8)
        return batch, [
            pool.submit(self._fill, batch[start : start + _PIECE], chosen[start : start + _PIECE])
            for start in range(0, len(chosen), _PIECE)
        ]

    def _fill(self, into: NDArray[np.uint8], indices: NDArray[np.int64]) -> None:
        wanted = (self._spec.size, self._spec.size)
        if self._pixels is not None and self._pixels.shape[1:3] == wanted and self._spec.resize == self._spec.size:
            into[:] = self._pixels[indices]
            return
        for place, index in enumerate(indices.tolist()):
            into[place] = prepare(self.image(index), self._spec)


def prepare(image: Image.Image, spec: Preparation) -> NDArray[np.uint8]:
    """Shorter side to `spec.resize` (antialiased), centre crop `spec.size`: RGB image -> uint8 (size, size, 3)."""
    size = resized_size(*image.size, spec.resize)
    if size != image.size:
        image = image.resize(size, Image.Resampling[spec.interpolation.upper()])
    if size != (spec.size, spec.size):
        left, top = crop_origin(*size, spec.size)
        image = image.crop((left, top, left + spec.size, top + spec.size))
    return np.asarray(image)


def _finish(batch: NDArray[np.uint8], parts: Iterable[Future[None]]) -> NDArray[np.uint8]:
    for part in parts:
        part.result()
    return batch.transpose(0, 3, 1, 2)
