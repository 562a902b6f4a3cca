"""Scores of single images: how real each looks, how dense reality is around it, and which real image is nearest.

They are what the figures of neighbours are made of: the share of generated samples inside a ball is the precision, the mean of
the densities is the density, and so on, so that a map of them adds up to the figure.

Data flow: features → `examine` → here → the bundle's tables of scores and neighbours.

Sources: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models" (realism);
Naeem et al. 2020, "Reliable fidelity and diversity metrics for generative models" (density); Alaa et al. 2022, "How faithful is
your synthetic data?" (authenticity).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .balls import Balls, among_own
from .neighbours import Examined, NeighbourSettings, examine

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
FARTHEST = 1e6
"""Ratio of a sample whose nearest real one has an exact copy."""


@dataclass(frozen=True)
class SampleScores:
    """Each sample of one set beside the real samples.

    Attributes:
        realism: (m,) largest radius over distance of the balls of real samples, those of more than the median radius left out:
            above 1 inside of one. inside: (m,) whether in any ball at all; their share is the precision.
        density: (m,) balls of real samples that it lies in, over k; their mean is the density.
        nearest: (m,) row of the nearest real sample. distance: (m,) to it. ratio: (m,) that over the distance of the nearest
            from its own nearest: below 1 nearer than real samples are to each other. authentic: (m,) whether it is above.
    """

    realism: Values
    inside: Flags
    density: Values
    nearest: NDArray[np.int64]
    distance: Values
    ratio: Values
    authentic: Flags


@dataclass(frozen=True)
class RealScores:
    """Each real sample beside the generated ones. recalled: (n,) in a ball of one. covered: (n,) its ball holds one."""

    recalled: Flags
    covered: Flags


def sample_scores(
    real: ArrayLike, generated: ArrayLike, *, k_precision: int = 3, k_density: int = 5
) -> tuple[SampleScores, RealScores]:
    """Scores of every sample of two sets.

    Args:
        real, generated: features, shape (n, d) and (m, d).

    Raises:
        NotComputableError: k rows or fewer; real samples that are all the same. InputError: other shapes, not finite.
    """
    settings = NeighbourSettings(permutations=0, test_rows=50, baseline=False, realism=k_precision)
    return scores_of(examine(real, generated, (k_precision, k_density), settings), k_precision, k_density)


def scores_of(found: Examined, k_precision: int, k_density: int) -> tuple[SampleScores, RealScores]:
    """The scores behind figures that are there already; `found` was examined with realism."""
    whole, balls = found.overlap, found.real
    assert whole.realism is not None
    precision, density = whole.ks.index(k_precision), whole.ks.index(k_density)
    generated = _scores(
        balls, whole.realism, whole.holds[precision], whole.holds[density] / k_density, whole.nearest, whole.distance
    )
    return replace(generated, authentic=whole.authentic), RealScores(whole.held[precision] > 0, whole.hit[density])


def own_scores(balls: Balls, k_precision: int, k_density: int) -> SampleScores:
    """Scores of the real samples among themselves, each as if it came from elsewhere: what those of others compare with."""
    own = among_own(balls, k_precision)
    precision, density = balls.ks.index(k_precision), balls.ks.index(k_density)
    return _scores(balls, own.realism, own.held[precision], own.held[density] / k_density, own.nearest, balls.gap)


def _scores(
    balls: Balls,
    realism: NDArray[np.floating],
    inside: NDArray[np.int64],
    density: Values,
    nearest: NDArray[np.int64],
    squared: NDArray[np.floating],
) -> SampleScores:
    gap = balls.gap[nearest]
    return SampleScores(
        realism.astype(np.float64),
        inside > 0,
        density,
        nearest,
        np.sqrt(squared.astype(np.float64)),
        ratios(squared, gap),
        squared > gap * (1 + balls.points.tie),
    )


def ratios(squared: NDArray[np.floating], gap: NDArray[np.floating]) -> Values:
    """Distance over gap from their squares; 1 where both are 0, and at most `FARTHEST`."""
    share = np.divide(squared, gap, out=np.where(squared > 0, np.inf, 1.0), where=gap > 0)
    found: Values = np.minimum(np.sqrt(share), FARTHEST)
    return found
