"""The figures one by one: each step computes one metric and says it as figures of the common shape.

Data flow: `evaluation.evaluate` → here → the modules of the metrics.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .checks import Features, NotComputableError
from .figures import Figure
from .frechet import FrechetDistance, frechet_distance, frechet_infinity, frechet_values
from .kernel import kernel_distance
from .memorisation import authentic_percent, data_copying
from .neighbours import Examined, Measured, NeighbourSettings, examine
from .score import classifier_score
from .settings import FigureName, Settings

Z = 1.96
"""Standard errors to either side of a 95 % interval."""


@dataclass(frozen=True)
class Work:
    """What the steps share."""

    real: Features
    generated: Features
    held_out: Features | None
    logits: ArrayLike | None
    real_logits: ArrayLike | None
    settings: Settings

    @cached_property
    def _neighbours(self) -> Examined | NotComputableError:
        s = self.settings
        realism = s.k_precision if s.scores else None
        neighbours = NeighbourSettings(s.permutations, s.test_rows, s.baseline, s.paired, s.seed, realism)
        try:
            return examine(self.real, self.generated, (s.k_precision, s.k_density), neighbours)
        except NotComputableError as error:
            return error

    @cached_property
    def frechet(self) -> FrechetDistance:
        """The Fréchet distance, computed once."""
        return frechet_distance(self.real, self.generated)

    def examined(self) -> Examined:
        """All neighbour figures, computed once.

        Raises:
            NotComputableError: too few samples, or all the same.
        """
        if isinstance(self._neighbours, NotComputableError):
            raise self._neighbours
        return self._neighbours

    def figure(
        self, name: str, value: float | None, low: float | None, high: float | None, warnings: tuple[str, ...] = ()
    ) -> Figure:
        """A figure of these sets."""
        return Figure(name, value, len(self.real), len(self.generated), low, high, warnings=warnings)

    def measured(self, name: str, measured: Measured, baseline_n: int, warnings: tuple[str, ...]) -> Figure:
        """A neighbour figure of these sets."""
        figure = replace(self.figure(name, measured.value, measured.low, measured.high, warnings), p=measured.p)
        if measured.baseline is None:
            return figure
        return replace(figure, baseline=measured.baseline, at_baseline=measured.at_baseline, baseline_n=baseline_n)

    def halves(self) -> tuple[Features, Features, Features, Features] | None:
        """Two halves of the real set and two of the generated one, of one size; None where that is below two."""
        size = min(len(self.real), len(self.generated)) // 2
        if not self.settings.baseline or size < 2:
            return None
        random = np.random.default_rng([self.settings.seed, 0x68616C])
        a, b, c, d = (
            z[part] for z in (self.real, self.generated) for part in np.split(random.permutation(len(z))[: 2 * size], 2)
        )
        return a, b, c, d


def _guarded(*names: str) -> Callable[[Callable[[Work], Iterable[Figure]]], Callable[[Work], list[Figure]]]:
    """A step that cannot be computed gives its figures without values, and the reason."""

    def decorate(step: Callable[[Work], Iterable[Figure]]) -> Callable[[Work], list[Figure]]:
        def guarded(work: Work) -> list[Figure]:
            try:
                return list(step(work))
            except NotComputableError as error:
                return [work.figure(name, None, None, None, (error.message.rstrip("."),)) for name in names]

        return guarded

    return decorate


@_guarded("frechet_distance")
def _frechet(work: Work) -> Iterable[Figure]:
    found = work.frechet
    margin = Z * found.standard_error
    figure = work.figure("frechet_distance", found.value, max(0.0, found.value - margin), found.value + margin, found.warnings)
    figure = replace(figure, floor=found.floor)
    halves = work.halves()
    if halves:
        a, b, c, d = halves
        between, *there = frechet_values([(a, b), (a, c), (b, d)])
        figure = replace(figure, baseline=between, at_baseline=sum(there) / 2, baseline_n=len(a))
    return [figure]


@_guarded("frechet_infinity")
def _infinity(work: Work) -> Iterable[Figure]:
    sampled = work.frechet.standard_error
    found = frechet_infinity(work.real, work.generated, seed=work.settings.seed, sampled=sampled)
    margin = Z * found.standard_error
    return [replace(work.figure("frechet_infinity", found.value, found.value - margin, found.value + margin), floor=0.0)]


@_guarded("kernel_distance")
def _kernel(work: Work) -> Iterable[Figure]:
    s = work.settings
    found = kernel_distance(
        work.real,
        work.generated,
        subsets=s.subsets,
        subset_size=s.subset_size,
        permutations=s.permutations,
        test_rows=s.test_rows,
        paired=s.paired,
        seed=s.seed,
    )
    margin = Z * found.standard_error
    figure = work.figure("kernel_distance", found.value, found.value - margin, found.value + margin, found.warnings)
    return [replace(figure, floor=0.0, p=found.p if s.permutations else None, spread=found.spread)]


@_guarded("classifier_score")
def _score(work: Work) -> Iterable[Figure]:
    if work.logits is None:
        return []
    found = classifier_score(work.logits)
    margin = Z * found.standard_error
    figure = work.figure("classifier_score", found.value, max(1.0, found.value - margin), found.value + margin, found.warnings)
    figure = replace(figure, spread=found.spread)
    if work.real_logits is not None:
        tables = [np.asarray(logits) for logits in (work.real_logits, work.logits)]
        size = min(map(len, tables))
        random = np.random.default_rng([work.settings.seed, 0x736372])
        at = [classifier_score(table[np.sort(random.permutation(len(table))[:size])]).value for table in tables]
        figure = replace(figure, baseline=at[0], at_baseline=at[1], baseline_n=size)
    return [figure]


@_guarded("precision", "recall")
def _precision_recall(work: Work) -> Iterable[Figure]:
    found = work.examined().precision_recall(work.settings.k_precision)
    return [work.measured(n, getattr(found, n), found.baseline_n, found.warnings) for n in ("precision", "recall")]


@_guarded("density", "coverage")
def _density_coverage(work: Work) -> Iterable[Figure]:
    found = work.examined().density_coverage(work.settings.k_density)
    return [work.measured(n, getattr(found, n), found.baseline_n, found.warnings) for n in ("density", "coverage")]


@_guarded("authenticity")
def _authentic(work: Work) -> Iterable[Figure]:
    found = work.examined()
    percent, baseline_n = authentic_percent(found, work.held_out)
    return [work.measured("authenticity", percent, baseline_n, found.warnings("authenticity", 1))]


@_guarded("data_copying")
def _copying(work: Work) -> Iterable[Figure]:
    if work.held_out is None:
        return []
    found = data_copying(work.real, work.held_out, work.generated, seed=work.settings.seed)
    figure = work.figure("data_copying", found.value, found.low, found.high, found.warnings)
    return [replace(figure, floor=0.0, p=found.p)]


STEPS: dict[FigureName, tuple[Callable[[Work], list[Figure]], ...]] = {
    "frechet_distance": (_frechet,),
    "frechet_infinity": (_infinity,),
    "kernel_distance": (_kernel,),
    "classifier_score": (_score,),
    "precision_recall": (_precision_recall,),
    "density_coverage": (_density_coverage,),
    "authenticity": (_authentic, _copying),
}
