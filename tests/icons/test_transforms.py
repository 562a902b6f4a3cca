import numpy as np
import torch

from ganatlas.icons.keys import IconKey
from ganatlas.icons.transforms import Draws, affine_maps, draw_transforms, transform

KEYS = [IconKey(0, "mixed4a", 10, column, 3) for column in range(10)]


def still(icons: int, steps: int = 1) -> Draws:
    one = np.ones((icons, steps), np.float32)
    return Draws(
        first=np.zeros((icons, steps, 2), np.float32),
        scale=one,
        degrees=one * 0,
        second=np.zeros((icons, steps, 2), np.float32),
    )


def moved(**change: np.ndarray) -> torch.Tensor:
    return affine_maps(Draws(**{**vars(still(1)), **change}), 224, 224)[0]


def dot(row: int, column: int, side: int = 224) -> torch.Tensor:
    image = torch.full((1, 3, side, side), 0.5)
    image[:, :, row - 2 : row + 3, column - 2 : column + 3] = 1.0
    return image


def place(image: torch.Tensor) -> tuple[float, float]:
    """(row, column) of the middle of what is not grey."""
    weight = (image[0, 0] - 0.5).clamp(min=0)
    at = torch.arange(len(weight)).float()
    return float((weight.sum(1) * at).sum() / weight.sum()), float((weight.sum(0) * at).sum() / weight.sum())


def test_without_a_draw_the_view_is_the_image() -> None:
    images = torch.rand(4, 3, 32, 32)
    assert torch.allclose(transform(images, affine_maps(still(4), 32, 32)[0]), images, atol=1e-6)


def test_every_icon_and_every_step_has_a_view_of_its_own() -> None:
    maps = affine_maps(draw_transforms(KEYS, 8), 224, 224)
    assert maps.shape == (8, 10, 2, 3)
    assert len(torch.unique(maps.reshape(80, 6), dim=0)) == 80


def test_draws_stay_in_the_published_ranges_and_reach_their_ends() -> None:
    draws = draw_transforms(KEYS, 2000)
    assert (draws.first.min(), draws.first.max()) == (-8, 8)
    assert (draws.second.min(), draws.second.max()) == (-4, 4)
    assert (draws.degrees.min(), draws.degrees.max()) == (-20, 19)
    assert np.isclose(draws.scale.min(), 0.995**79)
    assert np.isclose(draws.scale.max(), 0.995**-5)


def test_a_weaker_jitter_is_the_same_one_made_smaller() -> None:
    usual, half, none = (draw_transforms(KEYS, 20, jitter) for jitter in (16, 8, 0))
    assert np.array_equal(half.first, usual.first / 2)
    assert np.array_equal(half.second, usual.second / 2)
    assert not none.first.any()
    assert np.array_equal(none.scale, usual.scale)


def test_draws_do_not_depend_on_the_batch_nor_on_how_long_the_run_is() -> None:
    many, alone = draw_transforms(KEYS, 20), draw_transforms(KEYS[6:7], 50)
    assert np.array_equal(many.scale[6], alone.scale[0, :20])
    assert np.array_equal(many.first[6], alone.first[0, :20])


def test_a_jitter_moves_the_image_by_its_pixels() -> None:
    shift = np.array([[[5.0, -3.0]]], np.float32)
    for name in ("first", "second"):
        row, column = place(transform(dot(100, 80), moved(**{name: shift})))
        assert abs(column - 75) < 0.05
        assert abs(row - 103) < 0.05


def test_pixels_are_scaled_to_the_size_of_the_input() -> None:
    shift = np.array([[[7.0, 0.0]]], np.float32)
    maps = affine_maps(Draws(**{**vars(still(1)), "first": shift}), 64, 64)[0]
    row, column = place(transform(dot(30, 30, 64), maps))
    assert abs(column - 28) < 0.05  # 7 px of 224 are 2 of 64
    assert abs(row - 30) < 0.05


def test_a_scale_below_one_shrinks_towards_the_middle_and_leaves_grey() -> None:
    view = transform(torch.ones(1, 3, 224, 224), moved(scale=np.array([[0.75]], np.float32)))
    assert torch.allclose(view[:, :, 40:-40, 40:-40], torch.ones(()))
    assert torch.allclose(view[:, :, :25, :], torch.tensor(0.5))


def test_a_positive_angle_turns_counter_clockwise() -> None:
    row, column = place(transform(dot(112, 180), moved(degrees=np.array([[19.0]], np.float32))))
    radius, angle = 180 - 111.5, np.deg2rad(19)
    assert abs(column - (111.5 + radius * np.cos(angle))) < 0.5
    assert abs(row - (111.5 - radius * np.sin(angle))) < 0.5


def test_gradients_reach_the_image() -> None:
    image = torch.rand(2, 3, 32, 32, requires_grad=True)
    transform(image, affine_maps(draw_transforms(KEYS[:2], 1), 32, 32)[0]).square().sum().backward()
    assert image.grad is not None
    assert (image.grad != 0).float().mean() > 0.5
