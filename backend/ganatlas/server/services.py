"""What the routes share: the catalogue, the caches and the figures; and the parameters that many of them take."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from fastapi import Path as InPath

from ganatlas.bundle.reader import Bundle

from .caching import ByteCache
from .catalogue import Catalogue
from .monitor import Figures
from .settings import MIB, Settings


@dataclass(frozen=True)
class Services:
    """One server's state; `request.app.state.services`."""

    settings: Settings
    catalogue: Catalogue
    ready: ByteCache
    """Whole answers of URLs that carry a version."""
    answers: ByteCache
    """JSON, ready to send."""
    derived: ByteCache
    """Arrays computed from a bundle: the order of a cell's members, counts of labels."""
    figures: Figures

    @property
    def private(self) -> bool:
        """Whether answers are for one person: a token guards them."""
        return self.settings.token is not None


def make_services(settings: Settings, shared_figures: Path | None = None) -> Services:
    """Open the atlases of some settings.

    Args:
        settings: see `Settings`.
        shared_figures: where several workers keep their figures for each other.

    Raises:
        InputError: a path is missing.
    """
    catalogue = Catalogue(settings.paths, wait=settings.wait, interval=settings.follow_seconds)
    size = settings.cache_mb * MIB
    caches = {"ready": ByteCache(size // 2), "answers": ByteCache(size // 6), "derived": ByteCache(size // 3)}
    return Services(settings, catalogue, **caches, figures=Figures(caches, shared_figures))


def services_of(request: Request) -> Services:
    """The state of the server that a request came to."""
    services: Services = request.app.state.services
    return services


async def _bundle(request: Request, atlas: Annotated[str, InPath(description="name of an atlas")]) -> Bundle:
    return services_of(request).catalogue.get(atlas)


BundleDep = Annotated[Bundle, Depends(_bundle)]
LayerName = Annotated[str, InPath(description="name of a layer")]
GridSize = Annotated[int, InPath(description="cells a side: 10, 20, 40, 80, 160 or 320")]
DatasetName = Annotated[str, InPath(description="name of a dataset")]
ImageIndex = Annotated[int, InPath(description="index of an image in its dataset")]
