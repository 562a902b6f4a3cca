"""All figures of two sets of features at once: each with its interval, baseline, p and warnings.

    from ganatlas.metrics import evaluate
    found = evaluate(real, generated)                 # (n, d) and (m, d)
    found["precision"].value, found["precision"].baseline

A figure that these sets cannot give has no value and says why; the others are given all the same.

Data flow: features (and logits) → here → `Evaluation`, which the build writes into the bundle.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from .checks import NotComputableError, feature_pair, features
from .figures import Evaluation, Figure
from .scores import RealScores, SampleScores, own_scores, scores_of
from .settings import FIGURES, Settings
from .steps import STEPS, Work


@dataclass(frozen=True)
class Scored:
    """An evaluation with the scores of the single samples behind its figures; None where these sets have none.

    own: of the real samples among themselves.
    """

    evaluation: Evaluation
    generated: SampleScores | None
    real: RealScores | None
    own: SampleScores | None


def evaluate(
    real: ArrayLike,
    generated: ArrayLike,
    *,
    held_out: ArrayLike | None = None,
    logits: ArrayLike | None = None,
    real_logits: ArrayLike | None = None,
    settings: Settings | None = None,
) -> Evaluation:
    """Every figure of two sets of features.

    Args:
        real, generated: features, shape (n, d) and (m, d), one row an image.
        held_out: features of real images that the generator was not trained on, (h, d): with them memorisation is tested.
        logits: of the generated images, (m, classes): without them there is no classifier score.
        real_logits: of the real images, (n, classes), for the score's baseline.

    Raises:
        InputError: not two finite tables of one width.
    """
    return _evaluation(_work(real, generated, held_out, logits, real_logits, settings or Settings()))


def evaluate_with_scores(
    real: ArrayLike,
    generated: ArrayLike,
    *,
    held_out: ArrayLike | None = None,
    settings: Settings | None = None,
    own: bool = True,
) -> Scored:
    """The same with the scores of every sample, from the same distances.

    Args:
        own: whether those of the real samples among themselves are wanted, which do not depend on the generated ones.

    Raises:
        InputError: not two finite tables of one width.
    """
    settings = replace(settings or Settings(), scores=True)
    work = _work(real, generated, held_out, None, None, settings)
    evaluation, ks = _evaluation(work), (settings.k_precision, settings.k_density)
    try:
        found = work.examined()
    except NotComputableError:
        return Scored(evaluation, None, None, None)
    return Scored(evaluation, *scores_of(found, *ks), own_scores(found.real, *ks) if own else None)


def _work(
    real: ArrayLike,
    generated: ArrayLike,
    held_out: ArrayLike | None,
    logits: ArrayLike | None,
    real_logits: ArrayLike | None,
    settings: Settings,
) -> Work:
    x, y = feature_pair(real, generated, "each figure", least=1)
    held = None if held_out is None else features(held_out, "C_T", "held-out", least=1)
    return Work(x, y, held, logits, real_logits, settings)


def _evaluation(work: Work) -> Evaluation:
    x, y, settings = work.real, work.generated, work.settings
    found: list[Figure] = []
    for name in FIGURES:
        if name in settings.figures:
            found += [figure for step in STEPS[name] for figure in step(work)]
    constant = int(((np.ptp(x, 0) == 0) & (np.ptp(y, 0) == 0) & (x[0] == y[0])).sum())
    warnings = (f"each figure: {constant:,} of the {x.shape[1]:,} features are constant and add nothing",) if constant else ()
    return Evaluation(tuple(found), len(x), len(y), x.shape[1], warnings)
