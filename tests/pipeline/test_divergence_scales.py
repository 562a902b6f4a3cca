"""At which scale two sets differ: a difference planted at one scale is found there and not at the finer ones."""

import numpy as np
import pytest
from scipy.stats import binomtest, hypergeom

from ganatlas.bundle.power import samples_needed
from ganatlas.pipeline.divergence.cells import hypergeometric_p
from ganatlas.pipeline.divergence.scales import ScaleTest, split_test
from ganatlas.pipeline.divergence.statistics import within

SIDE = 8
FINE, COARSE = SIDE * SIDE, SIDE * SIDE // 4
PARENT = (np.arange(FINE) // SIDE // 2) * (SIDE // 2) + np.arange(FINE) % SIDE // 2


def found(p: np.ndarray, q: np.ndarray, seed: int = 0, n: int = 4000) -> ScaleTest:
    """The test of two samples of given shares of the fine cells."""
    rng = np.random.default_rng(seed)
    a, b = rng.multinomial(n, p / p.sum()), rng.multinomial(n // 2, q / q.sum())
    return split_test(a, b, PARENT, COARSE, permutations=99, fdr=0.05, min_test=10, rng=rng)


def test_a_difference_of_coarse_cells_alone_is_not_found_again_inside_them() -> None:
    share = np.random.default_rng(1).random(FINE)
    coarse = np.random.default_rng(2).uniform(0.2, 2, COARSE)
    tests = [found(share, share * coarse[PARENT], seed) for seed in range(20)]
    assert sum(test.p <= 0.05 for test in tests) <= 4
    assert np.mean([test.within for test in tests]) == pytest.approx(np.mean([test.null_mean for test in tests]), rel=0.1)
    assert sum(test.significant for test in tests) <= 3


def test_a_difference_inside_coarse_cells_is_found_and_in_those_cells() -> None:
    share = np.ones(FINE)
    other = share.copy()
    moved = np.flatnonzero(PARENT == 5)
    other[moved[:2]], other[moved[2:]] = 1.8, 0.2  # the parent's own share stays
    test = found(share, other)
    assert test.p == 0.01
    assert 1 <= test.significant <= 2  # one in twenty may be false
    assert int(np.nanargmin(test.parent_p)) == 5


def test_what_a_scale_adds_is_that_of_the_decomposition() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 9, FINE), rng.integers(0, 9, FINE)
    test = split_test(a, b, PARENT, COARSE, permutations=19, fdr=0.05, min_test=10, rng=rng)
    assert test.within == pytest.approx(within(a, b, PARENT, COARSE).sum(), abs=1e-10)


def test_a_parent_of_two_children_is_tested_about_as_an_exact_test_would() -> None:
    a, b = np.array([30, 12]), np.array([22, 26])
    test = split_test(a, b, np.zeros(2, int), 1, permutations=19, fdr=0.05, min_test=10, rng=np.random.default_rng(0))
    exact = hypergeometric_p(a[:1], b[:1], int(a.sum()), int(b.sum()))[0]
    assert test.parent_p[0] == pytest.approx(exact, rel=0.15)
    assert hypergeom(90, 52, 42).pmf(30) > 0  # the same table


def test_parents_that_cannot_be_tested_are_left_out() -> None:
    a, b = np.array([9, 9, 40, 0, 1, 2]), np.array([9, 9, 0, 0, 2, 1])
    parent = np.array([0, 0, 1, 1, 2, 2])  # enough; of one dataset alone; too few
    test = split_test(a, b, parent, 3, permutations=19, fdr=0.05, min_test=10, rng=np.random.default_rng(0))
    assert test.tested == 1
    assert np.isnan(test.parent_p[1:]).all()


def test_with_the_samples_needed_a_halved_mode_is_seen_four_times_in_five() -> None:
    n = samples_needed(0.05, 0.5, 0.05)
    assert n == 906
    rng = np.random.default_rng(0)
    a, b = rng.binomial(n, 0.05, 400), rng.binomial(n, 0.025, 400)
    seen = hypergeometric_p(a, b, n, n) <= 0.05
    assert binomtest(int(seen.sum()), 400, 0.8).pvalue > 0.01


def test_more_samples_are_needed_for_rarer_modes_smaller_changes_and_more_cells() -> None:
    assert samples_needed(0.01, 0.5, 0.05) > samples_needed(0.05, 0.5, 0.05)
    assert samples_needed(0.05, 0.8, 0.05) > samples_needed(0.05, 0.5, 0.05)
    assert samples_needed(0.05, 0.5, 0.05 / 400) > samples_needed(0.05, 0.5, 0.05)


@pytest.mark.parametrize(("share", "factor", "level"), [(0, 0.5, 0.05), (0.05, 1, 0.05), (0.05, 0.5, 0)])
def test_what_cannot_be_is_refused(share: float, factor: float, level: float) -> None:
    with pytest.raises(ValueError, match="must lie in their ranges"):
        samples_needed(share, factor, level)
