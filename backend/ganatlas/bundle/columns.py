"""From Arrow columns to numpy arrays: views of the memory map where one batch holds the column, copies otherwise."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def column(table: pa.Table, name: str) -> NDArray[Any]:
    """A column of numbers. Fixed-size lists become 2-D arrays (rows, list size).

    A table in one record batch (points, rows and cells are written so) is not copied: memory stays the file's.
    """
    chunked = table.column(name)
    parts = [_values(chunk) for chunk in chunked.chunks]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else _values(pa.array([], chunked.type))


def slice_of(table: pa.Table, name: str, start: int, stop: int) -> NDArray[Any]:
    """Rows start…stop of a column; only what is asked for is read, however many batches the table has."""
    return column(table.slice(start, stop - start), name)


def _values(array: pa.Array) -> NDArray[Any]:
    if pa.types.is_fixed_size_list(array.type):
        width = array.type.list_size
        return _values(array.flatten()).reshape(len(array), width)
    values: NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return values
