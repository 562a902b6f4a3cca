"""The arrays of a layer as the bundle's tables: points, rows, cells.

Data flow: samples, placement, cells and comparison of a layer -> Arrow files in the workspace -> `BundleWriter.put`.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ganatlas.bundle.tables import POINTS, REDUCED, ROWS, cells_schema

from .samples import GridCells, Placement, Samples


def write_table(table: pa.Table, path: Path) -> None:
    """Write an Arrow IPC file, uncompressed (so that it can be memory-mapped), atomically."""
    temporary = path.with_name(f".{path.name}.tmp")
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    temporary.replace(path)


def _fixed(values: NDArray[np.generic], width: int) -> pa.Array:
    flat = np.ascontiguousarray(values).reshape(-1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), width)


def points_table(samples: Samples, placement: Placement, reduced: NDArray[np.float16]) -> pa.Table:
    """points.arrow. reduced: (points, 32) in the order of `samples`."""
    order = placement.order
    columns = {
        "x": placement.xy[:, 0],
        "y": placement.xy[:, 1],
        "dataset": samples.dataset[order],
        "image": samples.image[order],
        "position": samples.position[order],
        "row": samples.row[order],
        "column": samples.column[order],
        "top": samples.top[order],
    }
    arrays = [pa.array(np.ascontiguousarray(values)) for values in columns.values()] + [_fixed(reduced[order], REDUCED)]
    return pa.Table.from_arrays(arrays, schema=POINTS)


def rows_table(samples: Samples, placement: Placement) -> pa.Table:
    """rows.arrow: samples are in order of (dataset, image, position) already, so this is the inverse of the sorting."""
    inverse = np.empty(len(samples), np.uint32)
    inverse[placement.order] = np.arange(len(samples), dtype=np.uint32)
    arrays = [pa.array(a) for a in (samples.dataset, samples.image, samples.position, inverse)]
    return pa.Table.from_arrays(arrays, schema=ROWS)


def cells_table(
    cells: GridCells,
    exemplar: NDArray[np.int64],
    top: NDArray[np.int32],
    spread: NDArray[np.float32],
    pairs: Mapping[str, NDArray[np.float32]],
) -> pa.Table:
    """cells.arrow.

    Args:
        exemplar: (cells, datasets) rows of points, -1 for none.
        top: (cells,) most frequent class, -1 for none.
        spread: (cells,) mean cosine distance to the cell vector.
        pairs: contribution, effect, p, q, each (cells, pairs).
    """
    datasets, count = cells.count.shape[1], pairs["effect"].shape[1]
    arrays = [
        pa.array(cells.column),
        pa.array(cells.row),
        pa.array(cells.start.astype(np.uint32)),
        pa.array(cells.stop.astype(np.uint32)),
        _fixed(cells.count.astype(np.uint32), datasets),
        _fixed(exemplar.astype(np.int64), datasets),
        pa.array(top.astype(np.int32)),
        pa.array(spread.astype(np.float32)),
        *(_fixed(pairs[name].astype(np.float32), count) if count else _empty_lists(len(cells.column)) for name in PAIR_COLUMNS),
    ]
    return pa.Table.from_arrays(arrays, schema=cells_schema(datasets, count))


PAIR_COLUMNS = ("contribution", "effect", "p", "q")


def _empty_lists(length: int) -> pa.Array:
    return pa.array([[]] * length, pa.list_(pa.float32(), 0))
