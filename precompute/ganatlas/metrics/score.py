"""The classifier score: the Inception Score's formula with the atlas's own classifier, and under its name.

High where each image is of one class for sure and all classes occur. It does not look at real images.

Source: Salimans et al. 2016, "Improved techniques for training GANs"; Barratt and Sharma 2018, "A note on the Inception Score".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax

from .checks import NotComputableError, features

FIGURE = "the classifier score"
SPLITS, SHUFFLE_SEED = 10, 2020
_ROWS_A_CLASS = 5


@dataclass(frozen=True)
class ClassifierScore:
    """exp of the mean divergence of an image's classes from all images' classes: between 1 and the number of classes.

    Attributes:
        value: mean over splits. spread: standard deviation over splits.
        standard_error: of the score of all samples together, over other samples.
        n: samples. classes: of the classifier. splits: how many.
        warnings: what to know before quoting it.
    """

    value: float
    spread: float
    standard_error: float
    n: int
    classes: int
    splits: int
    warnings: tuple[str, ...]


def classifier_score(logits: ArrayLike, *, splits: int = SPLITS, shuffle_seed: int | None = SHUFFLE_SEED) -> ClassifierScore:
    """The score of a set of images by their logits.

    Args:
        logits: shape (n, classes), of a softmax.
        splits: parts of the set, each with its own class frequencies.
        shuffle_seed: of numpy's RandomState, which shuffles first (torch-fidelity's order); None: as they come.

    Raises:
        NotComputableError: fewer samples than splits. InputError: not a table, or values that are not finite.
    """
    x = features(logits, FIGURE, "the table of logits", least=1)
    n, classes = x.shape
    if n < splits:
        raise NotComputableError(f"{FIGURE} with {splits} splits needs at least {splits} samples; there are {n}.")
    if shuffle_seed is not None:
        x = x[np.random.RandomState(shuffle_seed).permutation(n)]  # the published order
    log_p = log_softmax(x, axis=1)
    p = np.exp(log_p)

    def divergences(rows: slice) -> np.ndarray:
        mean = p[rows].mean(0)
        log_mean = np.log(np.where(mean > 0, mean, 1))  # a class with no probability anywhere adds nothing
        return np.asarray((p[rows] * (log_p[rows] - log_mean)).sum(1))

    scores = [np.exp(divergences(slice(i * n // splits, (i + 1) * n // splits)).mean()) for i in range(splits)]
    of_each = divergences(slice(None))
    error = float(np.exp(of_each.mean()) * of_each.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
    warnings = []
    needed = _ROWS_A_CLASS * classes * splits
    if n < needed:
        warnings.append(
            f"{FIGURE} is biased for few samples: {splits} splits of {classes} classes need about {needed:,}; there are {n:,}"
        )
    return ClassifierScore(float(np.mean(scores)), float(np.std(scores)), error, n, classes, splits, tuple(warnings))
