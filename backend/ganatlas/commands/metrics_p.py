"""The p of figures in tables: by label adjusted for their number, and what that takes.

Data flow: metrics.json → here → `metrics_tables`, the terminal (`metrics`).
"""

from collections.abc import Sequence

import numpy as np

from ganatlas.bundle.false_discovery import adjust
from ganatlas.bundle.metrics import MetricsEntry

SIGNIFICANT = 0.05
"""p up to which a figure is marked."""


def adjusted_p(entries: Sequence[MetricsEntry]) -> list[dict[str, float]]:
    """The p of each entry's figures; of one label adjusted for the number of labels of its pair (Benjamini–Hochberg)."""
    found: list[dict[str, float]] = [
        {name: figure.p for name, figure in entry.figures.items() if figure.p is not None} for entry in entries
    ]
    families: dict[tuple[str, str, str], list[int]] = {}
    for number, entry in enumerate(entries):
        if entry.label is not None:
            for name in found[number]:
                families.setdefault((entry.first, entry.second, name), []).append(number)
    for (_, _, name), members in families.items():
        for number, q in zip(members, adjust(np.array([found[number][name] for number in members])), strict=True):
            found[number][name] = float(q)
    return found


def out_of_reach(entries: Sequence[MetricsEntry], permutations: int) -> str | None:
    """What to know where one label alone could never be marked, since p has a least value; None where it could."""
    labels = len({entry.label for entry in entries} - {None})
    least = 2 / (permutations + 1)
    if not permutations or labels * least <= SIGNIFICANT:
        return None
    needed = int(np.ceil(2 * labels / SIGNIFICANT)) - 1
    return (
        f"with {permutations} permutations p is never below {least / 2:.2g} (two-sided {least:.2g}), so that of {labels} "
        f"labels one alone cannot be marked; with metrics.permutations = {needed} it can"
    )
