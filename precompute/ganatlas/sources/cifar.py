"""Step 1: CIFAR-10 as its authors publish it: an archive of five training batches, in the version for Python or the binary one.

The training images come in their original order; the test batch is left out. Batches of any number of images are read. The
version for Python holds pickles, which are never loaded (see :mod:`inert_pickle`).

Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images".
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganatlas.errors import InputError

from .base import Entry, RawImage, Source
from .inert_pickle import InertArray, UnexpectedPickle, read_inert
from .tars import DAMAGE, files_of, refuse_damaged

SIDE = 32
LABELS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
"""The ten classes, in the order of their numbers."""

_PIXELS = 3 * SIDE * SIDE
_BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
_NAMES = "batches.meta"
_TEST = "test_batch"
_FOLDERS = {"cifar-10-batches-py": ("py", "", ""), "cifar-10-batches-bin": ("bin", ".bin", ".txt")}
_PROBED = 16
_LARGEST = 64 * 2**20
"""Bytes of one file that are read at most: twice as many as a published batch has."""


def is_cifar(path: Path) -> bool:
    """Whether a tar is one of CIFAR-10's archives, by the names of its first files."""
    try:
        return any(_part(member.name) for member, _ in islice(files_of(path), _PROBED))
    except DAMAGE:
        return False  # whoever reads it next says what is wrong with it


class CifarSource(Source):
    """The training images of one of the archives. Pickled it is a path: each process reads the archive once, when it must."""

    def __init__(self, path: Path, description: str) -> None:
        """
        Raises:
            InputError: the archive is damaged, lacks a batch, or has something unexpected in one.
        """
        self.description = description
        stat = path.stat()
        self._version = (path, stat.st_size, stat.st_mtime_ns)
        _read_archive(*self._version)

    def entries(self) -> list[Entry]:
        found = _read_archive(*self._version)
        return [
            Entry(f"{name}/{place:05d}", found.label_names[label])
            for name, batch in zip(_BATCHES, found.batches, strict=True)
            for place, label in enumerate(batch.labels.tolist())
        ]

    def labels(self) -> list[str]:
        return list(_read_archive(*self._version).label_names)

    def read(self, index: int) -> RawImage:
        planes = _read_archive(*self._version).pixels(index).reshape(3, SIDE, SIDE)
        return RawImage(Image.fromarray(np.ascontiguousarray(planes.transpose(1, 2, 0))), "array")

    def fingerprint(self) -> str:
        stat = self._version[0].stat()
        return hashlib.sha256(f"cifar\0{stat.st_size}\0{stat.st_mtime_ns}".encode()).hexdigest()


@dataclass(frozen=True)
class _Batch:
    """labels: uint8 (n,). pixels: uint8 (n, 3072), an image's red, green and blue planes, each row by row."""

    labels: NDArray[np.uint8]
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class _Archive:
    label_names: tuple[str, ...]
    batches: tuple[_Batch, ...]

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """uint8 (3072,) of the image at an index into all batches."""
        place = index
        for batch in self.batches:
            if 0 <= place < len(batch.labels):
                pixels: NDArray[np.uint8] = batch.pixels[place]
                return pixels
            place -= len(batch.labels)
        raise IndexError(f"image {index} of {index - place}")


@lru_cache(maxsize=2)
def _read_archive(path: Path, size: int, changed: int) -> _Archive:
    """All training batches (150 MB), kept for whoever reads this version of the file next in this process.

    The archive is read from its front to its end once; ``size`` and ``changed`` only tell one version from another.
    """
    found: dict[str, _Batch] = {}
    form: str | None = None
    names: tuple[str, ...] = LABELS
    try:
        for member, archive in files_of(path):
            part = _part(member.name)
            if part is None or part[1] == _TEST:
                continue
            form = form or part[0]
            where = f"{path}: {member.name}"
            if member.size > _LARGEST:
                _refuse(where, f"{member.size >> 20} MB", f"at most {_LARGEST >> 20} MB")
            stream = archive.extractfile(member)
            data = b"" if stream is None else stream.read()
            if part == (form, _NAMES):
                names = _pickled_names(data, where) if form == "py" else _written_names(data, where)
            elif part[0] == form:
                found[part[1]] = _pickled_batch(data, where) if form == "py" else _binary_batch(data, where)
    except DAMAGE as error:
        raise refuse_damaged(str(path), path, error) from error
    missing = [name for name in _BATCHES if name not in found]
    if missing:
        here = ", ".join(sorted(found)) or "no training batch"
        _refuse(str(path), here, f"{_BATCHES[0]} to {_BATCHES[-1]} ({', '.join(missing)} missing)")
    for name, batch in found.items():
        if batch.labels.max() >= len(names):
            _refuse(f"{path}: {name}", f"an image of class {batch.labels.max()}", f"classes 0 to {len(names) - 1}")
    return _Archive(names, tuple(found[name] for name in _BATCHES))


def _part(member: str) -> tuple[str, str] | None:
    """The archive's form ("py" or "bin") and the name of one of its files without an ending; None for any other file."""
    folder, _, file = member.rpartition("/")
    if (known := _FOLDERS.get(folder.rpartition("/")[2])) is None:
        return None
    form, ending, names_ending = known
    endings = {**dict.fromkeys((*_BATCHES, _TEST), ending), _NAMES: names_ending}
    return next(((form, name) for name, end in endings.items() if file == name + end), None)


def _binary_batch(data: bytes, where: str) -> _Batch:
    """Records of a byte for the class and 3072 for the pixels."""
    if not data or len(data) % (1 + _PIXELS):
        _refuse(where, f"{len(data)} bytes", f"one or more records of {1 + _PIXELS} bytes")
    records = np.frombuffer(data, np.uint8).reshape(-1, 1 + _PIXELS)
    return _Batch(records[:, 0], records[:, 1:])


def _pickled_batch(data: bytes, where: str) -> _Batch:
    """The array ``data`` and the list ``labels`` of a pickled dictionary."""
    values = _pickled(data, where)
    labels, array = values.get("labels"), values.get("data")
    if not isinstance(labels, list) or not labels or not all(type(label) is int and 0 <= label < 256 for label in labels):
        _refuse(where, _kind(labels), "the numbers of the classes in a list `labels`")
    if not isinstance(array, InertArray):
        _refuse(where, _kind(array), "the pixels in an array `data`")
    try:
        pixels = array.uint8()
    except UnexpectedPickle as error:
        _refuse(where, str(error), "pixels of type u1")
    if pixels.shape != (len(labels), _PIXELS):
        _refuse(where, f"pixels of shape {pixels.shape}", f"({len(labels)}, {_PIXELS}), as there are {len(labels)} labels")
    return _Batch(np.array(labels, np.uint8), pixels)


def _pickled_names(data: bytes, where: str) -> tuple[str, ...]:
    names = _pickled(data, where).get("label_names")
    if not isinstance(names, list):
        _refuse(where, _kind(names), "the names of the classes in a list `label_names`")
    return _checked([_text(name) for name in names if isinstance(name, (str, bytes))], where)


def _written_names(data: bytes, where: str) -> tuple[str, ...]:
    return _checked(data.decode("utf-8", "replace").split("\n"), where)


def _checked(names: list[str], where: str) -> tuple[str, ...]:
    found = tuple(name.strip() for name in names if name.strip())
    if not found or len(set(found)) < len(found):
        _refuse(where, f"{len(found)} names, {len(set(found))} of them different", "a name of its own for each class")
    return found


def _pickled(data: bytes, where: str) -> dict[str, object]:
    """A pickled dictionary by the text of its keys, which Python 3 may have read as bytes before it wrote them again."""
    try:
        values = read_inert(data)
    except UnexpectedPickle as error:
        _refuse(where, str(error), "a pickled dictionary of lists and arrays")
    if not isinstance(values, dict):
        _refuse(where, _kind(values), "a pickled dictionary of lists and arrays")
    return {_text(key): value for key, value in values.items() if isinstance(key, (str, bytes))}


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _kind(value: object) -> str:
    if value is None:
        return "none"
    return f"a {type(value).__name__}" if not isinstance(value, InertArray) else "an array"


def _refuse(where: str, found: str, expected: str) -> NoReturn:
    raise InputError(
        f"{where} is not as CIFAR-10's archives are: found {found}; expected {expected}. Download the archive again.",
        where=where,
    )
