"""Latents of a generator: normal, truncated, and the ways between two of them.

The latent of image i depends on (seed, i) alone, so that a set is the same in any order, any process and any batch.

Source: Brock et al. 2019, "Large scale GAN training" (truncation by resampling); White 2016, "Sampling generative networks"
(spherical interpolation).
"""

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError

LEAST_TRUNCATION = 0.02
"""Below this resampling takes forever, and all images are one image."""
_LATENT, _CLASS = 0, 1


def draw_latent(size: int, seed: int, index: int, truncation: float | None = None) -> NDArray[np.float32]:
    """The latent of image ``index`` under ``seed``: float32 (size,), standard normal.

    Args:
        truncation: τ; every number with |zᵢ| > τ is drawn again. None for no truncation.

    Raises:
        InputError: τ below 0.02.
    """
    if truncation is not None and not truncation >= LEAST_TRUNCATION:
        raise InputError(f"a truncation of {truncation}; expected at least {LEAST_TRUNCATION}, such as 0.5, or none at all.")
    random = np.random.default_rng((seed, index, _LATENT))
    z = random.standard_normal(size)
    if truncation is not None:
        while (beyond := np.abs(z) > truncation).any():
            z[beyond] = random.standard_normal(int(beyond.sum()))
    return np.asarray(z, np.float32)


def draw_class(classes: tuple[int, ...], seed: int, index: int) -> int:
    """The class of image ``index``: one of ``classes``, each as likely as the others."""
    return classes[int(np.random.default_rng((seed, index, _CLASS)).integers(len(classes)))]


def slerp(a: NDArray[np.float32], b: NDArray[np.float32], t: float) -> NDArray[np.float32]:
    """Spherical interpolation of two latents, (size,) each: ``a`` at t = 0, ``b`` at t = 1, exactly.

    Between them the length stays that of a normal sample, where a straight line would cut through the middle.
    """
    if t in (0.0, 1.0):
        return (a, b)[int(t)].copy()
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    angle = float(np.arccos(np.clip(np.dot(a.astype(np.float64), b.astype(np.float64)) / max(lengths, 1e-12), -1, 1)))
    if np.sin(angle) < 1e-6:
        return lerp(a, b, t)
    mixed = (np.sin((1 - t) * angle) * a.astype(np.float64) + np.sin(t * angle) * b.astype(np.float64)) / np.sin(angle)
    return np.asarray(mixed, np.float32)


def lerp(a: NDArray[np.float32], b: NDArray[np.float32], t: float) -> NDArray[np.float32]:
    """Straight interpolation: ``a`` at t = 0, ``b`` at t = 1, exactly."""
    if t in (0.0, 1.0):
        return (a, b)[int(t)].copy()
    return np.asarray((1 - t) * a + t * b, np.float32)
