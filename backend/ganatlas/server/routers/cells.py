"""The cells of a grid: all at once, one in full, and the members of one. *Outside* is a cell of its own."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response

from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import OUTSIDE
from ganatlas.server.caching import json_answer, version_of
from ganatlas.server.cell_columns import cell_columns
from ganatlas.server.cell_view import cell_view
from ganatlas.server.members import Members, Order, decode_cursor, encode_cursor, order_members
from ganatlas.server.models import CellColumns, CellView, ExamplePage
from ganatlas.server.samples import sample_views, score_reader
from ganatlas.server.services import BundleDep, GridSize, LayerName, services_of
from ganatlas.server.views import grid_version, points_version

from . import ATLAS, NOT_MODIFIED

router = APIRouter(prefix=ATLAS + "/layers/{layer}/grids/{size}/cells", tags=["cells"])

Column = Annotated[int, Path(description="from the left, 0 to size - 1; -1 with row -1 is outside")]
Row = Annotated[int, Path(description="from the top, 0 to size - 1; -1 with column -1 is outside")]
ORDERS = (
    "nearest to the cell's mean, random (the same each time), stored, or by a score of the image on the final features: "
    "realism or density, highest first (-: lowest first), copies (nearest to an image of the reference first)"
)
DatasetQuery = Annotated[str, Query(description="name of the dataset whose members are wanted")]
OrderQuery = Annotated[Order, Query(description=ORDERS)]
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="items a page")]


@router.get("", summary="Every cell of a grid, column-wise", response_model=CellColumns, responses=NOT_MODIFIED)
async def get_cells(request: Request, bundle: BundleDep, layer: LayerName, size: GridSize) -> Response:
    grid = bundle.grid(layer, size)
    version = grid_version(bundle.manifest, grid.layer, grid.info)
    return json_answer(request, lambda: cell_columns(bundle, grid), version=version, accepted=(version,), keep=("cells",))


@router.get("/outside", summary="What lies beyond the map", response_model=CellView, responses=NOT_MODIFIED)
def get_outside(request: Request, bundle: BundleDep, layer: LayerName, size: GridSize) -> Response:
    return _cell(request, bundle, layer, size, OUTSIDE, OUTSIDE)


@router.get("/outside/examples", summary="Members beyond the map, paged", response_model=ExamplePage, responses=NOT_MODIFIED)
def get_outside_examples(
    request: Request,
    bundle: BundleDep,
    layer: LayerName,
    size: GridSize,
    dataset: DatasetQuery,
    order: OrderQuery = "nearest",
    cursor: Cursor = None,
    limit: Limit = 24,
) -> Response:
    return _examples(request, bundle, (layer, size, OUTSIDE, OUTSIDE), dataset, order, cursor, limit)


@router.get("/{column}/{row}", summary="Everything of one cell", response_model=CellView, responses=NOT_MODIFIED)
def get_cell(request: Request, bundle: BundleDep, layer: LayerName, size: GridSize, column: Column, row: Row) -> Response:
    return _cell(request, bundle, layer, size, column, row)


@router.get(
    "/{column}/{row}/examples", summary="Members of one cell, paged", response_model=ExamplePage, responses=NOT_MODIFIED
)
def get_examples(
    request: Request,
    bundle: BundleDep,
    layer: LayerName,
    size: GridSize,
    column: Column,
    row: Row,
    dataset: DatasetQuery,
    order: OrderQuery = "nearest",
    cursor: Cursor = None,
    limit: Limit = 24,
) -> Response:
    return _examples(request, bundle, (layer, size, column, row), dataset, order, cursor, limit)


def _cell(request: Request, bundle: Bundle, layer: str, size: int, column: int, row: int) -> Response:
    grid = bundle.grid(layer, size)
    cell = grid.cell(column, row)
    digest = bundle.manifest.digest
    return json_answer(
        request,
        lambda: cell_view(services_of(request), bundle, bundle.layer(layer), grid, cell),
        version=version_of(digest),
        accepted=(digest,),
    )


def _examples(
    request: Request,
    bundle: Bundle,
    place: tuple[str, int, int, int],
    dataset: str,
    order: Order,
    cursor: str | None,
    limit: int,
) -> Response:
    layer_name, size, column, row = place
    index = bundle.dataset_index(dataset)
    layer, grid = bundle.layer(layer_name), bundle.grid(layer_name, size)
    cell = grid.cell(column, row)
    version = points_version(bundle.manifest, layer.info)
    key = version_of(version, size, column, row, dataset, order)
    total = int(grid.cells("count")[cell.index][index])
    offset = decode_cursor(cursor, key, total)

    def members() -> Members:
        rows = np.arange(cell.start, cell.stop)
        seed = (size, column & 0xFFFF, row & 0xFFFF, index, bundle.manifest.seed)
        return order_members(layer, rows, grid.weights(), index, order, seed, score_reader(bundle))

    def page() -> ExamplePage:
        found: Members = services_of(request).derived.get((key,), members, lambda value: value.bytes)
        stop = offset + limit
        return ExamplePage(
            dataset=dataset,
            order=order,
            total=total,
            items=sample_views(bundle, layer, found.rows[offset:stop], found.nearness[offset:stop]),
            next_cursor=encode_cursor(stop, key) if stop < total else None,
        )

    accepted = (version, bundle.manifest.digest)
    return json_answer(request, page, version=version_of(key, offset, limit), accepted=accepted)
