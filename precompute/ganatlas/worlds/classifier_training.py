"""Trains a world's classifier on all its attributes and on coarse label maps, and measures it.

Labels of drawn images are learnt in two epochs and leave the features poor; so every head is asked, and where a world knows its
label maps three layers must also say which semantic classes each of their positions shows, because an atlas looks at single
positions.

Data flow: :meth:`World.examples` → cache → :func:`train_classifier` → ``classifier.safetensors`` and ``classifier.json``.
Every step draws its chance from (seed, step) alone, so an interrupted training ends with the same weights as another.
"""

import hashlib
import json
import math
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganatlas.checkpoints import Progress, load_checkpoint, save_checkpoint
from ganatlas.generators.training import epoch_batch
from ganatlas.pipeline.progress import Reporter
from ganatlas.worlds.augment import augment, normalise
from ganatlas.worlds.base import Recipe, World
from ganatlas.worlds.examples import ExampleArrays, cache_examples
from ganatlas.worlds.inception import InceptionSettings, SmallInception, parameter_count
from ganatlas.worlds.weights import load_classifier, save_weights

MAPPED = ("mixed3b", "mixed4e", "mixed5b")
"""The layers that learn what each of their positions shows."""
_HEAD_WEIGHT = 0.5
"""Weight of each attribute's loss beside the labels'."""


@dataclass(frozen=True)
class Report:
    """What a training reached on held-out images, with the published (float16) weights; the content of classifier.json."""

    world: str
    part: str
    network: InceptionSettings
    recipe: Recipe
    seed: int
    parameters: int
    seconds: float
    device: str
    precision: str
    torch: str
    sha256: str
    accuracy: dict[str, float]
    label_accuracy: dict[str, float]


class _Learner(nn.Module):
    """The classifier with the maps that only training needs, of so many semantic classes; None for no maps."""

    def __init__(self, settings: InceptionSettings, classes: int | None) -> None:
        super().__init__()
        self.network = SmallInception(settings)
        mapped = () if classes is None else MAPPED
        self.maps = nn.ModuleDict({name: nn.Conv2d(self.network.channels[name], classes or 0, 1) for name in mapped})

    def forward(self, x: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        features = self.network.features(x)
        return self.network.answers(features["mixed5b"]), {name: layer(features[name]) for name, layer in self.maps.items()}


def _rate(recipe: Recipe, step: int, steps: int) -> float:
    """One cycle: up over the warm-up, then down to 0 as a cosine."""
    rising = max(1.0, recipe.warm_up * steps)
    if step < rising:
        return recipe.rate * (step + 1) / rising
    return recipe.rate * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1.0, steps - rising)))


def _loss(
    answers: dict[str, Tensor], maps: dict[str, Tensor], targets: Tensor, shares: Tensor | None, recipe: Recipe
) -> Tensor:
    total = torch.zeros((), device=targets.device)
    for index, logits in enumerate(answers.values()):
        total = total + (1.0 if index == 0 else _HEAD_WEIGHT) * F.cross_entropy(logits.float(), targets[:, index])
    if shares is None:
        return total
    wanted = shares.permute(0, 3, 1, 2).float()
    for logits in maps.values():
        coarse = F.adaptive_avg_pool2d(wanted, (logits.shape[2], logits.shape[3]))
        total = total + recipe.map_weight * F.cross_entropy(logits.float(), coarse / coarse.sum(1, keepdim=True))
    return total


def train_classifier(
    world: World,
    out: Path,
    work: Path,
    *,
    recipe: Recipe,
    seed: int = 0,
    device: torch.device | None = None,
    workers: int = 2,
    checkpoint_seconds: float = 30.0,
    reporter: Reporter,
) -> Report:
    """Trains, writes ``out/classifier.safetensors`` and ``out/classifier.json``, and returns what was reached.

    Args:
        work: a folder for the drawn images and the checkpoint; given again, the training goes on where it stopped.
        workers: processes that draw the images.
        checkpoint_seconds: time between checkpoints: what an interruption may cost.
    """
    device = device or torch.device("cpu")
    train, held_out = (
        cached_examples(world, split, count, seed, work, workers, reporter)
        for split, count in (("train", recipe.train_count), ("held-out", recipe.held_out_count))
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classes = None if train.shares is None else train.shares.shape[-1]
        learner = _Learner(world.network, classes).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        seconds = _fit(learner, train, recipe, seed, device, work / "checkpoint.safetensors", checkpoint_seconds, reporter)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / "classifier.safetensors"
    digest = save_weights(learner.network, weights)
    accuracy, label_accuracy = measure(world.network, weights, held_out, device)
    report = Report(
        world=world.name,
        part="classifier",
        network=world.network,
        recipe=recipe,
        seed=seed,
        parameters=parameter_count(learner.network),
        seconds=round(seconds, 1),
        device=described_device(device),
        precision="bfloat16 autocast",
        torch=torch.__version__,
        sha256=digest,
        accuracy=accuracy,
        label_accuracy=label_accuracy,
    )
    part = out / "classifier.json.part"
    part.write_text(json.dumps(asdict(report), indent=2) + "\n")
    part.replace(out / "classifier.json")
    reporter.say("Held-out accuracy: " + ", ".join(f"{name} {value:.1%}" for name, value in accuracy.items()))
    return report


def described_device(device: torch.device) -> str:
    """What a training ran on, for its report."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


def cached_examples(
    world: World, split: str, count: int, seed: int, work: Path, workers: int, reporter: Reporter
) -> ExampleArrays:
    """The first ``count`` images of a split, drawn into ``work`` unless they are there already."""
    with reporter.step(f"draw {split} images", count) as advance:
        before = 0

        def told(done: int, _: int) -> None:
            nonlocal before
            advance(done - before)
            before = done

        return cache_examples(world.examples(split, count, seed), work / split, workers=workers, progress=told)


def _fit(
    learner: _Learner,
    train: ExampleArrays,
    recipe: Recipe,
    seed: int,
    device: torch.device,
    checkpoint: Path,
    checkpoint_seconds: float,
    reporter: Reporter,
) -> float:
    """All steps that are left; returns the seconds spent on all of them, in this and earlier runs."""
    steps = recipe.epochs * (len(train) // recipe.batch)
    # Decay for the weights of convolutions and heads only, not for batch norm's scales and for biases.
    groups = [
        {"params": [p for p in learner.parameters() if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in learner.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=recipe.rate)
    fingerprint = hashlib.sha256(repr((recipe, learner.network.settings, seed, len(train))).encode()).hexdigest()
    progress = load_checkpoint(checkpoint, learner, {"optimizer": optimizer}, fingerprint, device)
    learner.train()
    started = saved = time.monotonic()
    with reporter.step("train", steps, "steps", already=progress.step) as advance:
        for step in range(progress.step, steps):
            loss = _step(learner, optimizer, train, recipe, seed, step, steps, device)
            now = time.monotonic()
            if now - saved > checkpoint_seconds or step + 1 == steps:
                done = Progress(step + 1, progress.seconds + now - started)
                save_checkpoint(checkpoint, learner, {"optimizer": optimizer}, done, fingerprint)
                saved = now
                reporter.say(f"step {step + 1} of {steps}: loss {loss:.3f}")
            advance(1)
    return progress.seconds + time.monotonic() - started


def _step(
    learner: _Learner,
    optimizer: torch.optim.Optimizer,
    train: ExampleArrays,
    recipe: Recipe,
    seed: int,
    step: int,
    steps: int,
    device: torch.device,
) -> float:
    """One batch, with chance that depends on (seed, step) alone; returns its loss."""
    chance = int(np.random.SeedSequence((seed, 2, step)).generate_state(1, np.uint64)[0] >> 1)
    torch.manual_seed(chance)
    generator = torch.Generator().manual_seed(chance)
    rows = epoch_batch(len(train), recipe.batch, seed, step)
    images, targets = (torch.from_numpy(array[rows]).to(device) for array in (train.images, train.targets))
    shares = None if train.shares is None else torch.from_numpy(train.shares[rows]).to(device)
    images, shares = augment(images, shares, flip=recipe.flip, shift=recipe.shift, degrade=recipe.degrade, generator=generator)
    settings = learner.network.settings
    x = normalise(images, settings.mean, settings.std).contiguous(memory_format=torch.channels_last)
    for group in optimizer.param_groups:
        group["lr"] = _rate(recipe, step, steps)
    with torch.autocast(device.type, torch.bfloat16):
        answers, maps = learner(x)
    loss = _loss(answers, maps, targets, shares, recipe)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return float(loss.detach())


@torch.inference_mode()
def measure(
    settings: InceptionSettings, weights: Path, held_out: ExampleArrays, device: torch.device
) -> tuple[dict[str, float], dict[str, float]]:
    """Accuracy of each head, and of each class of the first head, of the published weights in float32."""
    network = load_classifier(settings, weights).module.to(device)
    assert isinstance(network, SmallInception)
    right: dict[str, list[Tensor]] = {head.name: [] for head in settings.heads}
    targets = torch.from_numpy(held_out.targets[:])
    for start in range(0, len(held_out), 250):
        x = normalise(torch.from_numpy(held_out.images[start : start + 250]).to(device), settings.mean, settings.std)
        answers = network.answers(network.features(x)["mixed5b"])
        for index, (name, logits) in enumerate(answers.items()):
            right[name].append(logits.argmax(1).cpu() == targets[start : start + 250, index])
    hits = {name: torch.cat(parts).double() for name, parts in right.items()}
    accuracy = {name: round(float(hit.mean()), 4) for name, hit in hits.items()}
    labels = settings.heads[0]
    of_class = {
        name: round(float(hits[labels.name][targets[:, 0] == index].mean()), 4)
        for index, name in enumerate(labels.classes)
        if bool((targets[:, 0] == index).any())
    }
    return accuracy, of_class
