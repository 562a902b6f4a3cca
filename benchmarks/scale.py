"""How a layer's steps grow with its points, and what a large layer costs the job and the server: seconds and memory.

Parts, each measured in a process of its own, so that peaks of memory are its own:

    cells    a layer of a million points of three datasets: grids, divergence, tables. At most 20 s and 1.5 GB.
    layout   300,000 x 512 laid out, by landmarks. At most 25 minutes and 6 GB; its trustworthiness beside it.
    growth   the steps of `cells` at 10,000 to 1,000,000 points: growth of the time over that of the points. At most 1.2.
    server   a bundle of a million points: a cell's answer at most 5 ms in the median, at most 200 MB of anonymous memory.

    python benchmarks/scale.py PART [--points N] [--channels C] [--work FOLDER] [--json FILE]

Memory is the most anonymous memory (RssAnon) that the process was seen to hold, looked at every 10 ms: pages of mapped files
are the system's to take back. The points lie in clusters, of which each dataset has other shares.
"""

import argparse
import http.client
import json
import multiprocessing
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from figures import Figure, add_json, report
from numpy.typing import NDArray

from ganatlas.pipeline.activation_files import load_layer
from ganatlas.pipeline.config import AtlasConfig, parse_config
from ganatlas.pipeline.draft import pairs_of
from ganatlas.pipeline.layers import LayerJob, measure_layer, place_layer
from ganatlas.pipeline.layout import LayoutSettings, embed
from ganatlas.pipeline.quality import trustworthiness_continuity
from ganatlas.pipeline.samples import Layout
from ganatlas.pipeline.workspace import Workspace

LAYER = "layer"
CLUSTERS = 60
SIZES = (10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Made:
    """A layer that nobody drew. values: float16 (n, channels), mapped. points: float32 (n, 2), its layout."""

    config: AtlasConfig
    activations: Path
    points: NDArray[np.float32]


def make_layer(folder: Path, points: int, channels: int) -> Made:
    """Write a layer's activations and their layout as a build would have them, once."""
    sources = [folder / f"{name}.npz" for name in ("real", "first", "second")]
    config = parse_config(
        {
            "datasets": [{"name": path.stem, "source": str(path)} for path in sources],
            "metrics": {"enabled": False},
            "layout": {"stability_seeds": 0},
        },
        where="benchmark",
    )
    activations, layout = folder / "activations", folder / "layout.npy"
    if not layout.exists():
        write_layer(activations, layout, points, channels)
    return Made(config, activations, np.load(layout))


def write_layer(activations: Path, layout: Path, points: int, channels: int, block: int = 16_384) -> None:
    """Rectified clusters in a hidden space of 16 dimensions, and a map on which they are clusters too."""
    rng = np.random.default_rng(0)
    counts = [points // 3] * 2 + [points - 2 * (points // 3)]
    shares = [rng.dirichlet(np.full(CLUSTERS, 3.0)) for _ in counts]
    cluster = np.concatenate([rng.choice(CLUSTERS, n, p=p) for n, p in zip(counts, shares, strict=True)])
    centres, widths = 1.3 * rng.normal(size=(CLUSTERS, 16)), rng.uniform(0.3, 1, (CLUSTERS, 16))
    read = (rng.normal(size=(16, channels)) / 4).astype(np.float32)
    activations.mkdir(parents=True, exist_ok=True)
    values = np.lib.format.open_memmap(activations / "layer-000.npy", "w+", np.float16, (points, channels))
    for begin in range(0, points, block):
        own = cluster[begin : begin + block]
        hidden = (centres[own] + rng.normal(size=(len(own), 16)) * widths[own]).astype(np.float32)
        noise = 0.15 * rng.standard_normal((len(own), channels), np.float32)
        values[begin : begin + block] = np.maximum(hidden @ read + noise, 0)
    values.flush()
    np.save(activations / "layer-000-positions.npy", np.zeros((points, 2), np.uint16))
    for number, count in enumerate(counts):
        np.save(activations / f"pooled-{number:03d}.npy", np.zeros((count, 1), np.float32))
    record = {"key": "benchmark", "layers": [LAYER], "counts": counts, "positions": 1, "clamped": {}}
    (activations / "activations.json").write_text(json.dumps(record))
    places = 3 * np.random.default_rng(1).normal(size=(CLUSTERS, 2))
    np.save(layout, (places[cluster] + 0.5 * rng.normal(size=(points, 2))).astype(np.float32))


def job_of(made: Made) -> LayerJob:
    names = tuple(dataset.name for dataset in made.config.datasets)
    return LayerJob(LAYER, made.activations, "benchmark", names, pairs_of(made.config), made.config, 0)


def measure_cells(folder: Path, points: int, channels: int) -> dict[str, float]:
    """Seconds of the placement and of the cells, in this process."""
    made, work = make_layer(folder, points, channels), Workspace(Path(tempfile.mkdtemp(dir=folder)))
    job, layout = job_of(made), Layout(made.points, "given", {}, 1.0, 1.0, None)
    try:
        start = time.perf_counter()
        placed = place_layer(work, job, layout, None)
        between = time.perf_counter()
        measure_layer(work, job, placed)
        return {"placement": between - start, "cells": time.perf_counter() - between}
    finally:
        shutil.rmtree(work.root)


def measure_layout(folder: Path, points: int, channels: int) -> dict[str, float]:
    """Seconds and trustworthiness of a layout, in this process."""
    x, _ = load_layer(make_layer(folder, points, channels).activations, LAYER)
    start = time.perf_counter()
    found = embed(x, LayoutSettings(), seed=0)
    seconds = time.perf_counter() - start
    trust, continuity = trustworthiness_continuity(x, found, seed=0)
    return {"layout": seconds, "trustworthiness": trust, "continuity": continuity}


def measured(task: Callable[[Path, int, int], dict[str, float]], folder: Path, points: int, channels: int) -> dict[str, float]:
    """What a task in a new process says, and `gigabytes`, its most anonymous memory."""
    make_layer(folder, points, channels)
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        pid = pool.apply(_own_pid)
        with watched(pid) as seen:
            said = pool.apply(task, (folder, points, channels))
    return said | {"gigabytes": max(seen)}


def _own_pid() -> int:
    import os

    return os.getpid()


def anonymous(pid: int) -> float:
    """A process's anonymous memory, GB."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1e6 if found else 0.0


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """The anonymous memory that a process holds while the block runs, GB."""
    seen, over = [anonymous(pid)], threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            seen.append(anonymous(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def build_bundle(folder: Path, points: int, channels: int) -> Path:
    """A bundle of the layer, built as any other is, but for the layout, which is found made."""
    from ganatlas.pipeline.layers import LAYOUT_FILE, META_FILE
    from ganatlas.pipeline.prepare import collect, open_datasets
    from ganatlas.pipeline.progress import Reporter
    from ganatlas.pipeline.run import build
    from ganatlas.pipeline.workspace import save_arrays

    out = folder / "scale.atlas"
    made = make_layer(folder, points, channels)
    x, samples = load_layer(made.activations, LAYER)
    for number, dataset in enumerate(made.config.datasets):
        np.savez(str(dataset.source), **{f"activations/{LAYER}": x[samples.dataset == number]})
    work, reporter = Workspace(folder / "work"), Reporter(quiet=True)
    with work.locked():
        collected = collect(made.config, open_datasets(made.config, work, reporter), work, reporter)
        names = tuple(dataset.name for dataset in made.config.datasets)
        job = LayerJob(LAYER, collected.folder, collected.key, names, pairs_of(made.config), made.config, 0)

        def give(folder: Path) -> None:
            said = {"method": "given", "parameters": {}, "trustworthiness": 1.0, "continuity": 1.0, "stability": None}
            (folder / META_FILE).write_text(json.dumps(said))
            save_arrays(folder / LAYOUT_FILE, points=made.points)

        work.step(f"layout/{LAYER}", job.layout_key, give)
    build(made.config, out, reporter, work.root)
    return out


def measure_server(folder: Path, points: int, channels: int, asked: int = 1000) -> dict[str, float]:
    """Milliseconds (median) of a cell's answer and of its first examples over loopback, and the server's memory."""
    out = folder / "scale.atlas"
    if not (out / "manifest.json").exists():
        build_bundle(folder, points, channels)
    program = Path(sys.executable).with_name("ganatlas")
    process = subprocess.Popen(
        [program, "serve", out, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://([^/]+)", process.stdout.readline())
        assert address is not None
        client = http.client.HTTPConnection(address[1])
        grids = f"/api/v1/atlases/{ask(client, '/api/v1/atlases')['atlases'][0]['name']}/layers/{LAYER}/grids"
        taken: dict[str, list[float]] = {"cell": [], "examples": []}
        rng = np.random.default_rng(0)
        with watched(process.pid) as seen:
            for size in (10, 80):
                cells = ask(client, f"{grids}/{size}/cells")
                for chosen in rng.integers(0, len(cells["column"]), asked // 2):
                    cell = f"{grids}/{size}/cells/{cells['column'][chosen]}/{cells['row'][chosen]}"
                    for name, path in (("cell", cell), ("examples", f"{cell}/examples?dataset=real")):
                        start = time.perf_counter()
                        ask(client, path)
                        taken[name].append(1000 * (time.perf_counter() - start))
        return {name: median(times) for name, times in taken.items()} | {"gigabytes": max(seen)}
    finally:
        process.terminate()
        process.wait()


def ask(client: http.client.HTTPConnection, path: str) -> Any:
    client.request("GET", path)
    answer = client.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} was answered {answer.status}: {body[:300]!r}")
    return json.loads(body)


def growth(folder: Path, channels: int) -> dict[str, float]:
    """For each step the greatest growth of its time over that of the points, from one size to the next, and the times."""
    seconds = [measured(measure_cells, folder / f"{points}-{channels}", points, channels) for points in SIZES]
    found: dict[str, float] = {}
    for name in ("placement", "cells"):
        times = [said[name] for said in seconds]
        found[name] = max(
            (later / earlier) / (many / few)
            for (earlier, later), (few, many) in zip(pairwise(times), pairwise(SIZES), strict=True)
        )
        found |= {f"{name} {points}": time for points, time in zip(SIZES, times, strict=True)}
    return found


def figures(part: str, found: dict[str, float], points: int, channels: int) -> list[Figure]:
    """What was found, beside what is to be reached."""
    of = f"{points:,} x {channels}"
    memory = Figure("anonymous memory at most", found.get("gigabytes", 0.0), "GB", {"cells": 1.5, "layout": 6.0}.get(part, 0.2))
    if part == "cells":
        return [
            Figure(f"placement, {of}", found["placement"], "s"),
            Figure(f"grids, divergence and tables, {of}", found["cells"], "s", 20.0),
            memory,
        ]
    if part == "layout":
        return [
            Figure(f"laid out, {of}", found["layout"] / 60, "min", 25.0),
            memory,
            Figure("trustworthiness", found["trustworthiness"], ""),
            Figure("continuity", found["continuity"], ""),
        ]
    if part == "server":
        return [
            Figure(f"a cell's answer, {points:,} points, median", found["cell"], "ms", 5.0),
            Figure("its first 24 examples, median", found["examples"], "ms"),
            memory,
        ]
    return [
        *(Figure(f"growth of {name} over that of the points", found[name], "x", 1.2) for name in ("placement", "cells")),
        *(Figure(f"{name} points", value, "s") for name, value in found.items() if name[-1] == "0"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["cells", "layout", "growth", "server"])
    parser.add_argument("--points", type=int, help="a million; 300,000 for layout")
    parser.add_argument("--channels", type=int, help="512; 64 for server, which never sees them")
    parser.add_argument("--work", type=Path, help="where the made layers are kept; a temporary folder unless given")
    add_json(parser)
    arguments = parser.parse_args()
    points = arguments.points or (300_000 if arguments.part == "layout" else 1_000_000)
    channels = arguments.channels or (64 if arguments.part == "server" else 512)
    with tempfile.TemporaryDirectory() as temporary:
        root = arguments.work or Path(temporary)
        folder = root / f"{points}-{channels}"
        if arguments.part == "growth":
            found = growth(root, channels)
        elif arguments.part == "server":
            make_layer(folder, points, channels)
            found = measure_server(folder, points, channels)
        else:
            task = measure_cells if arguments.part == "cells" else measure_layout
            found = measured(task, folder, points, channels)
    return report(figures(arguments.part, found, points, channels), arguments.json)


if __name__ == "__main__":
    sys.exit(main())
