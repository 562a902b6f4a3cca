"""The discriminators of a decoder's training: they look at a fixed network's maps of pictures, and know the pictures'
vectors.

Their weights have a spectral norm of 1. What a weight is divided by is worked out once a step and handed in, so that threads
that look at parts of one batch look with the same weights.

Data flow: maps of real and painted views -> :class:`MapJudges` -> `train_decoder`.

Source: Sauer et al. 2021, "Projected GANs converge faster" (discriminators of a fixed network's maps); Isola et al. 2017,
"Image-to-image translation with conditional adversarial networks" (judging patches); Miyato et al. 2018, "Spectral
normalization for generative adversarial networks", and Miyato and Koyama 2018, "cGANs with projection discriminator".
"""

import math
from collections.abc import Sequence
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

_COARSE = (16, 8)
"""Sides of maps above which a discriminator halves them: in its first convolution, in its second."""
_WIDTH = 48

_Linear = TypeVar("_Linear", nn.Conv2d, nn.Linear)
Normed = list[Tensor]
"""A discriminator's weights, divided by their norms."""


class MapJudges(nn.Module):
    """Discriminators of each of a network's layers: maps and vectors -> logits of each, as `_MapJudge` gives them.

    channels: of the vectors. seen: of each layer, maps of some real views (views, channels, rows, columns), for their scale.
    """

    def __init__(self, channels: int, seen: Sequence[Tensor]) -> None:
        super().__init__()
        self.maps = nn.ModuleList(_MapJudge(channels, one) for one in seen)

    def normed(self) -> list[Normed]:
        """What `forward` takes. While training each call also brings the norms nearer to the weights'."""
        return [cast(_MapJudge, judge).normed() for judge in self.maps]

    @property
    def biases(self) -> list[Tensor]:
        """What learns beside the weights."""
        return [parameter for name, parameter in self.named_parameters() if name.endswith("bias")]

    def forward(self, maps: Sequence[Tensor], vectors: Tensor, normed: Sequence[Normed]) -> list[Tensor]:
        """maps: of each layer (batch, channels, rows, columns). vectors: (batch, channels), standardised."""
        return [judge(seen, vectors, one) for judge, seen, one in zip(self.maps, maps, normed, strict=True)]


class _MapJudge(nn.Module):
    """A layer's maps of pictures and the pictures' vectors -> logits (batch, rows, columns): whether each part of the picture
    is of a real view with this vector.
    """

    centre: Tensor
    spread: Tensor
    stem: nn.Conv2d
    deep: nn.Conv2d
    judge: nn.Conv2d
    embed: nn.Linear

    def __init__(self, channels: int, seen: Tensor) -> None:
        super().__init__()
        self.register_buffer("centre", seen.mean((0, 2, 3))[:, None, None].clone())
        self.register_buffer("spread", seen.std((0, 2, 3))[:, None, None] + 1e-3 * seen.std() + 1e-6)
        inputs = seen.shape[1]
        halved, halved_deep = (seen.shape[-1] > side for side in _COARSE)
        self.stem = _normal(nn.Conv2d(inputs, _WIDTH, 4, stride=2, padding=1) if halved else nn.Conv2d(inputs, _WIDTH, 1))
        self.deep = _normal(nn.Conv2d(_WIDTH, _WIDTH, 3, stride=2 if halved_deep else 1, padding=1))
        self.judge = _normal(nn.Conv2d(_WIDTH, 1, 1))
        self.embed = _normal(nn.Linear(channels, _WIDTH))

    def normed(self) -> Normed:
        return [part.weight for part in (self.stem, self.deep, self.judge, self.embed)]

    def forward(self, maps: Tensor, vectors: Tensor, normed: Normed) -> Tensor:
        stem, deep, judge, embed = normed
        plain = (maps - self.centre.to(maps.dtype)) / self.spread.to(maps.dtype)
        x = F.leaky_relu(_convolved(self.stem, plain, stem), 0.2, inplace=True)
        x = F.leaky_relu(_convolved(self.deep, x, deep), 0.2, inplace=True)
        wanted = F.linear(vectors, embed, self.embed.bias)[:, :, None, None]
        logits: Tensor = _convolved(self.judge, x, judge)[:, 0] + (wanted * x).sum(1) / math.sqrt(x.shape[1])
        return logits


def _normal(part: _Linear) -> _Linear:
    return cast(_Linear, spectral_norm(part))


def _convolved(part: nn.Conv2d, x: Tensor, weight: Tensor) -> Tensor:
    return torch.conv2d(x, weight, part.bias, part.stride, cast("tuple[int, int]", part.padding))
