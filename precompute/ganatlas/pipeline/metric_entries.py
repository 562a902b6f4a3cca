"""What every set of features has in common when it is measured: configuration to settings, evaluation to entry.

Data flow: `[metrics]` -> `settings_of` -> `evaluate` -> `entry_of` -> metrics.json; for the atlas's network (`metrics`) and for
published ones (`published`).
"""

from dataclasses import asdict

from ganatlas.bundle.metrics import FeatureKind, MetricFigure, MetricsEntry
from ganatlas.metrics import Evaluation, Settings
from ganatlas.metrics.settings import FigureName

from .config import MetricsConfig


def settings_of(config: MetricsConfig, figures: tuple[FigureName, ...], *, paired: bool, seed: int) -> Settings:
    """The configuration's settings for some figures. paired: image i of one set is a copy of image i of the other."""
    return Settings(
        figures=figures,
        k_precision=config.k_precision,
        k_density=config.k_density,
        subsets=config.subsets,
        subset_size=config.subset_size,
        permutations=config.permutations,
        test_rows=config.test_images,
        paired=paired,
        seed=seed,
    )


def entry_of(found: Evaluation, first: str, second: str, features: FeatureKind, layer: str | None) -> MetricsEntry:
    """An evaluation as an entry of the document."""
    figures = {}
    for figure in found.figures:
        values = {key: _rounded(value) for key, value in asdict(figure).items() if key != "name"}
        figures[figure.name] = MetricFigure.model_validate(values)
    return MetricsEntry(
        layer=layer,
        features=features,
        first=first,
        second=second,
        is_self=first == second,
        dimension=found.dimension,
        figures=figures,
        warnings=found.warnings,
    )


def _rounded(value: object) -> object:
    """Ten digits: what is beyond them depends on the processor."""
    return float(f"{value:.10g}") if isinstance(value, float) else value
