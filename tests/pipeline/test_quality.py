"""Trustworthiness against scikit-learn, its ends, and stability."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from ganatlas.pipeline.layout import LayoutSettings
from ganatlas.pipeline.quality import choose, stability, trustworthiness_continuity


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 5, 15])
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(metric, k):
    rng = np.random.default_rng(k)
    x = rng.normal(size=(150, 8)).astype(np.float32)
    layout = x[:, :2] + rng.normal(size=(150, 2)).astype(np.float32)
    trust, continuity = trustworthiness_continuity(x, layout, k=k, metric=metric)
    assert trust == pytest.approx(trustworthiness(x, layout, n_neighbors=k, metric=metric), abs=1e-9)
    if metric == "euclidean":
        assert continuity == pytest.approx(trustworthiness(layout, x, n_neighbors=k), abs=1e-9)


def test_a_copy_is_trustworthy_and_noise_is_not():
    x = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    assert trustworthiness_continuity(x, x, metric="euclidean") == (1, 1)
    noise = np.random.default_rng(1).normal(size=(300, 2)).astype(np.float32)
    assert trustworthiness_continuity(x, noise, metric="euclidean")[0] == pytest.approx(0.5, abs=0.05)


def test_gathering_strangers_costs_trust_and_tearing_neighbours_costs_continuity():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2)).astype(np.float32)
    folded = np.abs(x)
    trust, continuity = trustworthiness_continuity(x, folded, metric="euclidean")
    assert trust < continuity
    torn = x + np.where(rng.random((400, 1)) < 0.5, 20, 0).astype(np.float32)
    trust, continuity = trustworthiness_continuity(x, torn, metric="euclidean")
    assert continuity < trust


@pytest.mark.parametrize("n", [1, 2, 3, 5, 20])
def test_few_points_have_a_quality_too(n):
    x = np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)
    trust, continuity = trustworthiness_continuity(x, x[:, :2])
    assert 0 <= trust <= 1
    assert 0 <= continuity <= 1


def test_a_clear_structure_is_more_stable_than_noise():
    rng = np.random.default_rng(0)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 300))
    ring = np.stack([np.cos(angle), np.sin(angle)] + [np.zeros(300)] * 6, axis=1).astype(np.float16)
    noise = rng.normal(size=(300, 64)).astype(np.float16)
    settings = LayoutSettings(n_neighbors=15, epochs=100)
    assert stability(ring, settings, seed=0) > stability(noise, settings, seed=0) + 0.2
    assert stability(ring, settings, seed=0) == stability(ring, settings, seed=0)


def test_a_subsample_is_fixed_and_without_repeats():
    rows = choose(1000, 100, 3)
    assert len(np.unique(rows)) == 100
    np.testing.assert_array_equal(rows, choose(1000, 100, 3))
    np.testing.assert_array_equal(choose(50, 100, 3), np.arange(50))
