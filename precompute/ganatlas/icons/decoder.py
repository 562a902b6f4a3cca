"""A learned inverse of a layer: from the activation at a position to the view about it, as a picture.

What it paints is a reconstruction, learnt from the datasets' own images, not an optimum from noise.

Data flow: `train_decoder` -> :class:`Decoder` -> `decode_cells`.

Source: Dosovitskiy and Brox 2016, "Inverting visual representations with convolutional networks"; and the same authors'
"Generating images with perceptual similarity metrics based on deep networks" (the losses).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .views import LARGEST

_LEAK = 0.1
Shape = Literal["full", "compact"]
"""full: what a build trains for itself. compact: a third to half a megabyte in float16, to come with the program."""


@dataclass(frozen=True)
class DecoderSettings:
    """The decoder's shape.

    Attributes:
        channels: of the layer.
        side: of the view, px.
        hidden: numbers between the vector and the first map.
        seed: channels of the first map as the vector gives it; a convolution widens them to `widths[0]` where they are fewer.
        widths: channels of the first map and of each that follows, as far as there are any.
    """

    channels: int
    side: int
    hidden: int = 512
    seed: int = 128
    widths: tuple[int, ...] = (128, 64, 48, 32, 24)

    @property
    def painted(self) -> int:
        """Side of the picture as it is painted; enlarged to `side` where that is larger."""
        side = self.side
        while side > LARGEST:
            side //= 2
        return side

    @property
    def doublings(self) -> int:
        """From the first map to the picture."""
        count, side = 0, self.painted
        while side % 2 == 0 and side > 8 and count < len(self.widths) - 1:
            side //= 2
            count += 1
        return count


def decoder_settings(channels: int, side: int, shape: Shape) -> DecoderSettings:
    """The settings of a shape for a layer and a view."""
    if shape == "full":
        return DecoderSettings(channels, side)
    return DecoderSettings(channels, side, hidden=128, seed=16, widths=(64, 48, 32, 24, 24))


class Decoder(nn.Module):
    """Vectors float32 (batch, channels), as the layer gives them -> logits of pixels (batch, 3, side, side)."""

    mean: Tensor
    spread: Tensor

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__()
        self.settings = settings
        self.register_buffer("mean", torch.zeros(settings.channels))
        self.register_buffer("spread", torch.ones(settings.channels))
        widths = settings.widths[: settings.doublings + 1]
        self.first = settings.painted >> settings.doublings
        self.read = nn.Linear(settings.channels, settings.hidden)
        self.place = nn.Linear(settings.hidden, settings.seed * self.first**2)
        self.widen = nn.Conv2d(settings.seed, widths[0], 3, padding=1) if settings.seed != widths[0] else None
        self.grow = nn.ModuleList(_Double(inputs, outputs) for inputs, outputs in pairwise(widths))
        self.paint = nn.Conv2d(widths[-1], 3, 3, padding=1)
        for part in self.modules():
            if isinstance(part, nn.Linear | nn.Conv2d) and part is not self.paint:
                nn.init.kaiming_normal_(part.weight, a=_LEAK, nonlinearity="leaky_relu")

    def forward(self, vectors: Tensor) -> Tensor:
        x = _bend(self.read((vectors - self.mean) / self.spread))
        x = _bend(self.place(x)).view(len(x), -1, self.first, self.first).contiguous(memory_format=torch.channels_last)
        if self.widen is not None:
            x = _bend(self.widen(x))
        for double in self.grow:
            x = double(x)
        logits: Tensor = self.paint(x)
        if self.settings.painted != self.settings.side:
            logits = F.interpolate(logits, size=(self.settings.side,) * 2, mode="bilinear", align_corners=False)
        return logits


class _Double(nn.Module):
    """(batch, inputs, h, w) -> (batch, outputs, 2h, 2w). Each value is doubled, then convolved: bilinear doubling painted wavy
    strokes, and sub-pixel convolution left a grid.

    Both at once: `conv2`, three wide over doubled values, is a transposed convolution, four wide and of stride two, over the
    values themselves, with less than half the multiplications.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        weight = doubled(self.conv2.weight).contiguous(memory_format=torch.channels_last)
        return _bend(F.conv_transpose2d(_bend(self.conv1(x)), weight, self.conv2.bias, stride=2, padding=1))


def doubled(weight: Tensor) -> Tensor:
    """Of a 3 x 3 convolution of values that were doubled: what does the same to the values, as a transposed convolution.

    Args:
        weight: (outputs, inputs, 3, 3), of a convolution with a padding of 1.

    Returns:
        (inputs, outputs, 4, 4), of a transposed convolution with a stride of 2 and a padding of 1. A value reaches an output
        by each of the two by two that it was doubled to, so each number is the sum of those that lead there.
    """
    return F.avg_pool2d(F.pad(weight, (1, 1, 1, 1)), 2, stride=1, divisor_override=1).flip(2, 3).transpose(0, 1)


def _bend(x: Tensor) -> Tensor:
    return F.leaky_relu(x, _LEAK, inplace=True)
