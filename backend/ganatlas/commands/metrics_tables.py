"""Image-set metrics as tables: which rows, in which order, and how a figure is written; as CSV, Markdown and LaTeX.

Data flow: metrics.json → `groups` (a table a pair) → here or the terminal (`metrics`).
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ganatlas.bundle.label_p import SIGNIFICANT, is_marked
from ganatlas.bundle.metrics import MetricFigure, Metrics, MetricsEntry
from ganatlas.bundle.reader import not_found
from ganatlas.bundle.series import inception_name, space_of

HEADS = {
    "frechet_distance": "FD",
    "frechet_infinity": "FD∞",
    "kernel_distance": "KD",
    "classifier_score": "score",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
    "authenticity": "authentic %",
    "data_copying": "C_T",
}
WORST_LARGE = frozenset({"frechet_distance", "frechet_infinity", "kernel_distance"})
COLUMNS = (
    "first", "second", "is_self", "features", "layer", "label", "figure", "value", "low", "high", "floor", "baseline",
    "at_baseline", "baseline_n", "p", "p_adjusted", "spread", "n", "m", "warnings",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """One table: a pair of datasets, a row a space of features or a label.

    names: the figures that any row has, in order.
    """

    title: str
    rows: tuple[tuple[str, MetricsEntry], ...]
    names: tuple[str, ...]


def chosen(metrics: Metrics, *, dataset: str | None, layer: str | None, labels: bool) -> list[MetricsEntry]:
    """The entries asked for.

    Args:
        dataset: compared with the reference; all where None. layer: a layer, "final" or "logits"; all where None.
        labels: those of single labels, or those of all images.

    Raises:
        NotFoundError: no such dataset or layer, with those there are; or there is nothing by label.
    """
    entries = [entry for entry in metrics.entries if (entry.label is not None) == labels]
    if labels and not entries:
        raise not_found("figures by label", "--labels", [])
    for asked, kind, of in ((dataset, "dataset", lambda e: e.second), (layer, "layer", space_of)):
        if asked is not None:
            known = list(dict.fromkeys(of(entry) for entry in entries))
            if asked not in known:
                raise not_found(kind, asked, known)
            entries = [entry for entry in entries if of(entry) == asked]
    return entries


def groups(entries: Sequence[MetricsEntry], sort: str | None = None) -> list[Group]:
    """A table for each pair.

    Args:
        sort: figure by which the rows are sorted, the worst first; as they come where None.

    Raises:
        NotFoundError: no such figure.
    """
    known = [name for name in HEADS if any(name in entry.figures for entry in entries)]
    if sort is not None and sort not in known:
        raise not_found("figure", sort, known)
    made = []
    for pair in dict.fromkeys((entry.first, entry.second) for entry in entries):
        mine = [entry for entry in entries if (entry.first, entry.second) == pair]
        if sort is not None:
            mine.sort(key=lambda entry: _badness(entry.figures.get(sort), sort))
        names = tuple(name for name in known if any(name in entry.figures for entry in mine))
        rows = tuple((entry.label or space_of(entry), entry) for entry in mine)
        title = f"{pair[0]} / {'itself, halved' if mine[0].is_self else pair[1]}"
        made.append(Group(title, rows, names))
    return made


def _badness(figure: MetricFigure | None, name: str) -> float:
    if figure is None or figure.value is None:
        return float("inf")
    return -figure.value if name in WORST_LARGE else figure.value


def head_in(space: str, figure: str) -> str:
    """What a figure is called on these features."""
    return inception_name(space, figure) or HEADS.get(figure, figure)


def number(value: float | None, digits: int = 4) -> str:
    """With so many digits."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if 0.001 <= abs(value) < 10_000:
        decimals = digits if abs(value) < 1 else max(0, digits - len(str(int(abs(value)))))
        return f"{value:.{decimals}f}"
    return f"{value:.3g}"


def interval(figure: MetricFigure, between: str = " … ") -> str:
    """Its 95 % interval; empty where there is none."""
    return "" if figure.low is None or figure.high is None else f"{number(figure.low)}{between}{number(figure.high)}"


def warnings_of(entries: Iterable[MetricsEntry]) -> list[str]:
    """Every warning once, with the spaces or labels that it concerns where these are not all.

    Those that differ in their numbers alone are one: with the numbers of the first.
    """
    where: dict[str, dict[str, str]] = {}
    entries = list(entries)
    for entry in entries:
        name = entry.label or space_of(entry)
        for warning in (*entry.warnings, *(text for figure in entry.figures.values() for text in figure.warnings)):
            where.setdefault(_NUMBERS.sub("#", warning), {}).setdefault(name, warning)
    every = {entry.label or space_of(entry) for entry in entries}
    return [_told(of, len(every)) for of in where.values()]


_NUMBERS = re.compile(r"\d[\d,.]*\b")


def _told(of: dict[str, str], rows: int) -> str:
    """A warning of some rows. of: name of each → what it says of it."""
    names, first = list(of), next(iter(of.values()))
    if len(set(of.values())) > 1:
        return f"{first} ({names[0]}; likewise {_some(names[1:])})"
    return first if len(names) == rows else f"{first} ({_some(names)})"


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def to_json(metrics: Metrics, entries: Sequence[MetricsEntry]) -> str:
    """The document with these entries alone."""
    document = metrics.model_copy(update={"entries": tuple(entries)}).model_dump(mode="json")
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def to_csv(entries: Sequence[MetricsEntry]) -> str:
    """A row a figure, with everything that is known of it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        for name, figure in entry.figures.items():
            values = {**entry.model_dump(), **figure.model_dump(), "figure": name, "warnings": "; ".join(figure.warnings)}
            writer.writerow(["" if values[column] is None else values[column] for column in COLUMNS])
    return target.getvalue()


def to_markdown(tables: Iterable[Group]) -> str:
    """A table a pair: each figure with its interval in brackets, starred where p is small; then what to know."""
    parts = []
    for table in tables:
        lines = [f"**{table.title}**", ""]
        lines.append("| | n | " + " | ".join(HEADS[name] for name in table.names) + " |")
        lines.append("|---|---:|" + "---:|" * len(table.names))
        for name, entry in table.rows:
            cells = [_with_interval(entry.figures.get(figure), "\\*", "[", "]") for figure in table.names]
            lines.append("| " + " | ".join([name.replace("|", "\\|"), sizes(entry), *cells]) + " |")
        lines += ["", "\\* " + _star(table)]
        warnings = warnings_of(entry for _, entry in table.rows)
        lines += ["", *(f"- {warning[0].upper()}{warning[1:]}." for warning in warnings)] if warnings else []
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _star(table: Group) -> str:
    """What a star says."""
    labels = sum(entry.label is not None for _, entry in table.rows)
    return f"p ≤ {SIGNIFICANT}" + (f", adjusted for {labels} labels (Benjamini–Hochberg)" if labels else "")


def to_latex(tables: Iterable[Group]) -> str:
    """A tabular a pair, for booktabs: each figure with its interval in small brackets, starred where p is small.

    What to know follows as comments.
    """
    parts = []
    for table in tables:
        star = _star(table).replace("≤", "at most").replace("–", "-")
        lines = [
            f"% {_tex(table.title)}; value [95 % interval]; * {star}",
            "\\begin{tabular}{lr" + "r" * len(table.names) + "}",
        ]
        heads = " & ".join(["", "$n$", *(_TEX_HEADS.get(name, _tex(HEADS[name])) for name in table.names)])
        lines += ["\\toprule", heads + r" \\", "\\midrule"]
        for name, entry in table.rows:
            cells = [
                _with_interval(entry.figures.get(figure), "$^{*}$", "{\\scriptsize [", "]}", "--") for figure in table.names
            ]
            lines.append(" & ".join([_tex(name), _tex(sizes(entry)), *cells]) + r" \\")
        warnings = [f"% {warning[0].upper()}{warning[1:]}." for warning in warnings_of(entry for _, entry in table.rows)]
        parts.append("\n".join([*lines, "\\bottomrule", "\\end{tabular}", *warnings]))
    return "\n\n".join(parts) + "\n"


_TEX_HEADS = {"frechet_infinity": r"FD$_\infty$", "data_copying": "$C_T$"}


def sizes(entry: MetricsEntry) -> str:
    """How many images: one number where both sets have as many."""
    figure = next(iter(entry.figures.values()), None)
    if figure is None:
        return ""
    return f"{figure.n:,}" if figure.n == figure.m else f"{figure.n:,}, {figure.m:,}"


def _with_interval(figure: MetricFigure | None, star: str, left: str, right: str, missing: Literal["–", "--"] = "–") -> str:
    """star: of a figure that is marked."""
    if figure is None or figure.value is None:
        return missing
    between = interval(figure, ", ")
    value = number(figure.value) + (star if is_marked(figure) else "")
    return f"{value} {left}{between}{right}" if between else value


def _tex(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "∞": r"$\infty$"}
    return "".join(special.get(c, "\\" + c if c in "&%$#_{}" else c) for c in text)
