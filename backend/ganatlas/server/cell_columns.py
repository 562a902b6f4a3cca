"""Every cell of a grid, column-wise: one answer from which the viewer draws heat, labels and hovers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.columns import column
from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.reader import Bundle

from .views import grid_version


def cell_columns(bundle: Bundle, grid: GridReader) -> dict[str, Any]:
    """The content of `CellColumns`, with arrays in place of lists."""
    manifest = bundle.manifest
    count = grid.cells("count")
    return {
        "layer": grid.layer.name,
        "size": grid.info.size,
        "version": grid_version(manifest, grid.layer, grid.info),
        "column": contiguous(grid.cells("column")),
        "row": contiguous(grid.cells("row")),
        "count": {dataset.name: contiguous(count[:, index]) for index, dataset in enumerate(manifest.datasets)},
        "label": [None if label < 0 else label for label in cell_labels(grid).tolist()],
        "spread": contiguous(grid.cells("spread")),
        "pairs": [
            {"first": first, "second": second}
            | {name: contiguous(grid.cells(name)[:, index]) for name in ("contribution", "effect", "p", "q")}
            for index, (first, second) in enumerate(manifest.pairs)
        ],
        "faithfulness": [
            {"kind": pyramid.kind, "of": pyramid.of, "values": values}
            for pyramid in grid.info.icons
            if (values := _faithfulness(grid, pyramid)) is not None
        ],
    }


def cell_labels(grid: GridReader) -> NDArray[np.int32]:
    """Label of each cell, int32 (cells,): its class of highest attribution, else its members' most frequent class; -1: none."""
    labels = np.array(grid.cells("top"), np.int32)
    attribution = grid.attribution()
    if attribution is not None and attribution.num_rows:
        cells = _cell_numbers(grid, column(attribution, "column"), column(attribution, "row"))
        # Sorted by cell, then falling effect: the first row of a cell is its highest.
        first = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]])
        first = first[cells[first] >= 0]
        labels[cells[first]] = column(attribution, "label")[first]
    return labels


def contiguous(values: NDArray[Any]) -> NDArray[Any]:
    """Memory as orjson wants it."""
    return np.ascontiguousarray(values)


def _faithfulness(grid: GridReader, pyramid: Any) -> NDArray[np.float32] | None:
    table = grid.icons_table(pyramid)
    if table is None:
        return None
    cells = _cell_numbers(grid, column(table, "column"), column(table, "row"))
    values = np.full(grid.table.num_rows, np.nan, np.float32)
    known = cells >= 0
    values[cells[known]] = column(table, "faithfulness")[known]
    return values


def _cell_numbers(grid: GridReader, columns: NDArray[np.int16], rows: NDArray[np.int16]) -> NDArray[np.int64]:
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
