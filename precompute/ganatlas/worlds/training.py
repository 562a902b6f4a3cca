"""Training the parts of a world: what ``ganatlas train-world NAME PART`` calls."""

from dataclasses import replace
from pathlib import Path

from ganatlas.classifiers.device import resolve_device
from ganatlas.errors import InputError
from ganatlas.pipeline.progress import Reporter
from ganatlas.storage import writing
from ganatlas.worlds.base import GeneratorPlan
from ganatlas.worlds.classifier_training import Report, train_classifier
from ganatlas.worlds.generator_training import GeneratorReport, train_generator
from ganatlas.worlds.registry import DECODERS, open_world

CLASSIFIER = "classifier"


def train(
    name: str,
    part: str,
    out: Path,
    *,
    images: Path | None = None,
    work: Path | None = None,
    epochs: int | None = None,
    seed: int = 0,
    device: str = "auto",
    workers: int = 2,
    reporter: Reporter | None = None,
) -> Report | GeneratorReport:
    """Trains ``part`` of world ``name`` and writes its weights and what they reach into ``out``.

    Args:
        part: "classifier", or one of the world's generators.
        images: the user's own copy of the photographs, for a world that needs one.
        work: folder for drawn images and checkpoints (default: ``out/work``); the same call goes on where it was stopped.
        epochs: passes over the training images instead of the world's own number; a generator's stages keep their proportions.
        device: auto, cpu, cuda, cuda:N or mps.

    Raises:
        InputError: no such world, part or device. StorageError: the disk is full or read-only; the last checkpoint stays.
    """
    world = open_world(name, images)
    parts = [CLASSIFIER, *world.plans, DECODERS]
    if part not in parts[:-1]:  # decoders are a build's work: `ganatlas.pipeline.world_decoders`
        raise InputError(f"The world {name!r} has no part {part!r} to train; its parts are: {', '.join(parts)}.", choices=parts)
    place, reporter, folder = resolve_device(device), reporter or Reporter(), work or out / "work"
    with writing(folder):
        if part == CLASSIFIER:
            recipe = world.recipe if epochs is None else replace(world.recipe, epochs=epochs)
            return train_classifier(
                world, out, folder, recipe=recipe, seed=seed, device=place, workers=workers, reporter=reporter
            )
        plan = world.plans[part] if epochs is None else _of_epochs(world.plans[part], epochs)
        return train_generator(world, part, out, folder, plan=plan, seed=seed, device=place, workers=workers, reporter=reporter)


def _of_epochs(plan: GeneratorPlan, epochs: int) -> GeneratorPlan:
    recipe = plan.recipe
    factor = epochs * recipe.train_count / recipe.batch / recipe.steps
    stages = tuple(
        replace(stage, steps=max(1, round(stage.steps * factor)), blend=round(stage.blend * factor)) for stage in recipe.stages
    )
    return replace(plan, recipe=replace(recipe, stages=stages))
