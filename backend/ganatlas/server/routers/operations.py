"""For those who run the server: health, and figures for Prometheus."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse

from ganatlas.server.catalogue import NotReadyError
from ganatlas.server.models import Health
from ganatlas.server.services import services_of

from . import ERRORS

router = APIRouter(tags=["operations"])


@router.get(
    "/healthz",
    summary="Whether the server is alive, and has an atlas to show",
    responses={422: ERRORS[422], 503: ERRORS[503]},
)
async def get_health(
    request: Request,
    ready: Annotated[bool, Query(description="be 503 until there is an atlas to show: for a probe of readiness")] = False,
) -> Health:
    number = len(services_of(request).catalogue.bundles())
    if ready and not number:
        raise NotReadyError("The server is alive and has no atlas to show yet.")
    return Health(status="ok" if number else "starting", atlases=number)


@router.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
async def get_figures(request: Request) -> PlainTextResponse:
    return PlainTextResponse(services_of(request).figures.text(), media_type="text/plain; version=0.0.4")
