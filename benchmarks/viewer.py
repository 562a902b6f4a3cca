"""How the viewer does in headless Chromium without a GPU, each figure beside its limit.

    python benchmarks/viewer.py [ATLAS] [--runs 3] [--changes 500] [--only opening …] [--json FILE]

Without an atlas a made-up one of three layers with an 80 grid and 102,000 samples is written to a temporary folder. Measured on
a server of its own over loopback, at 1440 x 900, on the finest grid up to 80 with the heat on:

- from navigation to the first tile of icons drawn (the page's own mark);
- frames while the map is dragged: the whole map and zoomed in, without dots, with 100,000 of them, and with two maps side by
  side; and while the wheel zooms with dots: the median rate, and the 95th percentile of frame times;
- from a key to the next layer's icons, all of the window's, in a fresh browser with a warm server;
- from a key to the drawer of a cell with its first example;
- memory after 100 and after all changes of layer and grid;
- JavaScript of the build, gzipped.

`--only opening moving answering memory size` measures parts of it; memory takes longest.

Exits with 1 when a figure misses its limit.
"""

import argparse
import gzip
import importlib.util
import json
import math
import statistics
import sys
import tempfile
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parent))

from figures import Figure, add_json, report
from viewer_page import drag_frames, drawer_ms, first_icon_ms, layer_steps_ms, memory_after, open_page, serve, zoom_frames

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "backend/ganatlas/server/static"
FIRST_ICON_LIMIT_MS = 1000.0
FRAMES_LIMIT = 50.0
SLOW_FRAME_LIMIT_MS = 100.0
LAYER_LIMIT_MS = 500.0
DRAWER_LIMIT_MS = 200.0
SCRIPT_LIMIT_KB = 170.0
GROWTH_LIMIT = 1.1
PARTS = ("opening", "moving", "answering", "memory", "size")
SETTLED = 100
"""Changes after which caches are full, and memory must grow no more."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", nargs="?", type=Path, help="a bundle; a made-up one when left out")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--changes", type=int, default=500, help="of layer and grid, for memory")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure; all when left out")
    add_json(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        atlas = arguments.atlas or made_up_atlas(Path(folder) / "made-up.atlas")
        with serve(atlas) as url:
            parts = {
                "opening": lambda: opening(url, arguments.runs),
                "moving": lambda: moving(url, atlas),
                "answering": lambda: answering(url, atlas),
                "memory": lambda: memory(url, arguments.changes),
                "size": lambda: [Figure("JavaScript, gzipped", script_kilobytes(), "kB", SCRIPT_LIMIT_KB)],
            }
            figures = [figure for name in PARTS if name in arguments.only for figure in parts[name]()]
    return report(figures, arguments.json)


def opening(url: str, runs: int) -> list[Figure]:
    """From navigation to the first icons."""
    found = statistics.median(first_icon_ms(url) for _ in range(runs))
    return [Figure("first icons on the screen", found, "ms", FIRST_ICON_LIMIT_MS)]


def moving(url: str, atlas: Path) -> list[Figure]:
    """Frames while the map moves."""
    layers, size = layers_and_grid(atlas)
    base = f"{url}?layer={layers[-1]}&grid={size}&significance=off"
    deep, named = "&at=0.5,0.5,2.5", "&at=0.5,0.3,9"
    ways = {
        "dragging, whole map": "&points=off",
        "dragging, zoomed in": f"&points=off{deep}",
        "dragging, zoomed in until cells are named": f"&points=off{named}",
        "dragging, whole map, dots": "&points=on",
        "dragging, zoomed in, dots": f"&points=on{deep}",
        "dragging, dots by class": "&points=on&dots=class",
        "dragging, two maps side by side": "&points=off&split=side",
        "dragging, two maps side by side, dots": "&points=on&split=side",
    }
    found = []
    for name, query in ways.items():
        with open_page(base + query) as page:
            found += frame_figures(f"{name}, grid {size}", drag_frames(page))
    with open_page(f"{base}&points=on") as page:
        found += frame_figures(f"zooming, dots, grid {size}", zoom_frames(page))
    return found


def frame_figures(name: str, frames: list[float]) -> list[Figure]:
    slow = sorted(frames)[math.floor(0.95 * len(frames))]
    return [
        Figure(f"{name}: median", 1000 / statistics.median(frames), "frames/s", FRAMES_LIMIT, at_most=False),
        Figure(f"{name}: 95th percentile", slow, "ms", SLOW_FRAME_LIMIT_MS),
    ]


def answering(url: str, atlas: Path) -> list[Figure]:
    """How soon a layer is sharp and a drawer is filled, with a warm server and a browser that saw none of it."""
    layers, size = layers_and_grid(atlas)
    start = f"{url}?layer={layers[0]}&grid={size}"
    for _ in ("warm the server", "measure"):
        with open_page(start) as page:
            steps = layer_steps_ms(page, len(layers))
        with open_page(f"{url}?layer={layers[-1]}&grid={size}") as page:
            drawers = drawer_ms(page, 5)
    return [
        Figure("layer step to a sharp map, median", statistics.median(steps), "ms", LAYER_LIMIT_MS),
        Figure("drawer with first examples, median", statistics.median(drawers), "ms", DRAWER_LIMIT_MS),
    ]


def memory(url: str, changes: int) -> list[Figure]:
    """Growth from the state in which caches are full to the end."""
    with open_page(url) as page:
        heap, resident = memory_after(page, SETTLED)
        last_heap, last_resident = memory_after(page, changes - SETTLED)
    print(f"memory: heap {heap:.1f} -> {last_heap:.1f} MB, process {resident:.0f} -> {last_resident:.0f} MB")
    return [
        Figure(f"JavaScript's heap, change {changes} over {SETTLED}", last_heap / heap, "x", GROWTH_LIMIT),
        Figure(f"the page's process, change {changes} over {SETTLED}", last_resident / resident, "x", GROWTH_LIMIT),
    ]


def layers_and_grid(atlas: Path) -> tuple[list[str], int]:
    """The layers, and the last one's finest grid up to 80."""
    layers = json.loads((atlas / "manifest.json").read_text())["layers"]
    sizes = [grid["size"] for grid in layers[-1]["grids"]]
    return [layer["name"] for layer in layers], max([size for size in sizes if size <= 80] or [min(sizes)])


def script_kilobytes() -> float:
    """JavaScript of the build, gzipped, in kB of 1000 bytes."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.rglob("*.js")) / 1000


def made_up_atlas(path: Path) -> Path:
    """Two datasets of 3,000 images at 17 positions each, on three layers with grids up to 80."""
    synthetic = load(ROOT / "tests/bundle/synthetic.py")
    plan = synthetic.Plan(
        datasets=("real", "gan-a"),
        layers=("early", "middle", "late"),
        sizes=(10, 20, 40, 80),
        images=3000,
        side=32,
        positions=17,
        metrics=False,
    )
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
