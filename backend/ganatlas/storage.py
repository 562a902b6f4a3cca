"""What a disk that cannot be written says of itself: one error, whichever library met it.

Data flow: everything that writes for long (a build, a training, a poster) does it inside `writing`. Files are written under
another name and renamed, so that what was there stays whole, and the same command goes on afterwards.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import GanatlasError, StorageError

FAULTS = {
    errno.ENOSPC: "Free some space there",
    errno.EDQUOT: "Free some of your quota",
    errno.EFBIG: "Raise the limit of a file's size",
    errno.EROFS: "Make it writable",
    errno.EACCES: "Ask for the right to write there",
    errno.EPERM: "Ask for the right to write there",
    errno.EIO: "Check the disk",
}
"""What the system says of a place that cannot be written, and what to do."""

_SAID = re.compile(r"(?:os error|[Ee]rrno) (\d+)")


@contextmanager
def writing(place: Path, *, resumes: bool = True) -> Iterator[None]:
    """Turn a full, read-only or failing disk into our own error.

    Args:
        place: the folder or file that is written, for the message.
        resumes: the same command goes on where it was.

    Raises:
        StorageError: a write was refused.
    """
    try:
        yield
    except GanatlasError:
        raise
    except Exception as error:
        said = storage_error(error, place, resumes=resumes)
        if said is None:
            raise
        raise said from error


def storage_error(error: BaseException, place: object, *, resumes: bool) -> StorageError | None:
    """What to say of an error of the disk at `place`; None where it is of another kind."""
    number = fault_of(error)
    if number is None:
        return None
    where = getattr(error, "filename", None) or place
    then = "run the same command again: it goes on where it was" if resumes else "try again"
    return StorageError(
        f"cannot write {where}: {os.strerror(number).lower()}. {FAULTS[number]}, or choose another place, and {then}. "
        "What was there before is as it was."
    )


def fault_of(error: BaseException) -> int | None:
    """Which of `FAULTS` an error tells of; libraries in other languages say it in their message. None: it is something else."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno if error.errno in FAULTS else None
    said = _SAID.search(str(error))
    if said:
        return int(said[1]) if int(said[1]) in FAULTS else None
    return next((number for number in FAULTS if os.strerror(number) in str(error)), None)
