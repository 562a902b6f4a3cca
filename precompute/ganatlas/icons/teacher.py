"""One step of a decoder's training: what is asked of its pictures, and of the discriminators.

Threads share a batch, a part each: the passes are too short for their operations to be divided between cores. A part's losses
are its share of the whole batch's, so that the parts' gradients add up to those of one pass over it.

Data flow: :class:`Pairs` -> `Teacher.teach`, step by step -> the decoder of `train_decoder`.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from ganatlas.classifiers.base import Classifier

from .batch_size import worker_threads
from .decoder import Decoder, DecoderSettings
from .invert import computes_in_bfloat16
from .map_judges import MapJudges
from .objective import cosine
from .repeats import fine, repeated
from .views import View

_MOST_THREADS = 4
"""That share a batch on a processor: smaller parts of it cost more than they bring."""


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


class Learner(nn.Module):
    """The decoder and its discriminators, for one checkpoint."""

    def __init__(self, settings: DecoderSettings, seen: Sequence[Tensor]) -> None:
        super().__init__()
        self.decoder = Decoder(settings)
        self.judge = MapJudges(settings.channels, seen)


@contextmanager
def teacher_of(classifier: Classifier, layers: tuple[str, ...], view: View, training: DecoderTraining) -> Iterator["Teacher"]:
    """A teacher, with the threads that it works in."""
    threads = torch.get_num_threads()
    workers = min(_MOST_THREADS, threads, training.batch) if classifier.device.type == "cpu" else 1
    classifiers = [classifier, *(classifier.twin() for _ in range(workers - 1))]
    with ExitStack() as stack:
        pools = [stack.enter_context(worker_threads(1, threads // workers)) for _ in classifiers] if workers > 1 else []

        def each(work: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
            # A part stays with its thread: in which order gradients are added up depends on which thread went forward.
            begun = [pool.submit(work, part) for pool, part in zip(pools, parts, strict=True)]
            return [one.result() for one in begun]

        yield Teacher(classifiers, layers, view, training, each if pools else map)


@dataclass(frozen=True)
class _Part:
    """Pictures of a batch that one thread works on. vectors: float32 (n, channels). views: [0, 1]. own: as in `Pairs`."""

    classifier: Classifier
    vectors: Tensor
    views: Tensor
    own: Tensor


@dataclass(frozen=True)
class _Seen:
    """A part, painted and looked at.

    made: [0, 1]. high: what of `made - views` is finer than a block. fake, real: the layers' maps of what was painted and of
    the views. contrast, strength: of each view, and of each layer's maps of it, (n,).
    """

    part: _Part
    made: Tensor
    high: Tensor
    fake: list[Tensor]
    real: list[Tensor]
    contrast: Tensor
    strength: list[Tensor]


@dataclass(frozen=True)
class _Whole:
    """What the losses of a part need of the whole batch: its pictures, and means over them."""

    count: int
    contrast: Tensor
    strength: list[Tensor]
    high: Tensor

    @classmethod
    def of(cls, seen: Sequence[_Seen]) -> "_Whole":
        count = sum(len(one.made) for one in seen)
        return cls(
            count,
            torch.cat([one.contrast for one in seen]).mean(),
            [torch.cat(layer).mean() for layer in zip(*(one.strength for one in seen), strict=True)],
            _total([one.high.detach().sum(0) for one in seen]) / count,
        )


@dataclass(frozen=True)
class Teacher:
    """One step of the training.

    classifiers: twins of the network, one for each part. each: maps a function over the parts.
    """

    classifiers: Sequence[Classifier]
    layers: tuple[str, ...]
    view: View
    training: DecoderTraining
    each: Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]

    def teach(self, learner: Learner, optimizers: dict[str, torch.optim.Optimizer], pairs: Pairs, step: int) -> None:
        decoder, chance = learner.decoder, np.random.default_rng((self.training.seed, 5, step))
        parts, shift = self._draw(pairs, chance), self._shift(chance)
        seen: list[_Seen] = list(self.each(partial(self._look, decoder, shift), parts))
        whole = _Whole.of(seen)
        judges = None
        if step >= self.training.fooled_from:
            self._teach_judges(learner, optimizers["judge"], seen, whole)
            with torch.no_grad():
                judges = partial(learner.judge, normed=learner.judge.normed())
        parameters = list(decoder.parameters())

        def gradients(one: _Seen) -> tuple[Tensor, ...]:
            return torch.autograd.grad(self._loss(one, whole, decoder, any(shift), judges), parameters)

        for parameter, *of_parts in zip(parameters, *self.each(gradients, seen), strict=True):
            parameter.grad = _total(of_parts)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizers["decoder"].step()

    def _draw(self, pairs: Pairs, chance: np.random.Generator) -> list[_Part]:
        rows = torch.from_numpy(chance.choice(len(pairs.weight), self.training.batch, p=pairs.weight / pairs.weight.sum()))
        device = self.classifiers[0].device
        vectors, views, own = (
            pairs.vectors[rows].to(device),
            pairs.views[rows].to(device).float() / 255,
            pairs.own[rows].to(device),
        )
        cut = (one.tensor_split(len(self.classifiers)) for one in (vectors, views, own))
        return [_Part(*one) for one in zip(self.classifiers, *cut, strict=True)]

    def _shift(self, chance: np.random.Generator) -> tuple[int, int]:
        """Every remainder of a stride up to twice the greatest shift is as likely."""
        down, across = chance.integers(-self.training.shift, max(self.training.shift, 1), 2).tolist()
        return down, across

    def _half(self) -> torch.autocast:
        device = self.classifiers[0].device
        # Not cached: threads share the weights.
        return torch.autocast(device.type, torch.bfloat16, computes_in_bfloat16("auto", device), cache_enabled=False)

    def _look(self, decoder: Decoder, shift: tuple[int, int], part: _Part) -> _Seen:
        """Paint a part, and look at both pictures."""
        with self._half():
            logits = decoder(part.vectors)
        # Beyond the image there is nothing to learn: the picture is given what the view has there.
        made = torch.where(part.own, torch.sigmoid(logits.float()), part.views)
        with self._half():
            fake = self._maps(part.classifier, made, shift)
            with torch.no_grad():
                real = self._maps(part.classifier, part.views, shift)
        contrast = (part.views - part.views.mean((2, 3), keepdim=True)).abs().mean((1, 2, 3)) + 0.02
        strength = [maps.float().abs().mean((1, 2, 3)) for maps in real]
        high = fine((made - part.views).contiguous())  # faster than with its channels last
        return _Seen(part, made, high, fake, real, contrast, strength)

    def _maps(self, classifier: Classifier, pictures: Tensor, shift: tuple[int, int]) -> list[Tensor]:
        rolled = torch.roll(pictures, shift, dims=(2, 3)) if any(shift) else pictures
        shown = classifier.normalise(rolled).contiguous(memory_format=torch.channels_last)
        maps, _ = classifier.maps(shown, list(self.layers))
        return [maps[name] for name in self.layers]

    def _loss(
        self, seen: _Seen, whole: _Whole, decoder: Decoder, moved: bool, judges: Callable[..., list[Tensor]] | None
    ) -> Tensor:
        """A part's share of the batch's loss. moved: whether the pictures were shifted."""
        loss = self._pixels(seen, whole) + self._looks(seen, whole, decoder.mean, moved)
        if judges is None:
            return loss
        logits = self._judged(judges, seen.fake, self._standard(decoder, seen.part.vectors))
        return loss - self.training.fooling * _mean([_share(one, whole) for one in logits])

    def _pixels(self, seen: _Seen, whole: _Whole) -> Tensor:
        """L1 where the view is the image's own; and the fine differences that repeat, in a picture or in all of a batch."""
        part, repeats = seen.part, self.training.repeats
        error = (seen.made - part.views).abs().sum((1, 2, 3)) / part.own.sum((1, 2, 3)).clamp(min=1) / 3
        error = error + repeats * repeated(seen.high).abs().mean((1, 2, 3))
        ours = seen.high.sum(0) / whole.count
        common = ours + (whole.high - ours).detach()  # the batch's mean, of which this part's share is to be changed
        return _share(error * whole.contrast / self._even(seen.contrast, whole.contrast), whole) + repeats * common.abs().mean()

    def _even(self, strength: Tensor, mean: Tensor) -> Tensor:
        """By what each picture's error is divided. strength: (n,). mean: of the batch."""
        evenness = self.training.evenness
        return evenness * strength + (1 - evenness) * mean

    def _looks(self, seen: _Seen, whole: _Whole, mean: Tensor, moved: bool) -> Tensor:
        """The feature loss, and how far the view's position is from seeing the vector."""
        far = torch.zeros((), device=mean.device)
        for ours, theirs, strength, usual in zip(seen.fake, seen.real, seen.strength, whole.strength, strict=True):
            missing = (ours.float() - theirs.float()).abs().mean((1, 2, 3))
            far = far + _share(missing / (self._even(strength, usual) + 1e-6), whole)
        place = self.view.position
        reached, truth = (maps[-1][:, :, place, place].float() for maps in (seen.fake, seen.real))
        # Shifted, the position sees another part of the view, so it is compared with what it sees of the real one there.
        missed = _share(1 - cosine(reached - mean, (truth if moved else seen.part.vectors) - mean), whole)
        return self.training.feature * far / len(self.layers) + self.training.centre * missed

    def _teach_judges(self, learner: Learner, optimizer: torch.optim.Optimizer, seen: Sequence[_Seen], whole: _Whole) -> None:
        judges = learner.judge
        weights = judges.normed()
        # The parts' gradients meet at the weights as they are used, and go on to what is learnt in one.
        leaves = [[weight.detach().requires_grad_() for weight in one] for one in weights]
        ends = [*chain.from_iterable(leaves), *judges.biases]

        def gradients(one: _Seen) -> tuple[Tensor, ...]:
            count = len(one.made)
            maps = [torch.cat([real, fake.detach()]) for fake, real in zip(one.fake, one.real, strict=True)]
            standard = self._standard(learner.decoder, one.part.vectors)
            logits = self._judged(partial(judges, normed=leaves), maps, torch.cat([standard, standard]))
            hinge = [_share(F.relu(1 - each[:count]), whole) + _share(F.relu(1 + each[count:]), whole) for each in logits]
            return torch.autograd.grad(_mean(hinge), ends)

        summed = [_total(parts) for parts in zip(*self.each(gradients, seen), strict=True)]
        optimizer.zero_grad(set_to_none=True)
        flat = list(chain.from_iterable(weights))
        torch.autograd.backward(flat, summed[: len(flat)])
        for bias, gradient in zip(judges.biases, summed[len(flat) :], strict=True):
            bias.grad = gradient
        optimizer.step()

    def _judged(self, judges: Callable[..., list[Tensor]], maps: list[Tensor], vectors: Tensor) -> list[Tensor]:
        with self._half():
            return [one.float() for one in judges(maps, vectors)]

    @staticmethod
    def _standard(decoder: Decoder, vectors: Tensor) -> Tensor:
        return (vectors - decoder.mean) / decoder.spread


def _share(values: Tensor, whole: _Whole) -> Tensor:
    """What a part gives to the batch's mean. values: (n, ...)."""
    return values.flatten(1).mean(1).sum() / whole.count if values.dim() > 1 else values.sum() / whole.count


def _total(parts: Sequence[Tensor]) -> Tensor:
    """In their order, so that the sum is the same whichever thread was first."""
    return reduce(torch.add, parts)


def _mean(layers: list[Tensor]) -> Tensor:
    """Over the layers."""
    return torch.stack(layers).mean()
