"""Generators of a user, for tests: `given:plain` and others that go wrong. The folder of this file is the current one."""

import torch
from torch import Tensor, nn


class Ramp(nn.Module):
    """Grey images whose brightness is the latent's first number; with classes, red carries the class."""

    latent = 4
    classes = ("dark", "light")

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.25))

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        images = (z[:, :1, None, None] * self.scale).expand(-1, 3, 16, 16).clone()
        images[:, 0] = classes[:, None, None].float() * 2 - 1
        return images


def plain() -> nn.Module:
    return Ramp()


class Unconditional(nn.Module):
    def forward(self, z: Tensor) -> Tensor:
        return z.expand(-1, 3, 16, 16).sigmoid()


def shaped() -> dict[str, object]:
    return {"module": Unconditional(), "latent": (1, 16, 16), "low": 0.0}


def grey() -> dict[str, object]:
    return {"module": nn.Identity(), "latent": (1, 8, 8)}


def endless() -> nn.Module:
    return Unconditional()


def nan() -> dict[str, object]:
    class Nan(nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            return torch.full((len(z), 3, 8, 8), float("nan"))

    return {"module": Nan(), "latent": 3}


def nothing() -> None:
    return None


def wrong_key() -> dict[str, object]:
    return {"module": Ramp(), "latents": 3}
