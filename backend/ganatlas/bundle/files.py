"""Opening the files that a manifest names: nothing else is ever read, and nothing is believed before it is checked.

Data flow: `manifest` -> here -> `reader` (the server) and `verify` (the command). Arrow files are memory-mapped. A file's
state (inode, size, times) is compared at every use, before a byte of it is touched, so that a file that was cut, replaced or
mended while it is served is noticed; reading a mapping whose file was cut would otherwise end the process. Its whole content
is hashed once for each such state (`checks`), whatever its size.
"""

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import orjson
import pyarrow as pa
from pydantic import ValidationError

from ganatlas.errors import BundleError

from .checks import Checks, State, state_of
from .manifest import MANIFEST_NAME, SCHEMA_VERSION, FileRef, Manifest, contradictions

MANIFEST_LIMIT = 64 << 20
TILE_LIMIT = 64 << 20
"""Bytes of a file that is read whole. Tables are mapped and may have any size."""

Reach = Callable[[pa.Table], Iterable[str]]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a bundle, checked against its own digest.

    Raises:
        BundleError: there is none, it is damaged, it names files outside the bundle, or its schema is newer than this program.
    """
    path = folder / MANIFEST_NAME
    try:
        text = read_at_most(path, MANIFEST_LIMIT)
        if text is None:
            raise BundleError(f"{path} has more than {MANIFEST_LIMIT >> 20} MB: not a manifest.", file=MANIFEST_NAME)
        content = orjson.loads(text)
    except FileNotFoundError as error:
        raise BundleError(f"{folder} is not an atlas: it has no {MANIFEST_NAME}.", file=MANIFEST_NAME) from error
    except (OSError, orjson.JSONDecodeError, RecursionError) as error:
        raise BundleError(f"{path} is damaged: {error}. Build the atlas again.", file=MANIFEST_NAME) from error
    found = content.get("schema_version") if isinstance(content, dict) else None
    if isinstance(found, int) and found > SCHEMA_VERSION:
        raise BundleError(
            f"{folder} has schema version {found}; this program reads up to {SCHEMA_VERSION}. Install a newer ganatlas.",
            file=MANIFEST_NAME,
            found=found,
            supported=SCHEMA_VERSION,
        )
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BundleError(f"{path} is damaged: {where}: {first['msg']}.", file=MANIFEST_NAME) from error
    # Only what the file itself said: a field added to the schema later must not change the digest of an older file.
    body = manifest.model_copy(update={"digest": ""}).model_dump_json(exclude_unset=True)
    if hashlib.sha256(body.encode()).hexdigest() != manifest.digest:
        raise BundleError(f"{path} is damaged: its content does not have the digest that it gives.", file=MANIFEST_NAME)
    for name in manifest.files():
        _check_path(name)
    for wrong in contradictions(manifest):
        raise BundleError(f"{path} contradicts itself: {wrong}. Build the atlas again.", file=MANIFEST_NAME)
    return manifest


class Files:
    """The files of one bundle. Thread-safe."""

    def __init__(self, root: Path, checks: Checks | None = None) -> None:
        self.root = root
        self.checks = checks or Checks()
        self._lock = threading.Lock()
        self._tables: dict[str, tuple[State, pa.Table]] = {}

    def table(self, ref: FileRef, schema: pa.Schema, reach: Reach = lambda table: ()) -> pa.Table:
        """A memory-mapped Arrow table.

        Args:
            ref: the file.
            schema: its columns and types.
            reach: says what in it leads nowhere (`reach`); asked when it is opened.

        Raises:
            BundleError: the file is missing, cut, changed, not Arrow, of other columns, or leads nowhere; names the file.
            NotCheckedError: it is large and still being hashed.
        """
        state = self._state(ref)
        held = self._tables.get(ref.path)
        if held and held[0] == state:
            return held[1]
        if not self._is_whole(ref, state):
            raise _damaged(ref.path, "its content has another SHA-256 than the manifest names")
        with self._lock:
            held = self._tables.get(ref.path)
            if not held or held[0] != state:
                held = (state, self._open(ref, schema, reach))
                self._tables[ref.path] = held
        if self._state(ref) != state:
            raise _damaged(ref.path, "it changed while it was opened")
        return held[1]

    def read(self, ref: FileRef) -> bytes:
        """A small file, whole and checked.

        Raises:
            BundleError: the file is missing or is not what the manifest names.
        """
        self._state(ref)
        return self.checked(ref.path, ref.sha256)

    def checked(self, path: str, sha256: str) -> bytes:
        """The bytes of a file of the bundle, if they have this digest. `path` comes from the manifest or a SHA256SUMS.

        Raises:
            BundleError: the file is missing or damaged.
        """
        try:
            content = read_at_most(self.root / path, TILE_LIMIT)
        except OSError as error:
            raise _missing(path, error) from error
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            raise _damaged(path, "its content has another SHA-256 than the manifest names")
        return content

    def check_ahead(self, refs: Iterable[FileRef]) -> None:
        """Begin to hash those of some files that take long, before anybody asks for them."""
        for ref in refs:
            try:
                self.checks.begin(self.root / ref.path, ref, self._state(ref))
            except BundleError:
                continue  # said when the file is asked for

    def _state(self, ref: FileRef) -> State:
        try:
            status = os.stat(self.root / ref.path)
        except OSError as error:
            raise _missing(ref.path, error) from error
        if not stat.S_ISREG(status.st_mode):
            raise _damaged(ref.path, "it is not a plain file")
        if status.st_size != ref.bytes:
            raise _damaged(ref.path, f"it has {status.st_size} bytes, the manifest names {ref.bytes}")
        return state_of(status)

    def _is_whole(self, ref: FileRef, state: State) -> bool:
        try:
            return self.checks.is_whole(self.root / ref.path, ref, state)
        except OSError as error:
            raise _missing(ref.path, error) from error

    def _open(self, ref: FileRef, schema: pa.Schema, reach: Reach) -> pa.Table:
        try:
            table = read_table(self.root / ref.path, schema)
        except OSError as error:
            raise _missing(ref.path, error) from error
        except ValueError as error:
            raise _damaged(ref.path, str(error)) from error
        for wrong in reach(table):
            raise _damaged(ref.path, wrong)
        return table


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """A memory-mapped Arrow file of a bundle, whatever bytes it holds: nothing is unpacked, and every offset leads into it.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not an Arrow file, has other columns, missing values, or offsets that lead elsewhere.
    """
    if not path.stat().st_size:
        raise ValueError("it is empty")
    try:
        content = pa.memory_map(str(path)).read_buffer()
        table = pa.ipc.open_file(pa.BufferReader(content)).read_all()
        if not table.schema.equals(schema):
            raise ValueError(f"its columns are {_columns(table.schema)}, expected {_columns(schema)}")
        table.validate(full=True)
    except pa.ArrowException as error:
        raise ValueError(f"it is not an Arrow file ({error})") from error
    for chunk in (chunk for column in table.columns for chunk in column.chunks):
        if chunk.null_count:
            raise ValueError("it has missing values")
        # A compressed buffer is unpacked into memory, whatever size it says; ours are used where they lie.
        if not all(_within(buffer, content) for buffer in chunk.buffers()):
            raise ValueError("its columns are compressed")
    return table


def _within(buffer: pa.Buffer | None, content: pa.Buffer) -> bool:
    if buffer is None or not buffer.size:
        return True
    return bool(content.address <= buffer.address and buffer.address + buffer.size <= content.address + content.size)


def read_at_most(path: Path, limit: int) -> bytes | None:
    """A plain file of at most `limit` bytes, else None.

    Raises:
        OSError: it cannot be read, or is no plain file (a pipe would never end).
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a plain file")
    with path.open("rb") as handle:
        content = handle.read(limit + 1)
    return content if len(content) <= limit else None


def _check_path(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or not path.parts:
        raise BundleError(f"The manifest names {name!r}, which is not inside the bundle.", file=MANIFEST_NAME)


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name}: {field.type}" for field in schema)


def _missing(path: str, error: OSError) -> BundleError:
    return BundleError(f"{path} cannot be read ({error.strerror or error}). Build the atlas again to mend it.", file=path)


def _damaged(path: str, reason: str) -> BundleError:
    return BundleError(f"{path} is damaged: {reason}. Build the atlas again to mend it.", file=path)
