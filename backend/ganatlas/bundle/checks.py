"""Which files of a bundle were hashed and found to be what the manifest names: each once, for as long as it does not change.

Data flow: `files` asks before it opens a table. A file's state is what `state_of` says of it. Small files are hashed at
once; a large one by a thread of its own, while whoever needs it waits for a moment, so that a server goes on with the rest.
A `Checks` outlives the manifest: when a growing bundle gets a new one, what did not change is not hashed again.
"""

import os
import threading
from pathlib import Path

from ganatlas.errors import NotCheckedError

from .manifest import FileRef, sha256_of

LARGE = 64 << 20
"""Bytes from which a file is hashed by a thread of its own."""

State = tuple[int, int, int, int]


def state_of(status: os.stat_result) -> State:
    """Inode, size, the time of the last writing, which copies and tools put back, and that of any change, which none can."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


class _Check:
    """The check of one state of one file."""

    def __init__(self, sha256: str, state: State) -> None:
        self.sha256 = sha256
        self.state = state
        self.ended = threading.Event()
        self.whole = False
        self.error: OSError | None = None

    def answers(self, ref: FileRef, state: State) -> bool:
        """Whether it need not be done again. What failed is, unless that takes long: a clock is too coarse for some mends."""
        same = (self.sha256, self.state) == (ref.sha256, state)
        return same and (self.whole or not self.ended.is_set() or (ref.bytes > LARGE and self.error is None))


class Checks:
    """Of one bundle's files. Thread-safe."""

    def __init__(self, patience: float | None = None) -> None:
        """patience: seconds to wait for a large file; None to wait until it is done."""
        self._patience = patience
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._checks: dict[str, _Check] = {}

    def is_whole(self, path: Path, ref: FileRef, state: State) -> bool:
        """Whether the file in this state has the digest that the manifest names.

        Raises:
            NotCheckedError: it is large, and that takes longer than the patience.
            OSError: it cannot be read.
        """
        check = self._check_of(path, ref, state)
        if not check.ended.wait(self._patience):
            raise NotCheckedError(
                f"{ref.path} has {ref.bytes >> 20} MB and is still being checked against its digest; ask again in a moment.",
                file=ref.path,
            )
        if check.error is not None:
            raise check.error
        return check.whole

    def begin(self, path: Path, ref: FileRef, state: State) -> None:
        """Begin to check a large file; a small one is checked when it is asked for."""
        if ref.bytes > LARGE:
            self._check_of(path, ref, state)

    def _check_of(self, path: Path, ref: FileRef, state: State) -> _Check:
        with self._lock:
            check = self._checks.get(ref.path)
            if check is not None and check.answers(ref, state):
                return check
            check = self._checks[ref.path] = _Check(ref.sha256, state)
        if ref.bytes > LARGE:
            threading.Thread(target=self._run, args=(path, check), name=f"checking {ref.path}", daemon=True).start()
        else:
            _hash(path, check)
        return check

    def _run(self, path: Path, check: _Check) -> None:
        with self._one_at_a_time:  # a disk reads one file faster than two
            _hash(path, check)


def _hash(path: Path, check: _Check) -> None:
    try:
        check.whole = sha256_of(path) == check.sha256
    except OSError as error:
        check.error = error  # tried again by the next who asks
    finally:
        check.ended.set()
