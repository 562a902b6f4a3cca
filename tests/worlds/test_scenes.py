"""The drawn world: the same bytes in any order, labels that agree with the picture, attributes that make sense."""

import pickle
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from ganatlas.worlds.scenes.attributes import Landmark, Season, Semantic, Time, Water, Weather
from ganatlas.worlds.scenes.painter import Stream, draw_scene, plan_attributes
from ganatlas.worlds.scenes.sampler import SceneSampler

MANY = 4000


@pytest.fixture(scope="module")
def attributes():
    return [plan_attributes(11, index) for index in range(MANY)]


def test_an_image_is_the_same_whatever_was_drawn_before():
    forwards = [draw_scene(5, index) for index in range(6)]
    backwards = [draw_scene(5, index) for index in reversed(range(6))]
    for one, other in zip(forwards, reversed(backwards), strict=True):
        assert np.array_equal(one.image, other.image)
        assert np.array_equal(one.labels, other.labels)
        assert one.attributes == other.attributes


def test_an_image_is_the_same_in_another_process():
    sampler = pickle.loads(pickle.dumps(SceneSampler(count=8, seed=3)))
    with ProcessPoolExecutor(2) as pool:
        drawn = list(pool.map(sampler.__getitem__, range(8)))
    for index, scene in enumerate(drawn):
        assert np.array_equal(scene.image, sampler[index].image)


def test_seeds_streams_and_indices_give_different_images():
    images = [
        draw_scene(0, 0).image,
        draw_scene(1, 0).image,
        draw_scene(0, 1).image,
        draw_scene(0, 0, stream=Stream.FLAWED).image,
    ]
    assert len({image.tobytes() for image in images}) == len(images)


@pytest.mark.parametrize("landmark", Landmark)
def test_labels_have_the_image_s_size_and_show_the_landmark_and_no_other(landmark):
    own = Semantic.of_landmark(landmark)
    landmarks = {Semantic.of_landmark(one) for one in Landmark} - {None}
    for index in range(12):
        scene = draw_scene(2, index, landmark=landmark)
        assert scene.image.shape == (64, 64, 3)
        assert scene.image.dtype == np.uint8
        assert scene.labels.shape == (64, 64)
        assert scene.labels.dtype == np.uint8
        shown = {Semantic(value) for value in np.unique(scene.labels)}
        assert shown & landmarks == ({own} if own is not None else set())
        if own is not None:
            rows, columns = np.nonzero(scene.labels == own)
            assert len(rows) >= 40, f"{landmark} of image {index} is hardly to be seen"
            height = scene.attributes.landmark_height
            assert height is not None
            assert np.ptp(rows) >= 0.6 * height
            assert scene.attributes.landmark_x is not None
            if landmark is not Landmark.BRIDGE:
                assert abs(columns.mean() - scene.attributes.landmark_x) < 0.35 * height


def test_water_and_sky_are_labelled_where_they_were_drawn():
    for index in range(30):
        scene = draw_scene(4, index)
        assert (scene.labels == Semantic.SKY).any()
        assert (scene.labels == Semantic.WATER).any() == (scene.attributes.water is not Water.NONE)


@pytest.mark.parametrize("name", ["landmark", "time", "season", "biome"])
def test_every_attribute_is_close_to_uniform(attributes, name):
    counts = Counter(getattr(one, name) for one in attributes)
    kinds = type(getattr(attributes[0], name))
    expected = MANY / len(kinds)
    # Five standard deviations of a binomial count.
    assert all(abs(counts[kind] - expected) < 5 * expected**0.5 for kind in kinds), counts


def test_attributes_are_sensible(attributes):
    for one in attributes:
        if one.landmark in (Landmark.BOAT, Landmark.BRIDGE, Landmark.LIGHTHOUSE):
            assert one.water is not Water.NONE
        if one.weather is Weather.SNOW:
            assert one.season is Season.WINTER
        if one.weather is Weather.RAIN:
            assert one.season is not Season.WINTER
        if one.landmark is Landmark.NONE:
            assert one.landmark_height is None
        else:
            assert 14 <= one.landmark_height <= 38
            assert one.landmark_base - one.landmark_height >= 0
            assert one.landmark_base <= 64


def test_the_sky_says_what_time_it_is():
    def sky(time: Time) -> np.ndarray:
        indices = [i for i in range(400) if plan_attributes(6, i).time is time][:8]
        return np.mean([draw_scene(6, i).image[:6].mean(axis=(0, 1)) for i in indices], axis=0)

    night, noon, sunset = sky(Time.NIGHT), sky(Time.NOON), sky(Time.SUNSET)
    assert night.sum() < 0.5 * noon.sum()
    assert noon[2] > noon[0] + 30
    assert sunset[0] > noon[0]


def test_a_night_can_be_read():
    """Landmarks stand out from what is around them even at night."""
    for landmark in Landmark:
        own = Semantic.of_landmark(landmark)
        if own is None:
            continue
        contrasts = []
        for index in (i for i in range(300) if plan_attributes(7, i, landmark=landmark).time is Time.NIGHT):
            scene = draw_scene(7, index, landmark=landmark)
            grey = scene.image.mean(axis=2)
            mask = scene.labels == own
            contrasts.append(grey[mask].std() + abs(grey[mask].mean() - grey[~mask].mean()))
        assert np.median(contrasts) > 18, landmark
