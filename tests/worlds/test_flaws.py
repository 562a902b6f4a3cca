"""The planted flaws are there: the landmark gone, the season halved, the image blurred; and nothing else is changed."""

from collections import Counter

import numpy as np
import pytest

from ganatlas.worlds.scenes.attributes import Landmark, Season
from ganatlas.worlds.scenes.flaws import NO_FLAWS, PlantedFlaws
from ganatlas.worlds.scenes.painter import Stream
from ganatlas.worlds.scenes.sampler import SceneSampler

MANY = 3000


def test_the_missing_landmark_is_never_drawn():
    sampler = SceneSampler(count=MANY, seed=1, flaws=PlantedFlaws(missing_landmark=Landmark.CASTLE))
    assert all(sampler.attributes(index).landmark is not Landmark.CASTLE for index in range(MANY))


def test_half_of_the_season_s_images_are_of_another_season():
    def share(flaws: PlantedFlaws) -> float:
        sampler = SceneSampler(count=MANY, seed=2, flaws=flaws)
        return Counter(sampler.attributes(index).season for index in range(MANY))[Season.WINTER] / MANY

    assert share(NO_FLAWS) == pytest.approx(0.25, abs=0.04)
    assert share(PlantedFlaws(halved_season=Season.WINTER)) == pytest.approx(0.125, abs=0.03)


def test_images_that_no_flaw_touches_are_the_same_but_for_the_blur():
    plain = SceneSampler(count=60, seed=3, stream=Stream.FLAWED)
    flawed = SceneSampler(count=60, seed=3, stream=Stream.FLAWED, flaws=PlantedFlaws(blur_sigma=0))
    same = [index for index in range(60) if plain.attributes(index) == flawed.attributes(index)]
    assert 40 < len(same) < 60
    for index in same[:5]:
        assert np.array_equal(plain[index].image, flawed[index].image)


def test_the_blur_takes_detail_away_and_leaves_labels_and_mean_alone():
    sharp = SceneSampler(count=5, seed=4)
    blurred = SceneSampler(count=5, seed=4, flaws=PlantedFlaws(None, None, blur_sigma=0.6))
    for one, other in zip(sharp, blurred, strict=True):
        detail = [np.abs(np.diff(image.astype(float), axis=1)).mean() for image in (one.image, other.image)]
        assert detail[1] < 0.9 * detail[0]
        assert abs(one.image.mean() - other.image.mean()) < 1
        assert np.array_equal(one.labels, other.labels)


def test_an_index_beyond_the_set_is_refused():
    with pytest.raises(IndexError, match="image 5 of a set of 5"):
        SceneSampler(count=5, seed=0)[5]
