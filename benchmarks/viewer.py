"""How the viewer does in headless Chromium without a GPU, each figure beside its limit.

    python benchmarks/viewer.py [ATLAS] [--runs 3] [--url URL]

Without an atlas a made-up one with an 80 grid is written to a temporary folder. Measured on a server of its own over loopback:

- from navigation to the first tile of icons drawn (the page's own mark), limit 1 s;
- frames while the map is dragged at 1440 x 900 with the finest grid up to 80 and the heat on, limit 50 frames/s in the median;
- JavaScript of the build, gzipped, limit 150 kB.

Exits with 1 when a figure misses its limit.
"""

import argparse
import contextlib
import gzip
import importlib.util
import json
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "backend/ganatlas/server/static"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIRST_ICON_LIMIT_MS = 1000.0
FRAMES_LIMIT = 50.0
SCRIPT_LIMIT_KB = 150.0
DRAG_S = 3.0

COLLECT_FRAMES = """
() => { const frames = []; window.__frames = frames; let last = performance.now(); window.__run = true;
  const step = (now) => { frames.push(now - last); last = now; if (window.__run) requestAnimationFrame(step); };
  requestAnimationFrame(step); }
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", nargs="?", type=Path, help="a bundle; a made-up one when left out")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        atlas = arguments.atlas or made_up_atlas(Path(folder) / "made-up.atlas")
        layer, size = finest(atlas)
        with serve(atlas) as url:
            first = [first_icon_ms(url) for _ in range(arguments.runs)]
            home = pan_frames(f"{url}?layer={layer}&grid={size}&significance=off")
            deep = pan_frames(f"{url}?layer={layer}&grid={size}&significance=off&at=0.5,0.5,2.5")
    script = script_kilobytes()
    rows = [
        ("first icons on the screen", statistics.median(first), "ms", FIRST_ICON_LIMIT_MS, True),
        (f"panning, whole map, grid {size} + heat, median", 1000 / statistics.median(home), "frames/s", FRAMES_LIMIT, False),
        (f"panning, zoomed in, grid {size} + heat, median", 1000 / statistics.median(deep), "frames/s", FRAMES_LIMIT, False),
        ("JavaScript, gzipped", script, "kB", SCRIPT_LIMIT_KB, True),
    ]
    good = True
    for name, value, unit, limit, at_most in rows:
        met = value <= limit if at_most else value >= limit
        good &= met
        print(
            f"{name:48} {value:8.1f} {unit:9} limit {'<=' if at_most else '>='} {limit:g}   "
            f"ratio {value / limit:.2f}   {'ok' if met else 'MISSED'}"
        )
    for name, frames in (("whole map", home), ("zoomed in", deep)):
        slow = sorted(frames)[math.floor(0.95 * len(frames))]
        print(f"frame times, {name}: 95th percentile {slow:.1f} ms over {len(frames)} frames")
    return 0 if good else 1


def first_icon_ms(url: str) -> float:
    """Milliseconds from navigation to the first icon tile drawn, in a fresh browser."""
    with browser_page() as page:
        page.goto(url)
        return wait_for_first_icon(page)


def wait_for_first_icon(page: Page, patience_s: float = 20) -> float:
    """The time of the page's mark, ms after navigation. Polled: the page's policy forbids what `wait_for_function` does."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        found = page.evaluate("performance.getEntriesByName('ganatlas:first-icon').map((mark) => mark.startTime)")
        if found:
            return float(found[0])
        page.wait_for_timeout(20)
    raise TimeoutError(f"no icon was drawn within {patience_s:g} s of opening {page.url}")


def pan_frames(url: str) -> list[float]:
    """Intervals between animation frames, ms, while the map is dragged round in circles."""
    with browser_page() as page:
        page.goto(url)
        wait_for_first_icon(page)
        page.wait_for_load_state("networkidle")
        x, y = 820.0, 450.0
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(COLLECT_FRAMES)
        begin = time.perf_counter()
        while (elapsed := time.perf_counter() - begin) < DRAG_S:
            page.mouse.move(x + 200 * math.sin(3 * elapsed), y + 120 * math.sin(4.1 * elapsed))
        frames = page.evaluate("() => { window.__run = false; return window.__frames; }")
        page.mouse.up()
    return [float(f) for f in frames[5:]]


@contextlib.contextmanager
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser.new_page(viewport={"width": 1440, "height": 900})
        finally:
            browser.close()


@contextlib.contextmanager
def serve(atlas: Path) -> Iterator[str]:
    """A server of the atlas in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ganatlas.cli", "serve", str(atlas), "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}healthz", timeout=1).close()
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def finest(atlas: Path) -> tuple[str, int]:
    """The last layer and its finest grid up to 80."""
    layer = json.loads((atlas / "manifest.json").read_text())["layers"][-1]
    sizes = [grid["size"] for grid in layer["grids"]]
    return layer["name"], max([size for size in sizes if size <= 80] or [min(sizes)])


def script_kilobytes() -> float:
    """JavaScript of the build, gzipped, in kB of 1000 bytes."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.rglob("*.js")) / 1000


def made_up_atlas(path: Path) -> Path:
    synthetic = load(ROOT / "tests/bundle/synthetic.py")
    plan = synthetic.Plan(datasets=("real", "gan-a"), layers=("late",), sizes=(10, 20, 40, 80), images=3000, side=32)
    synthetic.write_synthetic_bundle(path, plan)
    return path


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
