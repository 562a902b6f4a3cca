"""A selection of points — by cells, by rows, or by a polygon on the map — counted, paged, and followed into other layers."""

import hashlib

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray

from ganatlas.bundle.layers import LayerReader
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import OUTSIDE
from ganatlas.errors import InputError
from ganatlas.server.caching import to_json, version_of
from ganatlas.server.members import Members, decode_cursor, encode_cursor, order_members, take
from ganatlas.server.models import PlaceColumns, SelectionRequest, SelectionView
from ganatlas.server.polygon import inside_polygon
from ganatlas.server.samples import sample_views, score_reader
from ganatlas.server.services import BundleDep, LayerName, services_of
from ganatlas.server.thinning import thin
from ganatlas.server.views import points_version

from . import ATLAS

router = APIRouter(prefix=ATLAS + "/layers/{layer}/selection", tags=["selection"])
ELSEWHERE_LIMIT = 100_000


@router.post("", summary="Count, page and trace a selection of points", response_model=SelectionView)
def post_selection(request: Request, bundle: BundleDep, layer: LayerName, body: SelectionRequest) -> Response:
    reader = bundle.layer(layer)
    index = None if body.dataset is None else bundle.dataset_index(body.dataset)
    others = {name: bundle.layer(name) for name in body.layers}
    rows = _rows(bundle, reader, body)
    datasets = take(reader, "dataset", rows)
    counts = np.bincount(datasets.astype(np.int64), minlength=len(bundle.manifest.datasets))
    asked = body.model_dump_json(exclude={"cursor", "limit", "layers", "places"})
    key = version_of(
        points_version(bundle.manifest, reader.info),
        [grid.cells.sha256 for grid in reader.info.grids],
        hashlib.sha256(asked.encode()).hexdigest(),
    )
    total = int(counts.sum() if index is None else counts[index])
    offset = decode_cursor(body.cursor, key, total)

    def members() -> Members:
        weights = _weights(bundle, layer, datasets)
        return order_members(reader, rows, weights, index, body.order, bundle.manifest.seed, score_reader(bundle))

    found: Members = services_of(request).derived.get((key,), members, lambda value: value.bytes)
    stop = offset + body.limit
    wanted = rows if index is None else rows[datasets == index]
    view = SelectionView(
        layer=layer,
        counts={dataset.name: int(counts[at]) for at, dataset in enumerate(bundle.manifest.datasets)},
        total=int(counts.sum()),
        items=sample_views(bundle, reader, found.rows[offset:stop], found.nearness[offset:stop]),
        next_cursor=encode_cursor(stop, key) if stop < total else None,
        elsewhere=_elsewhere(reader, wanted, others),
        places=_places(reader, thin(wanted, body.places), others) if body.places else {},
    )
    return Response(to_json(view), headers={"cache-control": "no-store"}, media_type="application/json")


def _rows(bundle: Bundle, layer: LayerReader, body: SelectionRequest) -> NDArray[np.int64]:
    """Rows of points.arrow that the body asks for, rising and each once."""
    given = [name for name in ("cells", "rows", "polygon") if getattr(body, name) is not None]
    if len(given) != 1:
        raise InputError(f"Select by exactly one of cells, rows and polygon; got {' and '.join(given) or 'none'}.")
    if body.cells is not None:
        return _rows_of_cells(bundle, layer.info.name, body)
    if body.rows is not None:
        count = layer.info.point_count
        wrong = next((row for row in body.rows if not 0 <= row < count), None)
        if wrong is not None:
            raise InputError(f"There is no point {wrong} in this layer; its points are 0 to {count - 1}.", row=str(wrong)[:40])
        return np.unique(np.asarray(body.rows, np.int64))
    return inside_polygon(layer.points("x"), layer.points("y"), np.asarray(body.polygon, np.float64))


def _rows_of_cells(bundle: Bundle, layer: str, body: SelectionRequest) -> NDArray[np.int64]:
    if body.size is None:
        raise InputError("Cells belong to a grid: give its size as well.", fields=["size"])
    grid = bundle.grid(layer, body.size)
    wanted = {(cell.column, cell.row) for cell in body.cells or ()}
    for column, row in wanted:
        inside = 0 <= column < body.size and 0 <= row < body.size
        if not inside and (column, row) != (OUTSIDE, OUTSIDE):
            raise InputError(f"Cell ({column}, {row}) is beyond the {body.size} × {body.size} grid.", column=column, row=row)
    # A rectangle of cells has empty ones among them: they select nothing.
    found = [index for column, row in wanted if (index := grid.find(column, row)) is not None]
    starts, stops = grid.cells("start"), grid.cells("stop")
    slices = sorted((int(starts[index]), int(stops[index])) for index in found)
    return np.concatenate([np.arange(start, stop) for start, stop in slices] or [np.zeros(0, np.int64)])


def _weights(bundle: Bundle, layer: str, datasets: NDArray[np.generic]) -> NDArray[np.float64]:
    """Of one point of each dataset, 1 / (its points on the map)."""
    grids = bundle.layer(layer).info.grids
    if grids:
        return bundle.grid(layer, grids[0].size).weights()
    return np.ones(len(bundle.manifest.datasets))


def _elsewhere(layer: LayerReader, rows: NDArray[np.int64], others: dict[str, LayerReader]) -> dict[str, list[int]]:
    """The same samples' rows in other layers."""
    rows = rows[:ELSEWHERE_LIMIT]
    keys = [layer.points(name)[rows] for name in ("dataset", "image", "position")] if others else []
    found = {}
    for name, other in others.items():
        there = other.rows_of_samples(*keys)
        found[name] = np.sort(there[there >= 0]).tolist()
    return found


def _places(layer: LayerReader, rows: NDArray[np.int64], others: dict[str, LayerReader]) -> dict[str, PlaceColumns]:
    """Where some samples lie in other layers; a layer that lacks one of them leaves it out."""
    keys = [layer.points(name)[rows] for name in ("dataset", "image", "position")] if others else []
    found = {}
    for name, other in others.items():
        there = other.rows_of_samples(*keys)
        there = there[there >= 0]
        found[name] = PlaceColumns(
            point=there.tolist(),
            x=np.round(other.points("x")[there].astype(np.float64), 5).tolist(),
            y=np.round(other.points("y")[there].astype(np.float64), 5).tolist(),
            dataset=other.points("dataset")[there].tolist(),
        )
    return found
