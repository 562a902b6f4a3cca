"""The Fréchet distance: its golden value, its laws, and its noise floor."""

import numpy as np
import pytest

from ganatlas.errors import InputError
from ganatlas.metrics.frechet import frechet_distance, noise_floor

X = np.random.RandomState(0).randn(2000, 64)
Y = 1.1 * np.random.RandomState(1).randn(2000, 64) + 0.1


def test_it_is_the_golden_value():
    assert frechet_distance(X, Y).value == pytest.approx(2.53721917783, rel=1e-9)


def test_identical_sets_are_at_distance_zero():
    assert abs(frechet_distance(X, X).value) < 1e-9


def test_a_shift_of_the_mean_counts_squared():
    assert frechet_distance(X, X + 0.5).value == pytest.approx(64 * 0.25, rel=1e-9)


def test_the_floor_is_what_two_samples_of_one_distribution_show():
    random = np.random.default_rng(3)
    spread = np.linspace(0.2, 3, 12)
    shown = [frechet_distance(*(random.standard_normal((2, 400, 12)) * spread)).value for _ in range(40)]
    assert noise_floor(np.diag(spread**2), 400) == pytest.approx(np.mean(shown), rel=0.1)


def test_constant_features_have_no_floor_and_no_nan():
    same = frechet_distance(np.ones((5, 3)), np.ones((7, 3)))
    assert (same.value, same.floor, same.n, same.dimension) == (0, 0, 5, 3)


@pytest.mark.parametrize(
    ("real", "generated", "said"),
    [
        (X[:1], Y, "at least two rows of features; real has shape"),
        (X, Y[:, :10], "real has 64, generated 10"),
        (X, np.full((4, 64), np.nan), "finite features; generated has 256"),
        (X, Y[0], "at least two rows of features; generated"),
    ],
)
def test_features_that_cannot_be_compared_are_named(real, generated, said):
    with pytest.raises(InputError, match=said):
        frechet_distance(real, generated)
