"""Training the parts of a world: what ``ganatlas train-world NAME PART`` calls."""

from dataclasses import replace
from pathlib import Path

import torch

from ganatlas.errors import InputError
from ganatlas.pipeline.progress import Reporter
from ganatlas.worlds.classifier_training import Report, train_classifier
from ganatlas.worlds.registry import open_world

PARTS = ("classifier",)


def train(
    name: str,
    part: str,
    out: Path,
    *,
    work: Path | None = None,
    epochs: int | None = None,
    seed: int = 0,
    device: str = "cpu",
    workers: int = 2,
    reporter: Reporter | None = None,
) -> Report:
    """Trains ``part`` of world ``name`` and writes its weights and what they reach into ``out``.

    Args:
        work: folder for drawn images and checkpoints (default: ``out/work``); the same call goes on where it was stopped.
        epochs: instead of the world's own number.
        device: as torch names it, such as "cpu" or "cuda".

    Raises:
        InputError: no such world, part or device.
    """
    world = open_world(name)
    if part not in PARTS:
        raise InputError(f"A world has no part {part!r} to train; its parts are: {', '.join(PARTS)}.", choices=list(PARTS))
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"The device {device!r} was asked for, but there is no GPU that torch can use. Try --device cpu.")
    recipe = world.recipe if epochs is None else replace(world.recipe, epochs=epochs)
    return train_classifier(
        world,
        out,
        work or out / "work",
        recipe=recipe,
        seed=seed,
        device=torch.device(device),
        workers=workers,
        reporter=reporter or Reporter(),
    )
