"""Tests of single cells against enumeration and scipy, and the false discovery rate against scipy."""

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, hypergeom

from ganatlas.bundle.false_discovery import adjust
from ganatlas.pipeline.divergence.cells import hypergeometric_p, image_p, pair_p


def mid_p(values: np.ndarray, observed: float) -> float:
    """Two-sided mid-p of `observed` among equally likely `values`."""
    same = np.mean(values == observed) / 2
    return min(1.0, 2 * min(np.mean(values < observed) + same, np.mean(values > observed) + same))


@given(data=st.data())
@settings(max_examples=60)
def test_the_hypergeometric_mid_p_is_that_of_scipy(data):
    n, m = data.draw(st.integers(1, 400)), data.draw(st.integers(1, 400))
    total = data.draw(st.integers(0, n + m))
    a = data.draw(st.integers(max(0, total - m), min(total, n)))
    one = hypergeom(n + m, n, total)
    same = one.pmf(a) / 2
    expected = min(1, 2 * min(one.cdf(a - 1) + same, one.sf(a) + same))
    found = hypergeometric_p(np.array([a]), np.array([total - a]), n, m)[0]
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_cells_of_different_sizes_are_tested_at_once_and_far_tails_keep_their_digits():
    a, b = np.array([200, 30, 5, 30]), np.array([0, 5, 30, 5])
    found = hypergeometric_p(a, b, 10_000, 10_000)
    assert found[1] == found[3]
    assert found[1] == pytest.approx(found[2], rel=1e-9)
    assert found[0] == pytest.approx(2 * hypergeom(20_000, 10_000, 200).pmf(200) / 2, rel=1e-6)
    assert 0 < found[0] < 1e-59


def test_with_one_point_an_image_the_saddlepoint_is_the_hypergeometric():
    rng = np.random.default_rng(0)
    images, drawn = 600, 200
    first = np.arange(images) < drawn
    columns, exact = [], []
    for inside_first, inside_second in [(0, 12), (3, 9), (5, 10), (12, 8), (20, 4), (40, 6), (11, 0), (60, 110), (90, 20)]:
        column = np.zeros(images, np.int64)
        column[rng.choice(drawn, inside_first, replace=False)] = 1
        column[drawn + rng.choice(images - drawn, inside_second, replace=False)] = 1
        columns.append(column)
        exact.append(hypergeometric_p(np.array([inside_first]), np.array([inside_second]), drawn, images - drawn)[0])
    found = image_p(sp.csr_array(np.stack(columns, axis=1)), first)
    np.testing.assert_allclose(np.log10(found), np.log10(exact), atol=0.03)


@pytest.mark.parametrize("seed", range(12))
def test_the_image_test_agrees_with_enumerating_all_relabellings(seed):
    rng = np.random.default_rng(seed)
    images, drawn = 14, int(rng.integers(5, 9))
    counts = rng.poisson(rng.uniform(0.5, 3), (images, 1)) * rng.integers(1, 3, (images, 1))
    first = np.arange(images) < drawn
    values = np.array([counts[list(chosen), 0].sum() for chosen in itertools.combinations(range(images), drawn)])
    observed = counts[first, 0].sum()
    found = image_p(sp.csr_array(counts), first)[0]
    exact = mid_p(values, observed)
    assert 0 < found <= 1
    assert found == pytest.approx(exact, rel=0.15)


@pytest.mark.parametrize("seed", range(12))
def test_the_pair_test_agrees_with_enumerating_all_swaps(seed):
    rng = np.random.default_rng(seed)
    gain = rng.integers(-4, 6, (12, 1))
    signs = np.array(list(itertools.product([-1, 1], repeat=12)))
    exact = mid_p(signs @ gain[:, 0], gain.sum())
    found = pair_p(sp.csr_array(gain))[0]
    assert found == pytest.approx(exact, rel=0.15)


def test_the_ends_of_the_support_have_their_exact_probability():
    images = np.zeros((40, 2), np.int64)
    images[:6, 0] = [1, 2, 3, 1, 1, 2]
    images[20:27, 1] = 2
    first = np.arange(40) < 20
    expected = [hypergeom(40, 20, 6).pmf(6), hypergeom(40, 20, 7).pmf(0)]
    np.testing.assert_allclose(image_p(sp.csr_array(images), first), expected, rtol=1e-9)
    np.testing.assert_allclose(pair_p(sp.csr_array(np.array([[1], [2], [5], [0]]))), 2.0**-3)


def test_an_image_that_fills_a_cell_alone_proves_nothing():
    counts = np.zeros((50, 1), np.int64)
    counts[3] = 16
    assert image_p(sp.csr_array(counts), np.arange(50) < 25)[0] == pytest.approx(0.5)
    a, b = counts[:25].sum(axis=0), counts[25:].sum(axis=0)
    assert hypergeometric_p(a, b, 400, 400)[0] < 1e-3


def test_more_images_in_a_cell_than_one_dataset_has_are_no_obstacle():
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 4, (60, 1))
    counts[:10] = 9
    p = image_p(sp.csr_array(counts), np.arange(60) < 10)
    assert 0 < p[0] < 1e-6


@given(p=st.lists(st.floats(1e-12, 1), min_size=1, max_size=60))
def test_adjusted_p_are_those_of_scipy_and_untested_cells_do_not_count(p):
    values = np.array(p)
    np.testing.assert_allclose(adjust(values), false_discovery_control(values), rtol=1e-12)
    with_gaps = np.full(2 * len(values), np.nan)
    with_gaps[::2] = values
    np.testing.assert_allclose(adjust(with_gaps)[::2], false_discovery_control(values), rtol=1e-12)
    assert np.isnan(adjust(with_gaps)[1::2]).all()
