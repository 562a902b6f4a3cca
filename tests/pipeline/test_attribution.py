from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ganatlas.bundle.tables import ATTRIBUTION
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.errors import InputError
from ganatlas.pipeline.attribution import SampleEffects, attribute_samples, cell_attribution, choose_images
from ganatlas.pipeline.samples import GridCells, Placement, Samples

LAYERS = ("body.0", "body.2")


class Linear(nn.Module):
    """Linear from each layer on, so that the effect of a layer is known in closed form."""

    def __init__(self, classes: int = 7) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.Identity(), nn.Conv2d(6, 5, 1), nn.Identity())
        self.head = nn.Linear(5 * 4 * 4, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.body(x).flatten(1))
        return logits


class Curved(Linear):
    """Not linear, to be checked against finite differences."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(torch.tanh(self.body(x)).flatten(1))
        return logits


class InPlace(Linear):
    """What follows a layer writes into its output; the layer is what the module returned."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.body[0](x).tanh_()
        logits: torch.Tensor = self.head(torch.tanh_(self.body[2](x)).flatten(1))
        return logits


class Tokens(Linear):
    """The second layer is a class token and 4 x 4 tokens, as a transformer's; the logits come from all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.body[2] = nn.Sequential(nn.Flatten(2), Turned(), nn.Linear(6, 5))
        self.head = nn.Linear(5 * 17, 7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(torch.tanh(self.body[2](self.body[0](x))).flatten(1))
        return logits


class Turned(nn.Module):
    """(batch, channels, positions) -> (batch, 1 + positions, channels)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x.mean(2, keepdim=True), x], 2).transpose(1, 2)


class Pictures:
    """Images of a dataset that count how often they are asked for."""

    def __init__(self, count: int, seed: int) -> None:
        self.images = np.random.default_rng(seed).integers(0, 256, (count, 3, 4, 4), dtype=np.uint8)
        self.asked: list[int] = []

    def batches(self, indices: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
        for start in range(0, len(indices), batch_size):
            self.asked += indices[start : start + batch_size].tolist()
            yield self.images[indices[start : start + batch_size]]


def classifier(network: type[nn.Module] = Linear, classes: bool = True) -> Classifier:
    torch.manual_seed(3)
    names = tuple("abcdefg") if classes else None
    return Classifier("planted", network().eval(), InputSpec(4, 4), LAYERS, names, "0" * 64, torch.device("cpu"))


def samples_of(counts: tuple[int, ...], positions: int, seed: int) -> Samples:
    dataset = np.repeat(np.arange(len(counts)), [c * positions for c in counts]).astype(np.uint8)
    image = np.concatenate([np.repeat(np.arange(c), positions) for c in counts]).astype(np.uint32)
    rng = np.random.default_rng(seed)
    at = [rng.integers(0, 4, len(image)).astype(np.uint16) for _ in range(2)]
    position = np.tile(np.arange(positions), sum(counts)).astype(np.uint16)
    return Samples(dataset, image, position, at[0], at[1], np.zeros(len(image), np.int32))


def shuffled(points: int, cuts: list[int], seed: int = 0) -> tuple[Placement, GridCells]:
    """A placement in random order, and cells that are cut out of it one after the other."""
    order = np.random.default_rng(seed).permutation(points)
    placement = Placement(np.zeros((points, 2), np.float32), order, 0, (0, 0, 1), (1, 0, 0, 1))
    start, stop = np.array([0, *cuts]), np.array([*cuts, points])
    number = np.arange(len(start)).astype(np.int16)
    return placement, GridCells(10, number % 10, number // 10, start, stop, (stop - start)[:, None])


def evaluate(
    network: Classifier, tmp_path: Path, counts: tuple[int, ...] = (6, 4), positions: int = 2, members: int = 99, **more: int
) -> tuple[dict[str, SampleEffects], dict[str, Samples], list[Pictures]]:
    samples = {layer: samples_of(counts, positions, seed) for seed, layer in enumerate(LAYERS)}
    placement, cells = shuffled(sum(counts) * positions, [5, 9])
    inputs = [Pictures(count, seed) for seed, count in enumerate(counts)]
    chosen = choose_images([(s, placement, [cells]) for s in samples.values()], 0, members)
    return attribute_samples(network, inputs, samples, chosen, tmp_path, **more), samples, inputs


def truth(network: Classifier, image: np.ndarray, layer: str, row: int, column: int, label: int) -> float:
    """h·∂logit/∂h by central differences along h: scaling the activation up and down a little."""
    module, step = network.module.double(), 1e-4
    x = network.normalise(torch.from_numpy(image[None])).double()
    logits = []
    for factor in (1 + step, 1 - step):

        def scaled(_: nn.Module, __: object, output: torch.Tensor, factor: float = factor) -> torch.Tensor:
            output = output.clone()
            if output.ndim == 3:
                output[:, 1 + 4 * row + column] *= factor
            else:
                output[:, :, row, column] *= factor
            return output

        hook = module.get_submodule(layer).register_forward_hook(scaled)
        with torch.no_grad():
            logits.append(float(module(x)[0, label]))
        hook.remove()
    module.float()
    return (logits[0] - logits[1]) / (2 * step)


@pytest.mark.parametrize("network", [Linear, Curved, InPlace, Tokens])
def test_an_effect_is_the_change_of_the_logit_with_the_activation(network: type[nn.Module], tmp_path: Path) -> None:
    net = classifier(network)
    effects, samples, inputs = evaluate(net, tmp_path)
    for layer in LAYERS:
        assert effects[layer].sample.tolist() == list(range(20))
        for sample, labels, values in zip(effects[layer].sample, effects[layer].label, effects[layer].effect, strict=True):
            of = samples[layer]
            image = inputs[of.dataset[sample]].images[of.image[sample]]
            for label, value in zip(labels.tolist(), values.tolist(), strict=True):
                expected = truth(net, image, layer, int(of.row[sample]), int(of.column[sample]), label)
                assert value == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_effects_of_a_linear_network_sum_to_the_logit(tmp_path: Path) -> None:
    """All 16 positions of one image: their effects on a logit sum to the logit, less the bias."""
    net = classifier()
    at = np.arange(16)
    sixteen = Samples(
        np.zeros(16, np.uint8), np.zeros(16, np.uint32), at.astype(np.uint16), (at // 4).astype(np.uint16),
        (at % 4).astype(np.uint16), np.zeros(16, np.int32),
    )  # fmt: skip
    placement, cells = shuffled(16, [])
    pictures = Pictures(1, 0)
    chosen = choose_images([(sixteen, placement, [cells])], 0)
    effects = attribute_samples(net, [pictures], {"body.2": sixteen}, chosen, tmp_path)["body.2"]
    with torch.no_grad():
        logits = net.module(net.normalise(torch.from_numpy(pictures.images)))[0] - net.module.head.bias
    assert np.allclose(effects.effect.sum(0), logits[torch.from_numpy(effects.label[0]).long()].numpy(), atol=1e-4)


def test_the_classes_evaluated_are_the_highest_logits(tmp_path: Path) -> None:
    net = classifier()
    effects, samples, inputs = evaluate(net, tmp_path, top=3)
    of, layer = samples[LAYERS[0]], effects[LAYERS[0]]
    for sample, labels in zip(layer.sample, layer.label, strict=True):
        with torch.no_grad():
            logits = net.module(net.normalise(torch.from_numpy(inputs[of.dataset[sample]].images[of.image[sample]][None])))
        assert labels.tolist() == logits[0].topk(3).indices.tolist()


def test_a_network_with_few_classes_is_evaluated_in_all_of_them(tmp_path: Path) -> None:
    effects, *_ = evaluate(classifier(), tmp_path, top=50)
    assert effects[LAYERS[0]].label.shape == (20, 7)


def test_a_network_without_logits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no logits"):
        evaluate(classifier(classes=False), tmp_path)


def test_a_cell_is_the_mean_of_its_evaluated_members() -> None:
    placement, cells = shuffled(6, [3, 5])  # cells of 3, 2 and 1 sorted rows
    first, second, third = placement.order[:3].tolist(), placement.order[3:5].tolist(), placement.order[5:].tolist()
    values = {first[0]: {4: 6.0, 1: -1.0}, first[2]: {4: 2.0, 2: 8.0}, second[1]: {0: 1.0, 3: 5.0}}
    sample = np.array(sorted(values))
    effects = SampleEffects(
        sample,
        np.array([list(values[s]) for s in sample], np.int32),
        np.array([list(values[s].values()) for s in sample], np.float32),
    )
    table = cell_attribution(effects, cells, placement)
    assert table.schema == ATTRIBUTION
    rows = [(r["column"], r["label"], r["effect"], r["members"]) for r in table.to_pylist()]
    assert rows == [(0, 2, 4.0, 2), (0, 4, 4.0, 2), (0, 1, -0.5, 2), (1, 3, 5.0, 1), (1, 0, 1.0, 1)]
    assert third[0] not in sample  # its cell was not evaluated: it has no row


def test_outside_has_attribution_like_any_cell_and_comes_last() -> None:
    placement, cells = shuffled(4, [1, 3])
    outside = GridCells(
        10,
        np.array([5, 0, -1], np.int16),
        np.array([0, 2, -1], np.int16),
        np.array([1, 0, 3]),
        np.array([3, 1, 4]),
        cells.count,
    )
    effects = SampleEffects(np.arange(4), np.zeros((4, 1), np.int32), placement.order.argsort()[:, None].astype(np.float32))
    table = cell_attribution(effects, outside, placement)
    assert table["column"].to_pylist() == [5, 0, -1]
    assert table["effect"].to_pylist() == [1.5, 0.0, 3.0]


def test_every_cell_and_dataset_has_its_images_and_layers_share_them() -> None:
    counts = (400, 300)
    layers = []
    for seed in range(3):
        placement, coarse = shuffled(700, list(range(100, 700, 100)), seed)
        fine = shuffled(700, list(range(20, 700, 20)), seed)[1]
        layers.append((samples_of(counts, 1, seed), placement, [coarse, fine]))
    members = 4
    chosen = choose_images(layers, 0, members)
    picked = set(zip(chosen.dataset.tolist(), chosen.image.tolist(), strict=True))
    for samples, placement, grids in layers:
        for cells in grids:
            for start, stop in zip(cells.start, cells.stop, strict=True):
                rows = placement.order[start:stop]
                for dataset in range(2):
                    images = {(dataset, i) for i in samples.image[rows][samples.dataset[rows] == dataset].tolist()}
                    assert len(images & picked) >= min(members, len(images))
    assert sorted(picked) == list(zip(chosen.dataset.tolist(), chosen.image.tolist(), strict=True))
    alone = choose_images([(layers[0][0], layers[0][1], layers[0][2][:1])], 0, members)
    assert len(alone) == members * 7 * 2
    assert set(zip(alone.dataset.tolist(), alone.image.tolist(), strict=True)) <= picked


def test_the_choice_depends_on_the_seed_alone() -> None:
    placement, cells = shuffled(60, [20, 40])
    layer = (samples_of((60,), 1, 0), placement, [cells])
    first, again, other = (choose_images([layer], seed, 3) for seed in (1, 1, 2))
    assert first.image.tolist() == again.image.tolist() != other.image.tolist()


def test_killed_in_the_middle_and_run_again_the_effects_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganatlas.pipeline.attribution.SHARD", 4)
    net = classifier(Curved)

    def kill(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    whole, _, _ = evaluate(net, tmp_path / "whole", batch=3)
    with pytest.raises(KeyboardInterrupt):
        evaluate(net, tmp_path / "cut", batch=3, progress=kill)  # type: ignore[arg-type]
    again, _, inputs = evaluate(net, tmp_path / "cut", batch=3)
    assert inputs[0].asked == [4, 5]  # the first shard was there
    for layer in LAYERS:
        assert again[layer].effect.tobytes() == whole[layer].effect.tobytes()
        assert again[layer].label.tobytes() == whole[layer].label.tobytes()
        assert again[layer].sample.tolist() == list(range(20))


def test_only_the_chosen_images_are_read(tmp_path: Path) -> None:
    effects, samples, inputs = evaluate(classifier(), tmp_path, counts=(40, 30), positions=1, members=2)
    read = {(d, i) for d, pictures in enumerate(inputs) for i in pictures.asked}
    assert 0 < len(read) < 40
    for layer in LAYERS:
        of, sample = samples[layer], effects[layer].sample
        assert set(zip(of.dataset[sample].tolist(), of.image[sample].tolist(), strict=True)) == read


def test_a_limit_keeps_the_images_that_come_first_in_priority() -> None:
    layers = []
    for seed in range(2):
        placement, cells = shuffled(700, list(range(20, 700, 20)), seed)
        layers.append((samples_of((400, 300), 1, seed), placement, [cells]))
    every, some, fewer = (choose_images(layers, 0, 4, limit) for limit in (None, 100, 30))
    keys = [set(zip(c.dataset.tolist(), c.image.tolist(), strict=True)) for c in (every, some, fewer)]
    assert [len(k) for k in keys[1:]] == [100, 30]
    assert keys[2] < keys[1] < keys[0]
