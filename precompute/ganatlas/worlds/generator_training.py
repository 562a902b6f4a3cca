"""Trains a world's generator on its images, and measures what it reaches with the world's classifier.

Data flow: :meth:`World.examples` → cache → :class:`Trainer` → ``NAME.safetensors``, ``NAME.json``.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ganatlas.checkpoints import Progress, load_checkpoint, save_checkpoint
from ganatlas.generators.sngan import DiscriminatorSettings, GeneratorSettings
from ganatlas.generators.training import GanExamples, GanRecipe, Trainer
from ganatlas.pipeline.progress import Reporter
from ganatlas.worlds.base import GeneratorPlan, World
from ganatlas.worlds.classifier_training import cached_examples, described_device
from ganatlas.worlds.generator_quality import Judge, Milestone, Quality
from ganatlas.worlds.inception import parameter_count
from ganatlas.worlds.weights import load_generator, save_weights

MILESTONE = 500
"""Steps from one look at the averaged generator to the next."""


@dataclass(frozen=True)
class GeneratorReport:
    """What a training reached, with the published (float16) weights; the content of sngan.json.

    milestones: the Fréchet distance as the training went on (1,000 samples; of images smaller than the world's, enlarged).
    """

    world: str
    part: str
    generator: GeneratorSettings
    discriminator: DiscriminatorSettings
    recipe: GanRecipe
    seed: int
    parameters: int
    discriminator_parameters: int
    seconds: float
    device: str
    precision: str
    torch: str
    sha256: str
    quality: Quality
    milestones: tuple[Milestone, ...]


def train_generator(
    world: World,
    name: str,
    out: Path,
    work: Path,
    *,
    plan: GeneratorPlan,
    seed: int = 0,
    device: torch.device | None = None,
    workers: int = 2,
    checkpoint_seconds: float = 60.0,
    reporter: Reporter,
) -> GeneratorReport:
    """Trains, writes ``out/NAME.safetensors`` and ``out/NAME.json``, and returns what was reached.

    Args:
        work: a folder for the images and the checkpoint; given again, the training goes on where it stopped.
        workers: processes that draw the images.
        checkpoint_seconds: time between checkpoints: what an interruption may cost.
    """
    device = device or torch.device("cpu")
    drawn = cached_examples(world, "train", plan.recipe.train_count, seed, work, workers, reporter)
    examples = GanExamples(drawn.images, drawn.targets[:, 0].copy(), drawn.shares)
    trainer = Trainer(plan.generator, plan.discriminator, plan.recipe, seed, device)
    judge = Judge(world, seed, device)
    seconds, milestones = _fit(trainer, examples, judge, work / f"{name}-checkpoint.safetensors", checkpoint_seconds, reporter)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{name}.safetensors"
    digest = save_weights(trainer.average, weights)
    published = load_generator(f"world:{world.name}/{name}", plan.generator, world.label_names, weights)
    quality = judge.examine(published, plan.generator)
    report = GeneratorReport(
        world=world.name,
        part=name,
        generator=plan.generator,
        discriminator=plan.discriminator,
        recipe=plan.recipe,
        seed=seed,
        parameters=parameter_count(trainer.average),
        discriminator_parameters=parameter_count(trainer.discriminator),
        seconds=round(seconds, 1),
        device=described_device(device),
        precision="bfloat16 autocast",
        torch=torch.__version__,
        sha256=digest,
        quality=quality,
        milestones=milestones,
    )
    part = out / f"{name}.json.part"
    part.write_text(json.dumps(asdict(report), indent=2) + "\n")
    part.replace(out / f"{name}.json")
    reporter.say(
        f"Asked for a class, the classifier sees it in {quality.agreement:.1%} of the samples; Fréchet distance "
        f"{quality.frechet:.3g} (floor {quality.frechet_floor:.2g}, untrained {quality.frechet_untrained:.3g})."
    )
    return report


def _fit(
    trainer: Trainer, examples: GanExamples, judge: Judge, checkpoint: Path, checkpoint_seconds: float, reporter: Reporter
) -> tuple[float, tuple[Milestone, ...]]:
    """All steps that are left; returns the seconds spent on all, in this and earlier runs, and what was seen on the way."""
    recipe, settings = trainer.recipe, fingerprint(trainer, examples)
    progress = load_checkpoint(checkpoint, trainer, trainer.optimizers, settings, trainer.device)
    record = checkpoint.with_suffix(".milestones.json")
    milestones = [one for one in _read(record) if one.step <= progress.step]
    trainer.train()
    started = saved = said = time.monotonic()
    with reporter.step("train", recipe.steps, "steps", already=progress.step) as advance:
        for step in range(progress.step, recipe.steps):
            losses = trainer.train_step(examples, step)
            now = time.monotonic()
            seconds = progress.seconds + now - started
            if (step + 1) % MILESTONE == 0:
                milestones.append(
                    judge.look(trainer.average, trainer.generator.settings, step + 1, recipe.at(step)[0], seconds)
                )
                _write(record, milestones)
                trainer.train()
            if now - saved > checkpoint_seconds or step + 1 == recipe.steps:
                save_checkpoint(checkpoint, trainer, trainer.optimizers, Progress(step + 1, seconds), settings)
                saved = now
            if now - said > 30:
                said = now
                reporter.say(
                    f"step {step + 1} of {recipe.steps}, {recipe.at(step)[0]} px: discriminator {losses.discriminator:.2f}, "
                    f"generator {losses.generator:.2f}, lessons {losses.lessons:.2f}"
                    + (f"; Fréchet distance {milestones[-1].frechet:.3g}" if milestones else "")
                )
            advance(1)
    return progress.seconds + time.monotonic() - started, tuple(milestones)


def fingerprint(trainer: Trainer, examples: GanExamples) -> str:
    """Of everything that the weights depend on."""
    settings = (trainer.generator.settings, trainer.discriminator.settings, trainer.recipe, trainer.seed, len(examples.images))
    return hashlib.sha256(repr(settings).encode()).hexdigest()


def _read(record: Path) -> list[Milestone]:
    return [Milestone(**one) for one in json.loads(record.read_text())] if record.is_file() else []


def _write(record: Path, milestones: list[Milestone]) -> None:
    part = record.with_suffix(".part")
    part.write_text(json.dumps([asdict(one) for one in milestones]))
    part.replace(record)
