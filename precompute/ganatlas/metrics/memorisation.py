"""Does a generator repeat its training images? The share of authentic samples, and the three-sample test C_T.

The real set is then the training set. A held-out set of real images shows how near new images come to the training set anyway.

Sources: Alaa et al. 2022, "How faithful is your synthetic data?" (authenticity); Stein et al. 2023, "Exposing flaws of
generative model evaluation metrics" (AuthPct); Meehan et al. 2020, "A non-parametric test to detect data-copying in generative
models" (C_T).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from ganatlas.bundle.cell_figures import mann_whitney
from ganatlas.errors import InputError

from .checks import NotComputableError, feature_pair, features
from .distances import centred, nearest, points_around
from .neighbours import Examined, Measured, NeighbourSettings, examine

FIGURE = "C_T"
CELL = 100
"""Training samples a region of C_T, on average."""
MOST_CELLS = 10
LEAST = 10
"""Samples of each set from which a region takes part."""


@dataclass(frozen=True)
class DataCopying:
    """C_T: how much nearer to the training samples generated ones lie than held-out real ones, region by region.

    Attributes:
        value: mean z of the regions, by held-out share: far below 0 copies, far above 0 lies off the data.
        low, high: 95 % interval. p: two-sided, of equal distances (normal).
        z: of each region, in the order of `regions`; None where it has too few samples.
        regions: (held-out, generated) samples of each.
        training, n, m: training, held-out and generated samples.
        warnings: what to know before quoting it.
    """

    value: float
    low: float
    high: float
    p: float
    z: tuple[float | None, ...]
    regions: tuple[tuple[int, int], ...]
    training: int
    n: int
    m: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Authenticity:
    """Authentic samples, in percent: farther from their nearest training sample than that one is from its own nearest.

    The baseline is that of held-out real samples where there are any (then of the whole training set), and otherwise that of
    one half of the real set against the other. copying: None without held-out samples.
    """

    percent: Measured
    copying: DataCopying | None
    n: int
    m: int
    baseline_n: int
    tested: int
    warnings: tuple[str, ...]


def authenticity(
    training: ArrayLike,
    generated: ArrayLike,
    *,
    held_out: ArrayLike | None = None,
    settings: NeighbourSettings | None = None,
) -> Authenticity:
    """AuthPct and, with a held-out split, C_T.

    Args:
        training, generated: features, shape (n, d) and (m, d).
        held_out: features of real samples that the generator was not trained on, (h, d).

    Raises:
        NotComputableError: two rows or fewer. InputError: other shapes, not finite.
    """
    found = examine(training, generated, (1,), settings)
    percent, baseline_n = authentic_percent(found, held_out)
    copying = None
    if held_out is not None:
        copying = data_copying(training, held_out, generated, seed=settings.seed if settings else 0)
    warnings = found.warnings("authenticity", 1)
    return Authenticity(percent, copying, found.n, found.m, baseline_n, found.tested, warnings)


def authentic_percent(found: Examined, held_out: ArrayLike | None) -> tuple[Measured, int]:
    """AuthPct from neighbour figures that are there already, and the samples a set of its baseline."""
    share = found.authentic
    baseline, at_baseline = (None if value is None else 100 * value for value in (share.baseline, share.at_baseline))
    percent = Measured(100 * share.value, 100 * share.low, 100 * share.high, baseline, at_baseline, share.p)
    if held_out is None:
        return percent, found.baseline_n
    training = found.real
    held = features(held_out, "authenticity", "held-out", least=1)
    if held.shape[1] != len(found.middle):
        raise InputError(f"authenticity needs features of one length; real has {len(found.middle)}, held-out {held.shape[1]}.")
    index, distance = nearest(
        points_around(held, found.middle, single=training.points.rows.dtype == np.float32), training.points
    )
    real = (distance > training.gap[index] * (1 + training.points.tie)).mean()
    return replace(percent, baseline=100 * float(real), at_baseline=percent.value), len(training.points)


def data_copying(
    training: ArrayLike,
    held_out: ArrayLike,
    generated: ArrayLike,
    *,
    regions: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
    seed: int = 0,
) -> DataCopying:
    """C_T: the Mann–Whitney z of distances to the nearest training sample of the same region, generated against held-out.

    Args:
        training, held_out, generated: features, shape (t, d), (n, d), (m, d).
        regions: the region of each sample of the three sets, as numbers; clusters of the training samples where None.
        seed: of the clustering.

    Raises:
        NotComputableError: no region has enough samples of all three. InputError: other shapes, not finite.
    """
    t, x = feature_pair(training, held_out, FIGURE)
    y = features(generated, FIGURE, "generated")
    if y.shape[1] != t.shape[1]:
        feature_pair(t, y, FIGURE)
    cells = [np.asarray(part) for part in regions] if regions is not None else _cluster(t, x, y, seed)
    points = centred(t, x, y)
    z: list[float | None] = []
    counts: list[tuple[int, int]] = []
    for cell in np.unique(cells[0]):
        inside = [points[i].take(np.flatnonzero(cells[i] == cell)) for i in range(3)]
        counts.append((len(inside[1]), len(inside[2])))
        if len(inside[0]) < LEAST or min(counts[-1]) < LEAST:
            z.append(None)
            continue
        z.append(mann_whitney(nearest(inside[2], inside[0])[1], nearest(inside[1], inside[0])[1]))
    used = [(value, held) for value, (held, _) in zip(z, counts, strict=True) if value is not None]
    if not used:
        raise NotComputableError(
            f"{FIGURE} needs a region with at least {LEAST} training, held-out and generated samples each; there are "
            f"{len(t):,}, {len(x):,} and {len(y):,} in all."
        )
    weight = np.array([held for _, held in used], float)
    weight /= weight.sum()
    value = float(weight @ [each for each, _ in used])
    error = float(np.sqrt(np.square(weight).sum()))
    warnings = []
    left_out = len(z) - len(used)
    if left_out:
        warnings.append(
            f"{FIGURE}: {left_out} of {len(z)} regions have fewer than {LEAST} training, held-out or generated samples and "
            "were left out"
        )
    p = float(2 * ndtr(-abs(value) / error))
    return DataCopying(
        value, value - 1.96 * error, value + 1.96 * error, p, tuple(z), tuple(counts), len(t), len(x), len(y), tuple(warnings)
    )


def _cluster(
    training: NDArray[np.float64], held_out: NDArray[np.float64], generated: NDArray[np.float64], seed: int
) -> list[NDArray[np.int64]]:
    """Regions by k-means of the training samples, a hundred samples each and ten at most."""
    from sklearn.cluster import KMeans

    count = min(MOST_CELLS, max(1, min(len(training), len(held_out), len(generated)) // CELL))
    if count == 1:
        return [np.zeros(len(part), np.int64) for part in (training, held_out, generated)]
    random = np.random.default_rng([seed, 0x6B6D])
    fitted = training[np.sort(random.permutation(len(training))[:10_000])]
    means = KMeans(count, n_init=4, random_state=seed).fit(fitted)
    return [means.predict(part).astype(np.int64) for part in (training, held_out, generated)]
