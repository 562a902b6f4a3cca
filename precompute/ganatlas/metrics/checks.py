"""What every metric asks of its features before it computes anything: two finite tables of one width, rows enough.

Data flow: arrays as the user gave them → here → float64 tables, or an error that names the figure, the set and what is needed.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ganatlas.errors import InputError

Features = NDArray[np.float64]

LARGEST = 1e24
"""Its twelfth power, the variance of the cubic kernel, is still a number."""


class NotComputableError(InputError):
    """These features are fine but cannot give this figure: too few of them, or all the same."""


def features(given: ArrayLike, figure: str, name: str, least: int = 2) -> Features:
    """A table of features, (n, d) float64, rows one a sample.

    Args:
        given: what the user has. figure: such as "the Fréchet distance". name: of the set, such as "real". least: rows needed.

    Raises:
        InputError: not a table, no columns, or values that are not finite.
        NotComputableError: fewer rows than `least`.
    """
    x = np.asarray(given, np.float64)
    if x.ndim != 2 or x.shape[1] == 0:
        raise InputError(f"{figure} needs a table of features, (samples, dimensions); {name} has shape {x.shape}.")
    if len(x) < least:
        rows = {1: "one row", 2: "two rows"}.get(least, f"{least:,} rows")
        raise NotComputableError(f"{figure} needs at least {rows} of features; {name} has shape {x.shape}.")
    low, high = float(x.min(initial=0)), float(x.max(initial=0))  # NaN where there is any
    if not (math.isfinite(low) and math.isfinite(high)):
        wrong = int((~np.isfinite(x)).sum())
        raise InputError(
            f"{figure} needs finite features; {name} has {wrong:,} that are not (NaN or infinite). Leave those samples out, "
            "or see what made them."
        )
    if max(-low, high) > LARGEST:
        raise InputError(
            f"{figure} needs features up to {LARGEST:.0e}; {name} has larger ones, whose powers overflow. Divide by a constant."
        )
    return x


def feature_pair(real: ArrayLike, generated: ArrayLike, figure: str, least: int = 2) -> tuple[Features, Features]:
    """Two tables of features of one length; errors as of `features`."""
    first, second = features(real, figure, "real", least), features(generated, figure, "generated", least)
    if first.shape[1] != second.shape[1]:
        raise InputError(f"{figure} needs features of one length; real has {first.shape[1]}, generated {second.shape[1]}.")
    return first, second


def some_rows(x: Features, rows: int, random: np.random.Generator) -> Features:
    """At most `rows` rows drawn without replacement, in their order."""
    if len(x) <= rows:
        return x
    return x[np.sort(random.choice(len(x), rows, replace=False))]


def two_sided(drawn: NDArray[np.float64], observed: float) -> float:
    """Permutation p of a figure that can be too small as well as too large; values equal up to rounding count as equal."""
    slack = 1e-12 * max(1.0, abs(observed))
    tails = [np.count_nonzero(drawn <= observed + slack), np.count_nonzero(drawn >= observed - slack)]
    return min(1.0, 2 * (1 + min(tails)) / (len(drawn) + 1))


def permuted_labels(n: int, m: int, paired: bool, random: np.random.Generator) -> NDArray[np.bool_]:
    """Which of n + m pooled rows are in the first set under one permutation; of pairs (n = m) one each."""
    label = np.zeros(n + m, bool)
    if paired:
        label[:n] = random.random(n) < 0.5
        label[n:] = ~label[:n]
    else:
        label[random.choice(n + m, n, replace=False)] = True
    return label
