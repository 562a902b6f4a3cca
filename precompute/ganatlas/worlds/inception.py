"""The worlds' classifier: InceptionV1 in small, nine mixed blocks from mixed3a to mixed5b, for images of 32 or 64 px.

As in InceptionV1 a block joins four branches (1×1; 3×3; 5×5, here two 3×3; pooling), each ending in ReLU; unlike it each
convolution is followed by batch norm (as in InceptionV2). For a 64 px image the maps are 16×16 (mixed3), 8×8 (mixed4) and
4×4 (mixed5): every layer has an inner position. Several heads share the features: the first gives the labels, the others the
attributes, because labels alone leave the features poor.

Source: Szegedy et al. 2015, "Going deeper with convolutions"; Ioffe and Szegedy 2015, "Batch normalization".
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LAYERS = ("mixed3a", "mixed3b", "mixed4a", "mixed4b", "mixed4c", "mixed4d", "mixed4e", "mixed5a", "mixed5b")


@dataclass(frozen=True)
class Head:
    """One question that the network answers: its name and its possible answers, in the order of the logits."""

    name: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class InceptionSettings:
    """The network's shape.

    Attributes:
        input_size: side of the input in pixels; a multiple of 16.
        heads: the first gives the logits of ``forward``.
        stem_stride: of the first convolution: 2 for 64 px, 1 for 32 px, so that mixed5b is 4×4.
        width: factor on every number of channels; 1 makes about 0.7 million parameters.
    """

    input_size: int
    heads: tuple[Head, ...]
    stem_stride: int = 2
    width: float = 1.0
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.25, 0.25, 0.25)


# Channels of the branches: 1×1 | reduce → 3×3 | reduce → 5×5 | after pooling.
_BLOCKS: dict[str, tuple[int, int, int, int, int, int]] = {
    "mixed3a": (24, 32, 48, 8, 16, 16),
    "mixed3b": (32, 32, 56, 12, 24, 16),
    "mixed4a": (40, 40, 64, 12, 24, 24),
    "mixed4b": (40, 40, 64, 16, 32, 24),
    "mixed4c": (40, 40, 64, 16, 32, 24),
    "mixed4d": (40, 44, 72, 16, 32, 24),
    "mixed4e": (48, 48, 88, 16, 32, 32),
    "mixed5a": (64, 60, 128, 20, 40, 32),
    "mixed5b": (80, 64, 144, 20, 40, 40),
}
_STEM = (24, 40)


class ConvUnit(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False),
            nn.BatchNorm2d(outputs),
            # Not in place: a hook on a block must see what the block gave.
            nn.ReLU(),
        )


class Mixed(nn.Module):
    """An inception block: (batch, inputs, h, w) → (batch, outputs, h, w), all values ≥ 0."""

    def __init__(self, inputs: int, channels: tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        one, reduce3, three, reduce5, five, pool = channels
        self.branch1 = ConvUnit(inputs, one, 1)
        self.branch3 = nn.Sequential(ConvUnit(inputs, reduce3, 1), ConvUnit(reduce3, three, 3))
        self.branch5 = nn.Sequential(ConvUnit(inputs, reduce5, 1), ConvUnit(reduce5, five, 3), ConvUnit(five, five, 3))
        self.branch_pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), ConvUnit(inputs, pool, 1))
        self.outputs = one + three + five + pool

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch3(x), self.branch5(x), self.branch_pool(x)], dim=1)


class SmallInception(nn.Module):
    """The classifier of a world; its layers are the attributes named in :data:`LAYERS`."""

    def __init__(self, settings: InceptionSettings) -> None:
        super().__init__()
        self.settings = settings

        def wide(channels: int) -> int:
            return max(4, round(channels * settings.width / 4) * 4)

        first, second = wide(_STEM[0]), wide(_STEM[1])
        self.stem = nn.Sequential(
            ConvUnit(3, first, 5, settings.stem_stride), nn.MaxPool2d(3, stride=2, padding=1), ConvUnit(first, second, 3)
        )
        channels = second
        self.channels: dict[str, int] = {}
        for name, (one, reduce3, three, reduce5, five, pool) in _BLOCKS.items():
            block = Mixed(channels, (wide(one), wide(reduce3), wide(three), wide(reduce5), wide(five), wide(pool)))
            self.add_module(name, block)
            channels = self.channels[name] = block.outputs
        self.shrink = nn.MaxPool2d(3, stride=2, padding=1)
        self.dropout = nn.Dropout(0.15)
        self.heads = nn.ModuleDict({head.name: nn.Linear(channels, len(head.classes)) for head in settings.heads})

    def features(self, x: Tensor) -> dict[str, Tensor]:
        """Every layer's map for normalised float32 (batch, 3, size, size)."""
        maps: dict[str, Tensor] = {}
        x = self.stem(x)
        for name in LAYERS:
            if name in ("mixed4a", "mixed5a"):
                x = self.shrink(x)
            x = maps[name] = self.get_submodule(name)(x)
        return maps

    def answers(self, last: Tensor) -> dict[str, Tensor]:
        """The logits of every head from mixed5b's map."""
        pooled = self.dropout(F.adaptive_avg_pool2d(last, 1).flatten(1))
        return {name: head(pooled) for name, head in self.heads.items()}

    def forward(self, x: Tensor) -> Tensor:
        """Normalised float32 (batch, 3, size, size) → logits of the first head (batch, classes)."""
        pooled = self.dropout(F.adaptive_avg_pool2d(self.features(x)[LAYERS[-1]], 1).flatten(1))
        logits: Tensor = self.heads[self.settings.heads[0].name](pooled)
        return logits


def parameter_count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
