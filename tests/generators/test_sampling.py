"""Generators by name and their samples: the same images in any order, and clear words where something is wrong."""

from pathlib import Path

import numpy as np
import pytest

from ganatlas.errors import InputError
from ganatlas.generators.registry import open_generator
from ganatlas.generators.sampling import Samples, Sampling


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)


@pytest.fixture(scope="module")
def sngan():
    return open_generator("world:scenes/sngan")


def test_the_same_seed_gives_the_same_images_in_any_order_and_number(sngan):
    few, many = Samples(sngan, Sampling(40, seed=5)), Samples(sngan, Sampling(70, seed=5))
    backwards = {index: many[index] for index in reversed(range(70))}
    for index in range(40):
        np.testing.assert_array_equal(few[index][0], backwards[index][0])
        assert few[index][1] == backwards[index][1]
    other = Samples(sngan, Sampling(40, seed=6))
    assert not np.array_equal(other[0][0], few[0][0])
    assert few[0][0].shape == (64, 64, 3)
    assert few.fingerprint() not in {many.fingerprint(), other.fingerprint()}
    assert few.identity() == many.identity()


def test_only_the_classes_that_were_asked_for_are_drawn(sngan):
    samples = Samples(sngan, Sampling(60, classes=("barn", "pagoda")))
    assert {sngan.classes[samples.class_of(index)] for index in range(60)} == {"barn", "pagoda"}


def test_a_truncated_generator_is_less_varied(sngan):
    free, short = (
        np.stack([Samples(sngan, Sampling(64, classes=("none",), truncation=tau))[i][0] for i in range(64)]).astype(float)
        for tau in (None, 0.3)
    )
    assert short.std(0).mean() < 0.8 * free.std(0).mean()


def test_a_walk_goes_from_one_latent_to_the_next_within_a_class(sngan):
    walk, points = Samples(sngan, Sampling(9, seed=2, walk=4)), Samples(sngan, Sampling(3, seed=2))
    for index in (0, 1):
        np.testing.assert_array_equal(walk.latent(4 * index), points.latent(index))
        assert len({walk.class_of(4 * index + step) for step in range(4)}) == 1
        np.testing.assert_array_equal(walk[4 * index][0], points[index][0])
    steps = [np.linalg.norm(walk.latent(i + 1) - walk.latent(i)) for i in range(4)]
    assert max(steps) < 1.2 * min(steps)


def test_a_users_generator_is_sampled_by_its_own_words():
    samples = Samples(open_generator("given:plain"), Sampling(50, classes=("light",)))
    pixels = np.stack([samples[index][0] for index in range(50)])
    assert (pixels[..., 0] == 255).all()
    assert pixels[..., 1].std() > 20
    shaped = Samples(open_generator("given:shaped"), Sampling(3))
    assert shaped.class_of(0) == -1
    assert shaped[0][0].mean() == pytest.approx(127, abs=12)


@pytest.mark.parametrize(
    ("name", "sampling", "said"),
    [
        ("world:scenes/sngan", Sampling(4, classes=("ufo",)), "has no class ufo; its classes are: church, "),
        ("world:scenes/sngan", Sampling(0), "0 images"),
        ("world:scenes/sngan", Sampling(4, truncation=0.0), "at least 0.02"),
        ("world:scenes/biggan", Sampling(4), "no generator 'biggan'; its generators are: sngan"),
        ("world:scenes", Sampling(4), "Expected world:NAME/GENERATOR"),
        ("sngan", Sampling(4), "or package.module:factory"),
        ("given:absent", Sampling(4), "has no function absent"),
        ("given:nothing", Sampling(4), "returned a NoneType"),
        ("given:wrong_key", Sampling(4), "unknown latents"),
        ("given:endless", Sampling(4), "how long a latent is"),
        ("given:shaped", Sampling(4, classes=("a",)), "has no classes"),
    ],
)
def test_what_cannot_be_sampled_is_said(name, sampling, said):
    with pytest.raises(InputError, match=said):
        Samples(open_generator(name), sampling)


@pytest.mark.parametrize(("name", "said"), [("given:grey", r"\(32, 1, 8, 8\); expected"), ("given:nan", "not finite")])
def test_images_that_are_none_are_refused_when_they_are_drawn(name, said):
    samples = Samples(open_generator(name), Sampling(4))
    with pytest.raises(InputError, match=said):
        samples[0]
