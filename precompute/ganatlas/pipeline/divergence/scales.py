"""At which scale do two datasets differ? What a finer grid adds to the divergence, tested given the coarser grid's own totals.

Each parent cell's points of the two datasets are divided among its children. If nothing differs below the parent's scale, the
first dataset's points are a random draw from the parent's, whatever share of them the parent has: multivariate hypergeometric
given the parent's totals. So a difference on a coarse grid is not found again on every finer one.

- the whole scale: the divergence that the finer grid adds (`js_within`) against draws of that null;
- each parent: Pearson's χ² of its 2 × children table times (t - 1)/t, which has the exact mean under the null, on children - 1
  degrees of freedom; Benjamini–Hochberg over the parents.

Sources: Lancaster 1949, "The derivation and partition of χ² in certain discrete distributions"; Good 2005.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from ganatlas.bundle.false_discovery import adjust

from .statistics import Counts, Values, contributions, jensen_shannon, sum_to


@dataclass(frozen=True)
class ScaleTest:
    """What one grid adds to the next coarser one. within: bits. null_mean, p: over draws given the parents' totals.

    parent_p: (coarse cells,) NaN where not tested. tested: parents tested. significant: of them, with q below the rate.
    """

    within: float
    null_mean: float
    p: float
    parent_p: Values
    tested: int
    significant: int


def split_test(
    a: Counts,
    b: Counts,
    parent: NDArray[np.int64],
    coarse_cells: int,
    *,
    permutations: int,
    fdr: float,
    min_test: int,
    rng: np.random.Generator,
) -> ScaleTest:
    """Test what a grid adds to a coarser one.

    Args:
        a, b: (cells,) counts of the two datasets on the finer grid.
        parent: (cells,) index of the coarse cell that holds each.
        permutations: draws. fdr: rate at which parents count as significant. min_test: points from which a parent is tested.
    """
    coarse_a, coarse_b = sum_to(a, parent, coarse_cells), sum_to(b, parent, coarse_cells)
    coarse = float(jensen_shannon(coarse_a, coarse_b))
    observed = float(contributions(a, b).sum()) - coarse
    drawn = np.array(
        [float(contributions(draw, a + b - draw).sum()) - coarse for draw in _draws(a, b, parent, coarse_a, permutations, rng)]
    )
    p = (1 + np.count_nonzero(drawn >= observed - 1e-12)) / (permutations + 1)
    parent_p = _parents(a, b, parent, coarse_a, coarse_b, min_test)
    q = adjust(parent_p)
    tested = int(np.count_nonzero(~np.isnan(parent_p)))
    return ScaleTest(max(0.0, observed), float(drawn.mean()), float(p), parent_p, tested, int(np.count_nonzero(q <= fdr)))


def _draws(
    a: Counts, b: Counts, parent: NDArray[np.int64], coarse_a: Counts, permutations: int, rng: np.random.Generator
) -> list[Counts]:
    """Counts of the first dataset with each parent's divided anew among its children, child by child."""
    total = a + b
    order = np.argsort(parent, kind="stable")
    sorted_parent = parent[order]
    starts = np.flatnonzero(np.r_[True, sorted_parent[1:] != sorted_parent[:-1]])
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    steps = [order[rank == r] for r in range(int(rank.max(initial=-1)) + 1)]
    everything = sum_to(total, parent, len(coarse_a))
    found = []
    for _ in range(permutations):
        left, wanted, drawn = everything.copy(), coarse_a.copy(), np.zeros_like(a)
        for cells in steps:
            of = parent[cells]
            drawn[cells] = rng.hypergeometric(total[cells], left[of] - total[cells], wanted[of])
            left[of] -= total[cells]
            wanted[of] -= drawn[cells]
        found.append(drawn)
    return found


def _parents(a: Counts, b: Counts, parent: NDArray[np.int64], coarse_a: Counts, coarse_b: Counts, min_test: int) -> Values:
    """p of each parent's table; NaN where it has too few points, one child, or points of one dataset alone."""
    cells = len(coarse_a)
    total, everything = (a + b).astype(float), (coarse_a + coarse_b).astype(float)
    children = np.bincount(parent[total > 0], minlength=cells)
    usable = (everything >= min_test) & (children > 1) & (coarse_a > 0) & (coarse_b > 0)
    share = np.divide(coarse_a, everything, out=np.zeros(cells), where=usable)
    expected = total * share[parent]
    scale = total * (share * (1 - share))[parent]
    part = np.divide((a - expected) ** 2, scale, out=np.zeros(len(a)), where=scale > 0)
    statistic = np.bincount(parent, part, minlength=cells) * np.divide(
        everything - 1, everything, out=np.zeros(cells), where=usable
    )
    p: Values = np.where(usable, chi2.sf(statistic, np.maximum(children - 1, 1)), np.nan)
    return p
