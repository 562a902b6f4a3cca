"""Precision and recall, density and coverage: how far generated samples lie among real ones, and real ones among them.

Each figure stands beside what real against real shows at equal sizes (for which the sets are halved), since that is not 1; with
an interval and a permutation p.

Data flow: features → `examine` (all neighbour figures from one set of distances) → here, `memorisation`, `evaluation`.

Sources: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models"; Naeem et al. 2020,
"Reliable fidelity and diversity metrics for generative models".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ganatlas.bundle.shares import wilson
from ganatlas.errors import InputError

from .balls import Balls, Figures, Overlap, overlap
from .checks import NotComputableError, feature_pair
from .distances import Points, centred
from .resampling import resample

PERMUTATIONS, TEST_ROWS = 199, 2000
LEAST_TEST_ROWS = 50
UNEQUAL = 3
"""Factor between two sets beyond which the larger one is cut for interval and p."""
MOST_IN_A_HALF = 10_000
"""Samples in a half of the baseline, at most: enough for two decimals, and a fraction of the distances of all."""
ENOUGH = 100
"""Samples a neighbour, below which a figure is warned of."""


@dataclass(frozen=True)
class Measured:
    """One figure with what it is measured against.

    Attributes:
        value: at the sizes given. low, high: its 95 % interval over other samples of both sets.
        baseline: the same figure of a half of the real set against its other half; None where halves are too small.
        at_baseline: the figure itself at those sizes, to be compared with it; None likewise.
        p: two-sided, of equal distributions; None where no permutations were asked for.
    """

    value: float
    low: float
    high: float
    baseline: float | None
    at_baseline: float | None
    p: float | None


@dataclass(frozen=True)
class NeighbourSettings:
    """How neighbour figures are measured.

    Attributes:
        permutations: of the labels for p; 0 for none.
        test_rows: samples a set for interval and p, at most.
        baseline: whether to halve the sets, to compare real with real.
        paired: row i of one set is a copy of row i of the other; copies are then exchanged.
        seed: of everything that is drawn.
        realism: the k whose balls say how real each generated sample is; None where that is not wanted.
    """

    permutations: int = PERMUTATIONS
    test_rows: int = TEST_ROWS
    baseline: bool = True
    paired: bool = False
    seed: int = 0
    realism: int | None = None


@dataclass(frozen=True)
class PrecisionRecall:
    """Precision: share of generated samples in a ball of a real one. Recall: of real samples in a ball of a generated one.

    n, m: real and generated samples. baseline_n: samples a set in the baseline. tested: samples, at most, of interval and p.
    """

    precision: Measured
    recall: Measured
    k: int
    n: int
    m: int
    baseline_n: int
    tested: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class DensityCoverage:
    """Density: how many balls of real samples a generated one lies in, over k (1 for equal sets; it can be above). Coverage:
    share of real samples whose ball holds a generated one. The rest as in `PrecisionRecall`."""

    density: Measured
    coverage: Measured
    k: int
    n: int
    m: int
    baseline_n: int
    tested: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """All neighbour figures of two sets.

    Attributes:
        ball: k → precision, recall, density, coverage. authentic: share, 0 to 1.
        overlap: who lies in whose balls, sample by sample. real: the balls of the real set, around `middle`.
    """

    ball: dict[int, tuple[Measured, Measured, Measured, Measured]]
    authentic: Measured
    n: int
    m: int
    baseline_n: int
    tested: int
    overlap: Overlap
    real: Balls
    middle: NDArray[np.float64]

    def precision_recall(self, k: int) -> PrecisionRecall:
        """Of one of the k that were examined."""
        precision, recall, _, _ = self.ball[k]
        warnings = self.warnings("precision and recall", k)
        return PrecisionRecall(precision, recall, k, self.n, self.m, self.baseline_n, self.tested, warnings)

    def density_coverage(self, k: int) -> DensityCoverage:
        """Of one of the k that were examined."""
        _, _, density, coverage = self.ball[k]
        warnings = self.warnings("density and coverage", k)
        return DensityCoverage(density, coverage, k, self.n, self.m, self.baseline_n, self.tested, warnings)

    def warnings(self, figure: str, k: int) -> tuple[str, ...]:
        """What to know before quoting a figure of k neighbours."""
        found = []
        few = min(self.n, self.m)
        if few < ENOUGH * k:
            found.append(f"{figure}: {few:,} samples a set are few for k = {k}; better {ENOUGH * k:,} or more")
        if self.n != self.m:
            found.append(
                f"{figure}: the value depends on the sizes (real {self.n:,}, generated {self.m:,}); compare it only with those "
                "of the same sizes"
            )
        if self.real.empty > 0.01:
            found.append(
                f"{figure}: {self.real.empty:.0%} of the real samples are copies of each other, with balls of no extent"
            )
        return tuple(found)


def precision_recall(
    real: ArrayLike, generated: ArrayLike, *, k: int = 3, settings: NeighbourSettings | None = None
) -> PrecisionRecall:
    """Improved precision and recall; prdc and, but for ties, torch-fidelity give the same values.

    Args:
        real, generated: features, shape (n, d) and (m, d); more than k rows each.
        k: radius of a ball: the distance to the k-th nearest other sample of the same set.

    Raises:
        NotComputableError: k rows or fewer; real samples that are all the same. InputError: other shapes, not finite.
    """
    return examine(real, generated, (k,), settings).precision_recall(k)


def density_coverage(
    real: ArrayLike, generated: ArrayLike, *, k: int = 5, settings: NeighbourSettings | None = None
) -> DensityCoverage:
    """Density and coverage; prdc gives the same values. Arguments and errors as of `precision_recall`."""
    return examine(real, generated, (k,), settings).density_coverage(k)


def examine(real: ArrayLike, generated: ArrayLike, ks: tuple[int, ...], settings: NeighbourSettings | None = None) -> Examined:
    """All neighbour figures from one set of distances; arguments and errors as of `precision_recall`."""
    settings = settings or NeighbourSettings()
    if settings.test_rows < LEAST_TEST_ROWS:
        raise InputError(f"intervals need at least {LEAST_TEST_ROWS} samples; test_rows is {settings.test_rows}.")
    ks = tuple(sorted(set(ks)))
    x, y = feature_pair(real, generated, "a figure of neighbours")
    n, m = len(x), len(y)
    if min(ks) < 1 or min(n, m) <= max(ks):
        raise NotComputableError(
            f"precision, recall, density, coverage and authenticity with k = {max(ks)} need k ≥ 1 and at least {max(ks) + 1} "
            f"samples a set; real has {n:,}, generated {m:,}."
        )
    middle = (x.mean(0) + y.mean(0)) / 2
    first, second = centred(x, y)
    balls = Balls.around(first, ks), Balls.around(second, ks)
    if balls[0].empty == 1:
        raise NotComputableError(
            "precision, recall, density, coverage and authenticity need real samples that differ; each of these has "
            f"{min(ks)} exact copies (constant features)."
        )
    whole = overlap(*balls, realism=settings.realism)
    random = np.random.default_rng([settings.seed, 0x6E6E])
    size, baseline, at_baseline = _halves(first, second, ks, random) if settings.baseline else (0, None, None)
    rows = _tested(n, m, settings, random)
    paired = settings.paired and n == m
    sure = resample(
        first.take(rows[0]), second.take(rows[1]), ks, permutations=settings.permutations, paired=paired, random=random
    )
    error = sure.error * np.sqrt(max(len(rows[0]) / n, len(rows[1]) / m))
    found = []
    for i, value in enumerate(whole.figures()):
        low, high = max(0.0, value - 1.96 * error[i]), value + 1.96 * error[i]
        if i % 4 != 2:  # density is no share and has no upper end
            # Where all are inside, or none, leaving some out changes nothing; they are a sample all the same.
            total = n if i % 4 in (1, 3) else m
            least, most = wilson(round(value * total), total)
            low, high = min(low, least), min(1.0, max(high, most))
        found.append(
            Measured(
                float(value),
                float(low),
                float(high),
                None if baseline is None else float(baseline[i]),
                None if at_baseline is None else float(at_baseline[i]),
                float(sure.p[i]) if settings.permutations else None,
            )
        )
    ball = {k: (found[4 * i], found[4 * i + 1], found[4 * i + 2], found[4 * i + 3]) for i, k in enumerate(ks)}
    return Examined(ball, found[-1], n, m, size, min(map(len, rows)), whole, balls[0], middle)


def _halves(
    real: Points, generated: Points, ks: tuple[int, ...], random: np.random.Generator
) -> tuple[int, Figures | None, Figures | None]:
    """Samples in a half; figures of real halves against each other; figures of generated halves against real ones."""
    size = min(len(real), len(generated), 2 * MOST_IN_A_HALF) // 2
    if size <= max(ks):
        return 0, None, None
    a, b, c, d = (
        Balls.around(points.take(part), ks)
        for points in (real, generated)
        for part in np.split(random.permutation(len(points))[: 2 * size], 2)
    )
    if min(a.empty, b.empty) == 1:
        return 0, None, None
    between = overlap(a, b)
    return size, (between.figures() + between.swapped()) / 2, (overlap(a, c).figures() + overlap(b, d).figures()) / 2


def _tested(
    n: int, m: int, settings: NeighbourSettings, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of both sets for interval and p."""
    most = min(settings.test_rows, UNEQUAL * max(min(n, m), LEAST_TEST_ROWS))
    first = np.sort(random.permutation(n)[:most])
    if settings.paired and n == m:
        return first, first
    return first, np.sort(random.permutation(m)[:most])
