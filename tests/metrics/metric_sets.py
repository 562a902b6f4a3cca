"""What the tests of the metrics share: the two sets of the golden values, and mixtures whose truth is known."""

import numpy as np

X = np.random.RandomState(0).randn(2000, 64)
Y = 1.1 * np.random.RandomState(1).randn(2000, 64) + 0.1

MODES = 12 * np.eye(5, 8)
"""Five places far from each other, (5, 8)."""


def mixture(seed: int, n: int, modes: tuple[int, ...] = (0, 1, 2, 3, 4)) -> np.ndarray:
    """Unit normals around some of the modes, each as likely as the others, (n, 8)."""
    random = np.random.default_rng(seed)
    return MODES[random.choice(modes, n)] + random.standard_normal((n, 8))
