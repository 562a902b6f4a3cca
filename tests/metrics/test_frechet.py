"""The Fréchet distance: its golden value, its laws, its noise floor, its spread, and its value at infinity."""

import numpy as np
import pytest

from ganatlas.errors import InputError
from ganatlas.metrics.checks import NotComputableError
from ganatlas.metrics.frechet import frechet_distance, frechet_infinity, frechet_values, noise_floor

X = np.random.RandomState(0).randn(2000, 64)
Y = 1.1 * np.random.RandomState(1).randn(2000, 64) + 0.1


def test_it_is_the_golden_value():
    assert frechet_distance(X, Y).value == pytest.approx(2.53721917783, rel=1e-9)


def test_identical_sets_are_at_distance_zero():
    assert abs(frechet_distance(X, X).value) < 1e-9


def test_a_shift_of_the_mean_counts_squared():
    assert frechet_distance(X, X + 0.5).value == pytest.approx(64 * 0.25, rel=1e-9)


def test_distances_alone_are_the_same_distances():
    whole, few, flat = (X, Y), (X[:50], Y[:40]), (np.hstack([X, X[:, :2]]), np.hstack([Y, 0 * Y[:, :2]]))
    found = frechet_values([whole, few, flat, (X, X)])
    assert found[:3] == pytest.approx([frechet_distance(*pair).value for pair in (whole, few, flat)], rel=1e-6)
    assert abs(found[3]) < 1e-5


def test_the_floor_is_what_two_samples_of_one_distribution_show():
    random = np.random.default_rng(3)
    spread = np.linspace(0.2, 3, 12)
    shown = [frechet_distance(*(random.standard_normal((2, 400, 12)) * spread)).value for _ in range(40)]
    assert noise_floor(np.diag(spread**2), 400) == pytest.approx(np.mean(shown), rel=0.1)


def test_the_floor_of_unequal_sets_lies_between_those_of_their_sizes():
    floors = [frechet_distance(X[:n], X[1000 : 1000 + m]).floor for n, m in ((900, 900), (900, 300), (300, 300))]
    assert floors[0] < floors[1] < floors[2]


@pytest.mark.parametrize("shift", [0, 0.4])
def test_the_standard_error_is_the_spread_over_samples_or_a_little_more(shift):
    random = np.random.default_rng(4)
    found = [frechet_distance(random.standard_normal((400, 12)), random.normal(shift, 1, (400, 12))) for _ in range(60)]
    values, errors = np.array([(each.value, each.standard_error) for each in found]).T
    assert 0.8 < np.mean(errors) / values.std(ddof=1) < 1.6


def test_at_infinity_the_bias_is_gone():
    truth = 64 * 0.1**2 + 64 * 0.1**2  # of the distributions of X and Y: of the means, and of the deviations
    found = frechet_infinity(X, Y)
    assert (found.n, found.smallest) == (2000, 400)
    assert found.value == pytest.approx(truth, abs=2 * found.standard_error)
    assert found.standard_error < 0.15 * truth


def test_a_channel_that_is_always_zero_changes_nothing_at_infinity():
    padded = [np.hstack([each[:400, :8], np.zeros((400, 1))]) for each in (X, Y)]
    assert frechet_infinity(*padded).value == pytest.approx(frechet_infinity(X[:400, :8], Y[:400, :8]).value, abs=1e-6)


def test_too_few_samples_to_extrapolate_are_refused_with_how_many_are_needed():
    with pytest.raises(NotComputableError, match="at infinity needs at least 130 samples"):
        frechet_infinity(X[:129], Y)


def test_fewer_samples_than_dimensions_are_warned_of():
    assert any("needs more than 64 samples" in warning for warning in frechet_distance(X[:64], Y).warnings)
    assert frechet_distance(X[:65], Y).warnings == ()


def test_constant_features_have_no_floor_and_no_nan():
    same = frechet_distance(np.ones((5, 3)), np.ones((7, 3)))
    assert (same.value, same.floor, same.n, same.dimension) == (0, 0, 5, 3)


@pytest.mark.parametrize(
    ("real", "generated", "said"),
    [
        (X[:1], Y, "at least two rows of features; real has shape"),
        (X, Y[:, :10], "real has 64, generated 10"),
        (X, np.full((4, 64), np.nan), "finite features; generated has 256"),
        (X, Y[0], "a table of features, .*; generated has shape"),
        (X, 1e60 * Y, "generated has larger ones"),
    ],
)
def test_features_that_cannot_be_compared_are_named(real, generated, said):
    with pytest.raises(InputError, match=said):
        frechet_distance(real, generated)
