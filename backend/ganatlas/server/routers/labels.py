"""Labels: by name, where each is frequent, and what each cell speaks for."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from ganatlas.bundle.columns import column
from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import NotFoundError
from ganatlas.server.caching import json_answer, version_of
from ganatlas.server.labels import SOURCES, Label, labels_of_points, layer_counts, names_of, resolve
from ganatlas.server.models import AttributionMap, LabelList, LabelSource, LabelView, SearchHit, SearchView
from ganatlas.server.services import BundleDep, GridSize, LayerName, Services, services_of
from ganatlas.server.views import attribution_version, points_version

from . import ATLAS, NOT_MODIFIED

router = APIRouter(prefix=ATLAS, tags=["labels"])

LabelName = Annotated[str, Query(max_length=500, description="name of a label")]
Source = Annotated[
    LabelSource | None, Query(description="given by the images' source, or predicted by the classifier; given first")
]


@router.get("/labels", summary="Labels by name", response_model=LabelList, responses=NOT_MODIFIED)
def get_labels(
    request: Request,
    bundle: BundleDep,
    q: Annotated[str, Query(max_length=200, description="part of a name; empty for all")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="labels, at most")] = 50,
) -> Response:
    digest = bundle.manifest.digest
    return json_answer(
        request,
        lambda: _labels(services_of(request), bundle, q, limit),
        version=version_of(digest, q, limit),
        accepted=(digest,),
    )


@router.get(
    "/layers/{layer}/grids/{size}/search",
    summary="Cells ranked by the share of a label among a dataset's members",
    response_model=SearchView,
    responses=NOT_MODIFIED,
)
def get_search(
    request: Request,
    bundle: BundleDep,
    layer: LayerName,
    size: GridSize,
    label: LabelName,
    dataset: Annotated[str, Query(description="name of a dataset")],
    source: Source = None,
    min_members: Annotated[int, Query(ge=1, le=1_000_000, description="the dataset's members in a cell, at least")] = 5,
    limit: Annotated[int, Query(ge=1, le=1000, description="cells, at most")] = 50,
) -> Response:
    index = bundle.dataset_index(dataset)
    grid = bundle.grid(layer, size)
    found = resolve(bundle, label, source, index)
    version = points_version(bundle.manifest, grid.layer)
    return json_answer(
        request,
        lambda: _search(services_of(request), bundle, grid, found, index, min_members, limit),
        version=version_of(version, grid.info.cells.sha256, found.name, found.source, index, min_members, limit),
        accepted=(version, bundle.manifest.digest),
    )


@router.get(
    "/layers/{layer}/grids/{size}/attribution",
    summary="The effect of every cell on one class",
    response_model=AttributionMap,
    responses=NOT_MODIFIED,
)
async def get_attribution(request: Request, bundle: BundleDep, layer: LayerName, size: GridSize, label: LabelName) -> Response:
    grid = bundle.grid(layer, size)
    version = attribution_version(bundle.manifest, grid.layer, grid.info)
    if version is None:
        raise NotFoundError(f"This atlas has no attribution for layer '{layer}' on grid {size}.", choices=[])
    found = resolve(bundle, label, "predicted")
    return json_answer(
        request,
        lambda: _attribution(grid, found),
        version=version_of(version, found.index),
        accepted=(version,),
    )


def _labels(services: Services, bundle: Bundle, q: str, limit: int) -> LabelList:
    """Names that begin with `q` first, then those that contain it; each by the number of its images."""
    wanted = q.strip().casefold()
    found = []
    for source in SOURCES:
        counts = _image_counts(services, bundle, source)
        for index, name in enumerate(names_of(bundle, source)):
            at = name.casefold().find(wanted)
            if at >= 0:
                by_dataset = {
                    dataset.name: int(counts[number, index])
                    for number, dataset in enumerate(bundle.manifest.datasets)
                    if source == "predicted" or dataset.has_labels
                }
                rank = (at > 0, -sum(by_dataset.values()), name, source)
                found.append((rank, LabelView(name=name, source=source, counts=by_dataset)))
    found.sort(key=lambda item: item[0])
    return LabelList(query=q, labels=[label for _, label in found[:limit]])


def _image_counts(services: Services, bundle: Bundle, source: LabelSource) -> NDArray[np.int64]:
    """Images of each dataset with each label, (datasets, names)."""
    names = names_of(bundle, source)
    layers = bundle.manifest.layers
    if not layers:
        return np.zeros((len(bundle.manifest.datasets), len(names)), np.int64)
    # Every image has the same number of positions in a layer, and one label at all of them.
    counts = layer_counts(services, bundle, bundle.layer(layers[0].name), source)
    return counts // max(1, bundle.manifest.positions_per_image)


def _search(
    services: Services, bundle: Bundle, grid: GridReader, label: Label, dataset: int, min_members: int, limit: int
) -> SearchView:
    layer = bundle.layer(grid.layer.name)
    labels = labels_of_points(bundle, layer, label.source)
    rows = np.flatnonzero((layer.points("dataset") == dataset) & (labels == label.index))
    starts = grid.cells("start")
    order = np.argsort(starts, kind="stable")
    at = order[np.searchsorted(starts[order], rows, "right") - 1] if len(rows) else np.zeros(0, np.int64)
    hits = np.bincount(at, minlength=len(starts))
    members = grid.cells("count")[:, dataset].astype(np.int64)
    overall = layer_counts(services, bundle, layer, label.source)[dataset]
    everywhere = overall[label.index] / max(1, overall.sum())
    share = hits / np.maximum(members, 1)
    kept = np.flatnonzero((hits > 0) & (members >= min_members))
    ranked = kept[np.lexsort((kept, -hits[kept], -share[kept]))][:limit]
    columns, grid_rows = grid.cells("column"), grid.cells("row")
    return SearchView(
        label=label.name,
        source=label.source,
        dataset=bundle.manifest.datasets[dataset].name,
        hits=[
            SearchHit(
                column=int(columns[cell]),
                row=int(grid_rows[cell]),
                share=float(share[cell]),
                lift=float(share[cell] / everywhere),
                count=int(hits[cell]),
                members=int(members[cell]),
            )
            for cell in ranked.tolist()
        ],
    )


def _attribution(grid: GridReader, label: Label) -> AttributionMap:
    table = grid.attribution()
    assert table is not None
    chosen = column(table, "label") == label.index
    effect = column(table, "effect")[chosen]
    return AttributionMap(
        label=label.name,
        column=column(table, "column")[chosen].tolist(),
        row=column(table, "row")[chosen].tolist(),
        effect=effect.tolist(),
        maximum=float(effect.max()) if len(effect) else 0.0,
    )
