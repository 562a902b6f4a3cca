"""What the server's tests share: addresses, and a client of a server over some bundles."""

from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient
from synthetic import Plan

from ganatlas.server.app import create_app
from ganatlas.server.settings import Settings

SMALL = Plan(images=150, side=32, layers=("early", "late"), sizes=(10, 20), positions=2)
API = "/api/v1/atlases/made-up"
GRID = f"{API}/layers/early/grids/20"

Serve = Callable[..., TestClient]


def serve_paths(*paths: Path, **settings: object) -> TestClient:
    """A client of a server that looks at its bundles at every request."""
    given = Settings.model_validate({"paths": paths, "follow_seconds": 0} | settings)
    return TestClient(create_app(given), raise_server_exceptions=False, follow_redirects=False)
