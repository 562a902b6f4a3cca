"""The points of one layer: columns by slice or by rows, and the way back from an image to its points."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .columns import column, slice_of
from .files import Files
from .manifest import Layer, Manifest
from .reach import neighbours_reach, points_reach, rows_reach
from .tables import POINTS, ROWS, neighbours_schema

IMAGE_SHIFT = np.uint64(16)
DATASET_SHIFT = np.uint64(48)


class LayerReader:
    """One layer of an open bundle. Arrays are views of the memory map: read-only, and of the file's dtype."""

    def __init__(self, files: Files, info: Layer, manifest: Manifest) -> None:
        self.info = info
        self.datasets = len(manifest.datasets)
        self._manifest = manifest
        self._files = files

    def points(self, name: str) -> NDArray[Any]:
        """A whole column of points.arrow, shape (points,), or (points, 32) float16 for `reduced`."""
        return column(self._points(), name)

    def points_between(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Rows start…stop of a column: the members of a cell."""
        return slice_of(self._points(), name, start, stop)

    def rows_of_image(self, dataset: int, image: int) -> NDArray[np.int64]:
        """Rows of points.arrow of one image's samples, by position; empty where this layer has none."""
        keys = self._keys()
        first, last = np.searchsorted(keys, [_key(dataset, image, 0), _key(dataset, image + 1, 0)])
        return column(self._rows(), "row")[first:last].astype(np.int64)

    def rows_of_samples(
        self, dataset: NDArray[np.integer], image: NDArray[np.integer], position: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """Row of points.arrow of each sample, all arrays of shape (n,); -1 where this layer does not have it."""
        wanted = _key(dataset, image, position)
        keys = self._keys()
        rows = column(self._rows(), "row")
        if len(keys) == 0:
            return np.full(len(wanted), -1, np.int64)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, rows[at].astype(np.int64), -1)

    def neighbours(self, name: str) -> NDArray[Any] | None:
        """A whole column of neighbours.arrow, (points,) or (points, datasets); None where this atlas has none."""
        if self.info.neighbours is None:
            return None
        schema = neighbours_schema(self.datasets)
        return column(self._files.table(self.info.neighbours, schema, lambda table: neighbours_reach(table, self.info)), name)

    def _points(self) -> pa.Table:
        return self._files.table(self.info.points, POINTS, lambda table: points_reach(table, self.info, self._manifest))

    def _rows(self) -> pa.Table:
        return self._files.table(self.info.rows, ROWS, lambda table: rows_reach(table, self.info))

    def _keys(self) -> NDArray[np.uint64]:
        """(dataset, image, position) as one rising number, uint64 (points,)."""
        table = self._rows()
        keys: NDArray[np.uint64] = _key(column(table, "dataset"), column(table, "image"), column(table, "position"))
        return keys


def _key(dataset: Any, image: Any, position: Any) -> Any:
    high = np.asarray(dataset).astype(np.uint64) << DATASET_SHIFT
    return high | np.asarray(image).astype(np.uint64) << IMAGE_SHIFT | np.asarray(position).astype(np.uint64)
