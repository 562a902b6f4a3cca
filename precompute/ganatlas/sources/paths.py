"""Step 1: what lies on disk as a source: a folder, an archive, or an .npz of arrays.

Data flow: a path -> `open_path` -> `open_source`, which also knows what is made rather than read.
"""

from pathlib import Path

from ganatlas.errors import InputError

from .archive import ENDINGS, open_archive
from .arrays import open_arrays
from .base import GivenActivations, Source
from .folder import FolderSource

_KINDS = "a folder of images, a .zip or .tar archive, an .npz of arrays, world:NAME/VARIANT or generator:TARGET"


def open_path(text: str) -> Source | GivenActivations:
    """Open a folder or a file of images or activations.

    Raises:
        InputError: missing, of an unknown kind, empty or damaged.
    """
    path = Path(text).expanduser()
    if not path.exists():
        where = path.parent if path.parent.is_dir() else None
        hint = "" if where is not None else f" The folder {path.parent} does not exist either."
        raise InputError(f"{text} does not exist.{hint} Expected {_KINDS}; check the spelling.", path=text)
    if path.is_dir():
        return FolderSource(path, text)
    name = path.name.lower()
    if name.endswith(".npz"):
        return open_arrays(path, text)
    if name.endswith(ENDINGS):
        return open_archive(path, text)
    raise InputError(f"{text} is a file of an unknown kind. Expected {_KINDS}.", path=text)
