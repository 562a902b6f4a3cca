import numpy as np
import pytest
import torch
from torch import nn

from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.icons.keys import IconKey

LAYER = "features.1"


class Planted(nn.Module):
    """A network that knows red, green, blue, upright and level edges; what follows the layer must not run."""

    def __init__(self) -> None:
        super().__init__()
        first = nn.Conv2d(3, 5, 5, padding=2)
        with torch.no_grad():
            first.weight.zero_()
            assert first.bias is not None
            first.bias.fill_(0.5)  # alive where the image is grey
            for channel in range(3):
                first.weight[channel, :, :, :] = -0.5 / 25
                first.weight[channel, channel, :, :] = 1 / 25
            first.weight[3, :, :, :2], first.weight[3, :, :, 3:] = -0.03, 0.03
            first.weight[4, :, :2, :], first.weight[4, :, 3:, :] = -0.03, 0.03
        self.features = nn.Sequential(first, nn.ReLU())
        self.after = nn.Conv2d(5, 4, 1)
        self.calls = {"features": 0, "after": 0}
        self.features.register_forward_pre_hook(lambda *_: self._count("features"))
        self.after.register_forward_pre_hook(lambda *_: self._count("after"))

    def _count(self, name: str) -> None:
        self.calls[name] += 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.after(self.features(x)).mean((2, 3))


class Colours(nn.Module):
    """Two layers of stride 2 that know the mean colour of a place, and one of its two diagonals."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 4, stride=2, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 4, stride=2, padding=1), nn.ReLU()
        )
        with torch.no_grad():
            for layer in (self.features[0], self.features[2]):
                assert isinstance(layer, nn.Conv2d)
                assert layer.bias is not None
                layer.weight.zero_()
                layer.bias.fill_(0.5 if layer is self.features[0] else 0.0)
                for channel in range(3):
                    layer.weight[channel, channel] = 1 / 16
            self.features[0].weight[3, :, :2], self.features[0].weight[3, :, 2:] = 0.05, -0.05
            self.features[2].weight[3, 3] = 1 / 16

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.features(x).mean((2, 3))


@pytest.fixture
def colours() -> Classifier:
    spec = InputSpec(32, 32, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    module = Colours().eval().requires_grad_(False)
    return Classifier("colours", module, spec, ("features.1", "features.3"), tuple("abcdef"), "1" * 64, torch.device("cpu"))


@pytest.fixture
def planted() -> Classifier:
    torch.manual_seed(0)
    spec = InputSpec(16, 16, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    return Classifier("planted", Planted().eval(), spec, (LAYER,), tuple("abcd"), "0" * 64, torch.device("cpu"))


@pytest.fixture
def vectors() -> np.ndarray:
    """One cell for each of the five things the planted network knows: float32 (5, 5)."""
    return np.eye(5, dtype=np.float32)


@pytest.fixture
def keys() -> list[IconKey]:
    return [IconKey(0, LAYER, 10, column, 0) for column in range(5)]
