"""Neighbours against scikit-learn and brute force, and the cases that break naive ones: duplicates and zero vectors."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ganatlas.errors import InputError
from ganatlas.pipeline.neighbours import approximate_neighbours, exact_neighbours, neighbours_among


def rectified(n: int, channels: int = 24, seed: int = 0) -> np.ndarray:
    return np.maximum(np.random.default_rng(seed).normal(size=(n, channels)), 0).astype(np.float32)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("block", [7, 1024])
def test_exact_neighbours_are_those_of_scikit_learn(metric, block):
    x = rectified(203)
    indices, distances = exact_neighbours(x, 12, metric, block=block)
    expected = NearestNeighbors(n_neighbors=12, metric=metric, algorithm="brute").fit(x).kneighbors(x)
    np.testing.assert_array_equal(indices[:, 0], np.arange(203))
    np.testing.assert_array_equal(indices, expected[1])
    np.testing.assert_allclose(distances, expected[0], atol=2e-3 if metric == "euclidean" else 2e-6)
    assert indices.dtype == np.int32
    assert distances.dtype == np.float32


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_among_landmarks_are_those_of_scikit_learn(metric):
    x, landmarks = rectified(90), rectified(60, seed=1)
    indices, distances = neighbours_among(x, landmarks, 5, metric, block=16)
    expected = NearestNeighbors(n_neighbors=5, metric=metric, algorithm="brute").fit(landmarks).kneighbors(x)
    np.testing.assert_array_equal(indices, expected[1])
    np.testing.assert_allclose(distances, expected[0], atol=1e-5)


def test_a_large_offset_does_not_drown_euclidean_distances():
    x = rectified(100) + 500
    indices, _ = exact_neighbours(x, 6, "euclidean")
    exact = NearestNeighbors(n_neighbors=6, algorithm="brute").fit(x.astype(np.float64)).kneighbors(x.astype(np.float64))[1]
    assert (indices == exact).mean() > 0.99


def test_zero_vectors_are_at_no_distance_from_each_other_and_far_from_all_else():
    x = rectified(20)
    x[[3, 8, 11]] = 0
    indices, distances = exact_neighbours(x, 20, "cosine")
    np.testing.assert_array_equal(indices[3, :3], [3, 8, 11])
    np.testing.assert_allclose(distances[3, :3], 0)
    np.testing.assert_allclose(distances[3, 3:], 1)
    assert np.isfinite(distances).all()
    among, away = neighbours_among(x[[8]], x[[0, 3, 11]], 3, "cosine")
    np.testing.assert_array_equal(among[0], [1, 2, 0])
    np.testing.assert_allclose(away[0], [0, 0, 1])


def test_a_point_comes_first_among_its_duplicates_and_the_others_follow_by_index():
    x = np.tile(rectified(1), (30, 1))
    indices, distances = exact_neighbours(x, 30, "cosine")
    np.testing.assert_allclose(distances, 0, atol=1e-6)
    np.testing.assert_array_equal(indices[17], [17, *(i for i in range(30) if i != 17)])


def test_float16_on_disk_that_cannot_be_written_is_left_as_it_is(tmp_path):
    np.save(tmp_path / "x.npy", rectified(50).astype(np.float16))
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    before = np.array(x)
    exact_neighbours(x, 5, "euclidean")
    exact_neighbours(x, 5, "cosine")
    np.testing.assert_array_equal(x, before)


@pytest.mark.slow  # NN-descent compiles for a minute
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_approximate_neighbours_find_nearly_all_and_begin_with_the_point_itself(metric):
    x = rectified(1500, 8)
    x[40:43] = x[40]
    exact, exact_distances = exact_neighbours(x, 10, metric)
    found, distances = approximate_neighbours(x, 10, metric, seed=3)
    np.testing.assert_array_equal(found[:, 0], np.arange(1500))
    hits = np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(exact, found, strict=True)])
    assert hits > 0.95
    same = (found == exact).all(axis=1)
    np.testing.assert_allclose(distances[same], exact_distances[same], atol=5e-3)
    again, _ = approximate_neighbours(x, 10, metric, seed=3)
    np.testing.assert_array_equal(found, again)


def test_more_neighbours_than_points_are_refused():
    with pytest.raises(InputError, match="6 neighbours were asked for among 5 points"):
        exact_neighbours(rectified(5), 6)
    with pytest.raises(InputError, match="among 5 landmarks"):
        neighbours_among(rectified(9), rectified(5), 6)


def test_activations_that_are_not_finite_are_refused():
    x = rectified(10).astype(np.float16)
    x[4, 2] = np.inf
    with pytest.raises(InputError, match="1 of 10 activations are not finite"):
        exact_neighbours(x, 3)
