"""Step 1: a folder of images, or a folder of folders by class."""

import hashlib
import os
from pathlib import Path

from ganatlas.errors import InputError

from .base import Entry, RawImage, Source, UnreadableImage
from .decode import LARGEST_FILE, decode_image
from .naming import entry_of, looks_like_image


class FolderSource(Source):
    """Every image below a folder, links followed, sorted by path."""

    def __init__(self, path: Path, description: str) -> None:
        """
        Raises:
            InputError: there is no image below the folder, or it cannot be read.
        """
        self.description = description
        self._root = path
        names, others = _find(path)
        if not names:
            found = f"{others} file{'s' if others != 1 else ''}, none of them an image by its ending" if others else "no file"
            raise InputError(
                f"no images in the folder {description}: found {found}. "
                "Expected .jpg, .png, .webp or the like, directly in it or in sub-folders named by class.",
                path=str(path),
            )
        self._names = names

    def entries(self) -> list[Entry]:
        return [entry_of(name) for name in self._names]

    def read(self, index: int) -> RawImage:
        path = self._root / self._names[index]
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise UnreadableImage(f"file larger than {LARGEST_FILE >> 20} MB")
            return decode_image(path.read_bytes())
        except OSError as error:
            raise UnreadableImage(f"cannot be read: {error.strerror or error}") from None

    def fingerprint(self) -> str:
        digest = hashlib.sha256(b"folder")
        for name in self._names:
            try:
                stat = (self._root / name).stat()
                digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
            except OSError:
                digest.update(f"{name}\0gone\n".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()


def _find(root: Path) -> tuple[list[str], int]:
    """Relative POSIX paths of all images, sorted, and the number of other files. A folder linked twice is seen once."""
    names: list[str] = []
    others = 0
    seen: set[tuple[int, int]] = set()

    def refuse(error: OSError) -> None:
        raise InputError(f"cannot read the folder {error.filename}: {error.strerror}. Check its permissions.") from error

    for folder, subfolders, files in os.walk(root, followlinks=True, onerror=refuse):
        stat = os.stat(folder)
        if (stat.st_dev, stat.st_ino) in seen:
            subfolders.clear()
            continue
        seen.add((stat.st_dev, stat.st_ino))
        subfolders.sort()  # so that which of two links to one folder counts does not depend on the file system
        relative = Path(folder).relative_to(root)
        for file in files:
            name = (relative / file).as_posix()
            if looks_like_image(name):
                names.append(name)
            else:
                others += 1
    return sorted(names), others
