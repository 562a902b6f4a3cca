"""Step 1: the images of an embedded world (`world:scenes/real`), drawn when they are asked for."""

import hashlib
from importlib import metadata
from pathlib import Path
from typing import Any

from PIL import Image

from .base import Entry, RawImage, Source
from .paths import open_path


class WorldSource(Source):
    """The first `count` images of a world's variant under a seed. Any process can make any of them."""

    def __init__(self, name: str, variant: str, count: int, seed: int, images: Path | None = None) -> None:
        """
        Args:
            images: the user's own copy of the photographs, for a world that needs one.

        Raises:
            InputError: no such world or variant, or no photographs.
        """
        from ganatlas.worlds.registry import open_world

        self.description = f"world:{name}/{variant}"
        self._name, self._variant, self._count, self._seed, self._copy = name, variant, count, seed, images
        self._labels = list(open_world(name, images).label_names)
        self._images: Any = None
        self._open()

    def entries(self) -> list[Entry]:
        return [Entry(f"{index:06d}", None) for index in range(self._count)]

    def labels(self) -> list[str]:
        return self._labels

    def read(self, index: int) -> RawImage:
        pixels, label, _ = self._open()[index]
        return RawImage(Image.fromarray(pixels), "pixels", self._labels[label] if label >= 0 else None)

    def fingerprint(self) -> str:
        text = f"{self.description}\0{self._count}\0{self._seed}\0{metadata.version('ganatlas')}"
        if self._copy is not None:
            text += f"\0{open_path(str(self._copy)).fingerprint()}"
        return hashlib.sha256(text.encode()).hexdigest()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_images": None}

    def _open(self) -> Any:
        if self._images is None:
            from ganatlas.worlds.registry import open_world

            self._images = open_world(self._name, self._copy).images(self._variant, self._count, self._seed)
        return self._images
