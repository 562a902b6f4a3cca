"""Which atlases are served, and their newest manifest.

Bundles are looked at when a request comes, at most every so often: a manifest of another inode, size or time is opened anew. An
atlas that cannot be read keeps its place with the reason, and is back when it is mended. Requests in flight keep the `Bundle`
that they began with.
"""

import errno
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ganatlas.bundle.checks import Checks, State, state_of
from ganatlas.bundle.files import read_at_most
from ganatlas.bundle.manifest import MANIFEST_NAME, Progress
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import BundleError, InputError, NotFoundError

SUFFIX = ".atlas"
PROGRESS_NAME = "progress.json"
"""In the workspace beside a bundle (`NAME.atlas.work`): how far its build is, before the first manifest."""


PROGRESS_LIMIT = 1 << 16
PATIENCE = 5.0
"""Seconds that an answer waits for the digest of a large file; most disks read more than 2 GB in that time."""


ABSENT = {errno.ENOENT, errno.ENOTDIR}
"""What the system says of a file that is not there."""


class NotReadyError(BundleError):
    """An atlas that is being built and has no manifest yet."""


@dataclass
class _Place:
    """Where an atlas is or will be, and what was found there last."""

    name: str
    path: Path
    state: State | None = None
    bundle: Bundle | None = None
    seen: bool = False
    """It could be read once."""
    checks: Checks = field(default_factory=lambda: Checks(PATIENCE))
    error: BundleError = field(default_factory=lambda: NotReadyError("not looked at yet"))


class Catalogue:
    """The atlases of some paths. Thread-safe."""

    def __init__(
        self, paths: Sequence[Path], *, wait: bool = False, interval: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Look at the paths for the first time.

        Args:
            paths: bundles, or folders that hold bundles.
            wait: a bundle may be missing for now.
            interval: seconds between two looks, at least.

        Raises:
            InputError: a path is missing, or neither a bundle nor a folder.
        """
        check_paths(paths, wait=wait)
        self._paths = tuple(paths)
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[Path, _Place] = {}
        self._states: dict[Path, State | None] = {}
        self._looked = -float("inf")
        self.generation = 0
        """Rises with every manifest that is new, changed or gone."""
        self.refresh()

    def get(self, name: str) -> Bundle:
        """The atlas of that name, as of now.

        Raises:
            NotFoundError: no such atlas, with the names of those there are.
            NotReadyError: it is being built and has no manifest yet.
            BundleError: it is damaged.
        """
        self.refresh()
        for place in tuple(self._places.values()):
            if place.name == name:
                if place.bundle is None:
                    raise place.error.with_traceback(None)
                return place.bundle
        names = sorted(place.name for place in self._places.values())
        listed = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        raise NotFoundError(f"There is no atlas '{name}' here. There are: {listed or 'none'}.", choices=names)

    def bundles(self) -> dict[str, Bundle]:
        """Every atlas that can be read, by name."""
        self.refresh()
        return {place.name: place.bundle for place in self._sorted() if place.bundle}

    def unavailable(self) -> dict[str, BundleError]:
        """Every atlas that cannot be read, by name, with the reason."""
        self.refresh()
        return {place.name: place.error for place in self._sorted() if not place.bundle}

    def progress(self, name: str) -> Progress | None:
        """How far the build of an atlas is that has no manifest yet, where its workspace says so."""
        place = next((place for place in self._sorted() if place.name == name), None)
        if place is None:
            return None
        try:
            said = read_at_most(workspace_of(place.path) / PROGRESS_NAME, PROGRESS_LIMIT)
            return None if said is None else Progress.model_validate_json(said)
        except (OSError, ValueError):
            return None  # absent or of another form: the page then says only that the build is going on

    def refresh(self) -> None:
        """Look for new bundles and manifests, unless that was done just now."""
        if self._clock() - self._looked < self._interval or not self._lock.acquire(blocking=False):
            return
        try:
            self._refresh()
        finally:
            self._lock.release()

    def add(self, path: Path) -> str | None:
        """Serve one more path from now on; names that were given stay.

        Returns:
            The name of the atlas there; None for a folder of atlases.

        Raises:
            InputError: it is missing, or neither a bundle nor a folder.
        """
        check_paths([path], wait=False)
        with self._lock:
            if path not in self._paths:
                self._paths = (*self._paths, path)
            self._refresh()
            return self._places[path].name if path in self._places else None

    def _refresh(self) -> None:
        self._looked = self._clock()
        found = [bundle for path in self._paths for bundle in _bundles_in(path)]
        places = {path: self._places.get(path) or _Place(_name_of(path), path) for path in dict.fromkeys(found)}
        _make_unique(list(places.values()))
        for place in places.values():
            _look(place)
        if {path: place.state for path, place in places.items()} != self._states:
            self._states = {path: place.state for path, place in places.items()}
            self.generation += 1
        self._places = places

    def _sorted(self) -> list[_Place]:
        return sorted(self._places.values(), key=lambda place: place.name)


def workspace_of(bundle: Path) -> Path:
    """The folder beside a bundle where its build keeps what it needs to go on."""
    return bundle.with_name(bundle.name + ".work")


def check_paths(paths: Sequence[Path], *, wait: bool) -> None:
    """Refuse what cannot be served.

    Raises:
        InputError: a path is missing, or neither a bundle nor a folder.
    """
    for path in paths:
        _check(path, wait)


def _check(path: Path, wait: bool) -> None:
    if path.is_dir() or (wait and path.suffix == SUFFIX and not path.exists()):
        return
    if path.exists():
        raise InputError(f"{path} is a file. Give an atlas (a folder NAME.atlas) or a folder of atlases.")
    hint = "To follow a build from its start, add --wait." if path.suffix == SUFFIX else "Give an atlas or a folder of atlases."
    raise InputError(f"{path} does not exist. {hint}")


def _bundles_in(path: Path) -> list[Path]:
    if path.suffix == SUFFIX:
        return [path]
    try:
        if (path / MANIFEST_NAME).exists():
            return [path]
        return sorted(child for child in path.iterdir() if child.suffix == SUFFIX and child.is_dir())
    except OSError:
        return []  # removed or closed for now; it is looked for again


def _look(place: _Place) -> None:
    try:
        state: State | None = state_of(os.stat(place.path / MANIFEST_NAME))
    except OSError as error:
        place.state, place.bundle = None, None
        if error.errno not in ABSENT:
            said = f"{place.path / MANIFEST_NAME} cannot be read ({error.strerror})."
            place.error = BundleError(said, file=MANIFEST_NAME)
            return
        if place.seen:
            place.error = NotReadyError(
                f"Atlas '{place.name}' was here and is gone; it is shown again when its folder is back."
            )
        else:
            place.error = NotReadyError(f"Atlas '{place.name}' is being built and has no map yet; ask again in a moment.")
        return
    if state == place.state:
        return
    try:
        place.bundle, place.seen = Bundle.open(place.path, place.checks), True
        place.bundle.files.check_ahead(place.bundle.manifest.files().values())
    except BundleError as error:
        place.bundle, place.error = None, error
        if isinstance(error.__cause__, OSError):
            state = None  # a disk that failed may not fail again: tried at every look
    place.state = state


def _name_of(path: Path) -> str:
    stem = path.resolve().name.removesuffix(SUFFIX)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).lstrip("._-")[:100] or "atlas"


def _make_unique(places: list[_Place]) -> None:
    taken: set[str] = set()
    for place in places:
        base, number = place.name, 2
        while place.name in taken:
            place.name, number = f"{base}-{number}", number + 1
        taken.add(place.name)
