"""New .npy files that are filled through a memory map.

A map of a file without its blocks ends the process (SIGBUS) when the disk is full, so the blocks are asked for first: then a
full disk is an error like any other.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np


def new_array(path: Path, dtype: Any, shape: tuple[int, ...]) -> "np.memmap[Any, Any]":
    """A .npy of zeros, mapped for writing; all of its space is there.

    Raises:
        OSError: there is not enough space.
    """
    array = np.lib.format.open_memmap(path, "w+", dtype, shape)
    if hasattr(os, "posix_fallocate"):  # not on macOS
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)
    assert isinstance(array, np.memmap)
    return array
