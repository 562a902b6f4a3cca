"""Networks of every kind that a user may bring, in small. The tests import this module by its name, as a user's is."""

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Chain(nn.Module):
    """Three stages and logits."""

    def __init__(self, classes: int = 5) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(inplace=True))
        self.second = nn.Sequential(nn.Conv2d(8, 12, 3, 2, 1), nn.ReLU(inplace=True))
        self.third = nn.Sequential(nn.Conv2d(12, 16, 3, 2, 1), nn.ReLU(inplace=True))
        self.head = nn.Linear(16, classes)
        self.unused = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.third(self.second(self.first(x))).mean((2, 3)))
        return logits


class Described(Chain):
    """Says of itself what the atlas needs."""

    classes = tuple("abcde")
    input_size = 32
    resize = 40
    mean = (0.0, 0.1, 0.2)
    std = (1.0, 1.0, 1.0)
    interpolation = "bilinear"


class Features(Chain):
    """Without logits: returns a map."""

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.third(self.second(self.first(x)))
        return out


class Transformer(nn.Module):
    """Patches of 8 px with a class token and `registers` more; each block returns (tokens, something else)."""

    class Block(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.norm = nn.LayerNorm(width)
            self.mix = nn.Linear(width, width)

        def forward(self, x: Tensor) -> tuple[Tensor, None]:
            return x + self.mix(self.norm(x)), None

    def __init__(self, registers: int = 0, depth: int = 6, width: int = 24) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 8, 8)
        self.extra = nn.Parameter(torch.zeros(1, 1 + registers, width))
        self.blocks = nn.ModuleList(self.Block(width) for _ in range(depth))
        self.head = nn.Linear(width, 5)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.extra.expand(len(x), -1, -1), tokens], 1)
        for block in self.blocks:
            tokens, _ = block(tokens)
        return {"features": tokens, "logits": self.head(tokens[:, 0])}


class Shared(nn.Module):
    """One activation called three times, and a functional in-place one over a kept map."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.relu = nn.Conv2d(3, 8, 3, 2), nn.Conv2d(8, 8, 3, 2), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(F.relu(self.a(x), inplace=True))
        return self.relu(self.relu(self.b(x))).mean((2, 3))


def _seeded(module: type[nn.Module], *args: int) -> nn.Module:
    torch.manual_seed(0)
    return module(*args)


def chain() -> nn.Module:
    return _seeded(Chain)


def described() -> nn.Module:
    return _seeded(Described)


def features() -> nn.Module:
    return _seeded(Features)


def transformer() -> nn.Module:
    return _seeded(Transformer)


def with_registers() -> nn.Module:
    return _seeded(Transformer, 4)


def shared() -> nn.Module:
    return _seeded(Shared)


def as_dict() -> dict[str, object]:
    return {"module": _seeded(Chain), "classes": list("vwxyz"), "input_size": 48, "layers": ["second"]}


def wrong_dict() -> dict[str, object]:
    return {"module": _seeded(Chain), "clases": list("vwxyz")}


def no_network() -> int:
    return 3


def plain() -> nn.Module:
    """One long chain inside one container, as VGG is."""
    sizes = ((3, 8), (8, 8), (8, 12), (12, 16))
    parts = [part for i, o in sizes for part in (nn.Conv2d(i, o, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2))]
    return nn.Sequential(OrderedDict(features=nn.Sequential(*parts), pool=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten()))


def fixed() -> nn.Module:
    """Takes 32 px and nothing else."""
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Flatten(), nn.Linear(4 * 32 * 32, 5))


def broken() -> nn.Module:
    raise RuntimeError("no weights here")
