"""Deep Zoom pyramids of icons: the `.dzi` and its tiles, as OpenSeadragon asks for them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from ganatlas.server.caching import bytes_answer
from ganatlas.server.services import BundleDep, GridSize, LayerName
from ganatlas.server.views import pyramid_version

from . import ATLAS, NOT_MODIFIED

router = APIRouter(prefix=ATLAS + "/layers/{layer}/grids/{size}/icons", tags=["icons"])

Kind = Annotated[str, Path(description="exemplar, inverted or decoded")]
Of = Annotated[str, Path(description="joint, or the name of a dataset")]


@router.get(
    "/{kind}/{of}.dzi",
    summary="The description of a Deep Zoom pyramid",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}}, **NOT_MODIFIED},
)
async def get_dzi(request: Request, bundle: BundleDep, layer: LayerName, size: GridSize, kind: Kind, of: Of) -> Response:
    pyramid = bundle.pyramid(layer, size, kind, of)
    version = pyramid_version(pyramid)
    return bytes_answer(
        request, lambda: bundle.files.read(pyramid.dzi), version=version, media_type="application/xml", accepted=(version,)
    )


@router.get(
    "/{kind}/{of}_files/{level}/{column}_{row}.webp",
    summary="One tile",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}}, **NOT_MODIFIED},
)
async def get_tile(
    request: Request,
    bundle: BundleDep,
    layer: LayerName,
    size: GridSize,
    kind: Kind,
    of: Of,
    level: Annotated[int, Path(description="of the pyramid; 0 is one pixel")],
    column: Annotated[int, Path(description="of the tile, from the left")],
    row: Annotated[int, Path(description="of the tile, from the top")],
) -> Response:
    pyramid = bundle.pyramid(layer, size, kind, of)
    path, sha256 = bundle.tile(pyramid, level, column, row)
    return bytes_answer(
        request,
        lambda: bundle.files.checked(path, sha256),
        version=sha256[:16],
        media_type="image/webp",
        accepted=(pyramid_version(pyramid),),
    )
