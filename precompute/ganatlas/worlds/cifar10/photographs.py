"""The user's own copy of CIFAR-10, in whichever form: one of the two published archives, or image files by class.

Data flow: a path → `open_path` → :class:`Photographs` → :mod:`world`.
"""

import copy
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError
from ganatlas.sources.archive import TarSource
from ganatlas.sources.base import Source, UnreadableImage
from ganatlas.sources.cifar import LABELS, SIDE
from ganatlas.sources.paths import open_path

FORMS = (
    "cifar-10-python.tar.gz or cifar-10-binary.tar.gz, as they come from the CIFAR-10 page of the University of Toronto, or "
    "a folder, a .zip or a plain .tar with the training images in folders named by class"
)


class Photographs:
    """A copy's images by class, in their original order. Pickled it is a path: each process opens the copy once, if it must."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            InputError: there is no copy of CIFAR-10 at the path.
        """
        self._path = path
        self._reader: Source | None = None
        self._indexed()

    @property
    def counts(self) -> tuple[int, ...]:
        """Images of each class."""
        return tuple(len(places) for places in self._indexed().classes)

    def read(self, label: int, place: int) -> NDArray[np.uint8]:
        """The image at a place in its class: RGB uint8 (32, 32, 3).

        Raises:
            UnreadableImage: its file is damaged, or it is of another size.
        """
        index = int(self._indexed().classes[label][place])
        if self._reader is None:
            # A reader of one's own: a file handle that a process inherits from another would be moved about by both.
            self._reader = copy.copy(self._indexed().source)
        image = self._reader.read(index).image
        if image.size != (SIDE, SIDE):
            raise UnreadableImage(f"{image.width} x {image.height} px, but CIFAR-10's images have {SIDE} x {SIDE} px")
        return np.asarray(image)

    def name(self, label: int, place: int) -> str:
        """What the copy calls the image."""
        indexed = self._indexed()
        return indexed.source.entries()[int(indexed.classes[label][place])].name

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_reader": None}

    def _indexed(self) -> "_Indexed":
        stat = self._path.stat() if self._path.exists() else None
        return _open_copy(self._path, (stat.st_size, stat.st_mtime_ns) if stat else None)


@dataclass(frozen=True)
class _Indexed:
    """A copy and, for each class, the indices of its images in it. Never read from: see `Photographs.read`."""

    source: Source
    classes: tuple[NDArray[np.int64], ...]


@lru_cache(maxsize=2)
def _open_copy(path: Path, version: tuple[int, int] | None) -> _Indexed:
    """The copy, once for all sets of this process that draw from this ``version`` of it."""
    source = open_path(str(path))
    if not isinstance(source, Source):
        raise InputError(f"{path} holds activations, not photographs. Expected {FORMS}.", path=str(path))
    if isinstance(source, TarSource) and path.suffix.lower() != ".tar":
        raise InputError(
            f"{path} is compressed, and images are drawn from it in no order, for which it would be unpacked again and again. "
            f"Unpack it, or expected: {FORMS}.",
            path=str(path),
        )
    entries = source.entries()
    of_class: dict[str | None, list[tuple[list[str | int], int]]] = {}
    for index, entry in enumerate(entries):
        of_class.setdefault(entry.label, []).append((_in_numbers(entry.name), index))
    _refuse_other_classes({label: len(found) for label, found in of_class.items()}, path)
    return _Indexed(source, tuple(np.array([index for _, index in sorted(of_class[label])]) for label in LABELS))


def _refuse_other_classes(found: dict[str | None, int], path: Path) -> None:
    missing = [label for label in LABELS if label not in found]
    foreign = sorted(str(label) for label in found if label is not None and label not in LABELS)
    problems = [f"it has no images of {', '.join(missing)}"] if missing else []
    if foreign:
        more = f" and {len(foreign) - 5} more" if len(foreign) > 5 else ""
        problems.append(f"{', '.join(foreign[:5])}{more} {'are' if len(foreign) > 1 else 'is'} no class of CIFAR-10")
    if None in found:
        problems.append(f"{found[None]} images are of no class")
    if problems:
        raise InputError(
            f"{path} is no copy of CIFAR-10's training images: {'; '.join(problems)}. Expected {FORMS}.", path=str(path)
        )


def _in_numbers(name: str) -> list[str | int]:
    """A key that puts 2.jpg before 10.jpg: text and numbers by turns."""
    return [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", name)]
