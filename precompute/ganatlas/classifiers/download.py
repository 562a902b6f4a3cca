"""A file from the network: whole and of the given SHA-256, or not there."""

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ganatlas.bundle.manifest import sha256_of
from ganatlas.errors import InputError

_BLOCK = 2**20
_TIMEOUT = 60.0


def download(address: str, path: Path, sha256: str, progress: Callable[[int, int], None] | None = None) -> Path:
    """Fetch `address` to `path` unless it is there already.

    Args:
        address: http or https.
        path: of the file; its folder is made.
        sha256: hex digest that the file must have.
        progress: called with (bytes done, all bytes, 0 where the server does not say).

    Raises:
        InputError: the address cannot be reached, the transfer broke off, or it is another file. Nothing is left at `path`.
    """
    if path.exists() and sha256_of(path) == sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT) as reply, part.open("wb") as file:
            total = int(reply.headers.get("Content-Length") or 0)
            done = 0
            while block := reply.read(_BLOCK):
                file.write(block)
                digest.update(block)
                done += len(block)
                if progress is not None:
                    progress(done, total)
        if total and done < total:
            raise InputError(f"the download of {address} broke off after {done} of {total} bytes. Try again.")
        if digest.hexdigest() != sha256:
            raise InputError(
                f"{address} has the SHA-256 {digest.hexdigest()}, expected {sha256}: it is another file. Nothing was kept."
            )
        os.replace(part, path)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise InputError(
            f"cannot download {address}: {error}. Check the address and the connection, or give a file."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path
