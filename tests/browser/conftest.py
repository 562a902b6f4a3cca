"""The built viewer in a real browser, over a real server with a made-up bundle whose truths are known."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "bundle")]

from live import LiveServer
from looking import Looker
from synthetic import Plan, write_synthetic_bundle

STATIC = Path(__file__).parents[2] / "backend/ganatlas/server/static/.vite/manifest.json"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# gan-a lacks one class, so that some cells of the last layer differ significantly.
PLAN = Plan(datasets=("real", "gan-a"), layers=("early", "late"), sizes=(10, 20, 40), images=900, side=32)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle. Read-only: take `atlas` to change one."""
    folder = tmp_path_factory.mktemp("seen") / "made-up.atlas"
    write_synthetic_bundle(folder, PLAN)
    return folder


@pytest.fixture(scope="session")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of an atlas whose two generated sets are a series."""
    folder = tmp_path_factory.mktemp("series") / "series.atlas"
    write_synthetic_bundle(folder, Plan(layers=("late",), sizes=(10,), images=60, side=32))
    with LiveServer(folder) as running:
        yield running


@pytest.fixture
def atlas(whole: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(whole, tmp_path / "made-up.atlas"))


@pytest.fixture(scope="session")
def server(whole: Path) -> Iterator[LiveServer]:
    """A server over the whole bundle."""
    with LiveServer(whole) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; set CHROMIUM to one")
    if not STATIC.exists():
        pytest.skip("the viewer is not built: cd frontend && npm ci && npm run build")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


def is_network(error: str) -> bool:
    """Whether a line of the console is the browser's own about an answer that did not come, or was an error."""
    return error.startswith(("Failed to load resource: ", "Tile %s failed to load: "))


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Looker]]:
    """Open pages, each in a browser profile of its own; what any of them writes to the console as an error fails the test.

    A test that breaks the network (`forgiving`) is forgiven the browser's own lines about that, and nothing else.
    """
    opened: list[Looker] = []

    def open_page(url: str, **wishes: object) -> Looker:
        looker = Looker(browser, url, **wishes)  # type: ignore[arg-type]
        opened.append(looker)
        return looker

    yield open_page
    errors = [error for looker in opened for error in looker.errors if not (looker.forgiving and is_network(error))]
    for looker in opened:
        looker.page.context.close()
    assert errors == []
