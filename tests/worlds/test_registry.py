"""Worlds by name, and their images as the rest of the program takes them."""

import pickle

import numpy as np
import pytest

from ganatlas.errors import InputError
from ganatlas.worlds.registry import open_world, world_names
from ganatlas.worlds.scenes.attributes import Landmark


def test_an_unknown_world_is_named_with_the_worlds_there_are():
    with pytest.raises(InputError, match=r"no world 'sceens'; the worlds are: scenes, cifar10") as error:
        open_world("sceens")
    assert error.value.detail["choices"] == world_names()


def test_every_world_opens_by_its_name():
    assert [open_world(name).name for name in world_names()] == ["scenes", "cifar10"]


def test_a_world_that_draws_its_images_takes_none(tmp_path):
    with pytest.raises(InputError, match="'scenes' draws its images and takes none"):
        open_world("scenes", tmp_path)


def test_an_unknown_variant_is_named_with_the_variants_there_are():
    with pytest.raises(InputError, match=r"no variant 'fake'; its variants are: real, flawed"):
        open_world("scenes").images("fake", 1, 0)


def test_images_are_pixels_a_label_and_a_name():
    world = open_world("scenes")
    assert world.label_names == tuple(str(one) for one in Landmark)
    images = pickle.loads(pickle.dumps(world.images("real", 20, 0)))
    assert len(images) == 20
    pixels, label, name = images[12]
    assert pixels.shape == (world.image_size, world.image_size, 3)
    assert pixels.dtype == np.uint8
    assert 0 <= label < len(world.label_names)
    assert name == "scenes-real-000012"
    assert len({one[2] for one in images[2:7]}) == 5


def test_the_flawed_variant_has_no_windmill_and_shares_no_image_with_the_real_one():
    world = open_world("scenes")
    flawed, real = world.images("flawed", 200, 0), world.images("real", 200, 0)
    assert all(flawed.sampler.attributes(index).landmark is not Landmark.WINDMILL for index in range(200))
    plans = [{repr(one.sampler.attributes(index)) for index in range(200)} for one in (real, flawed)]
    assert not plans[0] & plans[1]
