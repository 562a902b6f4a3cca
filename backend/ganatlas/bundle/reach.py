"""Whether what a table says leads anywhere: to rows, images, labels and cells that there are.

Asked once of every table that is opened, like the offsets of its bytes (`files`): a table may be just what the manifest names
and be made up by somebody, and an index beyond an array must be a reason to give, not a failure. `laws` goes on from here.

Each yields a sentence for what is wrong.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .columns import column, slice_of
from .manifest import Dataset, Grid, Layer, Manifest
from .tables import OUTSIDE

BLOCK = 1 << 20
"""Rows looked at together where a check needs an array of its own: 8 MB."""
LARGEST_EFFECT = 64
"""|log2 ratio| of shares of two sets, far beyond any number of points."""


def images_reach(table: pa.Table, dataset: Dataset, manifest: Manifest) -> Iterator[str]:
    """As many images as the manifest says, labels that exist, sizes above 0."""
    if table.num_rows != dataset.count:
        yield f"it has {table.num_rows} images; the manifest names {dataset.count}"
    if not _within(column(table, "label"), -1, len(manifest.labels)):
        yield f"a label is beyond the {len(manifest.labels)} of the manifest"
    if not all(_within(column(table, name), 1, 2**31) for name in ("width", "height")):
        yield "an image has no width or height"


def scores_reach(table: pa.Table, dataset: Dataset, manifest: Manifest) -> Iterator[str]:
    """One row an image, and nearest images that exist."""
    if table.num_rows != dataset.count:
        yield f"it has {table.num_rows} rows; the manifest names {dataset.count} images"
    images = next((each.count for each in manifest.datasets if each.name == manifest.reference), 0)
    for name in ("nearest", "pixel_nearest"):
        if not _within(column(table, name), -1, images):
            yield f"{name} is beyond the {images} images of {manifest.reference}"


def points_reach(table: pa.Table, layer: Layer, manifest: Manifest) -> Iterator[str]:
    """As many points as the manifest says, of datasets, images, positions and classes that exist."""
    if table.num_rows != layer.point_count:
        yield f"it has {table.num_rows} points; the manifest names {layer.point_count}"
        return
    if not _within(column(table, "dataset"), 0, len(manifest.datasets)):
        yield f"a dataset index is beyond the {len(manifest.datasets)} datasets"
        return
    limits = np.array([each.count for each in manifest.datasets], np.int64)
    for start in range(0, table.num_rows, BLOCK):
        dataset, image = (slice_of(table, name, start, min(start + BLOCK, table.num_rows)) for name in ("dataset", "image"))
        if (image >= limits[dataset]).any():
            yield "an image index is beyond its dataset"
            break
    for name, low, high in (("row", 0, layer.height), ("column", 0, layer.width), ("top", -1, classes_in(manifest))):
        if not _within(column(table, name), low, high):
            yield f"{name} is beyond {low} … {high - 1}"


def rows_reach(table: pa.Table, layer: Layer) -> Iterator[str]:
    """A row for each point, and points that exist."""
    if table.num_rows != layer.point_count:
        yield f"it has {table.num_rows} rows for {layer.point_count} points"
    if not _within(column(table, "row"), 0, layer.point_count):
        yield "its rows are not each row of points once"


def neighbours_reach(table: pa.Table, layer: Layer) -> Iterator[str]:
    """A row for each point."""
    if table.num_rows != layer.point_count:
        yield f"it has {table.num_rows} rows for {layer.point_count} points"


def cells_reach(table: pa.Table, grid: Grid, layer: Layer, manifest: Manifest) -> Iterator[str]:
    """Cells on the grid, outside last; slices and exemplars inside the points; classes that exist; figures to draw."""
    columns, rows = (column(table, name) for name in ("column", "row"))
    outside = columns == OUTSIDE
    if ((rows == OUTSIDE) != outside).any() or outside[:-1].any():
        yield "outside is not one row, the last"
    elif not (_within(columns, OUTSIDE, grid.size) and _within(rows, OUTSIDE, grid.size)):
        yield f"a cell is beyond the {grid.size} × {grid.size} grid"
    elif int((~outside).sum()) != grid.occupied:
        yield f"{int((~outside).sum())} cells are occupied; the manifest names {grid.occupied}"
    start, stop = (column(table, name) for name in ("start", "stop"))
    if (stop <= start).any() or not _within(stop, 0, layer.point_count + 1):
        yield f"the slices of the cells do not tile the {layer.point_count} points"
    if not _within(column(table, "exemplar"), -1, layer.point_count):
        yield "an exemplar is not a row of points"
    if not _within(column(table, "top"), -1, classes_in(manifest)):
        yield f"a class is beyond the {classes_in(manifest)} of the classifier"
    for name in ("spread", "contribution", "effect"):
        if not np.isfinite(column(table, name)).all():
            yield f"a value of {name} is not a number"
    if (np.abs(column(table, "effect")) > LARGEST_EFFECT).any():
        yield f"an effect is beyond ± {LARGEST_EFFECT}"


def attribution_reach(table: pa.Table, manifest: Manifest) -> Iterator[str]:
    """Classes that exist."""
    if not _within(column(table, "label"), 0, classes_in(manifest)):
        yield f"a class is beyond the {classes_in(manifest)} of the classifier"


def classes_in(manifest: Manifest) -> int:
    """How many classes the classifier names."""
    return len(manifest.classifier.classes) if manifest.classifier else 0


def _within(values: NDArray[Any], low: int, high: int) -> bool:
    """Whether all of some whole numbers are low … high - 1."""
    return not values.size or (int(values.min()) >= low and int(values.max()) < high)
