"""The points of a layer as an Arrow IPC stream, thinned for drawing."""

import io
from typing import Annotated

import numpy as np
import pyarrow as pa
from fastapi import APIRouter, Query, Request, Response

from ganatlas.bundle.reader import Bundle
from ganatlas.server.caching import bytes_answer, version_of
from ganatlas.server.services import BundleDep, LayerName
from ganatlas.server.thinning import thin
from ganatlas.server.views import points_version

from . import ATLAS, NOT_MODIFIED

router = APIRouter(prefix=ATLAS + "/layers/{layer}/points", tags=["points"])
ARROW_STREAM = "application/vnd.apache.arrow.stream"

SCHEMA = pa.schema(
    [("row", pa.uint32()), ("x", pa.float32()), ("y", pa.float32()), ("dataset", pa.uint8()), ("top", pa.int32())]
)


@router.get(
    "",
    summary="Points: row, x, y, dataset, class, as an Arrow IPC stream",
    description="One record batch, uncompressed, rows rising. A smaller limit gives a subset of a larger one.",
    response_class=Response,
    responses={200: {"content": {ARROW_STREAM: {}}}, **NOT_MODIFIED},
)
def get_points(
    request: Request,
    bundle: BundleDep,
    layer: LayerName,
    limit: Annotated[int, Query(ge=1, le=2_000_000, description="points, at most")] = 100_000,
    dataset: Annotated[str | None, Query(description="only this dataset's")] = None,
) -> Response:
    info = bundle.layer(layer).info
    index = None if dataset is None else bundle.dataset_index(dataset)
    version = points_version(bundle.manifest, info)
    return bytes_answer(
        request,
        lambda: _stream(bundle, layer, index, limit),
        version=version_of(version, limit, dataset),
        media_type=ARROW_STREAM,
        accepted=(version, bundle.manifest.digest),
    )


def _stream(bundle: Bundle, layer_name: str, dataset: int | None, limit: int) -> bytes:
    layer = bundle.layer(layer_name)
    count = layer.info.point_count
    rows = thin(np.arange(count) if dataset is None else np.flatnonzero(layer.points("dataset") == dataset), limit)
    values = {"row": rows.astype(np.uint32)} | {name: layer.points(name)[rows] for name in SCHEMA.names[1:]}
    batch = pa.record_batch([pa.array(values[field.name], field.type) for field in SCHEMA], schema=SCHEMA)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, SCHEMA) as writer:
        writer.write_batch(batch)
    return sink.getvalue()
