"""Principal components against scikit-learn's, and what a point keeps of its activation."""

import numpy as np
from sklearn.decomposition import PCA

from ganatlas.bundle.tables import REDUCED
from ganatlas.pipeline import reduction
from ganatlas.pipeline.reduction import principal_components, reduce_activations


def activations(n: int, channels: int, size: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(n, channels)) * np.linspace(3, 0.2, channels) @ rng.normal(size=(channels, channels))
    return (size * np.maximum(mixed, 0)).astype(np.float16)


def test_principal_components_are_those_of_scikit_learn_up_to_their_sign():
    x = activations(400, 32)
    ours = principal_components(x, 5, block=64)
    theirs = PCA(5, svd_solver="full").fit(x.astype(np.float64))
    scores = theirs.transform(x.astype(np.float64))
    sign = np.sign(theirs.components_[np.arange(5), np.abs(theirs.components_).argmax(axis=1)])
    np.testing.assert_allclose(ours, scores * sign, atol=1e-3)


def test_of_many_points_the_axes_are_those_of_an_even_choice(monkeypatch):
    x = activations(601, 8)
    monkeypatch.setattr(reduction, "ENOUGH", 301)
    theirs = PCA(3, svd_solver="full").fit(x[::2].astype(np.float64))
    scores = theirs.transform(x.astype(np.float64))
    sign = np.sign(theirs.components_[np.arange(3), np.abs(theirs.components_).argmax(axis=1)])
    np.testing.assert_allclose(principal_components(x, 3, block=64), scores * sign, atol=1e-3)


def test_what_is_kept_keeps_the_angles_between_samples_and_fits_float16():
    x = activations(300, REDUCED, size=1000.0)
    kept = reduce_activations(x).astype(np.float64)
    assert abs(kept[:, 0].std() - 1) < 1e-3
    centred = x.astype(np.float64) - x.astype(np.float64).mean(axis=0)

    def cosines(rows: np.ndarray) -> np.ndarray:
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit @ unit.T

    np.testing.assert_allclose(cosines(kept), cosines(centred), atol=2e-3)


def test_columns_beyond_the_channels_and_samples_that_are_all_alike_are_zero():
    assert (reduce_activations(activations(50, 4))[:, 4:] == 0).all()
    assert (reduce_activations(np.ones((20, 8), np.float16)) == 0).all()
    assert (reduce_activations(np.ones((1, 8), np.float16)) == 0).all()
