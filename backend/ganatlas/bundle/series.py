"""Datasets that are a series, and their figures as curves over its values, each value with its interval and noise floor.

Data flow: the manifest's series and metrics.json → here → `ganatlas track`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .manifest import Manifest
from .metrics import PUBLISHED, MetricFigure, Metrics, MetricsEntry

FINAL, LOGITS = "final", "logits"
INCEPTION = {"frechet_distance": "FID", "frechet_infinity": "FID∞", "kernel_distance": "KID"}
"""What figures are called on Inception-V3's pool3 features, and on no others."""


@dataclass(frozen=True)
class CurvePoint:
    """One dataset of a series. value: its place in the series."""

    dataset: str
    value: float
    figure: MetricFigure


@dataclass(frozen=True)
class Curve:
    """One figure over a series in one space of features. points: by rising value, each with a value of the figure."""

    series: str
    space: str
    figure: str
    points: tuple[CurvePoint, ...]


def space_of(entry: MetricsEntry) -> str:
    """What a space of features is called: its layer, "final", "logits", or the name of a published network's."""
    return {"position": entry.layer or "", "pooled": FINAL, "logits": LOGITS, **PUBLISHED}[entry.features]


def inception_name(space: str, figure: str) -> str | None:
    """FID, FID∞ or KID where the space's features are those of Inception-V3; None elsewhere."""
    return INCEPTION.get(figure) if space in (PUBLISHED["inception-tf"], PUBLISHED["inception-clean"]) else None


def series_of(manifest: Manifest) -> dict[str, list[tuple[float, str]]]:
    """Each series with its (value, dataset), by rising value."""
    found: dict[str, list[tuple[float, str]]] = {}
    for dataset in manifest.datasets:
        if dataset.series is not None:
            found.setdefault(dataset.series.name, []).append((dataset.series.value, dataset.name))
    return {name: sorted(members) for name, members in found.items()}


def curves(manifest: Manifest, metrics: Metrics, series: str, space: str, figures: Sequence[str]) -> list[Curve]:
    """Every figure that any dataset of a series has, in the order asked for; the classifier score is of the logits."""
    whole = [entry for entry in metrics.entries if entry.label is None and not entry.is_self]
    found = []
    for name in figures:
        of = LOGITS if name == "classifier_score" else space
        points = []
        for value, dataset in series_of(manifest).get(series, []):
            figure = next((e.figures.get(name) for e in whole if e.second == dataset and space_of(e) == of), None)
            if figure is not None and figure.value is not None:
                points.append(CurvePoint(dataset, value, figure))
        if points:
            found.append(Curve(series, of, name, tuple(points)))
    return found
