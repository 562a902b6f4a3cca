"""A server over a made-up bundle. `synthetic` lies with the bundle's tests, which are no package."""

import logging
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "bundle")]

from fastapi.testclient import TestClient
from serving import SMALL, Serve, serve_paths
from synthetic import write_synthetic_bundle

from ganatlas.bundle.reader import Bundle
from ganatlas.notebook import NotebookServer


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    held = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GANATLAS_")}
    yield
    os.environ.update(held)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle. Read-only: take `atlas` to change one."""
    folder = tmp_path_factory.mktemp("served") / "made-up.atlas"
    write_synthetic_bundle(folder, SMALL)
    return folder


@pytest.fixture(scope="session")
def bundle(whole: Path) -> Bundle:
    """The same, open, to compare answers with."""
    return Bundle.open(whole)


@pytest.fixture
def atlas(whole: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(whole, tmp_path / "made-up.atlas"))


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Start a server over some bundles with some settings."""
    return serve_paths


@pytest.fixture(scope="session")
def client(whole: Path) -> TestClient:
    """A server over the whole bundle, with the default settings."""
    return serve_paths(whole)


@pytest.fixture
def log_lines() -> Iterator[list[str]]:
    """What the server logs meanwhile."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    logger, handler = logging.getLogger("ganatlas.server"), Keep()
    level = logger.level
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture(scope="session")
def busy_cell(bundle: Bundle) -> tuple[int, int]:
    """(column, row) of the cell of the 20 grid of layer `early` with the most points of the dataset that has fewest there."""
    grid = bundle.grid("early", 20)
    index = int(grid.cells("count")[:-1].min(axis=1).argmax())
    return int(grid.cells("column")[index]), int(grid.cells("row")[index])


@pytest.fixture(scope="session")
def port(whole: Path) -> Iterator[int]:
    """Of a real server over the whole bundle, asked over sockets: what no client library would send."""
    server = NotebookServer(("'self'",))
    server.catalogue.add(whole)
    yield server.port
    server.stop()
