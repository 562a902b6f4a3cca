"""The built viewer: the files of Vite's build, in memory, and the entry that the page loads.

Vite writes `.vite/manifest.json`, which names the hashed files of the entry; the build is read again when that file changes.
"""

import gzip
import hashlib
import mimetypes
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

import orjson

STATIC = Path(__file__).parent / "static"
MANIFEST = ".vite/manifest.json"
HASHED_FOLDER = "assets/"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".map": "application/json",
}


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, also gzipped where that is shorter; `hashed` when its name carries its digest."""

    content: bytes
    zipped: bytes | None
    media_type: str
    version: str
    hashed: bool


@dataclass(frozen=True)
class Build:
    """One build of the viewer: its files by name, and what the page loads, in order."""

    files: dict[str, Asset] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


class Assets:
    """The newest build in a folder. Thread-safe."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._state: tuple[int, int] | None = None
        self._build = Build()

    def build(self) -> Build:
        """The build as it is now; empty while there is none."""
        try:
            status = os.stat(self.folder / MANIFEST)
        except OSError:
            return Build()
        state = (status.st_ino, status.st_mtime_ns)
        with self._lock:
            if state != self._state:
                self._build, self._state = _load(self.folder), state
            return self._build


def _load(folder: Path) -> Build:
    files = {
        path.relative_to(folder).as_posix(): _asset(path, path.relative_to(folder).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != ".vite"
    }
    chunks = orjson.loads((folder / MANIFEST).read_bytes())
    entries = [name for name, chunk in chunks.items() if chunk.get("isEntry")]
    scripts = [chunks[name]["file"] for name in entries if chunks[name]["file"].endswith(".js")]
    styles = [style for name in entries for style in _styles(chunks[name], chunks, {name})]
    return Build(files, tuple(dict.fromkeys(scripts)), tuple(dict.fromkeys(styles)))


def _styles(chunk: dict[str, object], chunks: dict[str, dict[str, object]], seen: set[str]) -> list[str]:
    """Stylesheets of a chunk and of those that it imports statically."""
    found: list[str] = []
    imports = chunk.get("imports", [])
    assert isinstance(imports, list)
    for name in imports:
        if name not in seen:
            seen.add(name)
            found += _styles(chunks[name], chunks, seen)
    own = chunk.get("css", [])
    assert isinstance(own, list)
    return [*found, *own]


def _asset(path: Path, name: str) -> Asset:
    content = path.read_bytes()
    zipped = gzip.compress(content, mtime=0)
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(
        content=content,
        zipped=zipped if len(zipped) < 0.9 * len(content) else None,
        media_type=media_type,
        version=hashlib.sha256(content).hexdigest()[:16],
        hashed=name.startswith(HASHED_FOLDER),
    )
