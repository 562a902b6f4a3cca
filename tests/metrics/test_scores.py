"""Scores of single samples: they add up to the figures, and they point at the samples that were planted."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent))
from metric_sets import MODES, mixture

from ganatlas.metrics import Settings, authenticity, density_coverage, distances, evaluate_with_scores, precision_recall
from ganatlas.metrics import sample_scores as score
from ganatlas.metrics.neighbours import NeighbourSettings

BARE = NeighbourSettings(permutations=0, test_rows=50, baseline=False)


@hypothesis_settings(max_examples=25)
@for_all(st.integers(12, 60), st.integers(12, 60), st.integers(1, 5), st.integers(0, 99), st.booleans())
def test_the_scores_add_up_to_the_figures(n: int, m: int, d: int, seed: int, coarse: bool) -> None:
    random = np.random.default_rng(seed)
    real, made = random.standard_normal((n, d)), random.standard_normal((m, d)) + 0.3
    if coarse:  # with copies and ties
        real, made = np.round(real), np.round(made)
    real[0] += 20.25  # one that has no copy
    generated, reference = score(real, made)
    shares, fill = precision_recall(real, made, settings=BARE), density_coverage(real, made, settings=BARE)
    assert generated.inside.mean() == pytest.approx(shares.precision.value)
    assert reference.recalled.mean() == pytest.approx(shares.recall.value)
    assert generated.density.mean() == pytest.approx(fill.density.value)
    assert reference.covered.mean() == pytest.approx(fill.coverage.value)
    assert 100 * generated.authentic.mean() == pytest.approx(authenticity(real, made, settings=BARE).percent.value)


def test_realism_is_high_among_real_samples_and_low_far_from_them() -> None:
    real, made = mixture(0, 400), mixture(1, 100)
    made[:10] += 4.0
    found, _ = score(real, made)
    assert found.realism[:10].max() < found.realism[10:].min() < 1.2
    assert np.median(found.realism[10:]) == pytest.approx(1, abs=0.2)
    assert not found.inside[:10].any()


def test_the_nearest_real_sample_and_its_distance_are_those_of_a_search() -> None:
    real, made = mixture(0, 50), mixture(1, 30)
    found, _ = score(real, made)
    apart = np.linalg.norm(real[:, None] - made, axis=2)
    among = np.linalg.norm(real[:, None] - real, axis=2) + np.diag(np.full(50, np.inf))
    np.testing.assert_array_equal(found.nearest, apart.argmin(0))
    np.testing.assert_allclose(found.distance, apart.min(0))
    np.testing.assert_allclose(found.ratio, apart.min(0) / among.min(0)[apart.argmin(0)])


def test_a_copy_is_named_with_its_original() -> None:
    real, made = mixture(0, 100), mixture(1, 100)
    made[7] = real[42] + 1e-4
    found, _ = score(real, made)
    assert (found.ratio.argmin(), found.nearest[7]) == (7, 42)
    assert found.ratio[7] < 0.01
    assert not found.authentic[7]


def test_real_samples_of_a_missing_mode_are_the_ones_not_covered() -> None:
    real = mixture(0, 500)
    _, reference = score(real, mixture(1, 500, (0, 1, 2, 3)))
    missing = (real @ MODES.T).argmax(1) == 4
    assert not reference.covered[missing].any()
    assert reference.covered[~missing].mean() > 0.9


def test_the_real_samples_own_scores_are_what_those_of_another_real_sample_would_be() -> None:
    real = mixture(0, 400)
    found = evaluate_with_scores(real, mixture(1, 400), settings=Settings(("precision_recall",), permutations=0))
    assert found.own is not None
    assert found.generated is not None
    assert found.own.inside.mean() == pytest.approx(found.generated.inside.mean(), abs=0.06)
    assert found.own.density.mean() == pytest.approx(1, abs=1e-9)  # each ball holds its k nearest
    assert np.median(found.own.realism) == pytest.approx(np.median(found.generated.realism), abs=0.06)
    assert (found.own.nearest != np.arange(400)).all()


def test_sets_too_small_for_neighbours_have_figures_and_no_scores() -> None:
    found = evaluate_with_scores(mixture(0, 4), mixture(1, 4), settings=Settings(permutations=0))
    assert (found.generated, found.real, found.own) == (None, None, None)
    assert found.evaluation["precision"].value is None


def test_several_threads_and_small_blocks_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = mixture(0, 90), mixture(1, 70)
    monkeypatch.setattr(distances, "BLOCK_BYTES", 8 * 90 * 8)
    monkeypatch.setattr(distances, "_threads", lambda: 1)
    one = score(real, made)
    monkeypatch.setattr(distances, "_threads", lambda: 3)
    three = score(real, made)
    for first, second in zip(one, three, strict=True):
        for name in vars(first):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
