import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganatlas.icons.keys import IconKey
from ganatlas.icons.parametrisation import (
    coefficients_from_images,
    colour_matrix,
    frequency_scale,
    imagenet_colours,
    images_of,
    start_coefficients,
)


def keys(count: int, seed: int = 0) -> list[IconKey]:
    return [IconKey(seed, "mixed4a", 10, index % 10, index // 10) for index in range(count)]


@settings(max_examples=20, deadline=None)
@given(side=st.integers(3, 24), seed=st.integers(0, 999), own=st.booleans())
def test_an_image_comes_back_from_its_coefficients(side: int, seed: int, own: bool) -> None:
    images = torch.rand((2, 3, side, side), generator=torch.Generator().manual_seed(seed)) * 0.9 + 0.05
    colours = imagenet_colours() if own else None
    again = images_of(coefficients_from_images(images, colours), colours)
    assert torch.allclose(again, images, atol=2e-4)


def test_an_8_bit_icon_comes_back_but_for_its_extremes() -> None:
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, 3, 16, 16), dtype=np.uint8))
    again = images_of(coefficients_from_images(images, imagenet_colours()), imagenet_colours()) * 255
    assert (again - images.float()).abs().max() < 3.1


def test_the_start_is_almost_grey_and_smooth() -> None:
    images = images_of(start_coefficients(keys(16), 64), imagenet_colours())
    assert (images - 0.5).abs().max() < 0.1
    neighbours = (images[..., 1:] - images[..., :-1]).var()
    assert neighbours < images.var()  # white noise has twice the variance here


def test_the_start_has_the_standard_deviation_of_the_method_before_scaling() -> None:
    coefficients = start_coefficients(keys(8), 32)
    assert abs(float(coefficients.std()) - 0.01) < 2e-4
    assert abs(float(coefficients.mean())) < 2e-4


def test_the_scale_is_one_over_frequency() -> None:
    scale = frequency_scale(32)
    assert scale.shape == (32, 17)
    assert scale[0, 0] == 32 * 32  # the constant is bounded by the lowest frequency
    assert torch.isclose(scale[0, 1] / scale[0, 4], torch.tensor(4.0))
    assert torch.isclose(scale[4, 0], scale[-4, 0])


def test_an_icon_starts_the_same_whichever_icons_are_beside_it() -> None:
    many = start_coefficients(keys(9), 16)
    assert torch.equal(start_coefficients(keys(9)[4:5], 16)[0], many[4])
    assert torch.equal(start_coefficients(keys(9)[::-1], 16)[4], many[4])
    assert not torch.equal(many[3], many[4])
    assert not torch.equal(start_coefficients(keys(9, seed=1), 16)[4], many[4])


def test_independent_variables_get_the_covariance_of_the_images_colours() -> None:
    rng = np.random.default_rng(0)
    truth = np.array([[0.04, 0.02, 0.01], [0.02, 0.03, 0.015], [0.01, 0.015, 0.02]])
    pixels = rng.multivariate_normal([0.5, 0.5, 0.5], truth / 4, (40, 32, 32))
    matrix = colour_matrix((pixels.clip(0, 1) * 255).round().astype(np.uint8)).double().numpy()
    given = matrix @ matrix.T
    assert np.allclose(given / given.trace(), truth / truth.trace(), atol=0.01)
    assert np.isclose(np.linalg.norm(matrix, axis=0).max(), 1)


def test_grey_images_make_grey_icons() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 1), dtype=np.uint8).repeat(3, axis=3)
    images = images_of(torch.randn(2, 3, 8, 5, 2), colour_matrix(grey))
    assert torch.allclose(images[:, 0], images[:, 2], atol=1e-4)


def test_images_of_one_colour_fall_back_to_imagenet() -> None:
    assert torch.equal(colour_matrix(np.full((3, 4, 4, 3), 7, np.uint8)), imagenet_colours())
