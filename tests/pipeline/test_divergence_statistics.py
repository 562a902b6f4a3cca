"""The laws of the divergence: its range, symmetry, refinement, decomposition; and the planted truth to be found."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import jensenshannon
from scipy.special import xlogy

from ganatlas.errors import InputError
from ganatlas.pipeline.divergence.null import PointNull
from ganatlas.pipeline.divergence.statistics import (
    contributions,
    effects,
    influence,
    jensen_shannon,
    kullback_leibler,
    standard_error,
    sum_to,
    within,
)

CELLS = 16
counts = arrays(np.int64, CELLS, elements=st.integers(0, 50))
parents = arrays(np.int64, CELLS, elements=st.integers(0, 4))


@given(a=counts, b=counts)
def test_js_is_symmetric_between_0_and_1_and_that_of_scipy(a, b):
    assume(a.any() and b.any())
    js = jensen_shannon(a, b)
    assert 0 <= js <= 1
    assert js == pytest.approx(jensen_shannon(b, a), abs=1e-12)
    assert js == pytest.approx(jensenshannon(a / a.sum(), b / b.sum(), base=2) ** 2, abs=1e-7)


@given(a=counts, factor=st.integers(1, 9))
def test_equal_proportions_have_no_divergence_whatever_the_sizes(a, factor):
    assume(a.any())
    assert jensen_shannon(a, factor * a) == pytest.approx(0, abs=1e-12)
    assert kullback_leibler(a, a)[0] == pytest.approx(0, abs=1e-12)


@given(a=counts)
def test_disjoint_sets_differ_by_one_bit(a):
    assume(a.any())
    empty = np.zeros_like(a)
    assert jensen_shannon(np.r_[a, empty], np.r_[empty, a]) == pytest.approx(1, abs=1e-12)


@given(a=counts, b=counts, parent=parents)
def test_refining_never_lowers_js_and_what_it_adds_lies_in_the_cells(a, b, parent):
    assume(a.any() and b.any())
    fine, coarse = jensen_shannon(a, b), jensen_shannon(sum_to(a, parent, 5), sum_to(b, parent, 5))
    added = within(a, b, parent, 5)
    assert fine >= coarse - 1e-12
    assert fine == pytest.approx(coarse + added.sum(), abs=1e-10)
    # The same by its definition: r of the cell times JS inside it, with weights p/2r and q/2r.
    p, q = a / a.sum(), b / b.sum()
    for cell in range(5):
        own = parent == cell
        weight = p[own].sum() + q[own].sum()
        if not weight:
            assert added[cell] == 0
            continue
        inside_p, inside_q = p[own] / max(p[own].sum(), 1e-300), q[own] / max(q[own].sum(), 1e-300)
        mix = (p[own] + q[own]) / weight
        mix = np.where(mix > 0, mix, 1)
        by_p = p[own].sum() / weight * (xlogy(inside_p, inside_p / mix) / np.log(2)).sum()
        by_q = q[own].sum() / weight * (xlogy(inside_q, inside_q / mix) / np.log(2)).sum()
        assert added[cell] == pytest.approx(weight / 2 * (by_p + by_q), abs=1e-10)


@given(a=counts, b=counts)
def test_contributions_are_not_negative_and_sum_to_js(a, b):
    assume(a.any() and b.any())
    parts = contributions(a, b)
    assert (parts >= 0).all()
    assert parts.sum() == pytest.approx(jensen_shannon(a, b), abs=1e-10)
    assert (parts[(a == 0) & (b == 0)] == 0).all()


@given(a=counts, b=counts)
def test_kl_is_finite_not_negative_and_ignores_empty_cells(a, b):
    assume(a.any() and b.any())
    kl, _ = kullback_leibler(a, b)
    assert np.isfinite(kl)
    assert kl >= -1e-12
    assert kl == pytest.approx(kullback_leibler(np.r_[a, 0, 0, 0], np.r_[b, 0, 0, 0])[0], abs=1e-12)


def test_kl_has_the_pseudo_counts_of_its_formula():
    a, b = np.array([8, 2, 0, 0]), np.array([1, 3, 6, 0])
    pseudo = 3 / 2 * (a + b) / 20
    p, q = (a + pseudo) / (10 + 1.5), (b + pseudo) / (10 + 1.5)
    forward, reverse = kullback_leibler(a, b)
    assert forward == pytest.approx((p[:3] * np.log(p[:3] / q[:3])).sum(), abs=1e-12)
    assert reverse == pytest.approx((q[:3] * np.log(q[:3] / p[:3])).sum(), abs=1e-12)
    assert reverse == pytest.approx(kullback_leibler(b, a)[0], abs=1e-12)


def test_the_effect_is_the_log_ratio_of_shares_and_0_where_nobody_is():
    a, b = np.array([40, 0, 10, 0]), np.array([0, 10, 90, 0])
    found = effects(a, b)
    assert found[0] == pytest.approx(np.log2((40.5 / 51) / (0.5 / 101)))
    assert found[0] > 0 > found[1]
    assert found[3] == 0


def test_draws_of_the_null_may_be_stacked():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 9, (7, CELLS)), rng.integers(0, 9, (7, CELLS))
    np.testing.assert_allclose(jensen_shannon(a, b), [jensen_shannon(x, y) for x, y in zip(a, b, strict=True)])
    one_by_one = [kullback_leibler(x, y) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(np.transpose(kullback_leibler(a, b)), one_by_one)


def test_the_influence_of_a_point_is_the_derivative_of_js():
    a, b = np.array([400_000, 300_000, 300_000]), np.array([100_000, 500_000, 400_000])
    g, _ = influence(a, b)
    moved = a.copy()
    moved[0] -= 10
    moved[1] += 10
    assert (jensen_shannon(moved, b) - jensen_shannon(a, b)) == pytest.approx((g[1] - g[0]) * 10 / a.sum(), rel=1e-3)


def test_the_standard_error_is_the_spread_of_js_over_samples():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.full(30, 2)), rng.dirichlet(np.full(30, 2))
    a, b = rng.multinomial(5000, p, 400), rng.multinomial(2000, q, 400)
    claimed = np.mean([standard_error(x, y) for x, y in zip(a[:50], b[:50], strict=True)])
    assert claimed == pytest.approx(jensen_shannon(a, b).std(), rel=0.15)


@pytest.mark.parametrize("n", [2_000, 10_000])
def test_the_corrected_divergence_finds_a_planted_truth_that_the_plug_in_misses(n):
    """Two mixtures of 60 Gaussians, some weights changed, on a 40 grid: the truth from two million points."""
    rng = np.random.default_rng(7)
    centres, widths = rng.uniform(0.1, 0.9, (60, 2)), rng.uniform(0.01, 0.05, 60)
    weights = rng.dirichlet(np.full(60, 3))
    other = weights * np.exp(0.65 * rng.normal(size=60))
    other /= other.sum()

    def sample(size, mixture):
        component = rng.choice(60, size, p=mixture)
        xy = np.clip(centres[component] + widths[component, None] * rng.normal(size=(size, 2)), 0, 0.9999)
        cell = np.floor(xy * 40).astype(int)
        return np.bincount(cell[:, 0] * 40 + cell[:, 1], minlength=1600)

    truth = jensen_shannon(sample(1_000_000, weights), sample(1_000_000, other))
    a, b = sample(n, weights), sample(n, other)
    null = np.concatenate([jensen_shannon(x, y) for x, y in PointNull(a, b).draw(99, rng)])
    plug_in = float(jensen_shannon(a, b))
    corrected = plug_in - null.mean()
    assert 0.02 < truth < 0.04
    assert abs(corrected - truth) < 0.1 * truth + 2 * null.std()
    assert plug_in > truth + 5 * abs(corrected - truth)


def test_a_dataset_without_points_is_refused():
    with pytest.raises(InputError, match="without points"):
        jensen_shannon(np.zeros(3, np.int64), np.ones(3, np.int64))
