"""The workspace of a build: every step's files, keyed by what went in, so that a step done is never done again.

`X.atlas.work/<step>/<key>/` holds a step's files and, once it is whole, `done.json`, written atomically and last. A step that
was killed finds its own partial files (shards) there and goes on; a step whose inputs or settings changed has another key.
The bundle is made of copies of these files, so that the workspace can be deleted at any time: that costs time, nothing else.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path

import numpy as np

from ganatlas.errors import BusyError, InputError

DONE = "done.json"
OUTPUT = "output"


def digest_of(parts: Mapping[str, object]) -> str:
    """SHA-256 (hex) of a JSON-like mapping; dataclasses, paths, tuples and numpy scalars are taken by value."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"a step's key cannot hold {type(value).__name__}")


def write_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Replace `path` by `data`: a reader sees the old bytes or the new ones. `durable` also survives a power cut."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as handle:
        handle.write(data)
        if durable:
            handle.flush()
            os.fsync(handle.fileno())
    temporary.replace(path)
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def save_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as one uncompressed .npz, atomically."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as handle:
        np.savez(handle, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the keywords for its own
    temporary.replace(path)


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `save_arrays` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


class Workspace:
    """One build's folder of steps. Use `locked` around all work in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace for this process; a second build of the same output is refused.

        Raises:
            BusyError: another process builds here.
            InputError: the folder cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = (self.root / "lock").open("w")
        except OSError as error:
            raise InputError(
                f"cannot write the workspace {self.root}: {error.strerror}. Choose another output or --work folder."
            ) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError(
                    f"another build is writing {self.root}. Wait for it to end, or build to another output."
                ) from error
            yield

    def writes(self, out: Path) -> bool:
        """Whether a build in this workspace has begun to write the bundle `out`: killed early, it has files but no manifest."""
        try:
            return (self.root / OUTPUT).read_text() == str(out.resolve())
        except OSError:
            return False

    def begin(self, out: Path) -> None:
        """Remember that the bundle `out` is written from here, before the first file of it is."""
        write_atomically(self.root / OUTPUT, str(out.resolve()).encode())

    def step(self, name: str, key: Mapping[str, object], make: Callable[[Path], object]) -> Path:
        """The folder of a finished step: made now unless it is there already.

        Args:
            name: the step's folder, such as "layout/mixed4a".
            key: everything that the step's files depend on.
            make: writes the files into the folder that it is given; may find there what an interrupted run left.
        """
        folder = self.root / name / digest_of(key)[:16]
        if not (folder / DONE).exists():
            folder.mkdir(parents=True, exist_ok=True)
            make(folder)
            write_atomically(folder / DONE, json.dumps(key, sort_keys=True, default=_plain, indent=1).encode())
        return folder

    def is_done(self, name: str, key: Mapping[str, object]) -> bool:
        """Whether `step` would find the step finished."""
        return (self.root / name / digest_of(key)[:16] / DONE).exists()
