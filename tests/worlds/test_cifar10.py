"""The world of photographs: the same images from every form of copy, flaws that are there, and nothing without a copy."""

import hashlib
import io
import json
import pickle
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from ganatlas.errors import InputError
from ganatlas.pipeline.progress import Reporter
from ganatlas.sources.base import UnreadableImage
from ganatlas.sources.cifar import LABELS
from ganatlas.worlds.augment import normalise
from ganatlas.worlds.base import Recipe
from ganatlas.worlds.cifar10.world import Cifar10World
from ganatlas.worlds.classifier_training import train_classifier
from ganatlas.worlds.inception import LAYERS, SmallInception
from ganatlas.worlds.registry import open_world

EACH = 60
"""Images of a class in the copies made here."""
ORDER = np.random.default_rng(0).permutation(np.repeat(np.arange(10), EACH))
"""The class of each image in the original order."""
PLACES = [np.flatnonzero(label == ORDER) for label in range(10)]
"""Where the images of each class are in it."""
SHAPE = (len(ORDER), 32, 32, 3)


def _photographs() -> np.ndarray:
    """Pictures with detail, in colours that tell their class; pixel (0, 0) tells which image it is."""
    random = np.random.default_rng(1)
    colours = random.integers(40, 216, (10, 3))[ORDER]
    pixels = np.clip(colours[:, None, None] + random.normal(0, 25, SHAPE), 0, 255).astype(np.uint8)
    pixels[:, 0, 0] = np.stack([np.arange(len(ORDER)) // 256, np.arange(len(ORDER)) % 256, ORDER], 1)
    return pixels


PIXELS = _photographs()


def _png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _files() -> dict[str, bytes]:
    """Image files by class, numbered without zeros in front as many copies are."""
    return {
        f"train/{LABELS[label]}/{number}.png": _png(PIXELS[index])
        for label in range(10)
        for number, index in enumerate(PLACES[label])
    }


def _tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def _batches(*, python: bool) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    planes = PIXELS.transpose(0, 3, 1, 2).reshape(len(PIXELS), -1)
    for number, rows in enumerate(np.split(np.arange(len(PIXELS)), 5), 1):
        if python:
            batch = {"data": planes[rows], "labels": ORDER[rows].tolist()}
            files[f"cifar-10-batches-py/data_batch_{number}"] = pickle.dumps(batch, 2)
        else:
            records = np.hstack([ORDER[rows, None].astype(np.uint8), planes[rows]])
            files[f"cifar-10-batches-bin/data_batch_{number}.bin"] = records.tobytes()
    return files


def _folder(path: Path) -> Path:
    for name, data in _files().items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path / "train"


def _zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in _files().items():
            archive.writestr(name, data)
    return path


FORMS: dict[str, Callable[[Path], Path]] = {
    "python": lambda folder: _tar(folder / "cifar-10-python.tar.gz", _batches(python=True)),
    "binary": lambda folder: _tar(folder / "cifar-10-binary.tar.gz", _batches(python=False)),
    "folder": _folder,
    "tar": lambda folder: _tar(folder / "a.tar", _files()),
    "zip": lambda folder: _zip(folder / "a.zip"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Cifar10World:
    return Cifar10World(FORMS["python"](tmp_path_factory.mktemp("copy")))


def numbers(images: list[np.ndarray]) -> list[int]:
    """Which images these are."""
    return [int(image[0, 0, 0]) * 256 + int(image[0, 0, 1]) for image in images]


def test_it_is_a_world_by_its_name() -> None:
    world = open_world("cifar10")
    assert world.label_names == ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    assert (world.name, world.image_size, world.variants) == ("cifar10", 32, ("real", "flawed"))


@pytest.mark.parametrize("ask", [lambda world: world.images("real", 1, 0), lambda world: world.examples("train", 1, 0)])
def test_without_a_copy_it_says_how_to_get_one(ask: Callable[[Cifar10World], object]) -> None:
    with pytest.raises(InputError, match=r"with --images PATH.*CIFAR-10 page of the University of Toronto"):
        ask(Cifar10World())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_copy_gives_the_same_images(tmp_path: Path, form: str, world: Cifar10World) -> None:
    same = open_world("cifar10", FORMS[form](tmp_path))
    for variant in world.variants:
        for one, other in zip(same.images(variant, 40, 3), world.images(variant, 40, 3), strict=True):
            assert (one[0] == other[0]).all()
            assert one[1:] == other[1:]
    for split in ("train", "held-out"):
        for found, expected in zip(same.examples(split, 40, 3), world.examples(split, 40, 3), strict=True):
            assert (found.image == expected.image).all()
            assert found.targets == expected.targets


def test_images_are_pixels_their_class_and_a_name(world: Cifar10World) -> None:
    images = world.images("real", 100, 0)
    assert len(images) == 100
    for pixels, label, name in images[5:25]:
        assert (pixels.dtype, pixels.shape) == (np.uint8, (32, 32, 3))
        assert label == pixels[0, 0, 2]
        folder, place = name.split("/")
        assert folder == LABELS[label]
        assert numbers([pixels]) == [PLACES[label][int(place)]]
    assert len({name for _, _, name in images}) == 100
    with pytest.raises(IndexError):
        images[100]


def test_an_image_is_the_same_in_another_process_which_is_sent_no_pixels(world: Cifar10World) -> None:
    images = world.images("flawed", 50, 1)
    sent = pickle.dumps(images)
    assert len(sent) < 2000
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        drawn = list(pool.map(images.__getitem__, range(0, 50, 7)))
    for one, other in zip(drawn, images[::7], strict=True):
        assert (one[0] == other[0]).all()
        assert one[1:] == other[1:]


def test_a_seed_chooses_and_a_smaller_set_is_the_beginning_of_a_larger_one(world: Cifar10World) -> None:
    few, many, others = ([name for _, _, name in world.images("flawed", n, seed)] for n, seed in ((20, 0), (90, 0), (20, 1)))
    assert few == many[:20]
    assert set(few) != set(others)


def test_no_image_is_in_both_variants_whatever_the_seeds(world: Cifar10World) -> None:
    found: dict[str, set[str]] = {
        variant: {name for seed in range(5) for _, _, name in world.images(variant, 200, seed)} for variant in world.variants
    }
    assert not found["real"] & found["flawed"]
    assert len(found["real"]) > 290  # of 300


def test_the_whole_real_half_has_every_class_alike(world: Cifar10World) -> None:
    assert set(Counter(label for _, label, _ in world.images("real", 300, 0)).values()) == {EACH // 2}


def test_the_flawed_variant_has_no_dog_half_the_horses_and_is_blurred(world: Cifar10World) -> None:
    images = world.images("flawed", 253, 0)
    counts = Counter(LABELS[label] for _, label, _ in images)
    assert counts["dog"] == 0
    assert counts["horse"] / len(images) == pytest.approx(0.05, abs=0.002)
    assert {counts[label] for label in LABELS if label not in ("dog", "horse")} == {EACH // 2}
    for pixels, label, name in images[:10]:
        sharp = PIXELS[PLACES[label][int(name.split("/")[1])]].astype(float)
        detail = [np.abs(np.diff(image[4:, 4:].astype(float), axis=1)).mean() for image in (sharp, pixels)]
        assert 0.4 * detail[0] < detail[1] < 0.8 * detail[0]
        assert abs(pixels.mean() - sharp.mean()) < 1


@pytest.mark.parametrize(("variant", "most"), [("real", 300), ("flawed", 253)])
def test_more_images_than_a_half_has_are_refused_with_how_many_there_are(world: Cifar10World, variant: str, most: int) -> None:
    assert len(world.images(variant, most, 0)) == most
    with pytest.raises(InputError, match=f"{most + 1} images of world:cifar10/{variant} .* {most} at most"):
        world.images(variant, most + 1, 0)


def test_an_unknown_variant_is_named_with_the_variants_there_are(world: Cifar10World) -> None:
    with pytest.raises(InputError, match="no variant 'fake'; its variants are: real, flawed"):
        world.images("fake", 1, 0)


def test_the_splits_share_no_image_and_the_last_tenth_of_each_class_is_held_out(world: Cifar10World) -> None:
    train, held_out = (world.examples(split, n, 0) for split, n in (("train", 540), ("held-out", 60)))
    last = {int(index) for label in range(10) for index in PLACES[label][-EACH // 10 :]}
    assert set(numbers([one.image for one in held_out])) == last
    assert set(numbers([one.image for one in train])) == set(range(600)) - last
    assert all(one.targets == (one.image[0, 0, 2],) and one.shares is None for one in held_out)
    assert len({one.targets for one in held_out[:20]}) > 5  # not class after class
    with pytest.raises(InputError, match=r"61 images of the held-out split .* 60 at most"):
        world.examples("held-out", 61, 0)


def test_a_copy_that_is_none_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    files = {name.replace("dog", "puppy"): data for name, data in _files().items() if name.endswith("/1.png")}
    with pytest.raises(InputError, match="it has no images of dog; puppy is no class of CIFAR-10"):
        Cifar10World(_tar(tmp_path / "a.tar", files)).images("real", 1, 0)
    plain = {name.replace("/", "-"): data for name, data in files.items()}
    with pytest.raises(InputError, match="10 images are of no class"):
        Cifar10World(_tar(tmp_path / "b.tar", plain)).images("real", 1, 0)
    with pytest.raises(InputError, match="does not exist"):
        Cifar10World(tmp_path / "gone").images("real", 1, 0)
    with pytest.raises(InputError, match="is compressed"):
        Cifar10World(_tar(tmp_path / "a.tar.gz", _files())).images("real", 1, 0)
    np.savez(tmp_path / "a.npz", **{"activations/x": np.ones((2, 2))})
    with pytest.raises(InputError, match="holds activations"):
        Cifar10World(tmp_path / "a.npz").images("real", 1, 0)


def test_an_image_of_another_size_or_a_damaged_one_is_said(tmp_path: Path) -> None:
    damaged = {"dog": _png(np.zeros((40, 40, 3), np.uint8)), "cat": b"not an image"}
    files = {name: damaged.get(name.split("/")[1], data) for name, data in _files().items()}
    world = Cifar10World(_tar(tmp_path / "a.tar", files))
    labels = [label for _, label, _ in Cifar10World(FORMS["tar"](tmp_path)).images("real", 300, 0)]
    world = Cifar10World(_tar(tmp_path / "b.tar", files))
    with pytest.raises(UnreadableImage, match="40 x 40 px"):
        world.images("real", 300, 0)[labels.index(LABELS.index("dog"))]
    with pytest.raises(UnreadableImage, match="not an image"):
        world.images("real", 300, 0)[labels.index(LABELS.index("cat"))]
    with pytest.raises(InputError, match=r"The image (dog|cat)/\d+\.png .* cannot be used: (40 x 40|not an image)"):
        list(world.examples("train", 540, 0))


@pytest.mark.slow
def test_the_whole_of_cifar_10_has_as_many_images_as_the_documentation_says(shared_data: Path) -> None:
    world = open_world("cifar10", shared_data / "cifar10-train.tar")
    assert Counter(label for _, label, _ in world.images("real", 300, 0)).keys() == set(range(10))
    assert len(world.examples("train", world.recipe.train_count, 0)) == 45_000
    assert len(world.examples("held-out", world.recipe.held_out_count, 0)) == 5_000
    for variant, most in (("real", 25_000), ("flawed", 21_053)):
        assert len(world.images(variant, most, 0)) == most
        with pytest.raises(InputError, match=f"{most} at most"):
            world.images(variant, most + 1, 0)


def test_its_network_keeps_an_inner_position_in_every_layer() -> None:
    maps = SmallInception(Cifar10World.network).eval().features(torch.zeros(1, 3, 32, 32))
    assert [maps[name].shape[-1] for name in LAYERS] == [16] * 2 + [8] * 5 + [4] * 2


class TinyWorld(Cifar10World):
    """With a network of a quarter of the width."""

    network = replace(Cifar10World.network, width=0.25)


def run(world: Cifar10World, folder: Path, recipe: Recipe, stop_at: int | None = None) -> None:
    def listener(name: str, done: int, total: int) -> None:
        if name == "train" and stop_at is not None and done >= stop_at:
            raise KeyboardInterrupt

    train_classifier(
        TinyWorld(world._images),
        folder / "out",
        folder / "work",
        recipe=recipe,
        checkpoint_seconds=1000 if stop_at is None else 0,
        reporter=Reporter(quiet=True, listener=listener, interval=0),
    )


def test_a_training_without_label_maps_goes_on_where_it_was_stopped(world: Cifar10World, tmp_path: Path) -> None:
    recipe = replace(TinyWorld.recipe, train_count=40, held_out_count=20, epochs=2, batch=20)
    run(world, tmp_path / "whole", recipe)
    with pytest.raises(KeyboardInterrupt):
        run(world, tmp_path / "parts", recipe, stop_at=2)
    run(world, tmp_path / "parts", recipe)
    one, other = (load_file(tmp_path / name / "out" / "classifier.safetensors") for name in ("whole", "parts"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not any("map" in name for name in one)


@pytest.mark.slow
def test_a_classifier_learns_classes_that_can_be_told(world: Cifar10World, tmp_path: Path) -> None:
    run(world, tmp_path, replace(TinyWorld.recipe, train_count=540, held_out_count=60, epochs=12, batch=60))
    report = json.loads((tmp_path / "out" / "classifier.json").read_text())
    assert report["world"] == "cifar10"
    assert report["accuracy"]["label"] > 0.9


def test_its_classifier_is_what_its_record_says_and_reached_85_percent_of_held_out_photographs() -> None:
    world = open_world("cifar10")
    classifier, path = world.classifier(), world.weights / "classifier.safetensors"
    record = json.loads(path.with_suffix(".json").read_text())
    assert path.stat().st_size <= 3_000_000
    assert record["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() == classifier.digest
    assert (classifier.class_names, classifier.input_size, classifier.layers) == (LABELS, 32, LAYERS)
    assert record["recipe"]["held_out_count"] == 5000
    assert record["recipe"]["epochs"] == Cifar10World.recipe.epochs
    assert record["accuracy"]["label"] >= 0.85


def test_its_classifier_names_photographs_that_it_was_not_trained_on(shared_data: Path) -> None:
    world = open_world("cifar10", shared_data / "cifar10-train.tar")
    classifier = world.classifier()
    held_out = world.examples("held-out", 500, 0)[:]
    pixels = torch.from_numpy(np.stack([one.image for one in held_out]))
    with torch.inference_mode():
        answers = classifier.module(normalise(pixels, classifier.mean, classifier.std)).argmax(1)
    right = np.mean([answer == one.targets[0] for answer, one in zip(answers.tolist(), held_out, strict=True)])
    assert right >= 0.8
