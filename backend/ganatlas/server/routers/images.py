"""The images of a dataset: the stored bytes, the patch that a layer saw, and where an image lies in every layer."""

import io
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ganatlas.bundle.patch import Box, patch_box
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import NotFoundError
from ganatlas.server.caching import bytes_answer, json_answer, version_of
from ganatlas.server.models import TraceStop, TraceView
from ganatlas.server.services import BundleDep, DatasetName, ImageIndex
from ganatlas.server.views import images_version, points_version

from . import ATLAS, NOT_MODIFIED

router = APIRouter(prefix=ATLAS + "/datasets/{dataset}/images/{image}", tags=["images"])
LOSSLESS_SIDE = 64


@router.get(
    "",
    summary="The stored image",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}, **NOT_MODIFIED},
)
def get_image(request: Request, bundle: BundleDep, dataset: DatasetName, image: ImageIndex) -> Response:
    reader = bundle.dataset(dataset)
    reader.image(image)
    version = images_version(reader.info) or ""
    return bytes_answer(
        request,
        lambda: reader.webp(image),
        version=version_of(version, image),
        media_type="image/webp",
        accepted=(version, bundle.manifest.digest),
    )


@router.get(
    "/patch",
    summary="What a layer's activation saw of the image",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}, **NOT_MODIFIED},
)
def get_patch(
    request: Request,
    bundle: BundleDep,
    dataset: DatasetName,
    image: ImageIndex,
    layer: Annotated[str, Query(description="name of a layer")],
    position: Annotated[int, Query(ge=0, le=65535, description="which of the image's sampled positions")] = 0,
) -> Response:
    index = bundle.dataset_index(dataset)
    bundle.dataset(dataset).image(image)
    reader = bundle.layer(layer)
    rows = reader.rows_of_image(index, image)
    chosen = [row for row in rows.tolist() if int(reader.points_between("position", row, row + 1)[0]) == position]
    if not chosen:
        raise NotFoundError(
            f"Image {image} of '{dataset}' has no position {position} in layer '{layer}'.", choices=list(range(len(rows)))
        )
    version = points_version(bundle.manifest, reader.info)
    return bytes_answer(
        request,
        lambda: _crop(bundle, dataset, image, layer, chosen[0]),
        version=version_of(version, dataset, image, position),
        media_type="image/webp",
        accepted=(version, bundle.manifest.digest),
    )


@router.get("/trace", summary="Where the image lies in every layer", response_model=TraceView, responses=NOT_MODIFIED)
def get_trace(request: Request, bundle: BundleDep, dataset: DatasetName, image: ImageIndex) -> Response:
    index = bundle.dataset_index(dataset)
    count = bundle.manifest.datasets[index].count
    if not 0 <= image < count:
        raise NotFoundError(
            f"There is no image {image} in dataset '{dataset}'; its images are 0 to {count - 1}.", choices=[0, count - 1]
        )
    digest = bundle.manifest.digest
    return json_answer(request, lambda: _trace(bundle, dataset, index, image), version=version_of(digest), accepted=(digest,))


def _crop(bundle: Bundle, dataset: str, image: int, layer: str, row: int) -> bytes:
    classifier, reader, images = bundle.manifest.classifier, bundle.layer(layer), bundle.dataset(dataset)
    info = images.image(image)
    stored = images.picture(image)
    at = [int(reader.points_between(name, row, row + 1)[0]) for name in ("row", "column")]
    whole = Box(0, 0, info.width, info.height)
    box = patch_box(classifier, reader.info, at[0], at[1], info.width, info.height) if classifier else whole
    scaled = box.scaled(stored.width / info.width, stored.height / info.height)
    patch = stored.convert("RGB").crop(scaled.pixels(stored.width, stored.height))
    buffer = io.BytesIO()
    patch.save(buffer, "WEBP", quality=90, method=4, lossless=max(patch.size) <= LOSSLESS_SIDE)
    return buffer.getvalue()


def _trace(bundle: Bundle, dataset: str, index: int, image: int) -> TraceView:
    stops = []
    for layer in bundle.manifest.layers:
        reader = bundle.layer(layer.name)
        for row in reader.rows_of_image(index, image).tolist():
            x, y = (float(reader.points_between(name, row, row + 1)[0]) for name in ("x", "y"))
            position = int(reader.points_between("position", row, row + 1)[0])
            # Outside points are the last ones of points.arrow.
            outside = row >= layer.point_count - layer.outside_count
            stops.append(TraceStop(layer=layer.name, position=position, point=row, x=x, y=y, outside=outside))
    return TraceView(dataset=dataset, image=image, stops=stops)
