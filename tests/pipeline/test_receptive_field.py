"""What a position sees is measured, and is right where it is known."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from ganatlas.classifiers.assemble import assemble
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.icons.views import choose_view
from ganatlas.pipeline.receptive_field import (
    ReceptiveField,
    load_receptive_field,
    measure_receptive_field,
    save_receptive_field,
)

SIZE = 64


class Noise:
    """Random images."""

    def __init__(self, count: int = 64) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def batches(self, indices: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.uint8]]:
        generator = np.random.default_rng(0)
        for start in range(0, len(indices), batch_size):
            yield generator.integers(0, 256, (len(indices[start : start + batch_size]), 3, SIZE, SIZE), dtype=np.uint8)


def network(*parts: nn.Module) -> Classifier:
    torch.manual_seed(0)
    spec = InputSpec(SIZE, SIZE, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    return assemble("test", nn.Sequential(*parts), spec, None, [str(len(parts) - 1)], torch.device("cpu"))


def measured(classifier: Classifier) -> ReceptiveField:
    return measure_receptive_field(classifier, Noise(), classifier.layers[0])


@pytest.mark.parametrize(("kernel", "stride"), [(8, 8), (4, 4), (8, 4), (7, 2)])
def test_a_single_averaging_window_is_found_where_it_is(kernel: int, stride: int) -> None:
    found = measured(network(nn.AvgPool2d(kernel, stride)))
    assert found.stride == stride
    assert found.offset == pytest.approx(kernel / 2, abs=0.3)
    assert 0.9 * kernel <= found.side <= kernel + 0.5


def test_padding_moves_the_centre_of_the_first_position() -> None:
    same = measured(network(nn.Conv2d(3, 16, 3, padding=1)))
    shifted = measured(network(nn.ZeroPad2d((0, 2, 0, 2)), nn.Conv2d(3, 16, 3)))
    assert same.stride == shifted.stride == 1
    assert same.offset == pytest.approx(0.5, abs=0.15)
    assert shifted.offset == pytest.approx(1.5, abs=0.15)
    assert same.side == pytest.approx(3, abs=0.5)


def same_padded() -> list[nn.Module]:
    """Strides and padding of an Inception stem up to a stride of 8, and deeper: position p lies on pixel 8p."""
    deep = [part for _ in range(3) for part in (nn.Conv2d(12, 12, 3, padding=1), nn.ReLU())]
    return [
        nn.Conv2d(3, 12, 5, 2, 2),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(12, 12, 3, padding=1),
        nn.MaxPool2d(3, 2, 1),
        *deep,
    ]


def test_a_position_is_found_where_it_looks_although_the_border_cuts_its_field() -> None:
    found = measured(network(*same_padded()))
    assert found.stride == 8
    assert found.side > 20  # wide enough for the border to pull the centroids inwards
    assert found.offset == pytest.approx(0.5, abs=0.6)


@pytest.mark.parametrize(("first", "on_the_pixel"), [(nn.AvgPool2d(8, 8), False), (None, True)])
def test_views_are_centred_where_a_position_looks(first: nn.Module | None, on_the_pixel: bool) -> None:
    found = measured(network(*(same_padded() if first is None else [first])))
    view = choose_view(SIZE, 8, found.side, found.offset, "layer")
    assert abs(view.position * view.stride + found.offset - view.side / 2) <= 1.1
    assert (view.side // 8) % 2 == (0 if on_the_pixel else 1)


def test_the_effective_field_of_a_deep_stack_is_smaller_than_the_theoretical_one_and_grows_with_depth() -> None:
    def stack(depth: int) -> float:
        parts = [nn.Conv2d(3 if index == 0 else 6, 6, 3, padding=1) for index in range(depth)]
        return measured(network(*parts)).side

    sides = [stack(depth) for depth in (1, 3, 6)]
    assert sides[0] < sides[1] < sides[2] < 11  # in theory 3, 7 and 13


def test_a_layer_that_sees_everything_has_the_size_of_the_input() -> None:
    found = measured(network(nn.AdaptiveAvgPool2d(1)))
    assert found == ReceptiveField(SIZE, pytest.approx(SIZE / 2, abs=0.5), pytest.approx(0.95 * SIZE, abs=0.06 * SIZE))


def test_a_dead_layer_is_said_to_see_everything() -> None:
    classifier = network(nn.Conv2d(3, 4, 3, 2, 1))
    with torch.no_grad():
        for parameter in classifier.module.parameters():
            parameter.zero_()
    assert measured(classifier) == ReceptiveField(2, 1, SIZE)


def test_a_measured_field_is_the_same_again_and_survives_its_file(tmp_path: Path) -> None:
    classifier = network(nn.Conv2d(3, 4, 3, 2, 1))
    found = measured(classifier)
    assert measured(classifier) == found
    save_receptive_field(found, tmp_path / "a.json")
    assert load_receptive_field(tmp_path / "a.json") == found
