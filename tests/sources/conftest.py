"""Small image sets on disk."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def picture(seed: int, width: int = 24, height: int = 24) -> Image.Image:
    """A smooth random picture: survives encodings recognisably."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def by_class(tmp_path: Path) -> Path:
    """Three classes of four PNGs."""
    for number, label in enumerate(("boat", "church", "none")):
        (tmp_path / "set" / label).mkdir(parents=True)
        for index in range(4):
            (tmp_path / "set" / label / f"{index}.png").write_bytes(encoded(picture(number * 10 + index)))
    return tmp_path / "set"


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """A folder of `count` pictures of a size and format."""

    def make(name: str, count: int = 6, kind: str = "PNG", size: tuple[int, int] = (24, 24), **options: object) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for index in range(count):
            path = folder / f"{index:03d}.{kind.lower()}"
            path.write_bytes(encoded(picture(index, *size), kind, **options))
        return folder

    return make
