"""The FastAPI app: routers, errors and middlewares put together from some settings. Nothing is built at import."""

import logging
import sys
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from . import errors
from .assets import Assets
from .monitor import Monitor, MonitorMiddleware
from .protocol import Direct
from .ready import Ready, ReadyMiddleware
from .routers import ERRORS, atlases, cells, figures, icons, images, labels, operations, page, points, report, selection
from .security import BodyLimitMiddleware, HeadersMiddleware, RootPathMiddleware, TokenMiddleware
from .services import make_services
from .settings import Settings
from .version import program_version

TITLE = "ganatlas"
DESCRIPTION = """\
Atlases of activations: what is in each cell of each grid of each layer, for each dataset, with the images that make it.

Cells are addressed (column, row) from the top left. Every error is `{"error": {"code", "message", "detail"}}`. A URL that
carries the version of what it names as `?v=` never changes its answer.
"""


def create_app(settings: Settings, assets: Assets | None = None, shared_figures: Path | None = None) -> FastAPI:
    """Build the server.

    Args:
        settings: see `Settings`.
        assets: the built viewer; the one in the package where absent.
        shared_figures: the folder in which several workers keep their figures for each other.

    Raises:
        InputError: a path of the settings is missing.
    """
    app = FastAPI(
        title=TITLE,
        version=program_version(),
        description=DESCRIPTION,
        docs_url=None,  # Swagger UI comes from a CDN; the page of our own (routers/page.py) works offline
        redoc_url=None,
        redirect_slashes=False,
    )
    services = make_services(settings, shared_figures)
    app.state.services = services
    app.state.assets = assets or Assets()
    errors.install(app)
    add_routes(app)
    # The last one added is the outermost: monitor sees everything, headers are on every answer. Ready answers come from as far
    # out as may be: behind the token, and behind other origins' headers.
    ready, monitor = Ready(services.ready, services.catalogue), Monitor(services.figures)
    open_to_all = settings.token is None and not settings.cors_origins
    app.add_middleware(errors.FailureMiddleware)
    app.add_middleware(BodyLimitMiddleware)
    if not open_to_all:
        app.add_middleware(ReadyMiddleware, ready=ready)
    if settings.token is not None:
        app.add_middleware(TokenMiddleware, token=settings.token.get_secret_value())
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["GET", "POST"], allow_headers=["*"]
        )
    app.add_middleware(HeadersMiddleware, frame_ancestors=settings.frame_ancestors)
    if open_to_all:
        app.add_middleware(ReadyMiddleware, ready=ready)
    app.add_middleware(MonitorMiddleware, monitor=monitor)
    app.state.direct = Direct(ready, monitor) if open_to_all and not settings.root_path else None
    if settings.root_path:
        app.add_middleware(RootPathMiddleware, root_path=settings.root_path)
    configure_logging(settings)
    return app


def add_routes(app: FastAPI) -> None:
    """Add every route, in the order in which they are matched."""
    for module in (atlases, cells, figures, points, selection, labels, icons, images):
        app.include_router(module.router, responses=ERRORS)
    app.include_router(operations.router)
    app.include_router(page.router)
    app.include_router(report.router)


def configure_logging(settings: Settings) -> None:
    """Our own log to stderr, one line an event."""
    logger = logging.getLogger("ganatlas.server")
    logger.setLevel(settings.log_level.upper())
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
    logger.propagate = False
