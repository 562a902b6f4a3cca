"""What the cells of a grid are called, and where other tables' rows belong among them."""

import numpy as np
from numpy.typing import NDArray

from .columns import column
from .grids import GridReader


def cell_labels(grid: GridReader) -> NDArray[np.int32]:
    """Label of each cell, int32 (cells,): its class of highest attribution, else its members' most frequent class; -1: none."""
    labels = np.array(grid.cells("top"), np.int32)
    attribution = grid.attribution()
    if attribution is not None and attribution.num_rows:
        cells = cell_numbers(grid, column(attribution, "column"), column(attribution, "row"))
        # Sorted by cell, then falling effect: the first row of a cell is its highest.
        first = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]])
        first = first[cells[first] >= 0]
        labels[cells[first]] = column(attribution, "label")[first]
    return labels


def cell_numbers(grid: GridReader, columns: NDArray[np.int16], rows: NDArray[np.int16]) -> NDArray[np.int64]:
    """Row of cells.arrow of each (column, row), int64 (n,); -1 where the cell is not occupied."""
    keys = _keys(grid.cells("column"), grid.cells("row"))
    wanted = _keys(columns, rows)
    if len(keys) == 0:
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _keys(columns: NDArray[np.int16], rows: NDArray[np.int16]) -> NDArray[np.uint32]:
    """Rising in the order of cells.arrow: as unsigned numbers, *outside* (-1, -1) is the largest."""
    return (rows.view(np.uint16).astype(np.uint32) << np.uint32(16)) | columns.view(np.uint16).astype(np.uint32)
