"""What an evaluation gives: figures of one shape, whatever the metric, each with what it must be read with.

Data flow: `evaluation.evaluate` → here → JSON, the bundle's metrics.json, tables.
"""

from dataclasses import asdict, dataclass

from ganatlas.bundle.figures import METRICS

MEASURES = {name: text.says for name, text in METRICS.items()}
"""Name of each figure, in the order of tables → one sentence on what it is."""


@dataclass(frozen=True)
class Figure:
    """One number, with what it must be read with. None: there is none.

    Attributes:
        name: a key of `MEASURES`.
        value: None where it cannot be computed, and `warnings` say why.
        n, m: real (first) and generated (second) samples.
        low, high: 95 % interval over other samples of the same sizes.
        floor: what two samples of one distribution would show at these sizes, by theory.
        baseline: what real against real does show. at_baseline: the figure itself at the sizes of the baseline.
        baseline_n: samples a set in the baseline.
        p: of equal distributions.
        spread: standard deviation over subsets or splits, as published; not a standard error.
        warnings: what to know before quoting it; each names the figure.
    """

    name: str
    value: float | None
    n: int
    m: int
    low: float | None = None
    high: float | None = None
    floor: float | None = None
    baseline: float | None = None
    at_baseline: float | None = None
    baseline_n: int | None = None
    p: float | None = None
    spread: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """All figures of two sets. dimension: of the features. warnings: what concerns all of them."""

    figures: tuple[Figure, ...]
    n: int
    m: int
    dimension: int
    warnings: tuple[str, ...]

    def __getitem__(self, name: str) -> Figure:
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(f"{name} was not computed; there are: {', '.join(figure.name for figure in self.figures)}")

    def as_dict(self) -> dict[str, object]:
        """Plain dictionaries, lists and numbers, for JSON."""
        return asdict(self)
