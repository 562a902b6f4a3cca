"""Step 1: images inside a .tar, .tar.gz (.bz2, .xz) or .zip, read where they lie.

Nothing is extracted: the archive is walked once for an index of offsets, and an image is read into memory when it is asked
for. So names that climb out of the archive, links and devices are harmless, and a bomb is one refused image.

A compressed tar can only be read from the front: going forward is cheap, going back starts over. Plain .tar and .zip allow
any order at once.
"""

import hashlib
import threading
import zipfile
from abc import abstractmethod
from pathlib import Path
from typing import Any

from ganatlas.errors import InputError

from .base import Entry, RawImage, Source, UnreadableImage
from .cifar import CifarSource, is_cifar
from .decode import LARGEST_FILE, decode_image
from .naming import entry_of, looks_like_image, strip_common_folder
from .tars import DAMAGE, TAR_ENDINGS, files_of, open_stream, refuse_damaged

ENDINGS = (*TAR_ENDINGS, ".zip")


def open_archive(path: Path, description: str) -> Source:
    """The images of an archive, by its ending; those of CIFAR-10's own archives by what is in them.

    Raises:
        InputError: it is damaged or holds no image.
    """
    if path.name.lower().endswith(".zip"):
        return ZipSource(path, description)
    return CifarSource(path, description) if is_cifar(path) else TarSource(path, description)


class ArchiveSource(Source):
    """What the two kinds share: names sorted, one open handle a process, a lock around it."""

    def __init__(self, path: Path, description: str) -> None:
        self.description = description
        self._path = path
        self._handle: Any = None
        self._lock = threading.Lock()
        try:
            members, others = self._index()
        except DAMAGE as error:
            raise refuse_damaged(description, path, error) from error
        if not members:
            raise InputError(
                f"no images in the archive {description}: found {others} other file{'s' if others != 1 else ''}. "
                "Expected .jpg, .png, .webp or the like, directly in it or in folders named by class.",
                path=str(path),
            )
        paths = list(members)
        named = sorted(
            zip(strip_common_folder(paths), (members[name] for name in paths), strict=True), key=lambda pair: pair[0]
        )
        self._names = [name for name, _ in named]
        self._members = [member for _, member in named]

    @abstractmethod
    def _index(self) -> tuple[dict[str, Any], int]:
        """Path of each image in the archive -> what `_bytes` needs of it, and the number of other files."""

    @abstractmethod
    def _bytes(self, member: Any) -> bytes:
        """The bytes of one member; called under the lock."""

    def entries(self) -> list[Entry]:
        return [entry_of(name) for name in self._names]

    def read(self, index: int) -> RawImage:
        try:
            with self._lock:
                data = self._bytes(self._members[index])
        except DAMAGE as error:
            raise UnreadableImage(f"cannot be read from the archive: {error}") from None
        return decode_image(data)

    def fingerprint(self) -> str:
        stat = self._path.stat()
        return hashlib.sha256(f"archive\0{stat.st_size}\0{stat.st_mtime_ns}\0{len(self._names)}".encode()).hexdigest()

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in self.__dict__.items() if key not in {"_handle", "_lock"}}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state, _handle=None, _lock=threading.Lock())


class TarSource(ArchiveSource):
    """A tar, perhaps compressed; a member is (offset, size) in the uncompressed stream."""

    def _index(self) -> tuple[dict[str, tuple[int, int]], int]:
        members: dict[str, tuple[int, int]] = {}
        others = 0
        for member, _ in files_of(self._path):
            if looks_like_image(member.name):
                members[member.name] = (member.offset_data, member.size)  # a later file of the same name replaces it
            else:
                others += 1
        return members, others

    def _bytes(self, member: tuple[int, int]) -> bytes:
        offset, size = member
        _refuse_large(size)
        if self._handle is None:
            self._handle = open_stream(self._path)
        self._handle.seek(offset)
        data: bytes = self._handle.read(size)
        if len(data) < size:
            raise UnreadableImage("the archive ends inside this image")
        return data


class ZipSource(ArchiveSource):
    """A zip; a member is its ZipInfo."""

    def _index(self) -> tuple[dict[str, zipfile.ZipInfo], int]:
        members: dict[str, zipfile.ZipInfo] = {}
        others = 0
        with zipfile.ZipFile(self._path) as archive:
            for info in archive.infolist():
                if info.filename.endswith("/"):  # a folder; zipfile's own question fails on an empty name
                    continue
                if looks_like_image(info.filename):
                    members[info.filename] = info
                else:
                    others += 1
        return members, others

    def _bytes(self, member: zipfile.ZipInfo) -> bytes:
        _refuse_large(member.file_size)
        if self._handle is None:
            self._handle = zipfile.ZipFile(self._path)
        data: bytes = self._handle.read(member)
        return data


def _refuse_large(size: int) -> None:
    if size > LARGEST_FILE:
        raise UnreadableImage(f"unpacks to {size >> 20} MB, more than the {LARGEST_FILE >> 20} MB allowed")
