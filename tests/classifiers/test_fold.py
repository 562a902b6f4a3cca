"""Folded networks compute what they computed."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from ganatlas.classifiers.assemble import assemble
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.classifiers.fold import folded
from ganatlas.worlds.inception import LAYERS, Head, InceptionSettings, SmallInception


def classifier(module: nn.Module, layers: tuple[str, ...], size: int = 32) -> Classifier:
    """The network with normalisations that do something, on inputs of 32 px."""
    torch.manual_seed(0)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.weight, 1, 0.3)
            nn.init.normal_(part.bias, 0, 0.3)
            assert part.running_mean is not None
            assert part.running_var is not None
            nn.init.normal_(part.running_mean, 0, 0.5)
            nn.init.uniform_(part.running_var, 0.5, 2)
    return assemble("test", module, InputSpec(size, size), None, layers, torch.device("cpu"))


def normalisations(module: nn.Module) -> int:
    return sum(isinstance(part, nn.BatchNorm2d) for part in module.modules())


class Twice(nn.Module):
    """A convolution whose output is normalised, and also used as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn, self.last = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.last(torch.cat([x, self.bn(x)], 1))


def test_all_normalisations_of_an_inception_network_are_folded_and_its_layers_show_the_same() -> None:
    settings = InceptionSettings(32, (Head("label", ("a", "b")),), stem_stride=1)
    network = classifier(SmallInception(settings), LAYERS)
    before = {name: value.clone() for name, value in network.module.state_dict().items()}
    quick = folded(network)
    assert normalisations(network.module) > 50
    assert normalisations(quick.module) == 0
    x = network.normalise(torch.rand(3, 3, 32, 32))
    for name, found in quick.maps(x, LAYERS)[0].items():
        torch.testing.assert_close(found, network.maps(x, LAYERS)[0][name], rtol=1e-3, atol=1e-4)
    assert all(torch.equal(before[name], value) for name, value in network.module.state_dict().items())
    assert quick.digest == network.digest


def test_a_convolution_that_is_used_twice_is_left_as_it_is() -> None:
    network = classifier(Twice(), ("last",))
    quick = folded(network)
    assert normalisations(quick.module) == 1
    x = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(quick.maps(x, ("last",))[0], network.maps(x, ("last",))[0])


@pytest.mark.parametrize("layer", ["0", "1"])
def test_a_layer_inside_a_pair_shows_what_it_showed(layer: str) -> None:
    network = classifier(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU()), (layer,))
    x = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(folded(network).maps(x, (layer,))[0], network.maps(x, (layer,))[0], rtol=1e-4, atol=1e-5)


def test_a_network_without_normalisation_stays_the_same() -> None:
    network = classifier(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), ("1",))
    x = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(folded(network).maps(x, ("1",))[0], network.maps(x, ("1",))[0])
    assert folded(replace(network, digest="9" * 64)).digest == "9" * 64
