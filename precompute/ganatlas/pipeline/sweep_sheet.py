"""What a sweep found, as a sheet to look at: one PNG, and a page with the same and its figures.

Data flow: `sweep_layout`, `sweep_icons` -> this -> NAME.png and NAME.html, which needs nothing beside it.
"""

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .sweep import Combination, IconSweep, LayoutResult

_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
"""Tol's bright scheme: told apart by colour-blind people too."""
_DOTS = 20_000


def layout_sheet(layer: str, results: Sequence[LayoutResult], names: Sequence[str], out: Path) -> list[Path]:
    """Small multiples of maps, a dataset a colour; returns the files written."""
    columns = _columns([result.combination for result in results])
    rows = -(-len(results) // columns)
    figure = Figure(figsize=(2.6 * columns, 2.9 * rows + 0.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, result in zip(axes.flat, results, strict=False):
        shown = np.random.default_rng(0).permutation(len(result.points))[:_DOTS]  # no dataset lies on top of the others
        colours = np.array(_COLOURS)[result.dataset[shown] % len(_COLOURS)]
        axis.scatter(*result.points[shown].T, s=1.2, c=colours, linewidths=0, alpha=0.6)
        axis.set_aspect("equal")
        axis.set_title(f"{_said(result.combination)}\ntrustworthiness {_number(result.trustworthiness)}", fontsize=7)
    marks = [figure.axes[0].scatter([], [], s=14, c=_COLOURS[i % len(_COLOURS)], label=name) for i, name in enumerate(names)]
    figure.legend(handles=marks, loc="outside lower center", ncols=min(6, len(names)), fontsize=7, frameon=False)
    figure.suptitle(f"Layouts of {layer}", fontsize=9)
    table = [[_said(r.combination), _number(r.trustworthiness), _number(r.continuity), f"{r.seconds:.1f}"] for r in results]
    head = ["settings", "trustworthiness", "continuity", "seconds"]
    return _write(figure, f"Layouts of {layer}", head, table, out)


def icon_sheet(sweep: IconSweep, out: Path) -> list[Path]:
    """A row for each setting under the row of exemplars, a column for each cell; returns the files written."""
    count = len(sweep.cells)
    figure = Figure(figsize=(0.85 * count + 2.2, 0.9 * (len(sweep.results) + 1) + 0.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(sweep.results) + 1, count, squeeze=False)
    lines: list[tuple[str, NDArray[np.uint8], NDArray[np.float32] | None]] = [("exemplars", sweep.exemplars, None)]
    lines += [(_said(r.combination).replace(", ", "\n"), r.images, r.faithfulness) for r in sweep.results]
    for row, (said, images, faithfulness) in zip(axes, lines, strict=True):
        for number, (axis, image) in enumerate(zip(row, images, strict=True)):
            axis.imshow(image)
            axis.set_xticks([])
            axis.set_yticks([])
            if faithfulness is not None:
                axis.set_xlabel(_number(float(faithfulness[number])), fontsize=6, labelpad=1)
        row[0].set_ylabel(said, fontsize=6, rotation=0, ha="right", va="center")
    for axis, (column, line) in zip(axes[0], sweep.cells, strict=True):
        axis.set_title(f"({column}, {line})", fontsize=6)
    title = f"Icons of {sweep.layer}, {sweep.size} grid; below each its faithfulness"
    figure.suptitle(title, fontsize=8)
    table = [
        [_said(r.combination), _number(_median(r.faithfulness)), f"{r.seconds:.1f}", f"{len(r.images) / r.seconds:.2f}"]
        for r in sweep.results
    ]
    return _write(figure, title, ["settings", "median faithfulness", "seconds", "icons/s"], table, out)


def _write(figure: Figure, title: str, head: Sequence[str], table: Sequence[Sequence[str]], out: Path) -> list[Path]:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    out.parent.mkdir(parents=True, exist_ok=True)
    png, page = out.with_suffix(".png"), out.with_suffix(".html")
    png.write_bytes(picture.getvalue())
    heads = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table)
    data = base64.b64encode(picture.getvalue()).decode()
    page.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        "<style>body{font:15px system-ui;margin:2rem;max-width:80rem}img{max-width:100%}table{border-collapse:collapse}"
        "td,th{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #ccc}</style>"
        f"<h1>{html.escape(title)}</h1><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p><img alt="{html.escape(title)}" src="data:image/png;base64,{data}"></p></html>\n'
    )
    return [png, page]


def _columns(combinations: Sequence[Combination]) -> int:
    """As many as the last setting has values, so that rows and columns mean something; at most six."""
    last = list(combinations[0])[-1]
    return max(1, min(6, len({combination[last] for combination in combinations})))


def _said(combination: Combination) -> str:
    return ", ".join(f"{key} {str(value).lower() if isinstance(value, bool) else value}" for key, value in combination.items())


def _number(value: float | None) -> str:
    return "–" if value is None or np.isnan(value) else f"{value:.3f}"


def _median(values: NDArray[np.float32]) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None
