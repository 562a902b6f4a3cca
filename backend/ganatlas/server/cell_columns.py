"""Every cell of a grid, column-wise: one answer from which the viewer draws heat, labels and hovers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.cell_labels import cell_labels, cell_numbers
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


def contiguous(values: NDArray[Any]) -> NDArray[Any]:
    """Memory as orjson wants it."""
    return np.ascontiguousarray(values)


def _faithfulness(grid: GridReader, pyramid: Any) -> NDArray[np.float32] | None:
    table = grid.icons_table(pyramid)
    if table is None:
        return None
    cells = cell_numbers(grid, column(table, "column"), column(table, "row"))
    values = np.full(grid.table.num_rows, np.nan, np.float32)
    known = cells >= 0
    values[cells[known]] = column(table, "faithfulness")[known]
    return values
