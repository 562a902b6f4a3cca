"""Intervals, p-values and baselines: what they are of, and that they depend on nothing but the sets and the seed."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.stats import binomtest

sys.path.append(str(Path(__file__).parent))
from metric_sets import mixture

from ganatlas.metrics import (
    NeighbourSettings,
    Settings,
    classifier_score,
    density_coverage,
    evaluate,
    kernel_distance,
    precision_recall,
)
from ganatlas.metrics.distances import blocks, centred, nearest, radii

QUICK = NeighbourSettings(permutations=19, baseline=False)


def normal(seed: int, n: int, d: int = 6, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d)) + shift


def test_the_kernels_standard_error_is_the_spread_over_samples() -> None:
    found = [
        kernel_distance(normal(2 * i, 150), normal(2 * i + 1, 150, shift=0.3), subsets=2, permutations=19) for i in range(40)
    ]
    spread = np.std([each.unbiased for each in found], ddof=1)
    assert 0.75 < np.mean([each.standard_error for each in found]) / spread < 1.5


def test_the_scores_standard_error_is_the_spread_over_samples() -> None:
    found = [classifier_score(2 * normal(i, 200), splits=2) for i in range(60)]
    spread = np.std([classifier_score(2 * normal(i, 200), splits=1).value for i in range(60)], ddof=1)
    assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.3)


def test_the_intervals_of_neighbour_figures_are_the_spread_over_samples_or_a_little_more() -> None:
    values, errors = [], []
    for i in range(20):
        found = density_coverage(normal(2 * i, 150), normal(2 * i + 1, 150, shift=0.2), settings=QUICK)
        shares = precision_recall(normal(2 * i, 150), normal(2 * i + 1, 150, shift=0.2), k=5, settings=QUICK)
        measured = (found.density, shares.precision, shares.recall)
        values.append([each.value for each in measured])
        errors.append([(each.value - each.low) / 1.96 for each in measured])
    ratio = np.mean(errors, 0) / np.std(values, 0, ddof=1)
    assert (ratio > 0.8).all()
    assert (ratio < 2.2).all()


def test_an_interval_has_a_width_where_all_images_are_inside_or_none() -> None:
    here, away = (np.random.default_rng(seed).standard_normal((60, 3)) for seed in range(2))
    apart = precision_recall(here, away + 100)
    for none in (apart.precision, apart.recall, density_coverage(here, away + 100).coverage):
        assert (none.value, none.low) == (0, 0)
        assert none.high == pytest.approx(proportion_high(0, 60))
    same = precision_recall(here, here)
    assert (same.precision.value, same.precision.high) == (1, 1)
    assert same.precision.low <= 1 - proportion_high(0, 60)


def proportion_high(count: int, total: int) -> float:
    """Upper end of Wilson's interval, by scipy."""
    return float(binomtest(count, total).proportion_ci(method="wilson").high)


def test_p_values_of_equal_distributions_are_spread_over_0_to_1() -> None:
    figures, p = ("kernel_distance", "precision_recall", "density_coverage"), []
    for i in range(20):
        x, y = normal(2 * i, 50), normal(2 * i + 1, 50)
        found = evaluate(x, y, settings=Settings(figures, permutations=99, subsets=2, baseline=False))
        p.append([found[name].p for name in ("kernel_distance", "precision", "recall", "coverage")])
    small = (np.array(p) <= 0.2).mean(0)
    assert (small <= 0.4).all()
    assert (np.mean(p, 0) > 0.35).all()


def test_of_paired_copies_a_small_shift_is_found_that_is_lost_among_unpaired_ones() -> None:
    real = mixture(0, 200)
    shifted = real + 0.05
    paired, unpaired = (kernel_distance(real, shifted, permutations=99, paired=paired, subsets=2).p for paired in (True, False))
    assert paired == 0.01
    assert unpaired > 0.05


def test_the_baseline_is_that_of_halves_of_the_real_set() -> None:
    real, generated = mixture(0, 301), mixture(1, 260) + 3
    found = precision_recall(real, generated, settings=NeighbourSettings(permutations=0))
    assert found.baseline_n == 130
    assert found.recall.baseline == found.precision.baseline  # either half may be called the real one
    assert found.precision.baseline == pytest.approx(precision_recall(real[:130], real[130:260]).precision.value, abs=0.08)
    assert found.precision.p is None


def test_the_same_sets_and_seed_give_the_same_figures() -> None:
    sets = mixture(0, 120), mixture(1, 120)
    settings = Settings(permutations=19, seed=4)
    assert evaluate(*sets, settings=settings) == evaluate(*sets, settings=settings)
    assert evaluate(*sets, settings=settings) != evaluate(*sets, settings=Settings(permutations=19, seed=5))


def test_intervals_and_p_come_from_as_many_rows_as_allowed() -> None:
    found = precision_recall(mixture(0, 400), mixture(1, 300), settings=NeighbourSettings(19, test_rows=100))
    assert found.tested == 100
    assert (found.n, found.m) == (400, 300)


def test_distances_in_blocks_are_those_of_all_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = centred(normal(0, 70), normal(1, 40))
    whole = np.concatenate([block for _, block in blocks(x, y)])
    found = radii(x, (2, 5)), nearest(x, y)
    monkeypatch.setattr("ganatlas.metrics.distances.BLOCK_BYTES", 7 * 40 * 8)
    assert [part.stop - part.start for part, _ in blocks(x, y)] == [7] * 10
    np.testing.assert_allclose(np.concatenate([block for _, block in blocks(x, y)]), whole, rtol=1e-12)
    np.testing.assert_allclose(radii(x, (2, 5)), found[0], rtol=1e-12)
    np.testing.assert_array_equal(nearest(x, y)[0], found[1][0])


def test_the_kernel_distance_over_subsets_is_the_same_through_the_kernels_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = normal(0, 70), normal(1, 55, shift=0.4)
    directly = kernel_distance(*sets, subsets=2, subset_size=20, permutations=19)
    monkeypatch.setattr("ganatlas.metrics.kernel._BLOCK", 16)
    through_all = kernel_distance(*sets, subsets=200, subset_size=50, permutations=19)
    draw = np.random.RandomState(2020)
    expected = []
    for _ in range(200):
        made, real = sets[1][draw.choice(55, 50, replace=False)], sets[0][draw.choice(70, 50, replace=False)]
        of_real, of_made, between = ((x @ y.T / 6 + 1) ** 3 for x, y in ((real, real), (made, made), (real, made)))
        within = sum(kernel.sum() - np.trace(kernel) for kernel in (of_real, of_made)) / (50 * 49)
        expected.append(within - 2 * between.mean())
    assert through_all.value == pytest.approx(np.mean(expected), rel=1e-10)
    assert directly.value == pytest.approx(through_all.value, abs=4 * directly.spread)


@hypothesis_settings(max_examples=30)
@for_all(st.integers(6, 40), st.integers(1, 12), st.integers(0, 99), st.booleans(), st.sampled_from([1, 3]))
def test_radii_from_parts_of_the_rows_are_those_of_a_search(n: int, side: int, seed: int, coarse: bool, threads: int) -> None:
    rows = normal(seed, n, 3)
    if coarse:  # copies and ties
        rows = np.round(rows)
    apart = np.sqrt(np.square(rows[:, None] - rows).sum(2)) + np.diag(np.full(n, np.inf))
    (points,) = centred(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganatlas.metrics.distances.BLOCK_BYTES", side * side * 8)
        patch.setattr("ganatlas.metrics.distances._threads", lambda: threads)
        found = np.sqrt(radii(points, (1, 5)))
    np.testing.assert_allclose(found, np.sort(apart, 1)[:, [0, 4]], rtol=1e-9, atol=1e-7)


def test_in_single_precision_the_figures_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = mixture(0, 200), mixture(1, 200)
    double = density_coverage(*sets, settings=QUICK)
    monkeypatch.setattr("ganatlas.metrics.distances.SINGLE_FROM", 10)
    single = density_coverage(*sets, settings=QUICK)
    assert (single.density.value, single.coverage.value) == (double.density.value, double.coverage.value)
