"""The atlases: which there are, what each holds, its heat maps and its metrics."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from ganatlas.bundle.divergence import Divergence
from ganatlas.bundle.metrics import Metrics
from ganatlas.errors import NotFoundError
from ganatlas.export.heatmap_svg import heatmap_svg
from ganatlas.server.caching import REVALIDATE, bytes_answer, json_answer, version_of
from ganatlas.server.catalogue import NotReadyError
from ganatlas.server.models import AtlasList, AtlasView, UnavailableAtlas
from ganatlas.server.services import BundleDep, Services, services_of
from ganatlas.server.views import progress_of, summary_of, view_of

from . import API_PREFIX, NOT_MODIFIED

router = APIRouter(prefix=API_PREFIX, tags=["atlases"])


def list_atlases(services: Services) -> AtlasList:
    """All atlases served, and those that cannot be read now."""
    catalogue = services.catalogue
    return AtlasList(
        atlases=[summary_of(name, bundle) for name, bundle in catalogue.bundles().items()],
        unavailable=[
            UnavailableAtlas(
                name=name,
                code="not_ready" if isinstance(error, NotReadyError) else "damaged",
                message=error.message,
                progress=progress_of(catalogue.progress(name)),
            )
            for name, error in catalogue.unavailable().items()
        ],
    )


@router.get("/atlases", summary="The atlases served", response_model=AtlasList, responses=NOT_MODIFIED)
async def get_atlases(request: Request) -> Response:
    found = list_atlases(services_of(request))
    return json_answer(request, lambda: found, version=version_of(found.model_dump()), otherwise=REVALIDATE)


@router.get("/atlases/{atlas}", summary="One atlas, as the viewer needs it", response_model=AtlasView, responses=NOT_MODIFIED)
async def get_atlas(request: Request, atlas: str, bundle: BundleDep) -> Response:
    digest = bundle.manifest.digest
    version = version_of(atlas, digest)
    return json_answer(
        request, lambda: view_of(atlas, bundle), version=version, accepted=(digest,), otherwise=REVALIDATE, keep=("atlas",)
    )


@router.get(
    "/atlases/{atlas}/divergence",
    summary="The heat maps: divergence by layer, grid and pair",
    response_model=Divergence,
    responses=NOT_MODIFIED,
)
async def get_divergence(request: Request, bundle: BundleDep) -> Response:
    ref = bundle.manifest.divergence
    version = version_of(ref.sha256 if ref else None)
    return json_answer(request, bundle.divergence, version=version, accepted=(version,), keep=("divergence",))


@router.get(
    "/atlases/{atlas}/divergence.png",
    summary="The heat maps as a picture",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **NOT_MODIFIED},
)
async def get_divergence_picture(
    request: Request,
    bundle: BundleDep,
    measure: Annotated[Literal["kl", "js"], Query(description="KL (nats) or corrected JS (bits)")] = "kl",
) -> Response:
    ref = bundle.manifest.divergence_pictures.get(measure)
    if ref is None:
        raise NotFoundError(
            f"This atlas has no picture of '{measure}' yet; it is written with the divergence.",
            choices=list(bundle.manifest.divergence_pictures),
        )
    version = version_of(ref.sha256)
    return bytes_answer(request, lambda: bundle.files.read(ref), version=version, media_type="image/png", accepted=(version,))


@router.get(
    "/atlases/{atlas}/divergence.svg",
    summary="The heat maps as a drawing",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **NOT_MODIFIED},
)
def get_divergence_drawing(
    request: Request,
    bundle: BundleDep,
    measure: Annotated[Literal["kl", "js"], Query(description="KL (nats) or corrected JS (bits)")] = "kl",
    theme: Annotated[Literal["light", "dark"], Query(description="light is for paper")] = "light",
) -> Response:
    manifest = bundle.manifest
    titles = {dataset.name: dataset.title for dataset in manifest.datasets}
    divergence = manifest.divergence
    version = version_of(divergence.sha256 if divergence else None, titles, manifest.title, measure, theme)

    def draw() -> bytes:
        drawn = heatmap_svg(
            bundle.divergence(), measure, lambda name: titles.get(name, name), theme=theme, title=manifest.title
        )
        return drawn.encode()

    return bytes_answer(request, draw, version=version, media_type="image/svg+xml")


@router.get(
    "/atlases/{atlas}/metrics",
    summary="Image-set metrics by layer and pair",
    response_model=Metrics,
    responses=NOT_MODIFIED,
)
async def get_metrics(request: Request, bundle: BundleDep) -> Response:
    ref = bundle.manifest.metrics
    version = version_of(ref.sha256 if ref else None)
    return json_answer(request, bundle.metrics, version=version, accepted=(version,), keep=("metrics",))
