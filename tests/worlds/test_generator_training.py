"""Training a world's generator: it can be interrupted anywhere, and the package carries what its record says."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from ganatlas.errors import InputError
from ganatlas.generators.sngan import DiscriminatorSettings, GeneratorSettings
from ganatlas.generators.training import GanRecipe, Stage
from ganatlas.pipeline.progress import Reporter
from ganatlas.worlds import generator_training
from ganatlas.worlds.base import GeneratorPlan
from ganatlas.worlds.generator_training import GeneratorReport, train_generator
from ganatlas.worlds.registry import open_world
from ganatlas.worlds.scenes.world import ScenesWorld
from ganatlas.worlds.training import train

WORLDS = ("scenes", "cifar10")
"""Those of which the package carries a generator."""
PLAN = GeneratorPlan(
    GeneratorSettings(classes=12, channels=(16, 16, 16, 8, 8), sizes=(32, 64)),
    DiscriminatorSettings(classes=12, channels=(8, 8, 8, 16), sizes=(32, 64), maps=24),
    GanRecipe(stages=(Stage(32, 4), Stage(64, 3, blend=2)), train_count=32, batch=8, judgements=2),
)


class SmallWorld(ScenesWorld):
    """The scenes, judged by few images."""

    recipe = replace(ScenesWorld.recipe, held_out_count=48)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(generator_training, "MILESTONE", 3)


def run(folder: Path, reporter: Reporter | None = None) -> GeneratorReport:
    return train_generator(
        SmallWorld(),
        "sngan",
        folder / "out",
        folder / "work",
        plan=PLAN,
        workers=0,
        checkpoint_seconds=0,
        reporter=reporter or Reporter(quiet=True),
    )


def interrupted(at: int) -> Reporter:
    def listener(name: str, done: int, total: int) -> None:
        if name == "train" and done >= at:
            raise KeyboardInterrupt

    return Reporter(quiet=True, listener=listener, interval=0)


def test_an_interrupted_training_ends_with_the_same_weights_and_figures(tmp_path):
    undisturbed = run(tmp_path / "one")
    for at in (2, 5):
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "other", interrupted(at))
        assert not (tmp_path / "other" / "out").exists()
    again = run(tmp_path / "other")
    one, other = (load_file(tmp_path / name / "out" / "sngan.safetensors") for name in ("one", "other"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert again.quality == undisturbed.quality
    assert [(m.step, m.size, m.frechet) for m in again.milestones] == [
        (m.step, m.size, m.frechet) for m in undisturbed.milestones
    ]
    assert [(m.step, m.size) for m in again.milestones] == [(3, 32), (6, 64)]
    written = json.loads((tmp_path / "other" / "out" / "sngan.json").read_text())
    assert written["quality"]["agreement"] == again.quality.agreement
    assert sum(again.quality.seen.values()) == pytest.approx(1, abs=0.001)


def test_a_part_that_a_world_does_not_have_is_named_with_those_it_has(tmp_path):
    with pytest.raises(InputError, match="no part 'biggan' to train; its parts are: classifier, sngan"):
        train("scenes", "biggan", tmp_path / "out")


@pytest.mark.parametrize("name", WORLDS)
def test_the_weights_in_the_package_are_what_their_record_says(name):
    world = open_world(name)
    path = world.weights / "sngan.safetensors"
    record = json.loads(path.with_suffix(".json").read_text())
    assert path.stat().st_size <= 3_000_000
    assert hashlib.sha256(path.read_bytes()).hexdigest() == record["sha256"] == world.generator("sngan").digest
    assert {value.dtype for value in load_file(path).values()} == {torch.float16}
    assert record["generator"]["channels"] == list(world.plans["sngan"].generator.channels)
    assert record["recipe"]["train_count"] == world.plans["sngan"].recipe.train_count


@pytest.mark.parametrize("name", WORLDS)
def test_the_recorded_distance_falls_as_the_training_goes_on_and_beats_what_knows_nothing(name):
    record = json.loads((open_world(name).weights / "sngan.json").read_text())
    quality, size = record["quality"], open_world(name).image_size
    seen = [one["frechet"] for one in record["milestones"] if one["size"] == size]
    assert np.mean(seen[-3:]) < np.mean(seen[:3])
    worst = max(quality["frechet_floor"], quality["frechet"])
    assert worst < min(quality["frechet_untrained"], quality["frechet_mean"], quality["frechet_noise"]) / 2
