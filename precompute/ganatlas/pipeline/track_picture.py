"""Figures over a series as a picture: a panel a figure with its interval and noise floor, and precision against recall.

Data flow: `ganatlas.bundle.series.curves` → here → .png, .svg or .pdf, for papers.
"""

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ganatlas.bundle.metrics import MetricFigure
from ganatlas.bundle.series import Curve, inception_name
from ganatlas.errors import InputError

TITLES = {
    "frechet_distance": "Fréchet distance",
    "frechet_infinity": "Fréchet distance at infinity",
    "kernel_distance": "kernel distance",
    "classifier_score": "classifier score",
    "authenticity": "authentic (%)",
    "data_copying": "$C_T$",
}
COLOUR, OTHER, GREY = "#2a6fbb", "#c2681c", "#777777"
COLUMNS = 3


def draw_curves(curves: Sequence[Curve], series: str, space: str, out: Path) -> None:
    """Draw all curves and write them: the same bytes for the same curves.

    Raises:
        InputError: there is no curve, or the file cannot be written.
    """
    if not curves:
        raise InputError(f"There is nothing to draw: no figure of the series '{series}' on {space} features has a value.")
    by_name = {curve.figure: curve for curve in curves}
    trade = [by_name[name] for name in ("precision", "recall") if name in by_name]
    panels = len(curves) + (len(trade) == 2)
    columns = min(panels, COLUMNS)
    rows = -(-panels // columns)
    with rc_context({"svg.hashsalt": "ganatlas", "font.size": 8}):
        figure = Figure(figsize=(2.9 * columns, 2.2 * rows + 0.3), dpi=200, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(rows, columns, squeeze=False)
        for axis in axes.flat[panels:]:
            axis.remove()
        for axis, curve in zip(axes.flat, curves, strict=False):
            _draw(axis, curve)
        if len(trade) == 2:
            _trade(axes.flat[len(curves)], *trade)
        figure.suptitle(f"over {series}, {space} features; bands: 95 %", fontsize=9)
        try:
            figure.savefig(out, metadata=_METADATA.get(out.suffix.lower()))
        except OSError as error:
            raise InputError(f"cannot write {out}: {error.strerror or error}.") from error


_METADATA = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


def _draw(axis: Axes, curve: Curve) -> None:
    x = [point.value for point in curve.points]
    y = [point.figure.value or 0.0 for point in curve.points]
    low = [p.figure.low if p.figure.low is not None else v for p, v in zip(curve.points, y, strict=True)]
    high = [p.figure.high if p.figure.high is not None else v for p, v in zip(curve.points, y, strict=True)]
    axis.fill_between(x, low, high, color=COLOUR, alpha=0.2, linewidth=0)
    axis.plot(x, y, "o-", color=COLOUR, markersize=3, linewidth=1.2)
    for name, style, text in (("floor", ":", "floor"), ("baseline", "--", "real : real")):
        known = [(p.value, getattr(p.figure, name)) for p in curve.points if getattr(p.figure, name) is not None]
        if known:
            axis.plot(*zip(*known, strict=True), style, color=GREY, linewidth=1, label=text)
    if axis.get_legend_handles_labels()[1]:
        axis.legend(frameon=False, fontsize=7)
    title = inception_name(curve.space, curve.figure) or TITLES.get(curve.figure, curve.figure.replace("_", " "))
    axis.set_title(title, fontsize=9)
    axis.set_xlabel(curve.series)


def _trade(axis: Axes, precision: Curve, recall: Curve) -> None:
    """Precision against recall, a dot a dataset with its value, joined in the order of the series."""
    of = {point.dataset: point for point in recall.points}
    both = [(of[p.dataset].figure, p.figure, p.value) for p in precision.points if p.dataset in of]
    x, y = [r.value or 0.0 for r, _, _ in both], [p.value or 0.0 for _, p, _ in both]
    axis.errorbar(
        x,
        y,
        xerr=_reaches([r for r, _, _ in both]),
        yerr=_reaches([p for _, p, _ in both]),
        fmt="none",
        ecolor=OTHER,
        alpha=0.4,
    )
    axis.plot(x, y, "o-", color=OTHER, markersize=3, linewidth=1.2)
    for at_x, at_y, (_, _, value) in zip(x, y, both, strict=True):
        axis.annotate(f"{value:g}", (at_x, at_y), textcoords="offset points", xytext=(4, 4), fontsize=7)
    axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axis.set_title("precision against recall", fontsize=9)


def _reaches(figures: Sequence[MetricFigure]) -> tuple[list[float], list[float]]:
    """How far each interval reaches below and above its value; 0 where there is none."""
    values = [(f.value or 0.0, f.low, f.high) for f in figures]
    below = [0.0 if low is None else max(0.0, value - low) for value, low, _ in values]
    return below, [0.0 if high is None else max(0.0, high - value) for value, _, high in values]
