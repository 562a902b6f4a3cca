"""Trains a layer's decoder on the activations and images that the job has anyway, every dataset with the same weight.

The picture is asked to have the view's colours (L1), to look alike in the layers up to the target (feature loss), and to be
seen at the view's position as the vector says (centred cosine); then, for the last part of the training, not to be told from
real views by small discriminators that know the vector. They look at the network's maps of both pictures, the early ones for
texture, the late ones for what is there; these maps are there anyway, so that they cost little, and a few hundred steps teach
them. Both pictures are shifted alike before the network looks, so that its strides leave no grid; and fine differences that
repeat from block to block of a picture, or at one place of all pictures of a batch, are a loss of their own. Dark and even
pictures count for more than their few bright pixels would have them, so that speckle there is not cheap.

Every step draws its chance from (seed, step) alone: interrupted, the training ends with the same weights, with the same number
of threads.

Data flow: `collect_pairs` (vectors and views) -> :func:`train_decoder` -> :class:`Decoder`.

Source: Dosovitskiy and Brox 2016, "Generating images with perceptual similarity metrics based on deep networks"; Sauer et al.
2021, "Projected GANs converge faster".
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from ganatlas.checkpoints import Progress as Reached
from ganatlas.checkpoints import load_checkpoint, save_checkpoint
from ganatlas.classifiers.base import Classifier

from .decoder import Decoder, DecoderSettings
from .teacher import DecoderTraining, Learner, Pairs, teacher_of
from .views import View

CHECKPOINT_STEPS = 100
_SCALED_BY = 256
"""Views that say how strong a layer's channels are."""


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
        learner = Learner(settings, [maps[name].float() for name in layers])
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
    with teacher_of(classifier, tuple(layers), view, training) as teacher:
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
