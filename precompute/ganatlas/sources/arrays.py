"""Step 1: images, or activations computed elsewhere, in a NumPy .npz.

Images: the array `images`, or the only array of the file (as `arr_0` in the samples that guided-diffusion publishes). Beside
it may stand `labels` (numbers or strings) and `names`. Activations: arrays named `activations/<layer>`, with `logits`,
`names`, `labels` and `images` where there are any.
"""

import hashlib
import math
import struct
import zipfile
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from PIL import Image

from ganatlas.errors import InputError

from .base import Entry, GivenActivations, RawImage, Source, UnreadableImage
from .decode import SMALLEST_SIDE
from .tars import DAMAGE

_PREFIX = "activations/"
_PROBED = 16
_DAMAGE = (*DAMAGE, AttributeError, TypeError, KeyError, SyntaxError, TokenError, struct.error, OverflowError, MemoryError)
LARGEST_UNPACKED = 8 * 2**30
"""Bytes that one compressed array may unpack to. Plain ones are mapped and may have any size."""


def open_arrays(path: Path, description: str) -> "NpzSource | GivenActivations":
    """What an .npz holds: images or given activations.

    Raises:
        InputError: it is damaged, has neither, or an array's shape, type or length does not fit.
    """
    try:
        _refuse_bombs(path, description)
        with np.load(path, allow_pickle=False) as file:
            keys = list(file.files)
            if any(key.startswith(_PREFIX) for key in keys):
                return _read_activations(file, keys, description)
        return NpzSource(path, description, keys)
    except InputError:
        raise
    except _DAMAGE as error:
        raise InputError(f"cannot read {description}: {error}. Write it again with numpy.savez.", path=str(path)) from error
    except ValueError as error:
        raise InputError(
            f"cannot read {description}: {error}. Arrays of Python objects are never loaded; use plain numbers and strings.",
            path=str(path),
        ) from error


def _refuse_bombs(path: Path, description: str) -> None:
    """Before a value is read: does each array have the size that its header says, and may it be unpacked?

    Raises:
        InputError: one does not, or may not.
        ValueError: a header that is none.
    """
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = info.filename.removesuffix(".npy")
            packed = info.compress_type != zipfile.ZIP_STORED
            if packed and info.file_size > LARGEST_UNPACKED:
                raise InputError(
                    f"{description}: `{name}` unpacks to {info.file_size / 2**30:,.0f} GB, more than the "
                    f"{LARGEST_UNPACKED >> 30} GB allowed. Save it with numpy.savez in place of numpy.savez_compressed: it is "
                    "mapped then."
                )
            if not info.filename.endswith(".npy"):
                continue
            with archive.open(info) as member:
                shape, _, dtype = _read_header(member)
                said = math.prod(shape) * dtype.itemsize + member.tell()
            if dtype.hasobject:
                raise InputError(
                    f"{description}: `{name}` is an array of Python objects, which are never loaded; use plain numbers "
                    "and strings."
                )
            if min(shape, default=0) < 0 or said != info.file_size:
                raise InputError(
                    f"{description}: `{name}` says it is {dtype} of shape {shape}, {said:,} bytes, and has {info.file_size:,}. "
                    "Write it again with numpy.savez."
                )


def _read_header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """(shape, whether in Fortran's order, type) of a .npy."""
    version = np.lib.format.read_magic(member)
    reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    header: tuple[tuple[int, ...], bool, np.dtype[Any]] = reader(member)
    return header


class NpzSource(Source):
    """The images of an .npz. The array is mapped where the file is not compressed, else loaded once a process."""

    def __init__(self, path: Path, description: str, keys: list[str]) -> None:
        self.description = description
        self._path = path
        self._key = _image_key(keys, description)
        self._images: np.ndarray | None = None
        images = self._array()
        _refuse_shape(images, self._key, description)
        with np.load(path, allow_pickle=False) as file:
            self._labels = _strings(file, "labels", len(images), description)
            names = _strings(file, "names", len(images), description)
        self._names = names or [f"{index:0{len(str(max(len(images) - 1, 1)))}d}" for index in range(len(images))]
        if len(set(self._names)) < len(self._names):
            raise InputError(f"{description}: `names` must be unique, one an image.")

    def entries(self) -> list[Entry]:
        return [Entry(name, self._labels[index] if self._labels else None) for index, name in enumerate(self._names)]

    def read(self, index: int) -> RawImage:
        return RawImage(Image.fromarray(image_from_array(self._array()[index])), "array")

    def fingerprint(self) -> str:
        stat = self._path.stat()
        return hashlib.sha256(f"array\0{self._key}\0{stat.st_size}\0{stat.st_mtime_ns}".encode()).hexdigest()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_images": None}

    def _array(self) -> np.ndarray:
        if self._images is None:
            self._images = _map_or_load(self._path, self._key)
        return self._images


class ArraySource(Source):
    """Images in memory: those that came with given activations."""

    def __init__(self, description: str, images: np.ndarray, names: list[str], labels: list[str] | None) -> None:
        """images: (n, h, w, 3) or any other shape and type that `image_from_array` takes row by row."""
        self.description = description
        self._images, self._names, self._labels = images, names, labels

    def entries(self) -> list[Entry]:
        return [Entry(name, self._labels[index] if self._labels else None) for index, name in enumerate(self._names)]

    def read(self, index: int) -> RawImage:
        return RawImage(Image.fromarray(image_from_array(self._images[index])), "array")

    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr((self._images.shape, self._images.dtype.str, self._names, self._labels)).encode())
        digest.update(np.ascontiguousarray(self._images).tobytes())
        return digest.hexdigest()


def image_from_array(values: np.ndarray) -> np.ndarray:
    """One image, (h, w), (h, w, 1), (h, w, 3) or (3, h, w), uint8 or float in [0, 1] -> uint8 (h, w, 3).

    Raises:
        UnreadableImage: a float outside [0, 1] (or NaN).
    """
    if values.ndim == 3 and values.shape[0] == 3 and values.shape[2] != 3:
        values = values.transpose(1, 2, 0)
    if values.ndim == 2:
        values = values[:, :, None]
    if values.dtype.kind == "f":
        low, high = float(values.min()), float(values.max())
        if not (low >= 0 and high <= 1):
            raise UnreadableImage(f"floats from {low:g} to {high:g}, expected 0 to 1")
        values = np.round(values.astype(np.float32) * 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(values, (*values.shape[:2], 3)))


def _image_key(keys: list[str], description: str) -> str:
    if "images" in keys:
        return "images"
    rest = [key for key in keys if key not in {"labels", "names"}]
    if len(rest) == 1:
        return rest[0]
    if len(rest) == 2 and sorted(rest) == ["arr_0", "arr_1"]:  # guided-diffusion: images and labels
        return "arr_0"
    raise InputError(
        f"{description} holds the arrays {', '.join(sorted(keys)) or '(none)'}. "
        "Expected `images`, a single array, or `activations/<layer>`."
    )


def _refuse_shape(images: np.ndarray, key: str, description: str) -> None:
    shape = images.shape
    fits = images.ndim == 3 or (images.ndim == 4 and (shape[3] in {1, 3} or shape[1] == 3))
    if not fits or images.dtype not in (np.uint8, np.float16, np.float32, np.float64):
        raise InputError(
            f"{description}: `{key}` is {images.dtype} of shape {shape}. Expected uint8, or floats in [0, 1], of shape "
            "(n, h, w, 3), (n, 3, h, w), (n, h, w, 1) or (n, h, w)."
        )
    if not len(images):
        raise InputError(f"{description}: `{key}` is empty. Expected at least one image.")
    height, width = image_from_array(np.zeros(shape[1:], np.uint8)).shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        raise InputError(f"{description}: images of {width} x {height} px; at least {SMALLEST_SIDE} px a side are needed.")
    if images.dtype.kind == "f":
        probe = images[:: max(1, len(images) // _PROBED)][:_PROBED]
        if not (probe.min() >= 0 and probe.max() <= 1):
            raise InputError(
                f"{description}: `{key}` has values from {probe.min():g} to {probe.max():g}. Expected floats in [0, 1]: "
                "save (x + 1) / 2 for images in [-1, 1], or uint8 for 0 to 255."
            )


def _strings(file: Any, key: str, count: int, description: str) -> list[str] | None:
    """`labels` or `names` as strings; numbers are written out."""
    if key not in file.files:
        return None
    values = file[key]
    if values.shape != (count,) or values.dtype.kind not in "iuUS":
        raise InputError(
            f"{description}: `{key}` is {values.dtype} of shape {values.shape}. "
            f"Expected {count} integers or strings, one an image."
        )
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values.tolist()]


def _map_or_load(path: Path, key: str) -> np.ndarray:
    """The array `key`; mapped from disk where the member is stored without compression."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(f"{key}.npy")
        if info.compress_type == zipfile.ZIP_STORED:
            with archive.open(info) as member:
                shape, fortran, dtype = _read_header(member)
                header = member.tell()
            if not dtype.hasobject:
                with path.open("rb") as raw:
                    raw.seek(info.header_offset + 26)  # the local header's own lengths: they may differ from the directory's
                    name, extra = np.frombuffer(raw.read(4), "<u2")
                start = info.header_offset + 30 + int(name) + int(extra) + header
                return np.memmap(path, dtype, "r", start, shape, "F" if fortran else "C")
    with np.load(path, allow_pickle=False) as file:
        loaded: np.ndarray = file[key]
        return loaded


def _read_activations(file: Any, keys: list[str], description: str) -> GivenActivations:
    activations = {key.removeprefix(_PREFIX): file[key] for key in keys if key.startswith(_PREFIX)}
    counts = {len(value) if value.ndim else 0 for value in activations.values()}
    for layer, value in activations.items():
        if value.ndim not in {2, 4} or value.dtype.kind != "f" or 0 in value.shape:
            raise InputError(
                f"{description}: `{_PREFIX}{layer}` is {value.dtype} of shape {value.shape}. "
                "Expected floats of shape (n, channels) or (n, channels, height, width)."
            )
        if not np.isfinite(value).all():
            raise InputError(f"{description}: `{_PREFIX}{layer}` holds NaN or infinite values. Remove those rows.")
    if len(counts) > 1:
        raise InputError(
            f"{description}: the layers have different numbers of rows, {sorted(counts)}. Expected one a sample in each."
        )
    (count,) = counts
    logits = file["logits"] if "logits" in keys else None
    if logits is not None and (logits.ndim != 2 or len(logits) != count or logits.dtype.kind != "f"):
        raise InputError(
            f"{description}: `logits` is {logits.dtype} of shape {logits.shape}. Expected floats of shape ({count}, classes)."
        )
    images = file["images"] if "images" in keys else None
    if images is not None:
        _refuse_shape(images, "images", description)
        if len(images) != count:
            raise InputError(f"{description}: {len(images)} `images` for {count} activations. Expected one each.")
        images = np.stack([image_from_array(image) for image in images])
    names = _strings(file, "names", count, description) or [f"{index:0{len(str(count))}d}" for index in range(count)]
    labels = _strings(file, "labels", count, description)
    return GivenActivations(description, activations, logits, names, labels, images)
