"""p of figures label by label: adjusted for the number of labels, and a warning where it cannot become small.

Of twenty labels without any difference one has a p below 0.05 by chance, so p is adjusted, figure by figure, over the labels of
a pair.

Data flow: entries as measured → here → metrics.json (`p_adjusted`, a warning), which the API, the viewer and the tables read.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from .false_discovery import adjust
from .metrics import MetricFigure, Metrics, MetricsEntry

SIGNIFICANT = 0.05
"""p up to which a figure is marked."""


def p_in_table(figure: MetricFigure) -> float | None:
    """The p that a table shows: of one label the adjusted one."""
    return figure.p if figure.p_adjusted is None else figure.p_adjusted


def is_marked(figure: MetricFigure) -> bool:
    """Whether this p is at most `SIGNIFICANT`."""
    p = p_in_table(figure)
    return p is not None and p <= SIGNIFICANT


def with_adjusted_p(metrics: Metrics) -> Metrics:
    """The document with `p_adjusted` in every figure of one label that has a p, and a warning where these are too coarse.

    What is there already stays as it is: an atlas may be older than the field.
    """
    entries = list(metrics.entries)
    families: dict[tuple[str, str, str, str | None], list[int]] = {}
    for number, entry in enumerate(entries):
        if entry.label is not None:
            families.setdefault((entry.first, entry.second, entry.features, entry.layer), []).append(number)
    for members in families.values():
        for number, entry in zip(
            members, _adjusted([entries[number] for number in members], metrics.permutations), strict=True
        ):
            entries[number] = entry
    return metrics.model_copy(update={"entries": tuple(entries)})


def _adjusted(labels: Sequence[MetricsEntry], permutations: int) -> Iterable[MetricsEntry]:
    """The labels of one pair on one space of features."""
    adjusted: list[dict[str, float]] = [{} for _ in labels]
    for name in dict.fromkeys(name for entry in labels for name in entry.figures):
        p = [entry.figures[name].p if name in entry.figures else None for entry in labels]
        for of_label, q in zip(adjusted, adjust(np.array(p, np.float64)), strict=True):  # None becomes NaN: not tested
            if not np.isnan(q):
                of_label[name] = float(f"{q:.10g}")
    silent = out_of_reach(len(labels), permutations)
    for entry, of_label in zip(labels, adjusted, strict=True):
        figures = {name: figure.model_copy(update={"p_adjusted": of_label.get(name)}) for name, figure in entry.figures.items()}
        warnings = dict.fromkeys([*entry.warnings, *([silent] if silent and of_label else [])])
        yield entry.model_copy(update={"figures": figures, "warnings": tuple(warnings)})


def out_of_reach(labels: int, permutations: int) -> str | None:
    """What to know where one label alone could never be marked, since p has a least value; None where it could."""
    least = 2 / (permutations + 1)
    if not permutations or labels * least <= SIGNIFICANT:
        return None
    needed = int(np.ceil(2 * labels / SIGNIFICANT)) - 1
    return (
        f"with {permutations} permutations p is never below {least / 2:.2g} (two-sided {least:.2g}), so that of {labels} "
        f"labels one alone cannot be marked; with metrics.permutations = {needed} it can"
    )
