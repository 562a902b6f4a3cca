"""What the steps of an inversion look at: the square that holds the field, at its place; the whole image where none does."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ganatlas.classifiers.base import Classifier
from ganatlas.icons.invert import invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.transforms import affine_maps, draw_transforms, transform
from ganatlas.icons.views import View, field_view

LAYER = "features.3"
QUICK = IconSettings(steps=12, batch=6, precision="float32", transforms=False)
CELLS = np.eye(6, dtype=np.float32)
KEYS = [IconKey(0, LAYER, 10, column, 0) for column in range(6)]
HELD = View(12, 4, position=1)
"""The smallest view that holds the 10 px of a position of `Colours`, whose first looks at px 2."""


def invert(classifier: Classifier, settings: IconSettings, view: View | None) -> np.ndarray:
    mean = np.full(6, 0.1, np.float32)
    return invert_cells(classifier, LAYER, CELLS, settings, keys=KEYS, mean=mean, view=view).images.astype(int)


def test_it_is_the_smallest_view_that_holds_the_field() -> None:
    assert field_view(32, 8, 10.0, 2.0) == HELD
    assert field_view(64, 8, 33.5, 1.1) == View(40, 8, position=2)
    assert field_view(64, 8, 37.8, 2.1) == View(40, 8, position=2)  # 0.8 px lie beyond it, of a stride of 8
    assert field_view(64, 8, 39.5, 6.5) == View(48, 8, position=2)  # in 40 px as much as 2.75 would
    assert field_view(64, 16, 19.2, 0.7) == View(20, 4, position=2)


@pytest.mark.parametrize(
    ("positions", "field", "offset"), [(4, 62.0, 5.9), (1, 10.0, 32.0), (7, 10.0, 4.0), (8, None, 2.0), (8, 10.0, None)]
)
def test_without_a_smaller_one_that_does_there_is_none(positions: int, field: float | None, offset: float | None) -> None:
    assert field_view(64, positions, field, offset) is None


def test_the_view_alone_is_optimised_and_as_the_whole_image_is(colours: Classifier) -> None:
    whole = invert(colours, replace(QUICK, look="whole"), HELD)
    part = invert(colours, replace(QUICK, look="field"), HELD)
    assert np.abs(whole - part).max() <= 1
    assert np.array_equal(whole, invert(colours, replace(QUICK, look="field"), None))


def test_the_network_is_given_no_more_than_the_view(colours: Classifier) -> None:
    sides: list[int] = []
    colours.module.register_forward_pre_hook(lambda _module, given: sides.append(given[0].shape[-1]))
    invert(colours, replace(QUICK, look="field"), HELD)
    assert sides == [12, *[12] * QUICK.steps, 32]  # once to see whether it takes that, the steps, and the finished icons


def test_a_view_that_the_network_or_the_canvas_does_not_take_is_the_whole_image(colours: Classifier) -> None:
    large = View(24, 4, position=3)
    small = replace(QUICK, look="field", canvas=16)
    assert np.array_equal(invert(colours, small, large), invert(colours, replace(small, look="whole"), None))

    def only_32(_module: torch.nn.Module, given: tuple[torch.Tensor]) -> None:
        if given[0].shape[-1] != 32:
            raise RuntimeError("this network takes 32 px")

    colours.module.register_forward_pre_hook(only_32)
    refusing = invert(colours, replace(QUICK, look="field"), HELD)
    assert np.array_equal(refusing, invert(colours, replace(QUICK, look="whole"), None))


def test_a_window_of_the_transformed_image_is_the_same_as_transformed_and_cut() -> None:
    images, draws = torch.rand(6, 3, 32, 32), draw_transforms(KEYS, 1)
    whole = transform(images, affine_maps(draws, 32, 32)[0])
    part = transform(images, affine_maps(draws, 32, 32, 12, 8)[0], 8)
    torch.testing.assert_close(part, whole[:, :, 12:20, 12:20], atol=1e-5, rtol=0)
