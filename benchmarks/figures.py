"""What a benchmark found: named figures, each beside the limit that it is to reach, printed and written as JSON.

Data flow: a benchmark's `--json FILE` -> here -> `python -m benchmarks`, which writes docs/performance.md.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One figure. limit: None where there is nothing to reach. at_most: whether it may not be greater, or not be less."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether it is within its limit."""
        if self.limit is None:
            return True
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    @property
    def ratio(self) -> float | None:
        """The figure over its limit."""
        return None if not self.limit else self.value / self.limit

    def __str__(self) -> str:
        line = f"{self.name:54} {self.value:10,.4g} {self.unit:11}"
        if self.limit is None:
            return line.rstrip()
        beside = f"limit {'<=' if self.at_most else '>='} {self.limit:g}"
        ratio = "" if self.ratio is None else f"ratio {self.ratio:.2f}"
        return f"{line} {beside:16} {ratio:12} {'ok' if self.met else 'MISSED'}"


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option with which a benchmark writes its figures."""
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")


def report(figures: Iterable[Figure], path: Path | None) -> int:
    """Print figures, write them where that was asked for, and say as an exit code whether all are within their limits."""
    found = list(figures)
    for figure in found:
        print(figure, flush=True)
    if path is not None:
        path.write_text(json.dumps({"figures": [asdict(figure) for figure in found]}, indent=1) + "\n")
    return 0 if all(figure.met for figure in found) else 1


def read_figures(path: Path) -> list[Figure]:
    """What `report` wrote."""
    return [Figure(**figure) for figure in json.loads(path.read_text())["figures"]]
