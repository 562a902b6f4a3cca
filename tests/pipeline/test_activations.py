"""Activations are those of the network at one inner place of each image, the same in every layer, however the job is run."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from ganatlas.classifiers.assemble import assemble
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.errors import InputError
from ganatlas.pipeline.activations import collect_activations, load_layer, load_logits, load_pooled, place_given
from ganatlas.pipeline.positions import position_at, relative_positions
from ganatlas.sources.base import GivenActivations

SIZE = 32


class Net(nn.Module):
    """The first layer is the image's pixels, the second halves it: what a position should hold can be computed."""

    def __init__(self) -> None:
        super().__init__()
        self.pixels = nn.Identity()
        self.halved = nn.AvgPool2d(2)
        self.large = nn.Conv2d(3, 4, 1, bias=False)
        self.head = nn.Linear(3, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.halved(self.pixels(x))
        self.large(x)
        logits: Tensor = self.head(x.mean((2, 3)))
        return logits


LAYERS = ("pixels", "halved", "large")


@pytest.fixture
def classifier() -> Classifier:
    torch.manual_seed(0)
    spec = InputSpec(SIZE, SIZE, mean=(0, 0, 0), std=(1, 1, 1))
    return assemble("test", Net(), spec, tuple("abcde"), LAYERS, torch.device("cpu"))


class Images:
    """Random images in memory. `read` counts those looked at; reading stops with an interrupt at image `stop`."""

    def __init__(self, count: int, seed: int, stop: int | None = None) -> None:
        self.values = np.random.default_rng(seed).integers(0, 256, (count, 3, SIZE, SIZE), dtype=np.uint8)
        self.seed, self.stop, self.read = seed, stop, 0

    def __len__(self) -> int:
        return len(self.values)

    def digest(self) -> str:
        return f"{self.seed} {len(self)}"

    def batches(self, indices: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(indices), batch_size):
            chosen = indices[start : start + batch_size]
            if self.stop is not None and chosen[-1] >= self.stop:
                raise KeyboardInterrupt
            self.read += len(chosen)
            yield self.values[chosen]


@given(st.integers(1, 64), st.integers(1, 64), st.integers(0, 2**32))
def test_a_position_lies_in_the_map_and_never_on_the_border_of_one_that_is_at_least_four_wide(
    height: int, width: int, seed: int
) -> None:
    rows, columns = position_at(relative_positions(50, 2, seed), height, width)
    for found, length in ((rows, height), (columns, width)):
        border = 1 if length >= 4 else 0
        assert found.min() >= border
        assert found.max() <= length - 1 - border


def test_positions_are_uniform_over_the_inner_map() -> None:
    rows, columns = position_at(relative_positions(20_000, 1, 0), 6, 6)
    counts = np.histogram2d(rows.ravel(), columns.ravel(), bins=[np.arange(0.5, 5), np.arange(0.5, 5)])[0]
    assert ((counts - 1250) ** 2 / 1250).sum() < 37.7  # chi square, 15 degrees of freedom, p = 0.001


def test_an_image_is_looked_at_in_the_same_place_in_every_layer() -> None:
    relative = relative_positions(500, 1, 3)
    fine, coarse = (position_at(relative, side, side)[0].astype(float) for side in (32, 8))
    assert np.abs((fine + 0.5) / 32 - (coarse + 0.5) / 8).max() < 0.16


def test_each_row_is_the_activation_at_its_position(classifier: Classifier, tmp_path: Path) -> None:
    sets = [Images(13, 1), Images(9, 2)]
    collect_activations(classifier, sets, LAYERS, tmp_path, positions_per_image=3, batch_size=4, shard=8)
    values, samples = load_layer(tmp_path, "pixels")
    assert values.dtype == np.float16
    assert values.shape == (66, 3)
    expected = np.stack([
        sets[d].values[i][:, r, c] / 255
        for d, i, r, c in zip(samples.dataset, samples.image, samples.row, samples.column, strict=True)
    ])  # fmt: skip
    assert np.abs(values - expected).max() < 1e-3
    halves, half = load_layer(tmp_path, "halved")
    expected = np.stack([
        sets[d].values[i][:, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2].mean((1, 2)) / 255
        for d, i, r, c in zip(half.dataset, half.image, half.row, half.column, strict=True)
    ])  # fmt: skip
    assert np.abs(halves - expected).max() < 1e-3


def test_rows_are_ordered_by_dataset_image_and_position_and_know_their_likeliest_class(
    classifier: Classifier, tmp_path: Path
) -> None:
    sets = [Images(5, 1), Images(4, 2)]
    collect_activations(classifier, sets, LAYERS, tmp_path, positions_per_image=2)
    _, samples = load_layer(tmp_path, "halved")
    assert samples.dataset.tolist() == [0] * 10 + [1] * 8
    assert samples.image.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1, 2, 2, 3, 3]
    assert samples.position.tolist() == [0, 1] * 9
    logits = load_logits(tmp_path)
    for part, images in zip(logits, sets, strict=True):
        with torch.no_grad():
            expected = classifier.module(classifier.normalise(torch.from_numpy(images.values)))
        assert part is not None
        assert np.abs(part - expected.numpy()).max() < 1e-5
    assert (
        samples.top.tolist() == np.repeat(np.concatenate([part.argmax(1) for part in logits if part is not None]), 2).tolist()
    )


def test_the_last_layer_is_also_kept_as_the_mean_over_all_positions(classifier: Classifier, tmp_path: Path) -> None:
    sets = [Images(13, 1), Images(9, 2)]
    collect_activations(classifier, sets, ("pixels", "halved"), tmp_path, batch_size=4, shard=8)
    for found, images in zip(load_pooled(tmp_path), sets, strict=True):
        assert np.abs(found - images.values.mean((2, 3)) / 255).max() < 1e-5


def test_two_datasets_of_the_same_images_are_not_looked_at_in_the_same_places(classifier: Classifier, tmp_path: Path) -> None:
    collect_activations(classifier, [Images(200, 1), Images(200, 1)], LAYERS, tmp_path)
    _, samples = load_layer(tmp_path, "pixels")
    same = (samples.row[:200] == samples.row[200:]) & (samples.column[:200] == samples.column[200:])
    assert same.mean() < 0.05


def test_a_network_without_logits_gives_no_class(classifier: Classifier, tmp_path: Path) -> None:
    collect_activations(replace(classifier, classes=None), [Images(5, 1)], LAYERS, tmp_path)
    assert load_logits(tmp_path) == [None]
    assert load_layer(tmp_path, "halved")[1].top.tolist() == [-1] * 5


def test_the_result_does_not_depend_on_batches_or_shards(classifier: Classifier, tmp_path: Path) -> None:
    for name, batch, shard in (("a", 4, 8), ("b", 16, 32), ("c", 7, 10)):
        collect_activations(classifier, [Images(21, 1)], LAYERS, tmp_path / name, batch_size=batch, shard=shard)
    first, samples = load_layer(tmp_path / "a", "halved")
    for name in ("b", "c"):
        values, other = load_layer(tmp_path / name, "halved")
        assert (values == first).all()
        assert (other.row == samples.row).all()


def test_an_interrupted_job_goes_on_at_its_shard_and_ends_the_same(classifier: Classifier, tmp_path: Path) -> None:
    collect_activations(classifier, [Images(10, 1), Images(30, 2)], LAYERS, tmp_path / "whole", batch_size=4, shard=8)
    with pytest.raises(KeyboardInterrupt):
        collect_activations(
            classifier, [Images(10, 1), Images(30, 2, stop=20)], LAYERS, tmp_path / "cut", batch_size=4, shard=8
        )
    with pytest.raises(InputError, match="no complete activations"):
        load_layer(tmp_path / "cut", "halved")
    sets = [Images(10, 1), Images(30, 2)]
    seen: list[tuple[int, int]] = []
    collect_activations(
        classifier,
        sets,
        LAYERS,
        tmp_path / "cut",
        batch_size=4,
        shard=8,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert [images.read for images in sets] == [0, 14]
    assert seen[-1] == (40, 40)
    for layer in LAYERS:
        assert (load_layer(tmp_path / "cut", layer)[0] == load_layer(tmp_path / "whole", layer)[0]).all()


def test_a_finished_job_is_not_done_again_and_another_seed_is(classifier: Classifier, tmp_path: Path) -> None:
    collect_activations(classifier, [Images(10, 1)], LAYERS, tmp_path)
    again, other = Images(10, 1), Images(10, 1)
    before = load_layer(tmp_path, "pixels")[1].row.copy()
    collect_activations(classifier, [again], LAYERS, tmp_path)
    collect_activations(classifier, [other], LAYERS, tmp_path, seed=1)
    assert (again.read, other.read) == (0, 10)
    assert (load_layer(tmp_path, "pixels")[1].row != before).any()


def test_values_beyond_float16_are_clamped_and_counted(classifier: Classifier, tmp_path: Path) -> None:
    with torch.no_grad():
        classifier.module.get_submodule("large").weight.fill_(1e6)
    found = collect_activations(classifier, [Images(6, 1)], LAYERS, tmp_path)
    assert found.clamped == {"large": 24}
    assert np.isfinite(load_layer(tmp_path, "large")[0]).all()


def test_values_that_are_not_numbers_are_refused(classifier: Classifier, tmp_path: Path) -> None:
    with torch.no_grad():
        classifier.module.get_submodule("large").weight.fill_(float("nan"))
    with pytest.raises(InputError, match="large gives values that are not numbers"):
        collect_activations(classifier, [Images(6, 1)], LAYERS, tmp_path)


def test_a_layer_that_was_not_collected_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    collect_activations(classifier, [Images(6, 1)], ["halved"], tmp_path)
    with pytest.raises(InputError, match=r"no activations of the layer pixels in .*there are: halved"):
        load_layer(tmp_path, "pixels")


def given_set(count: int, seed: int, channels: int = 4) -> GivenActivations:
    generator = np.random.default_rng(seed)
    maps = {
        "map": generator.standard_normal((count, channels, 6, 6), np.float32),
        "vector": generator.standard_normal((count, 7)),
    }
    return GivenActivations(f"set {seed}", maps, generator.random((count, 3)), [str(i) for i in range(count)], None, None)


def test_given_activations_come_out_as_a_networks_do(tmp_path: Path) -> None:
    sets = [given_set(6, 1), given_set(8, 2)]
    place_given(sets, ["map", "vector"], tmp_path)
    values, samples = load_layer(tmp_path, "map")
    rows = zip(samples.dataset, samples.image, samples.row, samples.column, strict=True)
    expected = np.stack([sets[d].activations["map"][i, :, r, c] for d, i, r, c in rows])
    assert np.abs(values - expected).max() < 5e-3
    vectors, _ = load_layer(tmp_path, "vector")
    assert np.abs(vectors - np.concatenate([part.activations["vector"] for part in sets])).max() < 5e-3
    assert np.abs(load_pooled(tmp_path)[1] - sets[1].activations["vector"]).max() < 1e-6
    place_given(sets, ["vector", "map"], tmp_path)
    assert np.abs(load_pooled(tmp_path)[0] - sets[0].activations["map"].mean((2, 3))).max() < 1e-6
    logits = sets[1].logits
    assert logits is not None
    assert samples.top[6:].tolist() == logits.argmax(1).tolist()
    assert json.loads((tmp_path / "activations.json").read_text())["counts"] == [6, 8]


def test_given_activations_of_different_networks_or_without_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="different numbers of channels"):
        place_given([given_set(6, 1), given_set(6, 2, channels=5)], ["map"], tmp_path)
    with pytest.raises(InputError, match="one vector an image"):
        place_given([given_set(6, 1)], ["vector"], tmp_path, positions_per_image=2)
