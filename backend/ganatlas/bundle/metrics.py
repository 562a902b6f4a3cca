"""metrics.json: image-set metrics of every dataset against the reference, in every layer, as data.

Each figure carries what it must be read with: sizes, interval, what real against real shows, p, warnings. A figure that could
not be computed has no value and a warning that says why; nothing is ever NaN.

Written by `ganatlas.pipeline.metrics`, read by the server and by `ganatlas metrics`.
"""

from typing import Literal

from pydantic import ConfigDict, Field

from .manifest import Model

FeatureKind = Literal["position", "pooled", "logits", "inception-tf", "inception-clean", "dinov2"]
PUBLISHED: dict[FeatureKind, str] = {"inception-tf": "FID (TF)", "inception-clean": "FID (clean)", "dinov2": "DINOv2"}
"""Features of networks that everyone measures with → what they are called in a table."""
SHARES = frozenset({"precision", "recall", "coverage"})


class _Said(Model):
    """Never NaN, and an answer has every field; the file leaves out those that are null."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, json_schema_serialization_defaults_required=True
    )


class MetricFigure(_Said):
    """One number. What a metric does not have is null."""

    value: float | None = Field(default=None, description="null where it cannot be computed; warnings say why")
    n: int = Field(description="images of the first dataset")
    m: int = Field(description="images of the second dataset")
    low: float | None = Field(default=None, description="95 % interval over other images, same sizes")
    high: float | None = None
    floor: float | None = Field(default=None, description="what two samples of one distribution would show here, by theory")
    baseline: float | None = Field(default=None, description="what real against real does show, baseline_n images a set")
    at_baseline: float | None = Field(default=None, description="this figure with as many images as the baseline")
    baseline_n: int | None = None
    p: float | None = Field(default=None, description="of equal distributions, by permutation (C_T: normal)")
    p_adjusted: float | None = Field(
        default=None, description="p of one label, adjusted for the number of labels (Benjamini-Hochberg); null elsewhere"
    )
    spread: float | None = Field(default=None, description="standard deviation over subsets or splits; no standard error")
    warnings: tuple[str, ...] = ()


class MetricsEntry(_Said):
    """One pair of datasets in one space of features."""

    layer: str | None = Field(default=None, description="whose features; null for logits and for other networks")
    features: FeatureKind = Field(
        description="position: an image's activation at its first sampled position, its point on the map; pooled: the mean "
        "over all positions of the last layer, the final features; logits: the network's answers; inception-tf and "
        "inception-clean: Inception-V3's pool3 after either resizing, whose distances are FID and KID; dinov2: "
        "DINOv2's class token"
    )
    first: str = Field(description="the reference")
    second: str
    is_self: bool = Field(description="a random half of the reference against the other half")
    label: str | None = Field(default=None, description="images of this label alone; null for all")
    label_source: Literal["given", "predicted"] | None = None
    dimension: int = Field(description="of the features")
    figures: dict[str, MetricFigure]
    warnings: tuple[str, ...] = Field(default=(), description="what concerns all figures")


class Metrics(_Said):
    """The whole document."""

    measures: dict[str, str] = Field(description="name of each figure: one sentence on what it is")
    k_precision: int = Field(description="neighbours of precision and recall")
    k_density: int = Field(description="neighbours of density and coverage")
    permutations: int
    held_out: str | None = Field(default=None, description="dataset of real images that the generators were not trained on")
    entries: tuple[MetricsEntry, ...]


def problems_of(metrics: Metrics, layers: set[str], datasets: set[str]) -> list[str]:
    """What is wrong with a document of the right schema: unknown names, figures out of their range."""
    found = []
    for entry in metrics.entries:
        where = f"{entry.first} and {entry.second} in {entry.layer or entry.features}"
        if entry.layer is not None and entry.layer not in layers:
            found.append(f"it has layer '{entry.layer}', which the manifest does not have")
        found += [
            f"it has dataset '{name}', which the manifest does not have"
            for name in (entry.first, entry.second)
            if name not in datasets
        ]
        for name, figure in entry.figures.items():
            if name not in metrics.measures:
                found.append(f"it does not say what '{name}' is")
            if figure.value is None and not figure.warnings:
                found.append(f"{where}: {name} has no value and does not say why")
            if figure.low is not None and figure.high is not None and figure.low > figure.high:
                found.append(f"{where}: the interval of {name} is upside down")
            if figure.p is not None and not 0 <= figure.p <= 1:
                found.append(f"{where}: p of {name} is beyond 0 … 1")
            if figure.p_adjusted is not None and (figure.p is None or not figure.p * (1 - 1e-9) <= figure.p_adjusted <= 1):
                found.append(f"{where}: the adjusted p of {name} is beyond its p … 1")
            if name in SHARES and figure.value is not None and not 0 <= figure.value <= 1:
                found.append(f"{where}: {name} is beyond 0 … 1")
    return list(dict.fromkeys(found))
