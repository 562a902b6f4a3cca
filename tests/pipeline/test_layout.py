"""Layouts of planted clusters: kept apart, the same for the same seed, whatever the data's awkward corners."""

from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.neighbors import KNeighborsClassifier

from ganatlas.errors import InputError
from ganatlas.pipeline import embedding
from ganatlas.pipeline import layers as layers_module
from ganatlas.pipeline import layout as layout_module
from ganatlas.pipeline.layers import lay_out_layer
from ganatlas.pipeline.layout import LayoutSettings, embed, lay_out
from ganatlas.pipeline.neighbours import exact_neighbours
from ganatlas.pipeline.quality import trustworthiness_continuity

QUICK = LayoutSettings(n_neighbors=15, epochs=100, stability_seeds=0)


def clusters(n: int, seed: int = 0, amount: int = 6, channels: int = 32) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.integers(0, amount, n)
    centres = 3 * np.random.default_rng(99).normal(size=(amount, channels))
    return np.maximum(centres[label] + rng.normal(size=(n, channels)), 0).astype(np.float16), label


def test_clusters_of_activations_are_apart_on_the_map():
    x, label = clusters(900)
    layout = lay_out(x, QUICK, seed=0)
    assert layout.points.shape == (900, 2)
    assert layout.points.dtype == np.float32
    assert KNeighborsClassifier(10).fit(layout.points, label).score(layout.points, label) > 0.98
    assert layout.trustworthiness is not None
    assert layout.trustworthiness > 0.9
    assert layout.stability is None


def test_the_same_seed_gives_the_same_bytes_on_one_thread_and_on_two():
    x, _ = clusters(700)
    first = embed(x, QUICK, seed=4)
    np.testing.assert_array_equal(first, embed(x, QUICK, seed=4))
    indices, distances = exact_neighbours(x, 15)
    graph, start = embedding.fuzzy_graph(indices, distances), np.ascontiguousarray(first[::-1])
    threads = numba.get_num_threads()
    results = []
    for amount in {1, threads}:
        numba.set_num_threads(amount)
        results.append(embedding.optimise(start, graph, 20, (1.75, 0.84), 1))
    numba.set_num_threads(threads)
    np.testing.assert_array_equal(results[0], results[-1])


def test_another_seed_gives_another_layout():
    x, _ = clusters(300)
    assert not np.array_equal(embed(x, QUICK, seed=0), embed(x, QUICK, seed=1))


@pytest.mark.slow  # umap-learn compiles for half a minute
def test_the_layout_keeps_neighbourhoods_as_well_as_umap_learn():
    from umap import UMAP

    rng = np.random.default_rng(0)
    latent = rng.normal(size=(1000, 4))
    x = np.maximum(latent @ rng.normal(size=(4, 48)) + 0.1 * rng.normal(size=(1000, 48)), 0).astype(np.float16)
    settings = LayoutSettings(n_neighbors=30, epochs=200)
    peer = UMAP(n_neighbors=30, min_dist=settings.min_dist, metric="cosine", n_epochs=200, random_state=0, n_jobs=1)
    theirs, _ = trustworthiness_continuity(x, peer.fit_transform(x.astype(np.float32)).astype(np.float32))
    ours, _ = trustworthiness_continuity(x, embed(x, settings, seed=0))
    assert ours >= theirs - 0.003


@pytest.mark.parametrize("at_once", [50_000, 300])
def test_points_beyond_the_landmarks_lie_with_their_own_kind(monkeypatch, at_once):
    monkeypatch.setattr(layout_module, "AT_ONCE", at_once)
    x, label = clusters(1500)
    settings = LayoutSettings(n_neighbors=15, epochs=100, landmarks=500, stability_seeds=0)
    points = embed(x, settings, seed=0)
    chosen = np.zeros(1500, bool)
    chosen[np.random.default_rng([0, 1500]).choice(1500, 500, replace=False)] = True
    assert KNeighborsClassifier(10).fit(points[chosen], label[chosen]).score(points[~chosen], label[~chosen]) > 0.97
    trust, continuity = trustworthiness_continuity(x, points)
    joint_trust, joint_continuity = trustworthiness_continuity(x, embed(x, QUICK, seed=0))
    assert trust > joint_trust - 0.03
    assert continuity > joint_continuity - 0.03


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_dead_and_duplicated_activations_have_finite_places(metric):
    x, _ = clusters(200)
    x[:60] = 0
    x[60:120] = x[60]
    settings = LayoutSettings(n_neighbors=15, epochs=30, metric=metric)
    assert np.isfinite(embed(x, settings, seed=0)).all()
    layout = lay_out(np.zeros((40, 8), np.float16), settings, seed=0)
    assert np.isfinite(layout.points).all()
    assert np.isfinite(embed(np.full((40, 8), 2, np.float16), settings, seed=0)).all()


def test_one_channel_is_enough():
    x = np.random.default_rng(0).uniform(0, 1, (100, 1)).astype(np.float16)
    assert np.isfinite(embed(x, LayoutSettings(epochs=20, metric="euclidean"), seed=0)).all()


def test_fewer_points_than_neighbours_take_all_there_are():
    x, _ = clusters(12)
    layout = lay_out(x, LayoutSettings(n_neighbors=50, epochs=20), seed=0)
    assert layout.parameters["n_neighbors"] == 11
    assert np.isfinite(layout.points).all()


def test_too_few_points_are_refused_with_both_numbers():
    with pytest.raises(InputError, match="from 4 points; at least 10"):
        lay_out(clusters(4)[0], QUICK, seed=0)


def test_membership_and_union_are_those_of_umap_learn():
    from umap.umap_ import fuzzy_simplicial_set

    x, _ = clusters(300)
    x[5] = x[9]
    indices, distances = exact_neighbours(x, 15)
    theirs, _, _ = fuzzy_simplicial_set(x, 15, None, "cosine", knn_indices=indices, knn_dists=distances)
    difference = sp.csr_array(theirs) - embedding.fuzzy_graph(indices, distances)
    assert abs(difference).max() < 1e-4


def test_curve_parameters_are_those_of_umap_learn():
    from umap.umap_ import find_ab_params

    np.testing.assert_allclose(embedding.curve_parameters(0.05), find_ab_params(1.0, 0.05), rtol=1e-6)


def test_a_layout_made_in_this_process_leaves_its_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    during: list[int] = []
    monkeypatch.setattr(layers_module, "_lay_out", lambda _job, _folder, _device: during.append(torch.get_num_threads()))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        lay_out_layer(tmp_path, SimpleNamespace(layer="a", layout_key={"seed": 0}), "cpu")  # type: ignore[arg-type]
        after = torch.get_num_threads()
    finally:
        torch.set_num_threads(before)
    assert during == [1]
    assert after == 2
