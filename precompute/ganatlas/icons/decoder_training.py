"""Trains a layer's decoder on the activations and images that the job has anyway, every dataset with the same weight.

The picture is asked to have the view's colours (L1), to look alike in the layers up to the target (feature loss), and to be
seen at the centre position as the vector says (centred cosine); then, for the last part of the training, not to be told from
real views by a small patch discriminator that knows the vector. Both pictures are shifted alike before the network looks, so
that its strides leave no grid.

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
from .objective import cosine
from .views import View

CHECKPOINT_STEPS = 200


@dataclass(frozen=True)
class DecoderTraining:
    """How a decoder is trained.

    steps: of all; adversarial: share of them, the last ones, with the discriminator. batch: pairs a step. rate: of AdamW, along
    half a cosine. feature, centre, fooling: weights of the losses beside the L1. shift: greatest shift of both pictures before
    the network looks, px. seed: of weights and order.
    """

    steps: int = 1500
    adversarial: float = 0.4
    batch: int = 64
    rate: float = 2e-3
    judge_rate: float = 4e-4
    feature: float = 0.35
    centre: float = 0.5
    fooling: float = 0.12
    shift: int = 2
    seed: int = 0


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


class PatchJudge(nn.Module):
    """Pictures and their vectors -> logits (batch, rows, columns): whether each patch is of a real view with this vector."""

    def __init__(self, channels: int, width: int = 48) -> None:
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


class _Learner(nn.Module):
    """The decoder and its discriminator, for one checkpoint."""

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__()
        self.decoder = Decoder(settings)
        self.judge = PatchJudge(settings.channels)


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
        learner = _Learner(settings).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
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
class _Teacher:
    """One step of the training."""

    classifier: Classifier
    layers: tuple[str, ...]
    view: View
    training: DecoderTraining

    def teach(self, learner: _Learner, optimizers: dict[str, torch.optim.Optimizer], pairs: Pairs, step: int) -> None:
        training, device = self.training, self.classifier.device
        chance = np.random.default_rng((training.seed, 5, step))
        rows = torch.from_numpy(chance.choice(len(pairs.weight), training.batch, p=pairs.weight / pairs.weight.sum()))
        vectors = pairs.vectors[rows].to(device)
        views, own = pairs.views[rows].to(device).float() / 255, pairs.own[rows].to(device)
        moved = training.shift and chance.random() < 0.5
        shift = tuple(int(one) for one in chance.integers(-training.shift, training.shift + 1, 2)) if moved else (0, 0)
        half = torch.autocast(device.type, torch.bfloat16)
        with half:
            logits = learner.decoder(vectors)
        # Beyond the image there is nothing to learn: the picture is given what the view has there.
        made = torch.where(own, torch.sigmoid(logits.float()), views)
        loss = (made - views).abs().sum() / own.sum().clamp(min=1) / 3
        loss = loss + self._looks(made, views, vectors, shift, learner.decoder.mean)
        if step >= (1 - training.adversarial) * training.steps:
            standard = (vectors - learner.decoder.mean) / learner.decoder.spread
            self._teach_judge(learner.judge, optimizers["judge"], made.detach(), views, standard)
            learner.judge.requires_grad_(False)
            with parametrize.cached():
                loss = loss - training.fooling * learner.judge(2 * made - 1, standard).mean()
                optimizers["decoder"].zero_grad(set_to_none=True)
                torch.autograd.backward(loss)
            learner.judge.requires_grad_(True)
        else:
            optimizers["decoder"].zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(learner.decoder.parameters(), 1.0)
        optimizers["decoder"].step()

    def _looks(self, made: Tensor, views: Tensor, vectors: Tensor, shift: tuple[int, ...], mean: Tensor) -> Tensor:
        """The feature loss, and how far the centre position is from seeing the vector."""
        with torch.autocast(made.device.type, torch.bfloat16):
            seen, _ = self.classifier.maps(self._shown(made, shift), list(self.layers))
            with torch.no_grad():
                wanted, _ = self.classifier.maps(self._shown(views, shift), list(self.layers))
        far = torch.zeros((), device=made.device)
        for name in self.layers:
            a, b = seen[name].float(), wanted[name].float()
            far = far + (a - b).abs().mean() / (b.abs().mean() + 1e-6)
        place = self.view.position
        reached, truth = (maps[self.layers[-1]][:, :, place, place].float() for maps in (seen, wanted))
        # Shifted, the position sees another part of the view, so it is compared with what it sees of the real one there.
        missed = (1 - cosine(reached - mean, (truth if any(shift) else vectors) - mean)).mean()
        return self.training.feature * far / len(self.layers) + self.training.centre * missed

    def _shown(self, pictures: Tensor, shift: tuple[int, ...]) -> Tensor:
        rolled = torch.roll(pictures, shift, dims=(2, 3)) if any(shift) else pictures
        return self.classifier.normalise(rolled).contiguous(memory_format=torch.channels_last)

    def _teach_judge(
        self, judge: PatchJudge, optimizer: torch.optim.Optimizer, made: Tensor, views: Tensor, standard: Tensor
    ) -> None:
        both = 2 * torch.cat([views, made]) - 1
        logits = judge(both, torch.cat([standard, standard]))
        count = len(views)
        hinge = F.relu(1 - logits[:count]).mean() + F.relu(1 + logits[count:]).mean()
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(hinge)
        optimizer.step()
