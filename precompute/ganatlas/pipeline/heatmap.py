"""divergence.png: the heat maps of KL and JS, layers × grids, one panel a pair, as a picture.

Data flow: divergence.json → this → divergence.png, for papers and pages; the viewer draws its own from the data.
"""

from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ganatlas.bundle.divergence import Divergence, DivergenceEntry
from ganatlas.errors import InputError

Measure = Literal["kl", "js"]

TITLES = {"js": "Jensen–Shannon divergence, corrected (bits)", "kl": "Kullback–Leibler divergence, corrected (nats)"}
GREY = "#d4d4d4"
COLOURS = "viridis"


def draw(divergence: Divergence, measure: Measure, out: Path, scale: tuple[float, float] | None = None) -> None:
    """Draw one measure of all pairs, on one colour scale, and write it as a PNG: the same bytes for the same data.

    Args:
        measure: "js" (corrected JS) or "kl" (directed, first from second, corrected). Invalid entries (too few points
            a cell) are grey.
        scale: ends of the colour scale; from 0 to the largest valid value if None.

    Raises:
        InputError: there is no entry.
    """
    if not divergence.entries:
        raise InputError("There is no divergence to draw: an atlas of one dataset has no pair. Give two datasets.")
    panels = _panels(divergence.entries)
    layers = list(dict.fromkeys(entry.layer for entry in divergence.entries))
    sizes = sorted({entry.size for entry in divergence.entries})
    valid = [_value(entry, measure) for entry in divergence.entries if entry.valid]
    low, high = scale or (0.0, max([*valid, 1e-3]))
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    width = 1.9 + columns * (0.62 * len(sizes) + 0.5) + 0.9
    figure = Figure(figsize=(max(width, 4.8), rows * (0.34 * len(layers) + 1.1) + 0.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    norm = Normalize(low, high if high > low else low + 1e-3, clip=True)
    for axis in axes.flat[len(panels) :]:
        axis.remove()
    for axis, (title, entries) in zip(axes.flat, panels.items(), strict=False):
        _draw_panel(axis, title, entries, layers, sizes, measure, norm)
    bar = figure.colorbar(ScalarMappable(norm, COLOURS), ax=axes.ravel()[: len(panels)].tolist(), shrink=0.8, aspect=30)
    bar.ax.tick_params(labelsize=7)
    figure.suptitle(f"{TITLES[measure]}; grey: under 5 points a cell", fontsize=9)
    figure.savefig(out, format="png", metadata={"Software": None})


def _panels(entries: tuple[DivergenceEntry, ...]) -> dict[str, list[DivergenceEntry]]:
    """Title → entries: the pairs in their order, then each reference against itself."""
    panels: dict[str, list[DivergenceEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.is_self):
        title = f"{entry.first}, two halves" if entry.is_self else f"{entry.first} ‖ {entry.second}"
        panels.setdefault(title, []).append(entry)
    return panels


def _draw_panel(
    axis: Axes,
    title: str,
    entries: list[DivergenceEntry],
    layers: list[str],
    sizes: list[int],
    measure: Measure,
    norm: Normalize,
) -> None:
    grid = np.full((len(layers), len(sizes)), np.nan)
    for entry in entries:
        row, column, value = layers.index(entry.layer), sizes.index(entry.size), _value(entry, measure)
        if entry.valid:
            grid[row, column] = value
        shade = "black" if not entry.valid or norm(value) > 0.6 else "white"
        axis.text(column, row, f"{value:.3f}", ha="center", va="center", fontsize=6, color=shade)
    axis.set_facecolor(GREY)
    axis.imshow(np.ma.masked_invalid(grid), cmap=COLOURS, norm=norm, aspect="auto")
    axis.set_title(title, fontsize=8)
    axis.set_xticks(range(len(sizes)), [str(size) for size in sizes], fontsize=7)
    axis.set_yticks(range(len(layers)), layers, fontsize=7)
    axis.set_xlabel("grid", fontsize=7)
    axis.tick_params(length=0)


def _value(entry: DivergenceEntry, measure: Measure) -> float:
    return entry.js_corrected if measure == "js" else entry.kl
