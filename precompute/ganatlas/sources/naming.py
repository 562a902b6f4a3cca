"""Names and labels from paths: what folders and archives agree on.

An image's label is the name of the first-level folder that it lies in; images directly in the root have none.
"""

from collections.abc import Sequence

from .base import Entry
from .decode import EXTENSIONS


def looks_like_image(path: str) -> bool:
    """Whether a path (POSIX) ends like an image and no part of it is hidden (`.cache`, `._a.jpg`, `__MACOSX`)."""
    parts = path.split("/")
    stem, dot, ending = parts[-1].rpartition(".")
    if not stem or dot + ending.lower() not in EXTENSIONS:
        return False
    return not any((part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX" for part in parts)


def strip_common_folder(paths: Sequence[str]) -> list[str]:
    """The paths without the one top-level folder that all share, if they do: archives are often made of one folder."""
    split = [path.removeprefix("./").split("/") for path in paths]
    if split and all(len(parts) > 1 and parts[0] == split[0][0] for parts in split):
        return ["/".join(parts[1:]) for parts in split]
    return ["/".join(parts) for parts in split]


def entry_of(path: str) -> Entry:
    """Name and label of the image at a path relative to its source's root."""
    folder, slash, _ = path.partition("/")
    return Entry(path, folder if slash else None)
