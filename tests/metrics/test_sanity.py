"""Sets whose difference is known: each figure says what it should, or is known not to see it (docs/metrics.md)."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent))
from metric_sets import MODES, mixture

from ganatlas.metrics import Evaluation, Settings, data_copying, evaluate

REAL = mixture(0, 500)
SETTINGS = Settings(permutations=99)


def test_identical_sets_are_perfect_and_not_authentic() -> None:
    found = evaluate(REAL, REAL, settings=SETTINGS)
    for name in ("precision", "recall", "density", "coverage"):
        assert found[name].value == 1
    assert found["frechet_distance"].value == pytest.approx(0, abs=1e-9)
    assert found["kernel_distance"].value is not None
    assert found["kernel_distance"].value <= 0  # unbiased: a set is nearer to itself than chance would have it
    assert found["authenticity"].value == 0


@pytest.fixture(scope="module")
def alike() -> Evaluation:
    """Two independent samples of one distribution."""
    return evaluate(REAL, mixture(1, 500), held_out=mixture(2, 500), settings=SETTINGS)


def test_two_samples_of_one_distribution_look_as_real_against_real_does(alike: Evaluation) -> None:
    for figure in alike.figures:
        assert figure.p is None or figure.p > 0.05, figure.name
    for name in ("precision", "recall", "density", "coverage"):
        baseline, there = alike[name].baseline, alike[name].at_baseline
        assert baseline is not None
        assert there == pytest.approx(baseline, abs=0.06)
    distance, extrapolated = alike["frechet_distance"], alike["frechet_infinity"]
    assert distance.low is not None
    assert distance.high is not None
    assert distance.low < (distance.floor or 0) < distance.high
    assert extrapolated.low is not None
    assert extrapolated.high is not None
    assert extrapolated.low < 0 < extrapolated.high


def test_a_shift_of_the_mean_is_seen_by_all(alike: Evaluation) -> None:
    found = evaluate(REAL, mixture(1, 500) + 0.8, settings=SETTINGS)
    for name in ("kernel_distance", "precision", "recall", "density", "coverage", "authenticity"):
        assert found[name].p == pytest.approx(0.01, abs=0.0101), name
    assert found["frechet_infinity"].value == pytest.approx(8 * 0.8**2, rel=0.2)
    assert value(found, "frechet_distance") > 5 * value(alike, "frechet_distance")


def test_a_mode_that_is_missing_costs_recall_and_coverage_but_not_precision() -> None:
    found = evaluate(REAL, mixture(1, 500, (0, 1, 2, 3)), settings=SETTINGS)
    for name in ("recall", "coverage"):
        assert value(found, name) == pytest.approx(0.8 * (found[name].baseline or 0), abs=0.06)
        assert found[name].p == 0.02
    assert value(found, "precision") == pytest.approx(found["precision"].baseline, abs=0.06)
    assert found["kernel_distance"].p == 0.01


def test_an_invented_mode_costs_precision_but_not_recall() -> None:
    real = mixture(0, 500, (0, 1, 2, 3))
    found = evaluate(real, REAL, settings=SETTINGS)
    assert value(found, "precision") == pytest.approx(0.8 * (found["precision"].baseline or 0), abs=0.06)
    assert value(found, "recall") == pytest.approx(found["recall"].baseline, abs=0.06)


def test_memorised_samples_are_seen_by_authenticity_and_data_copying_alone() -> None:
    random = np.random.default_rng(5)
    copies = REAL + 0.01 * random.standard_normal(REAL.shape)
    found = evaluate(REAL, copies, held_out=mixture(2, 500), settings=SETTINGS)
    assert value(found, "authenticity") < 1
    assert found["authenticity"].baseline == pytest.approx(55, abs=12)  # held-out images are as near as real ones are
    assert value(found, "data_copying") < -10
    assert found["data_copying"].p is not None
    assert found["data_copying"].p < 1e-6
    for name in ("precision", "recall", "coverage"):
        assert value(found, name) == 1
    assert value(found, "frechet_distance") < 0.01
    assert found["kernel_distance"].p == 1


def test_copies_in_one_region_alone_are_found_there() -> None:
    held_out, generated = mixture(2, 500), mixture(1, 500)
    cells = [(x @ MODES.T).argmax(1) for x in (REAL, held_out, generated)]
    copied = np.flatnonzero(cells[2] == 0)
    generated[copied] = REAL[cells[0] == 0][: len(copied)][np.arange(len(copied)) % (cells[0] == 0).sum()] + 1e-3
    found = data_copying(REAL, held_out, generated, regions=(cells[0], cells[1], cells[2]))
    assert found.z[0] is not None
    assert found.z[0] < -8
    assert all(z is not None and abs(z) < 4 for z in found.z[1:])


def test_few_images_repeated_cost_recall_but_not_precision() -> None:
    few = np.repeat(mixture(1, 25), 20, axis=0)
    found = evaluate(REAL, few, settings=SETTINGS)
    assert value(found, "recall") < 0.1
    assert value(found, "coverage") < 0.4
    assert value(found, "precision") > 0.7


def test_a_few_real_outliers_make_precision_blind_but_not_density() -> None:
    far = 100 * np.eye(3, 8)
    noise = far[0] + 3 * np.random.default_rng(6).standard_normal((250, 8))
    found = evaluate(np.concatenate([REAL[:497], far]), np.concatenate([mixture(1, 250), noise]), settings=SETTINGS)
    assert value(found, "precision") > 0.9  # the ball of one outlier holds half of all samples
    assert value(found, "density") == pytest.approx(0.5 + 0.5 / 5, abs=0.1)


def value(found: Evaluation, name: str) -> float:
    measured = found[name].value
    assert measured is not None
    return measured


def test_the_modes_are_apart() -> None:
    assert np.linalg.norm(MODES[0] - MODES[1]) > 15
