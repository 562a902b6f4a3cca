"""What an evaluation gives: figures of one shape, whatever the metric, each with what it must be read with.

Data flow: `evaluation.evaluate` → here → JSON, the bundle's metrics.json, tables.
"""

from dataclasses import asdict, dataclass

MEASURES = {
    "frechet_distance": "Fréchet distance of normal fits, in squared units of the features; biased upward by its noise floor.",
    "frechet_infinity": "Fréchet distance extrapolated to infinitely many samples, in squared units of the features.",
    "kernel_distance": "Unbiased squared MMD with the kernel (x·y/d + 1)³, mean over subsets; around 0 for equal sets.",
    "classifier_score": "exp of the mean divergence of an image's classes from all images' (the Inception Score's formula).",
    "precision": "Share of generated samples within a ball of a real one: 1 where every sample looks like a real one.",
    "recall": "Share of real samples within a ball of a generated one: 1 where nothing real is missing.",
    "density": "How many balls of real samples a generated one lies in, over k: around 1 for equal sets.",
    "coverage": "Share of real samples whose ball holds a generated one: 1 where nothing real is missing.",
    "authenticity": "Percent of samples farther from their nearest real sample than that one is from its own: low copies.",
    "data_copying": "C_T, z of the distances to the training samples against those of held-out ones: far below 0 copies.",
}
"""Name of each figure, in the order of tables → one sentence on what it is, with its unit."""


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
