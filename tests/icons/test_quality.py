"""The judge's figures on planted truths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError
from ganatlas.icons.quality import blurred, identifiability, look, noisy, ranks, realism, without_member

CELLS, CHANNELS = 60, 24


def cells(seed: int = 0) -> np.ndarray:
    """Means of cells, float64 (60, 24), none of which points where another does."""
    return np.maximum(np.random.default_rng(seed).normal(size=(CELLS, CHANNELS)), 0) + 0.01


def test_an_icon_that_is_seen_as_its_cell_is_first() -> None:
    means = cells()
    found = identifiability(ranks(means * 3 + 1e-3, means, np.arange(CELLS)))
    assert (found.first, found.best5, found.median_rank) == (1, 1, 1)


def test_icons_of_other_cells_are_at_chance() -> None:
    means, random = cells(), np.random.default_rng(1)
    own = np.tile(np.arange(CELLS), 40)
    found = identifiability(ranks(means[random.integers(0, CELLS, len(own))], means, own))
    assert found.first == pytest.approx(1 / CELLS, abs=0.01)
    assert found.best5 == pytest.approx(5 / CELLS, abs=0.025)
    assert found.median_rank == pytest.approx(CELLS / 2, abs=2.5)


def test_an_icon_in_which_nothing_is_seen_is_last() -> None:
    assert (ranks(np.zeros((CELLS, CHANNELS)), cells(), np.arange(CELLS)) == CELLS).all()


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_a_rank_is_one_of_the_cells_and_knows_no_unit(seed: int, scale: float) -> None:
    means, random = cells(), np.random.default_rng(seed)
    seen, own = random.normal(size=(7, CHANNELS)), random.integers(0, CELLS, 7)
    found = ranks(seen, means, own)
    assert ((found >= 1) & (found <= CELLS)).all()
    assert np.array_equal(ranks(scale * seen, means, own), found)


def test_an_exemplar_is_left_out_of_its_own_cells_mean() -> None:
    random = np.random.default_rng(2)
    members, weight = random.random((CELLS, 6, CHANNELS)), random.random((CELLS, 6)) + 0.1
    means = (members * weight[..., None]).sum(1) / weight.sum(1)[:, None]
    rest = (members * weight[..., None])[:, 1:].sum(1) / weight[:, 1:].sum(1)[:, None]
    assert np.allclose(without_member(means, weight.sum(1), members[:, 0], weight[:, 0]), rest)
    with_itself = ranks(members[:, 0], means, np.arange(CELLS))
    without = ranks(members[:, 0], means, np.arange(CELLS), truth=rest)
    assert without.mean() > with_itself.mean()
    with pytest.raises(InputError, match="no other member"):
        without_member(means, weight[:, 0], members[:, 0], weight[:, 0])


def test_real_pictures_are_real_and_shifted_ones_are_as_far_as_they_were_shifted() -> None:
    random = np.random.default_rng(3)
    spread = random.random(CHANNELS) + 0.2
    real = random.normal(size=(5000, CHANNELS)) * spread
    again = random.normal(size=(400, CHANNELS)) * spread
    assert realism(again, real) == pytest.approx(0.8 / 20, abs=0.03)
    assert realism(again + 0.7 * spread, real) == pytest.approx(0.7, abs=0.05)
    dead = np.concatenate([real, np.zeros((5000, 3))], axis=1)
    assert realism(dead[:400], dead) < 0.1
    assert realism(np.ones((4, 2)), np.zeros((9, 2))) == 0


def test_a_blur_keeps_what_is_even_and_takes_what_is_fine() -> None:
    even = np.full((1, 12, 12, 3), 90, np.uint8)
    assert np.allclose(blurred(even), 90 / 255, atol=1e-6)
    fine = np.zeros((1, 12, 12, 3), np.uint8)
    fine[:, ::2, ::2], fine[:, 1::2, 1::2] = 200, 200  # a chessboard
    assert blurred(fine).std() < 0.1 * (fine / 255).std()
    point = np.zeros((1, 21, 21, 3), np.uint8)
    point[:, 10, 10] = 255
    across = blurred(point)[0, :, :, 0].sum(1)
    assert (across * (np.arange(21) - 10) ** 2).sum() / across.sum() == pytest.approx(1, abs=0.05)


def test_noise_has_its_strength_and_is_the_same_again() -> None:
    grey = np.full((4, 32, 32, 3), 128, np.uint8)
    assert noisy(grey, 0).std() == pytest.approx(0.1, abs=0.005)
    assert np.array_equal(noisy(grey, 0), noisy(grey, 0))
    assert not np.array_equal(noisy(grey, 0), noisy(grey, 1))
    assert noisy(np.zeros_like(grey), 0).min() == 0


def test_a_judge_sees_colours_where_they_are(planted: Classifier) -> None:
    pictures = np.full((3, 16, 16, 3), 128, np.uint8)
    for channel in range(3):
        pictures[channel, 5:12, 5:12, channel] = 255
    made = look(planted, pictures, planted.layers[0], 8, planted.layers[0])
    assert (made.activation[:, :3].argmax(1) == np.arange(3)).all()
    assert made.pooled.shape == made.activation.shape == (3, 5)
    assert (look(planted, pictures, planted.layers[0], 1, planted.layers[0]).activation.std(0) < 1e-6).all()
    as_floats = look(planted, pictures / 255, planted.layers[0], 8, planted.layers[0]).activation
    assert np.allclose(as_floats, made.activation, atol=1e-4)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="do not fit"):
        ranks(np.ones((3, 4)), np.ones((5, 6)), np.arange(3))
