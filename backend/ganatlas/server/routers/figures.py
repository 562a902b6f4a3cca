"""Where figures come from: their parts by cell, and images beside their nearest of the reference."""

from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from ganatlas.bundle.reader import Bundle
from ganatlas.errors import NotFoundError
from ganatlas.server.caching import json_answer, version_of
from ganatlas.server.figure_columns import figure_columns
from ganatlas.server.members import decode_cursor, encode_cursor
from ganatlas.server.models import CellFigures, NearestPage, NearestView
from ganatlas.server.services import BundleDep, DatasetName, GridSize, LayerName
from ganatlas.server.views import figures_version, scores_version

from . import ATLAS, NOT_MODIFIED
from .cells import Cursor, Limit

router = APIRouter(prefix=ATLAS, tags=["metrics"])
By = Annotated[Literal["features", "pixels"], Query(description="on the final features, or pixel by pixel at 32 x 32")]


@router.get(
    "/layers/{layer}/grids/{size}/figures",
    summary="Where the figures of a layer come from, by cell, column-wise",
    response_model=CellFigures,
    responses=NOT_MODIFIED,
)
def get_figures(request: Request, bundle: BundleDep, layer: LayerName, size: GridSize) -> Response:
    grid = bundle.grid(layer, size)
    version = figures_version(bundle.manifest, grid.layer, grid.info) or version_of(None)
    return json_answer(request, lambda: figure_columns(bundle, grid), version=version, accepted=(version,), keep=("figures",))


@router.get(
    "/datasets/{dataset}/nearest",
    summary="Images beside their nearest of the reference, the most alike first",
    response_model=NearestPage,
    responses=NOT_MODIFIED,
)
def get_nearest(
    request: Request, bundle: BundleDep, dataset: DatasetName, by: By = "features", cursor: Cursor = None, limit: Limit = 24
) -> Response:
    info = bundle.dataset(dataset).info
    version = scores_version(info, bundle.manifest) or version_of(None)
    key = version_of(version, dataset, by)
    ratio, nearest, distance = _columns(bundle, dataset, by)
    known = np.flatnonzero(nearest >= 0)
    offset = decode_cursor(cursor, key, len(known))

    def page() -> NearestPage:
        order = known[np.argsort(ratio[known], kind="stable")]
        stop = offset + limit
        return NearestPage(
            dataset=dataset,
            reference=bundle.manifest.reference,
            by=by,
            total=len(known),
            items=[
                NearestView(
                    image=image,
                    name=_name(bundle, dataset, image),
                    nearest=int(nearest[image]),
                    nearest_name=_name(bundle, bundle.manifest.reference, int(nearest[image])),
                    distance=float(distance[image]),
                    ratio=float(ratio[image]),
                )
                for image in order[offset:stop].tolist()
            ],
            next_cursor=encode_cursor(stop, key) if stop < len(known) else None,
        )

    return json_answer(request, page, version=version_of(key, offset, limit), accepted=(version, bundle.manifest.digest))


def _columns(bundle: Bundle, dataset: str, by: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratio, nearest and distance of every image of a dataset, each (images,)."""
    reader, prefix = bundle.dataset(dataset), "pixel_" if by == "pixels" else ""
    ratio, nearest, distance = (reader.scores(prefix + name) for name in ("ratio", "nearest", "distance"))
    if ratio is None or nearest is None or distance is None or not (nearest >= 0).any():
        raise NotFoundError(
            f"This atlas does not know which images of {bundle.manifest.reference} are nearest to those of {dataset} by {by}: "
            "it was built without neighbour figures or images, or they are not computed yet.",
            choices=[],
        )
    return ratio, nearest, distance


def _name(bundle: Bundle, dataset: str, image: int) -> str:
    reader = bundle.dataset(dataset)
    return reader.image(image).name if reader.info.images else str(image)
