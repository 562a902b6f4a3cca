"""Trains a layer's decoder on the activations and images that the job has anyway, every dataset with the same weight.

The picture is asked to have the view's colours (L1), to look alike in the layers up to the target (feature loss), and to be
seen at the view's position as the vector says (centred cosine); then, for the last part of the training, not to be told from
real views by small patch discriminators, at full and at half size, that know the vector. Both pictures are shifted alike before
the network or a discriminator looks, so that their strides leave no grid. Dark and even pictures count for more than their few
bright pixels would have them, so that speckle there is not cheap.

Every step draws its chance from (seed, step) alone: interrupted, the training ends with the same weights.

Data flow: `PairsOf` (vectors and views) -> :func:`train_decoder` -> :class:`Decoder`.

Source: Dosovitskiy and Brox 2016, "Generating images with perceptual similarity metrics based on deep networks"; Isola et al.
2017, "Image-to-image translation with conditional adversarial networks" (the patch discriminator); Miyato et al. 2018.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class DecoderTraining:
    """How a decoder is trained.

    steps: of all; adversarial: share of them, the last ones, with the discriminators. batch: pairs a step. rate: of AdamW,
    along
    half a cosine. judge_rate: of the discriminators' Adam. feature, centre, fooling: weights of the losses beside the L1.
    shift: greatest shift of both pictures before the network looks, px. unmoved: share of steps without one. evenness: how
    far each picture's errors are measured by its own contrast in place of the batch's, 0 to 1. scales: sizes at which
    discriminators look, each half the one before. colour: weight of the difference in each colour's mean and spread over
    the picture. blend: share of vectors that are replaced by the mean with their nearest others, as a cell's vector is a
    mean. neighbours: how many others. seed: of weights and order.
    """

    steps: int = 1500
    adversarial: float = 0.4
    batch: int = 64
    rate: float = 2e-3
    judge_rate: float = 4e-4
    feature: float = 0.35
    centre: float = 0.5
    fooling: float = 0.12
    shift: int = 4
    unmoved: float = 0.25
    evenness: float = 0.5
    scales: int = 2
    colour: float = 0.0
    blend: float = 0.0
    neighbours: int = 7
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


class _PatchScale(nn.Module):
    """Pictures and their vectors -> logits (batch, rows, columns): whether each patch is of a real view with this vector."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.stem = spectral_norm(nn.Conv2d(12, width, 3, padding=1))
        self.down = spectral_norm(nn.Conv2d(width, 2 * width, 4, stride=2, padding=1))
        self.deep = spectral_norm(nn.Conv2d(2 * width, 2 * width, 3, padding=1))
        self.judge = spectral_norm(nn.Conv2d(2 * width, 1, 1))
        self.embed = spectral_norm(nn.Linear(channels, 2 * width))

    def forward(self, pictures: Tensor, vectors: Tensor) -> Tensor:
        x = F.leaky_relu(self.stem(F.pixel_unshuffle(pictures, 2)), 0.2)
        x = F.leaky_relu(self.down(x), 0.2)
        x = F.leaky_relu(self.deep(x), 0.2)
        wanted = self.embed(vectors)[:, :, None, None]
        logits: Tensor = self.judge(x)[:, 0] + (wanted * x).sum(1) / math.sqrt(x.shape[1])
        return logits


class PatchJudges(nn.Module):
    """Discriminators of patches at full size, half size, and so on: pictures in [-1, 1] and vectors -> logits of each."""

    def __init__(self, channels: int, scales: int, width: int = 48) -> None:
        super().__init__()
        self.scales = nn.ModuleList(_PatchScale(channels, width) for _ in range(scales))

    def forward(self, pictures: Tensor, vectors: Tensor) -> list[Tensor]:
        found = []
        for number, scale in enumerate(self.scales):
            if number:
                pictures = F.avg_pool2d(pictures, 2)
            room = pictures.shape[-1] % 2  # patches are looked at in pairs of pixels
            found.append(scale(F.pad(pictures, (0, room, 0, room), mode="replicate") if room else pictures, vectors))
        return found


class _Learner(nn.Module):
    """The decoder and its discriminator, for one checkpoint."""

    def __init__(self, settings: DecoderSettings, scales: int) -> None:
        super().__init__()
        self.decoder = Decoder(settings)
        self.judge = PatchJudges(settings.channels, scales)


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
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        learner = _Learner(settings, training.scales).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types this argument for tensors only
    decoder: Decoder = learner.decoder
    decoder.mean.copy_(pairs.vectors.mean(0))
    decoder.spread.copy_(pairs.vectors.std(0).clamp(min=1e-3 * float(pairs.vectors.std()) + 1e-12))
    optimizers: dict[str, torch.optim.Optimizer] = {
        "decoder": torch.optim.AdamW(decoder.parameters(), lr=training.rate, weight_decay=0.01),
        "judge": torch.optim.Adam(learner.judge.parameters(), lr=training.judge_rate, betas=(0.0, 0.9)),
    }
    name = repr((settings, training, view, tuple(layers), classifier.digest, len(pairs.vectors)))
    begin = load_checkpoint(checkpoint, learner, optimizers, name, device).step if checkpoint else 0
    blended = blend_neighbours(pairs.vectors, training.neighbours) if training.blend else None
    teacher = _Teacher(classifier, tuple(layers), view, training, blended)
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


def blend_neighbours(vectors: Tensor, count: int) -> Tensor:
    """Each vector's mean with its `count` nearest others by centred cosine, float32 (n, channels); in blocks of rows."""
    unit = F.normalize(vectors - vectors.mean(0), dim=1)
    made = []
    for block in torch.split(unit, 1024):
        nearest = (block @ unit.T).topk(min(count + 1, len(unit)), dim=1).indices  # itself is the first
        made.append(vectors[nearest].mean(1))
    return torch.cat(made)


@dataclass(frozen=True)
class _Batch:
    """What a step learns from. vectors: (batch, channels), as they are. given: the same, some blended. views: [0, 1]."""

    vectors: Tensor
    given: Tensor
    views: Tensor
    own: Tensor


@dataclass(frozen=True)
class _Teacher:
    """One step of the training. blended: means of neighbours, where vectors are replaced by such."""

    classifier: Classifier
    layers: tuple[str, ...]
    view: View
    training: DecoderTraining
    blended: Tensor | None

    def teach(self, learner: _Learner, optimizers: dict[str, torch.optim.Optimizer], pairs: Pairs, step: int) -> None:
        training = self.training
        chance = np.random.default_rng((training.seed, 5, step))
        batch = self._draw(pairs, chance)
        moved = bool(training.shift) and chance.random() >= training.unmoved
        shift = self._shift(chance) if moved else (0, 0)
        with self._half():
            logits = learner.decoder(batch.given)
        # Beyond the image there is nothing to learn: the picture is given what the view has there.
        made = torch.where(batch.own, torch.sigmoid(logits.float()), batch.views)
        loss = self._pixels(made, batch) + self._looks(made, batch, shift, learner.decoder.mean)
        optimizers["decoder"].zero_grad(set_to_none=True)
        if step >= training.fooled_from:
            standard = (batch.given - learner.decoder.mean) / learner.decoder.spread
            seen = self._shift(chance)
            real, fake = (torch.roll(2 * one - 1, seen, dims=(2, 3)) for one in (batch.views, made))
            self._teach_judge(learner.judge, optimizers["judge"], fake.detach(), real, standard)
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
        vectors = pairs.vectors[rows].to(device)
        given = vectors
        if self.blended is not None:
            taken = torch.from_numpy(chance.random(training.batch) < training.blend)[:, None]
            given = torch.where(taken, self.blended[rows], pairs.vectors[rows]).to(device)
        return _Batch(vectors, given, pairs.views[rows].to(device).float() / 255, pairs.own[rows].to(device))

    def _shift(self, chance: np.random.Generator) -> tuple[int, int]:
        """Every remainder of a stride up to twice the greatest shift is as likely."""
        down, across = chance.integers(-self.training.shift, max(self.training.shift, 1), 2).tolist()
        return down, across

    def _half(self) -> torch.autocast:
        device = self.classifier.device
        return torch.autocast(device.type, torch.bfloat16, enabled=computes_in_bfloat16("auto", device))

    def _pixels(self, made: Tensor, batch: _Batch) -> Tensor:
        """L1 where the view is the image's own."""
        contrast = (batch.views - batch.views.mean((2, 3), keepdim=True)).abs().mean((1, 2, 3)) + 0.02
        error = (made - batch.views).abs().sum((1, 2, 3)) / batch.own.sum((1, 2, 3)).clamp(min=1) / 3
        loss = (error * contrast.mean() / self._even(contrast)).mean()
        if self.training.colour:
            means = (made.mean((2, 3)) - batch.views.mean((2, 3))).abs().mean()
            spreads = (made.std((2, 3)) - batch.views.std((2, 3))).abs().mean()
            loss = loss + self.training.colour * (means + spreads)
        return loss

    def _even(self, strength: Tensor) -> Tensor:
        """By what each picture's error is divided. strength: (batch,)."""
        evenness = self.training.evenness
        return evenness * strength + (1 - evenness) * strength.mean()

    def _looks(self, made: Tensor, batch: _Batch, shift: tuple[int, int], mean: Tensor) -> Tensor:
        """The feature loss, and how far the view's position is from seeing the vector."""
        with self._half():
            seen, _ = self.classifier.maps(self._shown(made, shift), list(self.layers))
            with torch.no_grad():
                wanted, _ = self.classifier.maps(self._shown(batch.views, shift), list(self.layers))
        far = torch.zeros((), device=made.device)
        for name in self.layers:
            a, b = seen[name].float(), wanted[name].float()
            far = far + ((a - b).abs().mean((1, 2, 3)) / (self._even(b.abs().mean((1, 2, 3))) + 1e-6)).mean()
        place = self.view.position
        reached, truth = (maps[self.layers[-1]][:, :, place, place].float() for maps in (seen, wanted))
        # Shifted, the position sees another part of the view, so it is compared with what it sees of the real one there.
        missed = (1 - cosine(reached - mean, (truth if any(shift) else batch.given) - mean)).mean()
        return self.training.feature * far / len(self.layers) + self.training.centre * missed

    def _shown(self, pictures: Tensor, shift: tuple[int, int]) -> Tensor:
        rolled = torch.roll(pictures, shift, dims=(2, 3)) if any(shift) else pictures
        return self.classifier.normalise(rolled).contiguous(memory_format=torch.channels_last)

    def _teach_judge(
        self, judge: PatchJudges, optimizer: torch.optim.Optimizer, fake: Tensor, real: Tensor, standard: Tensor
    ) -> None:
        count = len(real)
        with parametrize.cached():
            logits = self._judged(judge, torch.cat([real, fake]), torch.cat([standard, standard]))
            hinge = _mean([F.relu(1 - one[:count]) for one in logits]) + _mean([F.relu(1 + one[count:]) for one in logits])
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(hinge)
        optimizer.step()

    def _judged(self, judge: PatchJudges, pictures: Tensor, vectors: Tensor) -> list[Tensor]:
        """The discriminators' logits, inside `parametrize.cached`: the norms of the weights in float32, the rest in half."""
        for part in judge.modules():
            if parametrize.is_parametrized(part):
                _ = part.weight
        with self._half():
            return [one.float() for one in judge(pictures.contiguous(memory_format=torch.channels_last), vectors)]


def _mean(scales: list[Tensor]) -> Tensor:
    """The mean over patches of each scale, and over the scales."""
    return torch.stack([one.mean() for one in scales]).mean()
