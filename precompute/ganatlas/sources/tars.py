"""A tar as a plain stream, whatever it is compressed with; and what goes wrong with damaged archives.

Data flow: :mod:`archive` and :mod:`cifar` read through this.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from ganatlas.errors import InputError

_OPENERS: dict[str, Callable[[Path], Any]] = {
    ".tar": lambda path: path.open("rb"),
    ".tar.gz": gzip.open,
    ".tgz": gzip.open,
    ".tar.bz2": bz2.open,
    ".tar.xz": lzma.open,
}
TAR_ENDINGS = tuple(_OPENERS)
LONGEST_TEXT = 2**20
"""Bytes of a name or an attribute; paths end at 4 KB."""
MOST_FILES = 20_000_000
"""A compressed tar can say endless files in few bytes, and each name is kept."""
_TEXTS = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What reading a damaged or encrypted archive raises."""


def open_stream(path: Path) -> IO[bytes]:
    """The uncompressed bytes of a tar, by its ending."""
    ending = max((end for end in _OPENERS if path.name.lower().endswith(end)), key=len, default=".tar")
    stream: IO[bytes] = _OPENERS[ending](path)
    return stream


class _Header(tarfile.TarInfo):
    """A header whose own text (long names, attributes) has a size that a text has: tarfile reads as much as a header says."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _TEXTS and self.size > LONGEST_TEXT:
            raise tarfile.ReadError(f"a header with {self.size >> 20} MB of text")
        member: tarfile.TarInfo = super()._proc_member(archive)  # type: ignore[misc]
        return member


def files_of(path: Path) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """The plain files of a tar, front to back, each with the open tar it can be read from. Links and devices are left out."""
    with open_stream(path) as stream, tarfile.open(fileobj=stream, mode="r:", tarinfo=_Header) as archive:
        found = 0
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header otherwise
            found += 1
            if found > MOST_FILES:
                raise tarfile.ReadError(f"more than {MOST_FILES:,} files")
            if member.isreg() and not member.issparse():
                yield member, archive


def refuse_damaged(description: str, path: Path, error: Exception) -> InputError:
    """The error to raise for a damaged archive."""
    return InputError(
        f"cannot read the archive {description}: {error}. It may be cut short or of another kind than its ending says; "
        "download or pack it again.",
        path=str(path),
    )
