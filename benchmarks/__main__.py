"""Run the benchmarks one after the other and write docs/performance.md: each figure beside its limit, with machine and date.

    python -m benchmarks [--only NAME …] [--list] [--work FOLDER] [--page docs/performance.md]

Run it from the checkout's folder, with ganatlas installed, on a machine that has nothing else to do. Each benchmark is a
process of its own; its figures are kept in WORK/NAME.json with the date and the machine, so that one that is run alone later
replaces its own part of the page and nothing else. One that fails, or misses its limit, is said to be on the page.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))  # the benchmarks are scripts that import what lies beside them

from figures import Figure  # noqa: E402

TAIL = 12
"""Lines of a failed benchmark's output that are kept."""


@dataclass(frozen=True)
class Benchmark:
    """One to run: a script beside this one with its arguments; each takes `--json FILE`."""

    name: str
    title: str
    command: tuple[str, ...]


BENCHMARKS = (
    Benchmark("activations", "Collecting activations against a bare forward pass", ("activations.py",)),
    Benchmark("layout", "Laying out a layer against umap-learn", ("layout.py",)),
    Benchmark("scale-cells", "A layer of a million points", ("scale.py", "cells")),
    Benchmark("scale-growth", "Growth of a layer's steps with its points", ("scale.py", "growth")),
    Benchmark("scale-server", "Serving a million points", ("scale.py", "server")),
    Benchmark("scale-layout", "Laying out 300,000 points", ("scale.py", "layout")),
    Benchmark("icons", "Inverting icons against dreamlens", ("icons.py",)),
    Benchmark("metrics", "Image-set metrics against torch-fidelity", ("metrics.py",)),
    Benchmark("viewer", "The viewer in a browser without a GPU", ("viewer.py",)),
    Benchmark("load", "A hundred users, and nginx", ("load.py",)),
)


def run(benchmark: Benchmark, work: Path) -> dict[str, Any]:
    """Run one and keep what it found."""
    found = work / f"{benchmark.name}.figures"
    found.unlink(missing_ok=True)
    began, lines = time.monotonic(), list[str]()
    command = [sys.executable, str(HERE / benchmark.command[0]), *benchmark.command[1:], "--json", str(found)]
    print(f"== {benchmark.name}: {benchmark.title}", flush=True)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines = [*lines, line.rstrip()][-TAIL:]
    result = {
        "title": benchmark.title,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "seconds": round(time.monotonic() - began),
        "code": process.returncode,
        "figures": json.loads(found.read_text()) if found.exists() else None,
        "said": lines,
    }
    found.unlink(missing_ok=True)
    (work / f"{benchmark.name}.json").write_text(json.dumps(result, indent=1) + "\n")
    return result


def figures_in(result: dict[str, Any]) -> list[Figure]:
    """The figures of a result; those of a benchmark that writes names and numbers only have no limit there."""
    written = result["figures"]
    if written is None:
        return []
    if "figures" in written:
        return [Figure(**figure) for figure in written["figures"]]
    return [Figure(name, float(value), "") for name, value in written.items() if isinstance(value, int | float)]


def machine() -> str:
    """Processor, its cores that this process may use, memory, graphics card, and the packages that figures depend on most."""
    cpu = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        names = [line.partition(":")[2].strip() for line in about.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0] if names else cpu
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = []
    for package in ("torch", "numpy", "numba", "uvicorn"):
        try:
            packages.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"{cpu}, {cores} cores, {memory:.0f} GiB; Python {platform.python_version()}, {', '.join(packages)}"


def page_of(results: dict[str, dict[str, Any]]) -> str:
    """docs/performance.md."""
    text = [
        "# Performance",
        "",
        "Written by `make bench` (`python -m benchmarks`). Each figure stands beside what it is to reach; the ratio is the",
        "figure over that limit. What each benchmark does is at the head of its file in `benchmarks/`.",
    ]
    for machine_ in dict.fromkeys(result["machine"] for result in results.values()):
        text += ["", f"Machine: {machine_}."]
    for name, result in results.items():
        text += ["", f"## {result['title']}", "", f"`{name}`, {result['date']}, {result['seconds']:,} s.", ""]
        figures = figures_in(result)
        if figures:
            text += ["| what | measured | to reach | ratio | |", "|---|---|---|---|---|"]
            text += [row_of(figure) for figure in figures]
        if not figures or (result["code"] and all(figure.met for figure in figures)):
            text += [f"It failed with exit code {result['code']}:", "", *(f"    {line}" for line in result["said"])]
    return "\n".join(text) + "\n"


def row_of(figure: Figure) -> str:
    """A row of the table."""
    wanted = "" if figure.limit is None else f"{'≤' if figure.at_most else '≥'} {figure.limit:g} {figure.unit}".rstrip()
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = "" if figure.limit is None else "reached" if figure.met else "**missed**"
    return f"| {figure.name} | {figure.value:,.4g} {figure.unit} | {wanted} | {ratio} | {met} |"


def main() -> int:
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names, help="these alone; the others keep what they found before")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--work", type=Path, default=ROOT / ".bench", help="where results are kept")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "performance.md")
    options = parser.parse_args()
    if options.list:
        for benchmark in BENCHMARKS:
            print(f"{benchmark.name:16} {benchmark.title}")
        return 0
    options.work.mkdir(parents=True, exist_ok=True)
    codes = [run(benchmark, options.work)["code"] for benchmark in BENCHMARKS if benchmark.name in (options.only or names)]
    kept = {name: options.work / f"{name}.json" for name in names}
    results = {name: json.loads(path.read_text()) for name, path in kept.items() if path.exists()}
    options.page.write_text(page_of(results), encoding="utf-8")
    print(
        f"{options.page}: {len(results)} of {len(names)} benchmarks, {sum(map(bool, codes))} of those run now missed or failed"
    )
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
