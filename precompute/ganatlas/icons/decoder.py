"""A learned inverse of a layer: from the activation at a position to the view about it, as a picture.

What it paints is a reconstruction, learnt from the datasets' own images, not an optimum from noise.

Data flow: `train_decoder` -> :class:`Decoder` -> `decode_cells`.

Source: Dosovitskiy and Brox 2016, "Inverting visual representations with convolutional networks"; and the same authors'
"Generating images with perceptual similarity metrics based on deep networks" (the losses).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .views import LARGEST


@dataclass(frozen=True)
class DecoderSettings:
    """The decoder's shape.

    Attributes:
        channels: of the layer.
        side: of the view, px.
        hidden: numbers between the vector and the first map.
        widths: channels of the first map and of each that follows, as far as there are any.
    """

    channels: int
    side: int
    hidden: int = 192
    widths: tuple[int, ...] = (96, 64, 48, 32, 24)

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
        while side % 2 == 0 and side > 7 and count < len(self.widths) - 1:
            side //= 2
            count += 1
        return count


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
        self.place = nn.Linear(settings.hidden, widths[0] * self.first**2)
        self.grow = nn.ModuleList(_Double(inputs, outputs) for inputs, outputs in pairwise(widths))
        self.paint = nn.Conv2d(widths[-1], 3, 3, padding=1)

    def forward(self, vectors: Tensor) -> Tensor:
        x = F.gelu(self.read((vectors - self.mean) / self.spread))
        x = F.gelu(self.place(x)).view(len(x), -1, self.first, self.first).contiguous(memory_format=torch.channels_last)
        for double in self.grow:
            x = double(x)
        logits: Tensor = self.paint(x)
        if self.settings.painted != self.settings.side:
            logits = F.interpolate(logits, size=(self.settings.side,) * 2, mode="bilinear", align_corners=False)
        return logits


class _Double(nn.Module):
    """(batch, inputs, h, w) -> (batch, outputs, 2h, 2w). Enlarged, then convolved: no grid of a transposed convolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = F.gelu(self.conv1(x))
        return x + F.gelu(self.conv2(x))
