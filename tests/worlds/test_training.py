"""Training a world's classifier: it learns, it can be interrupted anywhere, and says what cannot be done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ganatlas.errors import InputError
from ganatlas.pipeline.progress import Reporter
from ganatlas.worlds.augment import augment
from ganatlas.worlds.base import Recipe
from ganatlas.worlds.classifier_training import Report, train_classifier
from ganatlas.worlds.scenes.world import ScenesWorld
from ganatlas.worlds.training import train
from ganatlas.worlds.weights import load_classifier

RECIPE = Recipe(train_count=48, held_out_count=24, epochs=2, batch=16)


class TinyWorld(ScenesWorld):
    """The scenes, with a network of a quarter of the width."""

    network = replace(ScenesWorld.network, width=0.25)


def run(folder: Path, reporter: Reporter | None = None, recipe: Recipe = RECIPE) -> Report:
    return train_classifier(
        TinyWorld(),
        folder / "out",
        folder / "work",
        recipe=recipe,
        workers=0,
        checkpoint_seconds=0,
        reporter=reporter or Reporter(quiet=True),
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    run(folder)
    return folder


def interrupting(step_name: str, at: int) -> Reporter:
    def listener(name: str, done: int, total: int) -> None:
        if name == step_name and done >= at:
            raise KeyboardInterrupt

    return Reporter(quiet=True, listener=listener, interval=0)


def test_an_interrupted_training_ends_with_the_same_weights(tmp_path, undisturbed):
    for step_name, at in (("train", 2), ("train", 5)):
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, interrupting(step_name, at))
        assert not (tmp_path / "out").exists()
    run(tmp_path)
    one, other = (load_file(folder / "out" / "classifier.safetensors") for folder in (undisturbed, tmp_path))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_finished_training_run_again_changes_nothing(tmp_path, undisturbed):
    weights = undisturbed / "out" / "classifier.safetensors"
    before = weights.read_bytes()
    run(undisturbed)
    assert weights.read_bytes() == before


def test_the_report_says_what_was_trained_and_reached(undisturbed):
    report = json.loads((undisturbed / "out" / "classifier.json").read_text())
    assert report["recipe"]["epochs"] == 2
    assert report["seconds"] > 0
    assert set(report["accuracy"]) == {"landmark", "time", "season", "biome", "weather", "water"}
    loaded = load_classifier(TinyWorld.network, undisturbed / "out" / "classifier.safetensors")
    assert loaded.digest == report["sha256"]


def test_other_settings_start_anew(tmp_path, undisturbed):
    for name in ("train", "held-out"):
        (tmp_path / "work").mkdir(exist_ok=True)
        (tmp_path / "work" / name).symlink_to(undisturbed / "work" / name)
    (tmp_path / "work" / "checkpoint.safetensors").write_bytes((undisturbed / "work" / "checkpoint.safetensors").read_bytes())
    run(tmp_path, recipe=replace(RECIPE, epochs=1))
    one, other = (load_file(folder / "out" / "classifier.safetensors") for folder in (undisturbed, tmp_path))
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_weights_of_another_network_are_refused(undisturbed):
    other = replace(TinyWorld.network, heads=TinyWorld.network.heads[:2])
    with pytest.raises(InputError, match="weights of another network"):
        load_classifier(other, undisturbed / "out" / "classifier.safetensors")


def test_an_unknown_part_is_named_with_the_parts_there_are(tmp_path):
    with pytest.raises(InputError, match=r"no part 'clasifier' to train; its parts are: classifier"):
        train("scenes", "clasifier", tmp_path)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no (CUDA )?GPU"):
        train("scenes", "classifier", tmp_path, device="cuda")


def changed(images: torch.Tensor, shares: torch.Tensor | None = None, **options: bool | int) -> torch.Tensor:
    settings = {"flip": False, "shift": 0, "degrade": False} | options
    return augment(images, shares, generator=torch.Generator().manual_seed(0), **settings)[0]


def test_a_recipe_that_does_not_degrade_neither_blurs_nor_adds_noise():
    stripes = torch.tensor([40, 160], dtype=torch.uint8).repeat(16)[None, :, None, None].expand(64, 32, 32, 3)
    plain, degraded = changed(stripes), changed(stripes, degrade=True)
    ratios = plain[:, 1] / plain[:, 0]
    assert torch.allclose(ratios, torch.full_like(ratios, 4))  # a tint changes both alike
    noisy = (degraded.std(2) > 1).any(dim=2).any(dim=1)
    soft = degraded[:, 1].mean((1, 2)) < 2 * degraded[:, 0].mean((1, 2))
    assert 0 < noisy.sum() < 64
    assert 0 < soft.sum() < 64


def test_images_are_shifted_as_far_as_the_recipe_says_and_no_farther():
    middle = torch.zeros(256, 32, 32, 3, dtype=torch.uint8)
    middle[:, 16] = 200
    rows = changed(middle, shift=4)[:, :, 0, 0].argmax(1)
    assert (int(rows.min()), int(rows.max())) == (12, 20)


def test_label_maps_are_mirrored_with_their_images():
    images = torch.zeros(64, 32, 32, 3, dtype=torch.uint8)
    images[:, :, :16] = 200
    shares = torch.zeros(64, 8, 8, 1, dtype=torch.uint8)
    shares[:, :, :4] = 16
    pixels, maps = augment(images, shares, flip=True, shift=0, degrade=False, generator=torch.Generator().manual_seed(0))
    left = pixels[:, 0, 0, 0] > pixels[:, 0, -1, 0]
    assert 0 < left.sum() < 64
    assert torch.equal(maps[:, 0, 0, 0] > 0, left)
