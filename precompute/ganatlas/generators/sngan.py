"""A class-conditional SNGAN in small: residual generator and spectrally normalised discriminator, for 32 or 64 px.

The generator takes its latent in parts, one for the first map and one for each block, and every batch norm its gains and biases
from that part and the class (conditional batch norm). The discriminator judges with the class as a projection; it sees the
image with each 2×2 pixels folded into channels, which is cheap and loses nothing.

Data flow: :mod:`latents` → :class:`Generator` → pixels; :mod:`training` trains both.

Source: Miyato et al. 2018, "Spectral normalization for generative adversarial networks"; Miyato and Koyama 2018, "cGANs with
projection discriminator"; Brock et al. 2019, "Large scale GAN training" (the latent in parts).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

FIRST = 4
"""Side of the generator's first map and of the discriminator's last."""


@dataclass(frozen=True)
class GeneratorSettings:
    """The generator's shape.

    Attributes:
        classes: how many there are.
        channels: of the first map (4×4) and of each block's output; every block doubles the side.
        sizes: of the images that it can paint, in pixels, ascending; each after the first refines the one before. The
            last is the side of the last block's map.
        latent: numbers in z.
        embedding: numbers that stand for a class.
    """

    classes: int
    channels: tuple[int, ...]
    sizes: tuple[int, ...]
    latent: int = 128
    embedding: int = 64

    @property
    def parts(self) -> tuple[int, ...]:
        """How the latent is divided: for the first map, then for each block."""
        blocks = len(self.channels) - 1
        each = self.latent // (blocks + 1)
        return (self.latent - blocks * each, *[each] * blocks)


@dataclass(frozen=True)
class DiscriminatorSettings:
    """The discriminator's shape.

    Attributes:
        classes: how many there are.
        channels: of the folded image's first map (half the image's side) and of each block; every block halves.
        sizes: of the images that it can judge, in pixels, ascending; a smaller one enters at a later block, and every image
            enters at the smaller sizes too.
        maps: semantic classes that the map of 8×8 positions learns to tell apart on real images; 0 for none.
    """

    classes: int
    channels: tuple[int, ...]
    sizes: tuple[int, ...]
    maps: int = 0


class ConditionalNorm(nn.Module):
    """Batch norm whose gain and bias come from a condition, (batch, condition) → (batch, channels) each."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.affine = nn.Linear(condition, 2 * channels, bias=False)
        nn.init.normal_(self.affine.weight, std=0.02)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        gain, bias = self.affine(condition)[:, :, None, None].chunk(2, dim=1)
        scaled: Tensor = self.norm(x) * (1 + gain) + bias
        return scaled


class GeneratorBlock(nn.Module):
    """(batch, inputs, h, w) → (batch, outputs, 2h, 2w), residual."""

    def __init__(self, inputs: int, outputs: int, condition: int) -> None:
        super().__init__()
        self.norm1 = ConditionalNorm(inputs, condition)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm2 = ConditionalNorm(outputs, condition)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        # The first convolution works before the map is enlarged: a quarter of the cost.
        h = self.conv1(F.relu(self.norm1(x, condition)))
        h = self.conv2(F.relu(self.norm2(_enlarged(h), condition)))
        added: Tensor = h + _enlarged(self.skip(x))
        return added


class Generator(nn.Module):
    """Latents float32 (batch, latent) and classes int64 (batch,) → images float32 (batch, 3, size, size) in [-1, 1]."""

    def __init__(self, settings: GeneratorSettings) -> None:
        super().__init__()
        self.settings = settings
        channels = settings.channels
        self.embed = nn.Embedding(settings.classes, settings.embedding)
        first, *others = settings.parts
        self.first = nn.Linear(first, channels[0] * FIRST * FIRST)
        self.blocks = nn.ModuleList(
            GeneratorBlock(inputs, outputs, part + settings.embedding)
            for inputs, outputs, part in zip(channels[:-1], channels[1:], others, strict=True)
        )
        self.paints = nn.ModuleDict({str(size): Paint(channels[_block_of(size) + 1]) for size in settings.sizes})

    def forward(self, z: Tensor, classes: Tensor, size: int | None = None, blend: float = 1.0) -> Tensor:
        """
        Args:
            size: of the images, one of the settings' sizes; the last by default.
            blend: share of what this size adds to the one before it, 0 to 1: while it grows in.
        """
        images, _ = self.maps(z, classes, size, blend)
        return images

    def maps(self, z: Tensor, classes: Tensor, size: int | None = None, blend: float = 1.0) -> tuple[Tensor, list[Tensor]]:
        """The images and the output of every block, first the smallest."""
        size = size or self.settings.sizes[-1]
        first, *others = torch.split(z, list(self.settings.parts), dim=1)
        embedded = self.embed(classes)
        x = self.first(first).view(len(z), -1, FIRST, FIRST).contiguous(memory_format=torch.channels_last)
        maps: list[Tensor] = []
        painted: Tensor | None = None
        for index, (block, part) in enumerate(zip(self.blocks, others, strict=True)):
            x = block(x, torch.cat([part, embedded], dim=1))
            maps.append(x)
            if (side := FIRST * 2 ** (index + 1)) in self.settings.sizes:
                more = self.paints[str(side)](x)
                painted = more if painted is None else _enlarged(painted) + (blend if side == size else 1.0) * more
            if side == size:
                break
        assert painted is not None
        return torch.tanh(painted), maps


class Paint(nn.Sequential):
    """(batch, channels, h, w) → what a map adds to the picture, (batch, 3, h, w)."""

    def __init__(self, channels: int) -> None:
        super().__init__(nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 3, 3, padding=1))


class DiscriminatorBlock(nn.Module):
    """(batch, inputs, h, w) → (batch, outputs, h/2, w/2), residual, spectrally normalised."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = spectral_norm(nn.Conv2d(inputs, outputs, 3, padding=1))
        self.conv2 = spectral_norm(nn.Conv2d(outputs, outputs, 3, padding=1))
        self.skip = spectral_norm(nn.Conv2d(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        # The second convolution works on the smaller map: a quarter of the cost.
        h = F.avg_pool2d(self.conv1(F.relu(x)), 2)
        judged: Tensor = self.conv2(F.relu(h)) + self.skip(F.avg_pool2d(x, 2))
        return judged


@dataclass(frozen=True)
class Judgement:
    """What the discriminator says of a batch.

    Attributes:
        logits: (batch,), how real each image is for its class.
        classes: (batch, classes), logits of the class that the image shows.
        middle: (batch, channels, 8, 8), what :meth:`Discriminator.semantic_logits` reads.
    """

    logits: Tensor
    classes: Tensor
    middle: Tensor


class Discriminator(nn.Module):
    """Images float32 (batch, 3, size, size) in [-1, 1] and classes int64 (batch,) → :class:`Judgement`.

    It judges twice, the whole image and each position of a map of 8×8, both with the class as a projection. On real images it
    also learns to name the class, and what each position shows where the world knows that: features that know a landmark
    see a missing one.
    """

    def __init__(self, settings: DiscriminatorSettings) -> None:
        super().__init__()
        self.settings = settings
        channels = settings.channels
        largest = settings.sizes[-1]
        self.entries = {size: (largest // size).bit_length() - 1 for size in settings.sizes}
        """The block that comes after the stem of each size."""
        self.stems = nn.ModuleDict(
            {str(size): spectral_norm(nn.Conv2d(12, channels[entry], 3, padding=1)) for size, entry in self.entries.items()}
        )
        self.blocks = nn.ModuleList(DiscriminatorBlock(inputs, outputs) for inputs, outputs in pairwise(channels))
        self.mapped = len(channels) - 3
        """The block that ends at 8×8; the last ends at 4×4."""
        self.whole = Projection(channels[-1], settings.classes)
        self.local = Projection(channels[self.mapped + 1], settings.classes)
        self.named = nn.Linear(channels[-1], settings.classes)
        self.semantics = nn.Conv2d(channels[self.mapped + 1], settings.maps, 1) if settings.maps else None

    def forward(self, images: Tensor, classes: Tensor) -> Judgement:
        first = self.entries[images.shape[-1]]
        x = middle = self.stems[str(images.shape[-1])](F.pixel_unshuffle(images, 2))
        for index, block in enumerate(self.blocks):
            if index < first:
                continue
            if index > first and index in self.entries.values():
                images = F.avg_pool2d(images, 2)
                x = x + self.stems[str(images.shape[-1])](F.pixel_unshuffle(images, 2))
            x = block(x)
            if index == self.mapped:
                middle = F.relu(x)
        with torch.autocast(images.device.type, enabled=False):
            whole, local = F.relu(x).float().sum((2, 3)), middle.float().mean((2, 3)) * FIRST
            logits = self.whole(whole, classes) + self.local(local, classes)
            named = self.named(F.layer_norm(whole, whole.shape[1:]))
        return Judgement(logits, named, middle)

    def semantic_logits(self, middle: Tensor) -> Tensor:
        """What each position of the 8×8 map shows: (batch, maps, 8, 8).

        Raises:
            TypeError: a discriminator without maps.
        """
        if self.semantics is None:
            raise TypeError("this discriminator learns no maps")
        logits: Tensor = self.semantics(_of_one_scale(middle))
        return logits

    def normalised_weights(self) -> Iterator[Tensor]:
        """Every spectrally normalised weight as a matrix (outputs, all else); the largest singular value of each is near 1."""
        for module in self.modules():
            if parametrize.is_parametrized(module, "weight"):
                weight = module.weight
                assert isinstance(weight, Tensor)
                yield weight.flatten(1)


class Projection(nn.Module):
    """Features float32 (batch, channels) and classes → logits (batch,): a linear judge plus one for each class."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.judge = spectral_norm(nn.Linear(channels, 1))
        self.embed = spectral_norm(nn.Embedding(classes, channels))

    def forward(self, features: Tensor, classes: Tensor) -> Tensor:
        judged: Tensor = self.judge(features).squeeze(1) + (self.embed(classes) * features).sum(1)
        return judged


def _block_of(size: int) -> int:
    """Index of the generator's block whose map has this side."""
    return (size // FIRST).bit_length() - 2


def _of_one_scale(x: Tensor) -> Tensor:
    """Each position's channels with mean square 1: spectral norm leaves them small, and lessons would be learnt slowly."""
    x = x.float()
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


def _enlarged(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")
