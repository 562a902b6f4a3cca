"""One grid of a layer: its occupied cells, their attribution and the faithfulness of their icons, by (column, row).

*Outside* is (-1, -1). Cells are sorted by row, then column, outside last; read as unsigned numbers that order is rising, so a
cell is found by two binary searches.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ganatlas.errors import NotFoundError

from .columns import column
from .files import Files
from .manifest import Grid, Layer, Manifest, Pyramid
from .reach import attribution_reach, cells_reach
from .tables import ATTRIBUTION, ICONS, OUTSIDE, cells_schema

NEAREST_CHOICES = 8


@dataclass(frozen=True)
class CellKey:
    """Where a cell is, and its members: rows start…stop of points.arrow. index: its row in cells.arrow."""

    index: int
    column: int
    row: int
    start: int
    stop: int


class GridReader:
    """One grid of an open bundle. Columns are views of the memory map."""

    def __init__(self, files: Files, layer: Layer, info: Grid, manifest: Manifest) -> None:
        self.layer = layer
        self.info = info
        self._manifest = manifest
        self._files = files

    @cached_property
    def table(self) -> pa.Table:
        """cells.arrow."""
        schema = cells_schema(len(self._manifest.datasets), len(self._manifest.pairs))
        return self._files.table(
            self.info.cells, schema, lambda table: cells_reach(table, self.info, self.layer, self._manifest)
        )

    def cells(self, name: str) -> NDArray[Any]:
        """A column of cells.arrow: (cells,), (cells, datasets) or (cells, pairs)."""
        return column(self.table, name)

    def cell(self, column: int, row: int) -> CellKey:
        """Find an occupied cell.

        Raises:
            NotFoundError: beyond the grid, or no point lies there; names the nearest occupied cells.
        """
        index = self.find(column, row)
        if index is None:
            raise self._no_cell(column, row)
        start, stop = (int(self.cells(name)[index]) for name in ("start", "stop"))
        return CellKey(index, column, row, start, stop)

    def find(self, column: int, row: int) -> int | None:
        """Row of cells.arrow of a cell, None where it is not occupied."""
        first, last = self._range(self.table, column, row)
        return first if last > first else None

    def weights(self) -> NDArray[np.float64]:
        """Weight of one point of each dataset, 1 / (its points on the map): shape (datasets,), 0 for a dataset without any."""
        on_map = self.cells("column") != OUTSIDE
        totals = self.cells("count")[on_map].sum(axis=0, dtype=np.int64)
        weights: NDArray[np.float64] = np.divide(1.0, totals, out=np.zeros(len(totals)), where=totals > 0)
        return weights

    def attribution(self) -> pa.Table | None:
        """attribution.arrow, or None where this atlas has none."""
        if self.info.attribution is None:
            return None
        return self._files.table(self.info.attribution, ATTRIBUTION, lambda table: attribution_reach(table, self._manifest))

    def attribution_of(self, column_: int, row: int) -> pa.Table | None:
        """The rows of one cell, highest effect first; None where this atlas has no attribution."""
        table = self.attribution()
        if table is None:
            return None
        first, last = self._range(table, column_, row)
        return table.slice(first, last - first)

    def icons_table(self, pyramid: Pyramid) -> pa.Table | None:
        """column, row and faithfulness of a pyramid's icons; None where it has no table."""
        return None if pyramid.table is None else self._files.table(pyramid.table, ICONS)

    @staticmethod
    def _range(table: pa.Table, column_: int, row: int) -> tuple[int, int]:
        """Rows of a table sorted by (row, column), outside last, that belong to one cell."""
        if not (OUTSIDE <= column_ < 1 << 15 and OUTSIDE <= row < 1 << 15):
            return 0, 0
        rows = column(table, "row").view(np.uint16)
        first, last = (int(np.searchsorted(rows, np.uint16(row & 0xFFFF), side)) for side in ("left", "right"))
        columns = column(table, "column").view(np.uint16)[first:last]
        left, right = (int(np.searchsorted(columns, np.uint16(column_ & 0xFFFF), side)) for side in ("left", "right"))
        return first + left, first + right

    def _no_cell(self, column: int, row: int) -> NotFoundError:
        size = self.info.size
        outside = self.find(OUTSIDE, OUTSIDE) is not None
        if (column, row) == (OUTSIDE, OUTSIDE):
            return NotFoundError("No point of this layer lies outside its map.", choices=[])
        columns, rows = self.cells("column").astype(np.int64), self.cells("row").astype(np.int64)
        # Clipped, so that a coordinate of any size can be squared.
        at = [min(max(value, 0), size - 1) for value in (column, row)]
        distance = np.where(columns == OUTSIDE, np.iinfo(np.int64).max, (columns - at[0]) ** 2 + (rows - at[1]) ** 2)
        nearest = np.argsort(distance, kind="stable")[: min(NEAREST_CHOICES, len(distance) - outside)]
        reason = "holds no point" if 0 <= column < size and 0 <= row < size else f"is beyond the {size} × {size} grid"
        choices = [[int(columns[index]), int(rows[index])] for index in nearest]
        listed = ", ".join(f"({at_column}, {at_row})" for at_column, at_row in choices) or "none"
        return NotFoundError(f"Cell ({column}, {row}) {reason}. The nearest cells that hold some: {listed}.", choices=choices)
