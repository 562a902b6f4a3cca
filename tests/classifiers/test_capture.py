"""Maps are what the modules returned, in one shape, differentiable, and no more of the network runs than is needed."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.capture import as_map
from ganatlas.classifiers.registry import open_classifier
from ganatlas.errors import InputError


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)


def open_net(name: str, layers: list[str] | None = None) -> Classifier:
    return open_classifier(f"nets:{name}", layers=layers, input_size=64, device="cpu")


@pytest.fixture
def x() -> Tensor:
    return torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def test_maps_and_logits_are_those_of_the_network(x: Tensor) -> None:
    net = open_net("chain")
    maps, logits = net.maps(x, ("third", "first"), logits=True)
    first = net.module.get_submodule("first")(x)
    third = net.module.get_submodule("third")(net.module.get_submodule("second")(first))
    assert list(maps) == ["third", "first"]
    assert torch.equal(maps["first"], first)
    assert torch.equal(maps["third"], third)
    assert logits is not None
    assert torch.equal(logits, net.module(x))


def test_the_pass_stops_after_the_last_layer_wanted(x: Tensor) -> None:
    net = open_net("chain")
    called: list[str] = []
    net.module.get_submodule("third").register_forward_hook(lambda *_: called.append("third"))
    net.maps(x, ("first", "second"))
    assert called == []
    net.maps(x, ("first", "second"), logits=True)
    assert called == ["third"]


def test_a_capture_leaves_no_hook_behind(x: Tensor) -> None:
    net = open_net("chain")
    net.maps(x, ("first",))
    assert not any(module._forward_hooks for module in net.module.modules())


def test_a_map_written_over_in_place_is_kept_as_the_module_returned_it(x: Tensor) -> None:
    net = open_net("shared", ["a"])
    for logits in (False, True):
        maps, _ = net.maps(x, ("a",), logits=logits)
        assert maps["a"].min() < 0
    net = open_net("chain", ["first.0"])
    assert net.maps(x, ("first.0",), logits=True)[0]["first.0"].min() < 0


def test_the_gradient_reaches_the_image(x: Tensor) -> None:
    net = open_net("chain")
    image = x.requires_grad_()
    maps, _ = net.maps(image, ("second",))
    maps["second"][:, :, 4, 4].sum().backward()
    assert image.grad is not None
    assert image.grad[:, :, 10:23, 10:23].abs().sum() == image.grad.abs().sum() > 0


@pytest.mark.parametrize("name", ["transformer", "with_registers"])
def test_tokens_become_the_map_that_they_were_cut_from(name: str, x: Tensor) -> None:
    net = open_net(name, ["patches", "blocks.0"])
    maps, logits = net.maps(x, ("patches", "blocks.0"), logits=True)
    block = net.module.get_submodule("blocks.0")
    expected = block(maps["patches"].flatten(2).transpose(1, 2))[0].transpose(1, 2).reshape(3, 24, 8, 8)
    assert torch.allclose(maps["blocks.0"], expected, atol=1e-6)
    assert logits is not None
    assert logits.shape == (3, 5)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 7, 4, 4), (2, 7, 4, 4)),
        ((2, 4, 4, 7), (2, 7, 4, 4)),
        ((2, 7), (2, 7, 1, 1)),
        ((17, 2, 7), (2, 7, 4, 4)),
        ((2, 16, 7), (2, 7, 4, 4)),
    ],
)
def test_every_layout_becomes_channels_by_height_by_width(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert as_map(torch.zeros(shape), 2, "layer").shape == expected


def test_channels_last_is_turned_and_not_reshaped() -> None:
    values = torch.randn(2, 4, 4, 7)
    assert torch.equal(as_map(values, 2, "layer")[1, :, 2, 3], values[1, 2, 3])


@pytest.mark.parametrize("shape", [(2, 15, 7), (2,), (2, 3, 4, 5, 6)])
def test_what_is_no_map_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="choose another layer"):
        as_map(torch.zeros(shape), 2, "layer")


def test_a_network_without_logits_gives_its_maps(x: Tensor) -> None:
    net = open_net("features")
    assert net.classes is None
    assert net.maps(x, net.layers)[0]["third"].shape == (3, 16, 8, 8)
    with pytest.raises(InputError, match="give it without `classes`"):
        net.maps(x, net.layers, logits=True)
