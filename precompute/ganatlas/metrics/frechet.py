"""The Fréchet distance of two sets of features, and its noise floor.

Only Inception-V3's pool3 features make it an FID; elsewhere it is called "Fréchet distance (classifier, layer)".

Source: Dowson and Landau 1982, "The Fréchet distance between multivariate normal distributions"; Heusel et al. 2017, "GANs
trained by a two time-scale update rule".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ganatlas.errors import InputError


@dataclass(frozen=True)
class FrechetDistance:
    """A distance with what it is measured against.

    Attributes:
        value: ≥ 0 but for rounding, in squared units of the features.
        floor: what two samples of one distribution would show at this size, by the spread of their means and covariances.
        n: the smaller of the two sample sizes.
        dimension: of the features; with fewer samples than that, covariances are singular and the value is mostly bias.
    """

    value: float
    floor: float
    n: int
    dimension: int


def frechet_distance(real: ArrayLike, generated: ArrayLike) -> FrechetDistance:
    """Fréchet distance ‖μ₁-μ₂‖² + Tr Σ₁ + Tr Σ₂ - 2 Tr (Σ₁Σ₂)^½ of two normal fits, in float64.

    Args:
        real, generated: features, shape (n, d) each; at least two rows, finite.

    Raises:
        InputError: other shapes, too few rows, or values that are not finite.
    """
    first, second = _features(real, "real"), _features(generated, "generated")
    if first.shape[1] != second.shape[1]:
        raise InputError(
            f"the Fréchet distance needs features of one length; real has {first.shape[1]}, generated {second.shape[1]}."
        )
    covariances = [np.atleast_2d(np.cov(x, rowvar=False)) for x in (first, second)]
    difference = first.mean(0) - second.mean(0)
    # Tr (Σ₁Σ₂)^½ is the nuclear norm of Σ₁^½ Σ₂^½: no square root of a matrix that is not symmetric.
    roots = [_root(covariance) for covariance in covariances]
    shared = np.linalg.svd(roots[0] @ roots[1], compute_uv=False).sum()
    value = difference @ difference + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * shared
    n = min(len(first), len(second))
    return FrechetDistance(float(value), noise_floor((covariances[0] + covariances[1]) / 2, n), n, first.shape[1])


def noise_floor(covariance: NDArray[np.float64], n: int) -> float:
    """The Fréchet distance to expect of two samples of ``n`` from one normal distribution of this covariance, (d, d).

    To first order in 1/n: (1/n) [Σᵢⱼ λᵢλⱼ (1 + δᵢⱼ) / (λᵢ + λⱼ) + 2 Σ λᵢ], λ the eigenvalues.
    """
    values = np.clip(np.linalg.eigvalsh(covariance), 0, None)
    values = values[values > 0]
    pairs = np.outer(values, values) / np.add.outer(values, values)
    return float((pairs.sum() + np.trace(pairs) + 2 * values.sum()) / n)


def _features(given: ArrayLike, name: str) -> NDArray[np.float64]:
    x = np.asarray(given, np.float64)
    if x.ndim != 2 or len(x) < 2:
        raise InputError(f"the Fréchet distance needs at least two rows of features; {name} has shape {x.shape}.")
    if not np.isfinite(x).all():
        raise InputError(f"the Fréchet distance needs finite features; {name} has {int((~np.isfinite(x)).sum())} that are not.")
    return x


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    root: NDArray[np.float64] = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    return root
