"""How sure the neighbour figures are: their standard errors and permutation p-values, from at most some thousand samples a set.

The figures depend on both sets through neighbours, so a binomial interval is too narrow: of density by a factor of three. Here
tenths of both sets are left out in turn (a jackknife), and the labels of the pooled samples are permuted; the neighbours of the
pooled samples are found once and serve all permutations.

Sources: Shao and Wu 1989, "A general theory for jackknife variance estimation"; Good 2005, "Permutation, parametric, and
bootstrap tests of hypotheses".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .balls import Figures
from .checks import permuted_labels, two_sided
from .distances import Points, blocks

GROUPS = 10


@dataclass(frozen=True)
class Resampled:
    """Standard errors and two-sided p-values of all figures, at the sizes that were resampled."""

    error: Figures
    p: Figures


@dataclass(frozen=True)
class _Lists:
    """Each row's nearest others, nearest first: index and squared distance, (rows, length)."""

    index: NDArray[np.int64]
    squared: NDArray[np.floating]


def resample(
    real: Points,
    generated: Points,
    ks: tuple[int, ...],
    *,
    permutations: int,
    paired: bool,
    random: np.random.Generator,
) -> Resampled:
    """Standard errors and p-values of all neighbour figures. Every k must be below both sizes."""
    n, m = len(real), len(generated)
    pooled = Points(np.concatenate([real.rows, generated.rows]), np.concatenate([real.norms, generated.norms]))
    squared = np.concatenate([block for _, block in blocks(pooled, pooled)])
    np.fill_diagonal(squared, np.inf)
    own = 2 * max(ks) + GROUPS
    of_real, of_generated = _shortest(squared[:n, :n], own), _shortest(squared[n:, n:], own)
    train = _shortest(squared[n:, :n], own)
    across = squared[:n, n:]
    tie = real.tie
    groups = [random.permutation(size) % GROUPS for size in (n, m)]
    if paired:
        groups[1] = groups[0]
    left = [_figures(across, of_real, of_generated, train, ks, tie, groups, out) for out in (None, *range(GROUPS))]
    observed, without = left[0], np.array(left[1:])
    error = np.sqrt((GROUPS - 1) / GROUPS * np.square(without - without.mean(0)).sum(0))
    share = min(n, m) / (n + m)
    length = int(np.ceil((max(ks) + 4 * np.sqrt(max(ks)) + 8) / share))
    lists = _shortest(squared, length)
    drawn = np.array([_permuted(lists, permuted_labels(n, m, paired, random), ks, tie) for _ in range(permutations)])
    p = [two_sided(drawn[:, i], observed[i]) if permutations else 1.0 for i in range(len(observed))]
    return Resampled(error, np.array(p))


def _shortest(squared: NDArray[np.floating], length: int) -> _Lists:
    """The `length` smallest of each row in order; fewer where the row is shorter. Infinite ones are not neighbours."""
    length = min(length, squared.shape[1] - 1 if np.isinf(squared[0, 0]) else squared.shape[1])
    index = np.empty((len(squared), length), np.int64)
    for begin in range(0, len(squared), 512):
        rows = squared[begin : begin + 512]
        index[begin : begin + 512] = np.argpartition(rows, length - 1, axis=1)[:, :length]
    values = np.take_along_axis(squared, index, 1)
    order = np.argsort(values, 1, kind="stable")
    return _Lists(np.take_along_axis(index, order, 1), np.take_along_axis(values, order, 1))


def _kth(lists: _Lists, kept: NDArray[np.bool_], k: int) -> NDArray[np.floating]:
    """Squared distance of the k-th kept neighbour of each row; the list's last where it has fewer."""
    rank = kept.cumsum(1, dtype=np.int16)
    place = np.where(rank[:, -1] >= k, (rank >= k).argmax(1), kept.shape[1] - 1)
    return np.asarray(lists.squared[np.arange(len(place)), place])


def _figures(
    across: NDArray[np.floating],
    of_real: _Lists,
    of_generated: _Lists,
    train: _Lists,
    ks: tuple[int, ...],
    tie: float,
    groups: list[NDArray[np.int64]],
    out: int | None,
) -> Figures:
    """All figures without one group of both sets. across: real × generated. train: the real neighbours of generated samples."""
    keep_real, keep_generated = (group != out if out is not None else np.ones(len(group), bool) for group in groups)
    squared = across if out is None else across[np.ix_(keep_real, keep_generated)]
    found = []
    for k in ks:
        reach = [
            _kth(lists, keep[lists.index], k)[keep] * (1 - tie)
            for lists, keep in ((of_real, keep_real), (of_generated, keep_generated))
        ]
        inside = squared < reach[0][:, None]
        precision, density, coverage = inside.any(0).mean(), inside.sum() / (k * squared.shape[1]), inside.any(1).mean()
        found += [precision, (squared < reach[1]).any(1).mean(), density, coverage]
    kept = keep_real[train.index]
    place = kept.argmax(1)
    rows = np.arange(len(place))
    gap = _kth(of_real, keep_real[of_real.index], 1)[train.index[rows, place]]
    found.append((train.squared[rows, place] > gap * (1 + tie))[keep_generated].mean())
    return np.array(found, np.float64)


def _permuted(lists: _Lists, label: NDArray[np.bool_], ks: tuple[int, ...], tie: float) -> Figures:
    """All figures under a labelling (true: real) of the pooled samples, from their lists of neighbours."""
    same = label[lists.index] == label[:, None]
    rank = same.cumsum(1, dtype=np.int16)
    found: list[float] = []
    for k in ks:
        reach = np.where(rank[:, -1] >= k, lists.squared[np.arange(len(label)), (rank >= k).argmax(1)], np.inf)
        inside = ~same & (lists.squared < (reach * (1 - tie))[:, None])
        hit = [np.zeros(len(label), bool) for _ in range(2)]
        for which, mask in zip(hit, (label, ~label), strict=True):
            which[lists.index[mask][inside[mask]]] = True
        of_real = inside[label]
        density = of_real.sum() / (k * np.count_nonzero(~label))
        found += [hit[0][~label].mean(), hit[1][label].mean(), density, of_real.any(1).mean()]
    rows = np.arange(len(label))
    gap = np.where(same.any(1), lists.squared[rows, same.argmax(1)], np.inf)
    place = (~same).argmax(1)
    nearest = lists.index[rows, place]
    found.append((lists.squared[rows, place] > gap[nearest] * (1 + tie))[~label].mean())
    return np.array(found)
