"""Latents: the same for the same seed, within the truncation, and on the sphere between two of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganatlas.errors import InputError
from ganatlas.generators.latents import draw_class, draw_latent, lerp, slerp

SEEDS = st.integers(0, 2**31)


@given(SEEDS, st.integers(0, 10_000), st.floats(0.05, 3))
def test_a_truncated_latent_stays_within_its_bound_and_keeps_what_was_within(seed, index, truncation):
    free, short = draw_latent(64, seed, index), draw_latent(64, seed, index, truncation)
    assert np.abs(short).max() <= np.float32(truncation)
    within = np.abs(free) <= truncation
    np.testing.assert_array_equal(short[within], free[within])


def test_latents_are_standard_normal_and_differ_between_images_and_seeds():
    drawn = np.stack([draw_latent(128, 7, index) for index in range(400)])
    assert drawn.dtype == np.float32
    assert abs(drawn.mean()) < 0.02
    assert drawn.std() == pytest.approx(1, abs=0.02)
    assert len(np.unique(drawn[:, 0])) == 400
    assert not np.array_equal(draw_latent(128, 8, 0), drawn[0])


@given(SEEDS, st.floats(0, 1))
def test_the_ends_of_a_walk_are_exact_and_its_length_hardly_changes(seed, t):
    a, b = draw_latent(128, seed, 0), draw_latent(128, seed, 1)
    for between in (slerp, lerp):
        np.testing.assert_array_equal(between(a, b, 0.0), a)
        np.testing.assert_array_equal(between(a, b, 1.0), b)
    lengths = sorted([np.linalg.norm(a), np.linalg.norm(b)])
    assert lengths[0] * 0.9 <= np.linalg.norm(slerp(a, b, t)) <= lengths[1] * 1.1
    assert np.linalg.norm(lerp(a, b, 0.5)) < sum(lengths) / 2 * 0.9


def test_parallel_latents_have_a_way_between_them():
    a = draw_latent(16, 0, 0)
    np.testing.assert_allclose(slerp(a, a, 0.3), a)


def test_every_class_that_was_asked_for_is_as_likely_as_the_others():
    drawn = [draw_class((2, 5, 7), 3, index) for index in range(3000)]
    shares = [drawn.count(one) / 3000 for one in (2, 5, 7)]
    assert sum(shares) == 1
    assert max(shares) - min(shares) < 0.05


@pytest.mark.parametrize("truncation", [0, -1, 0.001, float("nan")])
def test_a_truncation_that_cannot_be_drawn_is_refused(truncation):
    with pytest.raises(InputError, match=r"expected at least 0\.02"):
        draw_latent(8, 0, 0, truncation)
