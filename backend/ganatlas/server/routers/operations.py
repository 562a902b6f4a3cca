"""For those who run the server: health, and figures for Prometheus."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from ganatlas.server.models import Health
from ganatlas.server.services import services_of

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="Whether the server is alive, and has an atlas to show")
async def get_health(request: Request) -> Health:
    number = len(services_of(request).catalogue.bundles())
    return Health(status="ok" if number else "starting", atlases=number)


@router.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
async def get_figures(request: Request) -> PlainTextResponse:
    return PlainTextResponse(services_of(request).figures.text(), media_type="text/plain; version=0.0.4")
