"""The laws that the tables of a bundle obey, as checks: each yields a sentence for what is broken.

Used by `verify`. Tables are of the right schema when they come here (`tables`), and their bytes are those that were named.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .columns import column
from .manifest import Dataset, Grid, Layer, Manifest, Pyramid
from .reach import attribution_reach, cells_reach, images_reach, points_reach
from .tables import FINEST, OUTSIDE

WEBP = (b"RIFF", b"WEBP")


def images_laws(table: pa.Table, dataset: Dataset, manifest: Manifest) -> Iterator[str]:
    """As many images as the manifest says, labels that exist, sizes above 0, every one a WebP."""
    yield from images_reach(table, dataset, manifest)
    for index, value in enumerate(table.column("webp")):
        head = value.as_buffer()[:12].to_pybytes() if value.is_valid and value.as_buffer() else b""
        if (head[:4], head[8:12]) != WEBP:
            yield f"image {index} is not a WebP"
            return


def points_laws(table: pa.Table, layer: Layer, manifest: Manifest) -> Iterator[str]:
    """Indices in range, finite coordinates, inside points on the map and the outside ones last and beyond it."""
    yield from points_reach(table, layer, manifest)
    if table.num_rows != layer.point_count:
        return
    xy = np.stack([column(table, "x"), column(table, "y")], axis=1)
    if not np.isfinite(xy).all():
        yield "a coordinate is not a number"
    inside = np.all((xy >= 0) & (xy < 1), axis=1)
    split = layer.point_count - layer.outside_count
    if not inside[:split].all() or inside[split:].any():
        yield f"the last {layer.outside_count} points should be those beyond the map, and no other"


def rows_laws(rows: pa.Table, points: pa.Table) -> Iterator[str]:
    """Sorted by (dataset, image, position), each sample once, and the inverse of points."""
    if rows.num_rows != points.num_rows:
        yield f"it has {rows.num_rows} rows for {points.num_rows} points"
        return
    keys = [column(rows, name).astype(np.int64) for name in ("dataset", "image", "position")]
    key = (keys[0] << 48) | (keys[1] << 16) | keys[2]
    if (np.diff(key) <= 0).any():
        yield "it is not sorted by dataset, image and position, or a sample is there twice"
    row = column(rows, "row").astype(np.int64)
    if not np.array_equal(np.sort(row), np.arange(len(row))):
        yield "its rows are not each row of points once"
        return
    for name, values in zip(("dataset", "image", "position"), keys, strict=True):
        if not np.array_equal(column(points, name)[row], values):
            yield f"{name} of a row is not that of its point"


def cells_laws(cells: pa.Table, grid: Grid, layer: Layer, points: pa.Table, manifest: Manifest) -> Iterator[str]:
    """In order, slices that tile the points, members where they belong, counts, exemplars and figures in range."""
    size, wrong = grid.size, list(cells_reach(cells, grid, layer, manifest))
    yield from wrong
    if wrong:
        return
    columns, rows = (column(cells, name).astype(np.int64) for name in ("column", "row"))
    key = np.where(columns == OUTSIDE, size * size, rows * size + columns)
    if (np.diff(key) <= 0).any():
        yield "cells are not in order, by row and then column"
    start, stop = (column(cells, name).astype(np.int64) for name in ("start", "stop"))
    order = np.argsort(start, kind="stable")
    edges = np.r_[start[order], points.num_rows]
    if edges[0] != 0 or not np.array_equal(stop[order], edges[1:]):
        yield f"the slices of the cells do not tile the {points.num_rows} points"
        return
    owner = np.repeat(order, (stop - start)[order])
    yield from _members_laws(cells, size, points, owner, manifest)
    yield from _figures_laws(cells)


def nesting_law(fine: pa.Table, fine_size: int, coarse: pa.Table, coarse_size: int) -> Iterator[str]:
    """Counts of a coarser grid are the sums of its children's; outside is the same."""
    ratio = fine_size // coarse_size
    counts = []
    for table, size, scale in ((fine, fine_size, ratio), (coarse, coarse_size, 1)):
        columns, rows = (column(table, name).astype(np.int64) for name in ("column", "row"))
        inside = columns != OUTSIDE
        if not table.num_rows or max(columns.max(), rows.max()) >= size or min(columns.min(), rows.min()) < OUTSIDE:
            return  # said already
        place = np.where(inside, rows // scale * coarse_size + columns // scale, coarse_size**2)
        count = column(table, "count").astype(np.int64)
        total = np.zeros((coarse_size**2 + 1, count.shape[1]), np.int64)
        np.add.at(total, place, count)
        counts.append(total)
    wrong = np.flatnonzero((counts[0] != counts[1]).any(axis=1))
    if len(wrong):
        yield f"the counts of {len(wrong)} cells of grid {coarse_size} are not the sums of their cells here"


def attribution_laws(table: pa.Table, cells: pa.Table, manifest: Manifest) -> Iterator[str]:
    """In the order of the cells, falling effect inside each; cells and classes that exist."""
    yield from attribution_reach(table, manifest)
    at = _keys(table)
    if not np.isin(at, _keys(cells)).all():
        yield "a cell is not occupied"
    effect = column(table, "effect")
    if not np.isfinite(effect).all():
        yield "a value of effect is not a number"
    same = at[1:] == at[:-1]
    if (at[1:] < at[:-1]).any() or (np.diff(effect)[same] > 0).any():
        yield "it is not sorted by cell and falling effect"


def icons_laws(table: pa.Table, pyramid: Pyramid, cells: pa.Table) -> Iterator[str]:
    """One row an icon, at occupied cells."""
    if table.num_rows != pyramid.icons:
        yield f"it has {table.num_rows} icons; the manifest names {pyramid.icons}"
    keys = _keys(table)
    if len(np.unique(keys)) != len(keys):
        yield "a cell has two icons"
    if not np.isin(keys, _keys(cells)).all():
        yield "an icon is at a cell that is not occupied"


def _members_laws(cells: pa.Table, size: int, points: pa.Table, owner: NDArray[np.int64], manifest: Manifest) -> Iterator[str]:
    """owner: int64 (points,), the row of `cells` whose slice holds each point."""
    datasets = len(manifest.datasets)
    dataset = column(points, "dataset").astype(np.int64)
    if len(dataset) and dataset.max() >= datasets:
        return  # said of points
    counted = np.bincount(owner * datasets + dataset, minlength=cells.num_rows * datasets).reshape(-1, datasets)
    count = column(cells, "count").astype(np.int64)
    if not np.array_equal(count, counted):
        yield f"the counts of {int((count != counted).any(axis=1).sum())} cells are not those of their members"
    columns, rows = (column(cells, name).astype(np.int64) for name in ("column", "row"))
    # Through the finest grid, as points are binned: in float64 the product with 320 is exact.
    scale = FINEST // size
    x, y = (np.floor(column(points, name).astype(np.float64) * FINEST) // scale for name in ("x", "y"))
    inside = columns[owner] != OUTSIDE
    wrong = inside & ((x != columns[owner]) | (y != rows[owner]))
    if wrong.any():
        yield f"{int(wrong.sum())} points lie in another cell than the one whose slice holds them"
    exemplar = column(cells, "exemplar")
    has = exemplar >= 0
    cell, which = np.nonzero(has)
    if (owner[exemplar[has]] != cell).any() or (dataset[exemplar[has]] != which).any():
        yield "an exemplar is not a member of its cell and dataset"


def _figures_laws(cells: pa.Table) -> Iterator[str]:
    for name in ("p", "q"):
        values = column(cells, name)
        if ((values < 0) | (values > 1)).any():
            yield f"a value of {name} is beyond 0 … 1"
    p, q = column(cells, "p"), column(cells, "q")
    if (np.isnan(p) != np.isnan(q)).any() or (q < p - 1e-6).any():
        yield "a q is below its p, or only one of the two is there"


def _keys(table: pa.Table) -> NDArray[Any]:
    """Cells as rising numbers, outside largest."""
    rows, columns = (column(table, name).astype(np.int64) for name in ("row", "column"))
    return np.where(columns == OUTSIDE, np.int64(1) << 40, (rows << 16) + columns)
