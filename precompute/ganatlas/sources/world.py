"""Step 1: the images of an embedded world (`world:scenes/real`), drawn when they are asked for."""

import hashlib
from importlib import metadata
from typing import Any

from PIL import Image

from .base import Entry, RawImage, Source


class WorldSource(Source):
    """The first `count` images of a world's variant under a seed. Any process can draw any of them."""

    def __init__(self, name: str, variant: str, count: int, seed: int) -> None:
        """
        Raises:
            InputError: no such world or variant.
        """
        from ganatlas.worlds.registry import open_world

        self.description = f"world:{name}/{variant}"
        self._name, self._variant, self._count, self._seed = name, variant, count, seed
        self._labels = list(open_world(name).label_names)
        self._images: Any = None
        self._open()

    def entries(self) -> list[Entry]:
        return [Entry(f"{index:06d}", None) for index in range(self._count)]

    def labels(self) -> list[str]:
        return self._labels

    def read(self, index: int) -> RawImage:
        pixels, label, _ = self._open()[index]
        return RawImage(Image.fromarray(pixels), "drawn", self._labels[label] if label >= 0 else None)

    def fingerprint(self) -> str:
        text = f"{self.description}\0{self._count}\0{self._seed}\0{metadata.version('ganatlas')}"
        return hashlib.sha256(text.encode()).hexdigest()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_images": None}

    def _open(self) -> Any:
        if self._images is None:
            from ganatlas.worlds.registry import open_world

            self._images = open_world(self._name).images(self._variant, self._count, self._seed)
        return self._images
