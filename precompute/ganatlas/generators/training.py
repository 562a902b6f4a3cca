"""Trains a class-conditional SNGAN: hinge loss, few discriminator steps, two learning rates, small images first.

Every step draws its chance from (seed, step) alone, so an interrupted training goes on as if it had not been.

Data flow: images and classes in memory → :class:`Trainer` → the averaged generator, which is what is published.

Source: Miyato et al. 2018 (hinge loss, spectral norm); Heusel et al. 2017 (two time scales); Karras et al. 2018, "Progressive
growing of GANs" (small images first); Odena et al. 2017 (the class as a second question); Zhao et al. 2020, "Differentiable
augmentation" (shifts of real and generated images alike).
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from .sngan import Discriminator, DiscriminatorSettings, Generator, GeneratorSettings


@dataclass(frozen=True)
class Stage:
    """A part of the training: images of ``size`` px, for ``steps`` steps; over the first ``blend`` of them they grow in."""

    size: int
    steps: int
    blend: int = 0


@dataclass(frozen=True)
class GanRecipe:
    """How a generator is trained.

    Attributes:
        stages: small images first.
        train_count: images to learn from.
        batch: real and generated images a step, each.
        judgements: discriminator steps a generator step, each with real and generated images of its own.
        generator_rate, discriminator_rate: of Adam; over the last ``cooling`` share of all steps they fall to a tenth.
        betas: of Adam.
        average: share of the averaged generator that a step keeps (EMA).
        naming: weight of naming the class of real images, for the discriminator.
        named: weight of the generated image being named as the class asked for, for the generator.
        mapping: weight of the label map of real images, where there is one.
        flip: whether real images are mirrored at random.
        shift: greatest shift of real and generated images in the discriminator's eyes, in pixels.
    """

    stages: tuple[Stage, ...]
    train_count: int
    batch: int = 64
    judgements: int = 1
    generator_rate: float = 2e-4
    discriminator_rate: float = 4e-4
    betas: tuple[float, float] = (0.0, 0.9)
    average: float = 0.999
    cooling: float = 0.2
    naming: float = 0.5
    named: float = 0.2
    mapping: float = 0.5
    flip: bool = True
    shift: int = 0

    @property
    def steps(self) -> int:
        """Of all stages together."""
        return sum(stage.steps for stage in self.stages)

    def at(self, step: int) -> tuple[int, float]:
        """The size of the images at a step, and how far they have grown in, 0 to 1."""
        for stage in self.stages:
            if step < stage.steps:
                return stage.size, min(1.0, (step + 1) / stage.blend) if stage.blend else 1.0
            step -= stage.steps
        return self.stages[-1].size, 1.0


@dataclass(frozen=True)
class GanExamples:
    """Images to learn from.

    Attributes:
        images: uint8 (n, size, size, 3).
        classes: int64 (n,).
        shares: uint8 (n, rows, columns, semantic classes), rows and columns multiples of 8; None without label maps.
    """

    images: NDArray[np.uint8]
    classes: NDArray[np.int64]
    shares: NDArray[np.uint8] | None


@dataclass(frozen=True)
class Losses:
    """Of one step: the hinge losses of both, and the discriminator's other lessons."""

    discriminator: float
    generator: float
    lessons: float


class Trainer(nn.Module):
    """The generator, its average and the discriminator with their optimisers; :meth:`step` trains all of them."""

    def __init__(
        self,
        generator: GeneratorSettings,
        discriminator: DiscriminatorSettings,
        recipe: GanRecipe,
        seed: int,
        device: torch.device,
    ) -> None:
        super().__init__()
        self.recipe, self.seed, self.device = recipe, seed, device
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.generator = Generator(generator)
            self.discriminator = Discriminator(discriminator)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types this argument for tensors only
        self.optimizers = {
            name: torch.optim.Adam(network.parameters(), lr=rate, betas=recipe.betas, fused=True)
            for name, network, rate in (
                ("adam-generator", self.generator, recipe.generator_rate),
                ("adam-discriminator", self.discriminator, recipe.discriminator_rate),
            )
        }

    def train_step(self, examples: GanExamples, step: int) -> Losses:
        """One step of both networks, with chance that depends on (seed, step) alone."""
        recipe = self.recipe
        size, blend = recipe.at(step)
        chance = int(np.random.SeedSequence((self.seed, 3, step)).generate_state(1, np.uint64)[0] >> 1)
        random = torch.Generator().manual_seed(chance)
        self._cool(step)
        for judgement in range(recipe.judgements):
            last = judgement == recipe.judgements - 1
            real, classes, shares = self._real(examples, step * recipe.judgements + judgement, size, blend, random)
            z = torch.randn(recipe.batch, self.generator.settings.latent, generator=random).to(self.device)
            asked = torch.randint(self.generator.settings.classes, (recipe.batch,), generator=random).to(self.device)
            with self._autocast(), torch.set_grad_enabled(last):
                made = self.generator(z, asked, size, blend)
            judged, lessons = self._teach_discriminator(real, classes, shares, made.detach(), asked, random)
        fooled = self._teach_generator(made, asked, random)
        self._follow(step)
        return Losses(judged, fooled, lessons)

    def _teach_discriminator(
        self, real: Tensor, classes: Tensor, shares: Tensor | None, made: Tensor, asked: Tensor, random: torch.Generator
    ) -> tuple[float, float]:
        recipe, count = self.recipe, len(real)
        both = shifted(torch.cat([real, made.float()]), recipe.shift, random).contiguous(memory_format=torch.channels_last)
        with parametrize.cached():
            self._normalise()
            with self._autocast():
                judgement = self.discriminator(both, torch.cat([classes, asked]))
                maps = self.discriminator.semantic_logits(judgement.middle[:count]) if shares is not None else None
            hinge = F.relu(1 - judgement.logits[:count]).mean() + F.relu(1 + judgement.logits[count:]).mean()
            lessons = recipe.naming * F.cross_entropy(judgement.classes[:count], classes)
            if shares is not None and maps is not None:
                lessons = lessons + recipe.mapping * F.cross_entropy(maps.float(), shares)
            self.optimizers["adam-discriminator"].zero_grad(set_to_none=True)
            torch.autograd.backward(hinge + lessons)
        self.optimizers["adam-discriminator"].step()
        return float(hinge.detach()), float(lessons.detach())

    def _teach_generator(self, made: Tensor, asked: Tensor, random: torch.Generator) -> float:
        self.discriminator.requires_grad_(False)
        with parametrize.cached():
            self._normalise()
            with self._autocast():
                judgement = self.discriminator(shifted(made, self.recipe.shift, random), asked)
        fooled = -judgement.logits.mean()
        named = F.cross_entropy(judgement.classes, asked)
        self.optimizers["adam-generator"].zero_grad(set_to_none=True)
        (fooled + self.recipe.named * named).backward()
        self.optimizers["adam-generator"].step()
        self.discriminator.requires_grad_(True)
        return float(fooled.detach())

    def _normalise(self) -> None:
        """Computes all normalised weights outside autocast (inside parametrize.cached): the power iteration needs float32."""
        for _ in self.discriminator.normalised_weights():
            pass

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16)

    def _cool(self, step: int) -> None:
        left = (self.recipe.steps - step) / max(1.0, self.recipe.cooling * self.recipe.steps)
        factor = 0.1 + 0.9 * min(1.0, left)
        rates = (self.recipe.generator_rate, self.recipe.discriminator_rate)
        for optimizer, rate in zip(self.optimizers.values(), rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor

    @torch.no_grad()
    def _follow(self, step: int) -> None:
        """The averaged generator a step on; at first it keeps less, so that it forgets the start."""
        kept = min(self.recipe.average, (1 + step) / (10 + step))
        ours, theirs = self.average.state_dict(), self.generator.state_dict()
        names = [name for name, value in ours.items() if value.is_floating_point()]
        torch._foreach_lerp_([ours[name] for name in names], [theirs[name] for name in names], 1 - kept)

    def _real(
        self, examples: GanExamples, batch: int, size: int, blend: float, random: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """A batch's real images in [-1, 1], their classes, and shares of each of the 8×8 positions."""
        rows = epoch_batch(len(examples.images), self.recipe.batch, self.seed, batch)
        images = torch.from_numpy(examples.images[rows]).to(self.device).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
        classes = torch.from_numpy(examples.classes[rows]).to(self.device)
        shares = None
        if examples.shares is not None and self.discriminator.settings.maps:
            wanted = torch.from_numpy(examples.shares[rows]).to(self.device).permute(0, 3, 1, 2).float()
            shares = F.adaptive_avg_pool2d(wanted, 8)
            shares = shares / shares.sum(1, keepdim=True)
        if self.recipe.flip:
            mirrored = (torch.rand(len(rows), generator=random) < 0.5).to(self.device)[:, None, None, None]
            images = torch.where(mirrored, images.flip(3), images)
            shares = torch.where(mirrored, shares.flip(3), shares) if shares is not None else None
        if images.shape[-1] > size:
            images = F.avg_pool2d(images, images.shape[-1] // size)
        if blend < 1:
            coarse = F.interpolate(F.avg_pool2d(images, 2), scale_factor=2, mode="nearest")
            images = coarse + blend * (images - coarse)
        return images, classes, shares


def epoch_batch(count: int, batch: int, seed: int, number: int) -> NDArray[np.int64]:
    """The rows of a batch: every epoch goes through all of them in an order of its own. Shape (batch,), ascending."""
    per_epoch = max(1, count // batch)
    order = np.random.default_rng((seed, 1, number // per_epoch)).permutation(count)
    at = number % per_epoch * batch
    return np.sort(order[at : at + batch])


def shifted(images: Tensor, most: int, random: torch.Generator) -> Tensor:
    """Each image shifted by up to ``most`` pixels in both directions, black beyond the edge; differentiable."""
    if not most:
        return images
    batch, size = len(images), images.shape[-1]
    padded = F.pad(images, (most,) * 4)
    offsets = torch.randint(0, 2 * most + 1, (2, batch, 1), generator=random).to(images.device)
    rows, columns = (offset + torch.arange(size, device=images.device) for offset in offsets)
    which = torch.arange(batch, device=images.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[which, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
