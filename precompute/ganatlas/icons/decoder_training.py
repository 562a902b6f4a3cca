"""Trains a layer's decoder on the activations and images that the job has anyway, every dataset with the same weight.

The picture is asked to have the view's colours (L1), to look alike in the layers up to the target (feature loss), and to be
seen at the view's position as the vector says (centred cosine); then, for the last part of the training, not to be told from
real views by small discriminators that know the vector. They look at the network's maps of both pictures, the early ones for
texture, the late ones for what is there; these maps are there anyway, so that they cost little, and a few hundred steps teach
them. Both pictures are shifted alike before the network looks, so that its strides leave no grid; and fine differences that
repeat from block to block of a picture, or at one place of all pictures of a batch, are a loss of their own. Dark and even
pictures count for more than their few bright pixels would have them, so that speckle there is not cheap.

Every step draws its chance from (seed, step) alone: interrupted, the training ends with the same weights.

Data flow: `collect_pairs` (vectors and views) -> :func:`train_decoder` -> :class:`Decoder`.

Source: Dosovitskiy and Brox 2016, "Generating images with perceptual similarity metrics based on deep networks"; Isola et al.
2017, "Image-to-image translation with conditional adversarial networks" (judging patches); Sauer et al. 2021, "Projected GANs
converge faster" (discriminators of a fixed network's maps); Miyato et al. 2018 (spectral normalisation, projection).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

from ganatlas.checkpoints import Progress as Reached
from ganatlas.checkpoints import load_checkpoint, save_checkpoint
from ganatlas.classifiers.base import Classifier

from .decoder import Decoder, DecoderSettings
from .invert import computes_in_bfloat16
from .objective import cosine
from .views import View

CHECKPOINT_STEPS = 200
_COARSE = (16, 8)
"""Sides of maps above which a discriminator halves them: in its first convolution, in its second."""
_JUDGE_WIDTH = 48
_PERIOD = 8
"""Px of the grid that a decoder of three doublings can leave."""
_SCALED_BY = 256
"""Views that say how strong a layer's channels are."""


@dataclass(frozen=True)
class DecoderTraining:
    """How a decoder is trained.

    steps: of all; adversarial: share of them, the last ones, with the discriminators. batch: pairs a step. rate: of AdamW,
    along half a cosine. judge_rate: of the discriminators' Adam. feature, centre, fooling, repeats: weights of the losses
    beside the L1. shift: greatest shift of both pictures before the network looks, px. evenness: how far each picture's errors
    are measured by its own contrast in place of the batch's, 0 to 1. seed: of weights and order.
    """

    steps: int = 1500
    adversarial: float = 0.5
    batch: int = 64
    rate: float = 2e-3
    judge_rate: float = 4e-4
    feature: float = 0.35
    centre: float = 0.5
    fooling: float = 0.4
    repeats: float = 5.0
    shift: int = 4
    evenness: float = 0.5
    seed: int = 0

    @property
    def fooled_from(self) -> int:
        """The first step with the discriminators."""
        return math.ceil((1 - self.adversarial) * self.steps)


@dataclass(frozen=True)
class Pairs:
    """What a decoder learns from, in memory.

    vectors: float32 (n, channels). views: uint8 (n, 3, side, side). own: bool (n, 1, side, side), false beyond the image.
    weight: float64 (n,), how often each is drawn, in proportion.
    """

    vectors: Tensor
    views: Tensor
    own: Tensor
    weight: NDArray[np.float64]


class _MapJudge(nn.Module):
    """A layer's maps of pictures and the pictures' vectors -> logits (batch, rows, columns): whether each part of the picture
    is of a real view with this vector. seen: such maps of some real views, (views, channels, rows, columns), for their scale.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, channels: int, seen: Tensor) -> None:
        super().__init__()
        self.register_buffer("centre", seen.mean((0, 2, 3))[:, None, None].clone())
        self.register_buffer("spread", seen.std((0, 2, 3))[:, None, None] + 1e-3 * seen.std() + 1e-6)
        inputs, width = seen.shape[1], _JUDGE_WIDTH
        halved, halved_deep = (seen.shape[-1] > side for side in _COARSE)
        self.stem = spectral_norm(nn.Conv2d(inputs, width, 4, stride=2, padding=1) if halved else nn.Conv2d(inputs, width, 1))
        self.deep = spectral_norm(nn.Conv2d(width, width, 3, stride=2 if halved_deep else 1, padding=1))
        self.judge = spectral_norm(nn.Conv2d(width, 1, 1))
        self.embed = spectral_norm(nn.Linear(channels, width))

    def forward(self, maps: Tensor, vectors: Tensor) -> Tensor:
        plain = (maps - self.centre.to(maps.dtype)) / self.spread.to(maps.dtype)
        x = F.leaky_relu(self.stem(plain), 0.2, inplace=True)
        x = F.leaky_relu(self.deep(x), 0.2, inplace=True)
        wanted = self.embed(vectors)[:, :, None, None]
        logits: Tensor = self.judge(x)[:, 0] + (wanted * x).sum(1) / math.sqrt(x.shape[1])
        return logits


class MapJudges(nn.Module):
    """Discriminators of each of the layers' maps: maps, finest first, and vectors -> logits of each."""

    def __init__(self, channels: int, seen: Sequence[Tensor]) -> None:
        super().__init__()
        self.maps = nn.ModuleList(_MapJudge(channels, one) for one in seen)

    def forward(self, maps: Sequence[Tensor], vectors: Tensor) -> list[Tensor]:
        return [judge(seen, vectors) for judge, seen in zip(self.maps, maps, strict=True)]


class _Learner(nn.Module):
    """The decoder and its discriminators, for one checkpoint."""

    def __init__(self, settings: DecoderSettings, seen: Sequence[Tensor]) -> None:
        super().__init__()
        self.decoder = Decoder(settings)
        self.judge = MapJudges(settings.channels, seen)


def train_decoder(
    classifier: Classifier,
    layers: Sequence[str],
    pairs: Pairs,
    view: View,
    settings: DecoderSettings,
    training: DecoderTraining,
    *,
    checkpoint: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Decoder:
    """Train a decoder of the last of ``layers``.

    Args:
        layers: the module names that the feature loss looks at, in the order of the network; the last is the target.
        checkpoint: where the training is saved from time to time, and goes on from.
        progress: called with steps done and steps in all.
    """
    device = classifier.device
    some = pairs.views[:: max(1, len(pairs.views) // _SCALED_BY)].to(device)
    with torch.no_grad():
        maps, _ = classifier.maps(classifier.normalise(some).contiguous(memory_format=torch.channels_last), list(layers))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        learner = _Learner(settings, [maps[name].float() for name in layers])
        learner.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types this argument for tensors only
    decoder: Decoder = learner.decoder
    decoder.mean.copy_(pairs.vectors.mean(0))
    decoder.spread.copy_(pairs.vectors.std(0).clamp(min=1e-3 * float(pairs.vectors.std()) + 1e-12))
    optimizers: dict[str, torch.optim.Optimizer] = {
        "decoder": torch.optim.AdamW(decoder.parameters(), lr=training.rate, weight_decay=0.01),
        "judge": torch.optim.Adam(learner.judge.parameters(), lr=training.judge_rate, betas=(0.0, 0.9)),
    }
    name = repr((settings, training, view, tuple(layers), classifier.digest, len(pairs.vectors)))
    begin = load_checkpoint(checkpoint, learner, optimizers, name, device).step if checkpoint else 0
    teacher = _Teacher(classifier, tuple(layers), view, training)
    for step in range(begin, training.steps):
        rate = training.rate * 0.5 * (1 + math.cos(math.pi * step / training.steps))
        for group in optimizers["decoder"].param_groups:
            group["lr"] = rate
        teacher.teach(learner, optimizers, pairs, step)
        if checkpoint and ((step + 1) % CHECKPOINT_STEPS == 0 or step + 1 == training.steps):
            save_checkpoint(checkpoint, learner, optimizers, Reached(step + 1, 0.0), name)
        if progress is not None:
            progress(step + 1, training.steps)
    decoder.eval().requires_grad_(False)
    return decoder


@dataclass(frozen=True)
class _Batch:
    """What a step learns from. vectors: float32 (batch, channels). views: [0, 1]. own: as in :class:`Pairs`."""

    vectors: Tensor
    views: Tensor
    own: Tensor


@dataclass(frozen=True)
class _Teacher:
    """One step of the training."""

    classifier: Classifier
    layers: tuple[str, ...]
    view: View
    training: DecoderTraining

    def teach(self, learner: _Learner, optimizers: dict[str, torch.optim.Optimizer], pairs: Pairs, step: int) -> None:
        training = self.training
        chance = np.random.default_rng((training.seed, 5, step))
        batch = self._draw(pairs, chance)
        shift = self._shift(chance)
        with self._half():
            logits = learner.decoder(batch.vectors)
        # Beyond the image there is nothing to learn: the picture is given what the view has there.
        made = torch.where(batch.own, torch.sigmoid(logits.float()), batch.views)
        with self._half():
            seen, _ = self.classifier.maps(self._shown(made, shift), list(self.layers))
            with torch.no_grad():
                wanted, _ = self.classifier.maps(self._shown(batch.views, shift), list(self.layers))
        fake, real = ([maps[name] for name in self.layers] for maps in (seen, wanted))
        loss = self._pixels(made, batch) + self._looks(fake, real, batch, any(shift), learner.decoder.mean)
        optimizers["decoder"].zero_grad(set_to_none=True)
        if step >= training.fooled_from:
            standard = (batch.vectors - learner.decoder.mean) / learner.decoder.spread
            self._teach_judge(learner.judge, optimizers["judge"], fake, real, standard)
            learner.judge.requires_grad_(False)
            with parametrize.cached():
                loss = loss - training.fooling * _mean(self._judged(learner.judge, fake, standard))
                torch.autograd.backward(loss)
            learner.judge.requires_grad_(True)
        else:
            torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(learner.decoder.parameters(), 1.0)
        optimizers["decoder"].step()

    def _draw(self, pairs: Pairs, chance: np.random.Generator) -> _Batch:
        training, device = self.training, self.classifier.device
        rows = torch.from_numpy(chance.choice(len(pairs.weight), training.batch, p=pairs.weight / pairs.weight.sum()))
        return _Batch(pairs.vectors[rows].to(device), pairs.views[rows].to(device).float() / 255, pairs.own[rows].to(device))

    def _shift(self, chance: np.random.Generator) -> tuple[int, int]:
        """Every remainder of a stride up to twice the greatest shift is as likely."""
        down, across = chance.integers(-self.training.shift, max(self.training.shift, 1), 2).tolist()
        return down, across

    def _half(self) -> torch.autocast:
        device = self.classifier.device
        return torch.autocast(device.type, torch.bfloat16, enabled=computes_in_bfloat16("auto", device))

    def _pixels(self, made: Tensor, batch: _Batch) -> Tensor:
        """L1 where the view is the image's own; and the fine differences that repeat, in a picture or in all of a batch."""
        contrast = (batch.views - batch.views.mean((2, 3), keepdim=True)).abs().mean((1, 2, 3)) + 0.02
        error = (made - batch.views).abs().sum((1, 2, 3)) / batch.own.sum((1, 2, 3)).clamp(min=1) / 3
        high = fine((made - batch.views).contiguous())  # faster than with its channels last
        error = error + self.training.repeats * repeated(high).abs().mean((1, 2, 3))
        common = self.training.repeats * high.mean(0).abs().mean()
        return (error * contrast.mean() / self._even(contrast)).mean() + common

    def _even(self, strength: Tensor) -> Tensor:
        """By what each picture's error is divided. strength: (batch,)."""
        evenness = self.training.evenness
        return evenness * strength + (1 - evenness) * strength.mean()

    def _looks(self, fake: list[Tensor], real: list[Tensor], batch: _Batch, moved: bool, mean: Tensor) -> Tensor:
        """The feature loss, and how far the view's position is from seeing the vector."""
        far = torch.zeros((), device=mean.device)
        for ours, theirs in zip(fake, real, strict=True):
            a, b = ours.float(), theirs.float()
            far = far + ((a - b).abs().mean((1, 2, 3)) / (self._even(b.abs().mean((1, 2, 3))) + 1e-6)).mean()
        place = self.view.position
        reached, truth = (maps[-1][:, :, place, place].float() for maps in (fake, real))
        # Shifted, the position sees another part of the view, so it is compared with what it sees of the real one there.
        missed = (1 - cosine(reached - mean, (truth if moved else batch.vectors) - mean)).mean()
        return self.training.feature * far / len(self.layers) + self.training.centre * missed

    def _shown(self, pictures: Tensor, shift: tuple[int, int]) -> Tensor:
        rolled = torch.roll(pictures, shift, dims=(2, 3)) if any(shift) else pictures
        return self.classifier.normalise(rolled).contiguous(memory_format=torch.channels_last)

    def _teach_judge(
        self, judge: MapJudges, optimizer: torch.optim.Optimizer, fake: list[Tensor], real: list[Tensor], standard: Tensor
    ) -> None:
        count = len(standard)
        maps = [torch.cat([b, a.detach()]) for a, b in zip(fake, real, strict=True)]
        with parametrize.cached():
            logits = self._judged(judge, maps, torch.cat([standard, standard]))
            hinge = _mean([F.relu(1 - one[:count]) for one in logits]) + _mean([F.relu(1 + one[count:]) for one in logits])
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(hinge)
        optimizer.step()

    def _judged(self, judge: MapJudges, maps: list[Tensor], vectors: Tensor) -> list[Tensor]:
        """The discriminators' logits, inside `parametrize.cached`: the norms of the weights in float32, the rest in half."""
        for part in judge.modules():
            if parametrize.is_parametrized(part):
                _ = part.weight
        with self._half():
            return [one.float() for one in judge(maps, vectors)]


def fine(pictures: Tensor) -> Tensor:
    """Pictures without what changes slowly, over a block or more: (batch, 3, side, side) -> the same, around 0.

    What is taken away is the mean of the block around each pixel, the edge repeated beyond the picture.
    """
    means = _block_means(pictures.shape[-1], pictures.device)
    return pictures - means @ (pictures @ means.T)


@cache
def _block_means(side: int, device: torch.device) -> Tensor:
    """Each value of a row -> the mean of the block around it, as a matrix (side, side): seven times as fast as pooling."""
    around = torch.arange(side)[:, None] + torch.arange(-(_PERIOD // 2), (_PERIOD + 1) // 2)
    return F.one_hot(around.clamp(0, side - 1), side).float().mean(1).to(device)


def repeated(pictures: Tensor) -> Tensor:
    """What each picture has in common from block to block: (batch, 3, side, side) -> (batch, 3, period, period).

    A picture of things has next to none of it; maps that are doubled leave it as a grid. The period is 8 px, or 4 where 8
    does not divide the side; shorter ones that divide it are within.
    """
    period = _PERIOD if pictures.shape[-1] % _PERIOD == 0 else _PERIOD // 2
    count = pictures.shape[-1] // period
    return pictures.reshape(*pictures.shape[:2], count, period, count, period).mean((2, 4))


def _mean(layers: list[Tensor]) -> Tensor:
    """The mean over each layer's map, and over the layers."""
    return torch.stack([one.mean() for one in layers]).mean()
