"""The Fréchet distance of two sets of features, with its noise floor, its interval and its value for infinitely many samples.

Only Inception-V3's pool3 features make it an FID; elsewhere it is called "Fréchet distance (classifier, layer)".

Sources: Dowson and Landau 1982, "The Fréchet distance between multivariate normal distributions"; Heusel et al. 2017, "GANs
trained by a two time-scale update rule"; Chong and Forsyth 2020, "Effectively unbiased FID and Inception Score and where to
find them".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.blas import dtrmm

from .checks import Features, NotComputableError, feature_pair, some_rows

FIGURE = "the Fréchet distance"
SIZES, REPEATS = 15, 5
_ROWS = 10_000
"""Rows from which the standard error is estimated, at most."""


@dataclass(frozen=True)
class FrechetDistance:
    """A distance with what it is measured against.

    Attributes:
        value: ≥ 0 but for rounding, in squared units of the features.
        floor: what two samples of one normal distribution would show at these sizes.
        n: the smaller of the two sample sizes.
        dimension: of the features; with fewer samples than that, covariances are singular and the value is mostly bias.
        standard_error: of the value over other samples of the same sizes; it does not cover the bias.
        warnings: what to know before quoting it.
    """

    value: float
    floor: float
    n: int
    dimension: int
    standard_error: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrechetInfinity:
    """The distance that infinitely many samples would show.

    Attributes:
        value: the intercept of a line through the distances of subsamples over 1/size; may be a little below 0.
        standard_error: over other samples, and of the line.
        n: the largest size. smallest: the smallest.
    """

    value: float
    standard_error: float
    n: int
    smallest: int


@dataclass(frozen=True)
class _Normal:
    """A normal fit. root, inverse: of the covariance, symmetric (d, d); the inverse root is 0 where there is no variance."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    root: NDArray[np.float64]
    inverse: NDArray[np.float64]


def frechet_distance(real: ArrayLike, generated: ArrayLike) -> FrechetDistance:
    """Fréchet distance ‖μ₁-μ₂‖² + Tr Σ₁ + Tr Σ₂ - 2 Tr (Σ₁Σ₂)^½ of two normal fits, in float64.

    Args:
        real, generated: features, shape (n, d) and (m, d); at least two rows, finite.

    Raises:
        InputError: other shapes, too few rows, or values that are not finite.
    """
    x, y = feature_pair(real, generated, FIGURE)
    first, second = _fit(x), _fit(y)
    # Tr (Σ₁Σ₂)^½ is the nuclear norm of Σ₁^½ Σ₂^½: no square root of a matrix that is not symmetric.
    left, shared, right = np.linalg.svd(first.root @ second.root)
    difference = first.mean - second.mean
    value = difference @ difference + np.trace(first.covariance) + np.trace(second.covariance) - 2 * shared.sum()
    n, d = min(len(x), len(y)), x.shape[1]
    pooled = (first.covariance + second.covariance) / 2
    size = 2 / (1 / len(x) + 1 / len(y))
    # The optimal maps from one fit to the other are the derivatives of the trace term (the delta method).
    maps = first.inverse @ (left * np.sqrt(shared)), second.inverse @ (right.T * np.sqrt(shared))
    variance = _influence(x, first.mean, difference, maps[0]) + _influence(y, second.mean, -difference, maps[1])
    # Estimated maps add about twice the variance that equal sets have, which itself is beyond the delta method.
    spectrum = _spectrum(pooled)
    least = _null_variance(*spectrum, size)
    variance = max(variance - least, least)
    warnings = []
    if n <= d:
        warnings.append(
            f"{FIGURE} of {d} dimensions needs more than {d} samples a set (better {10 * d:,}) and has {n}: covariances are "
            "singular, and most of the value is bias"
        )
    return FrechetDistance(float(value), _floor(*spectrum, size), n, d, float(np.sqrt(variance)), tuple(warnings))


def frechet_values(pairs: Sequence[tuple[Features, Features]]) -> list[float]:
    """The distances alone, without floor and interval, of features that were checked; each set is fitted once.

    They agree with `frechet_distance` to about 1e-8 of the variance: enough for what others are compared with.
    """
    fits = {id(x): (x.mean(0), np.atleast_2d(np.cov(x, rowvar=False))) for pair in pairs for x in pair}
    return [_plain_distance(*fits[id(x)], *fits[id(y)]) for x, y in pairs]


def frechet_infinity(
    real: ArrayLike,
    generated: ArrayLike,
    *,
    sizes: int = SIZES,
    repeats: int = REPEATS,
    seed: int = 0,
    sampled: float | None = None,
) -> FrechetInfinity:
    """The Fréchet distance extrapolated to infinitely many samples: over subsamples of both sets it is a line in 1/N.

    Args:
        real, generated: features, shape (n, d) and (m, d).
        sizes: different sizes, evenly spaced in 1/N, from all samples of the smaller set down to a fifth (more than d).
        repeats: subsamples of each size; those of one repeat lie inside each other.
        sampled: standard error of the distance of all samples, where that is known already.

    Raises:
        NotComputableError: fewer than 2 (d + 1) samples. InputError: see `frechet_distance`.
    """
    figure = "the Fréchet distance at infinity"
    x, y = feature_pair(real, generated, figure)
    n, d = min(len(x), len(y)), x.shape[1]
    if n < 2 * (d + 1):
        raise NotComputableError(
            f"{figure} needs at least {2 * (d + 1):,} samples a set for {d} dimensions, since smaller ones give singular "
            f"covariances; there are {n:,}."
        )
    smallest = max(n // 5, d + 1)
    steps = np.unique(np.round(1 / np.linspace(1 / smallest, 1 / n, sizes)).astype(int))
    random = np.random.default_rng([seed, 0x66640000])
    lines = []
    for _ in range(repeats):
        fits = [_growing(z[random.permutation(len(z))[:n]], steps) for z in (x, y)]
        distances = [_plain_distance(*first, *second) for first, second in zip(*fits, strict=True)]
        lines.append(np.polyfit(1 / steps, distances, 1)[1])
    own = np.std(lines, ddof=1) / np.sqrt(repeats) if repeats > 1 else 0.0
    if sampled is None:
        sampled = frechet_distance(x, y).standard_error
    return FrechetInfinity(float(np.mean(lines)), float(np.hypot(sampled, own)), n, int(smallest))


def noise_floor(covariance: NDArray[np.float64], n: float) -> float:
    """The Fréchet distance to expect of two samples of ``n`` from one normal distribution of this covariance, (d, d).

    To first order in 1/n: (1/n) [Σᵢⱼ λᵢλⱼ (1 + δᵢⱼ) / (λᵢ + λⱼ) + 2 Σ λᵢ], λ the eigenvalues. For sizes n and m it is that of
    their harmonic mean. Features with heavy tails show more: compare with real against real.
    """
    return _floor(*_spectrum(covariance), n)


def _floor(values: NDArray[np.float64], pairs: NDArray[np.float64], n: float) -> float:
    return float((pairs.sum() + np.trace(pairs) + 2 * values.sum()) / n)


def _null_variance(values: NDArray[np.float64], pairs: NDArray[np.float64], n: float) -> float:
    """Variance, to leading order, of the distance of two samples of `n` of one normal distribution; the same terms squared."""
    means = 2 * np.square(2 * values / n).sum()
    spread = (np.square(2 * pairs / n).sum() - np.square(2 * np.diag(pairs) / n).sum()) + 2 * np.square(
        2 * np.diag(pairs) / n
    ).sum()
    return float(means + spread)


def _spectrum(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positive eigenvalues λ, and λᵢλⱼ / (λᵢ + λⱼ)."""
    values = np.clip(np.linalg.eigvalsh(covariance), 0, None)
    values = values[values > 0]
    return values, np.outer(values, values) / np.add.outer(values, values)


def _fit(x: Features) -> _Normal:
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    values, vectors = np.linalg.eigh(covariance)
    values = np.clip(values, 0, None)
    some = values > values.max(initial=0.0) * len(values) * np.finfo(np.float64).eps
    inverse = np.zeros_like(values)
    inverse[some] = 1 / np.sqrt(values[some])
    return _Normal(x.mean(0), covariance, (vectors * np.sqrt(values)) @ vectors.T, (vectors * inverse) @ vectors.T)


def _influence(x: Features, mean: NDArray[np.float64], difference: NDArray[np.float64], to_other: NDArray[np.float64]) -> float:
    """Variance of the distance through this sample: of 2 (x-μ)·Δμ + (x-μ)ᵀ(I - T)(x-μ), over the sample's size."""
    centred = some_rows(x, _ROWS, np.random.default_rng(0)) - mean
    of_each = 2 * centred @ difference + np.square(centred).sum(1) - np.square(centred @ to_other).sum(1)
    return float(of_each.var(ddof=1) / len(x))


def _growing(x: Features, steps: NDArray[np.int64]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Mean and covariance of the first rows, for each of `steps` (falling or rising), from sums that grow."""
    shift = x.mean(0)  # sums of squares lose nothing around it
    total, squares, before = np.zeros(x.shape[1]), np.zeros((x.shape[1], x.shape[1])), 0
    found = {}
    for step in sorted(int(s) for s in steps):
        part = x[before:step] - shift
        total, squares, before = total + part.sum(0), squares + part.T @ part, step
        found[step] = (shift + total / step, (squares - np.outer(total, total) / step) / (step - 1))
    return [found[int(s)] for s in steps]


def _plain_distance(
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
    other_mean: NDArray[np.float64],
    other: NDArray[np.float64],
) -> float:
    """The distance alone. A Cholesky factor serves as well as a root, and is had sooner, where there is one."""
    # Tr (Σ₁Σ₂)^½ is the sum of the roots of the eigenvalues of FᵀΣ₂F for any F with FFᵀ = Σ₁. What rounding costs the smallest
    # is far below the scatter of subsamples.
    try:
        lower = np.asfortranarray(np.linalg.cholesky(covariance))
        middle = dtrmm(1.0, lower, np.asfortranarray(other), side=1, lower=1)
        middle = dtrmm(1.0, lower, middle, lower=1, trans_a=1, overwrite_b=1)
    except np.linalg.LinAlgError:  # a channel that is always 0
        values, vectors = np.linalg.eigh(covariance)
        factor = vectors * np.sqrt(np.clip(values, 0, None))
        middle = factor.T @ other @ factor
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(middle), 0, None)).sum()
    difference = mean - other_mean
    return float(difference @ difference + np.trace(covariance) + np.trace(other) - 2 * shared)
