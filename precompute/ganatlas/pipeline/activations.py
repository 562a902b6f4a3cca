"""Step 2: images through the network -> activations at sampled positions, for every layer, and the logits.

One forward pass a batch serves all layers; threads prepare the next batches meanwhile. A killed job goes on at the shard where
it was (`activation_files`).

Data flow: `ClassifierInputs` -> `collect_activations` (or given activations -> `place_given`) -> `load_layer`, `load_logits`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.batches import batch_size_for, inference_precision
from ganatlas.errors import InputError
from ganatlas.sources.base import GivenActivations

from .activation_files import (
    LARGEST,
    CollectedActivations,
    ShardValues,
    begin,
    finish,
    finished,
    load_layer,
    load_logits,
    load_pooled,
    write_shard,
)
from .positions import position_at, relative_positions

__all__ = [
    "CollectedActivations",
    "collect_activations",
    "load_layer",
    "load_logits",
    "load_pooled",
    "place_given",
    "relative_positions",
]


class Inputs(Protocol):
    """The images of a dataset as the network takes them (`ganatlas.sources.inputs.ClassifierInputs`)."""

    def __len__(self) -> int: ...

    def digest(self) -> str: ...

    def batches(self, indices: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.uint8]]: ...


def collect_activations(
    classifier: Classifier,
    inputs: Sequence[Inputs],
    layers: Sequence[str],
    out: Path,
    *,
    positions_per_image: int = 1,
    seed: int = 0,
    batch_size: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    shard: int = 1024,
) -> CollectedActivations:
    """Write the activations of every dataset's images to `out`, or go on with what an earlier call left there.

    Args:
        classifier: the network. inputs: the images of each dataset, in the atlas's order. layers: module names.
        out: a folder for this set of inputs and settings alone; one that was begun with others is begun again.
        positions_per_image: places drawn in each image, the same in all layers.
        seed: of the places; each dataset has its own stream.
        batch_size: images a forward pass; what the device holds by default.
        progress: called with (images done, all images).
        shard: images between two points from which the job can go on.

    Raises:
        InputError: a layer gives values that are not numbers.
    """
    total = sum(len(part) for part in inputs)
    key = json.dumps([
        classifier.digest, str(classifier.spec), list(layers), [part.digest() for part in inputs], positions_per_image, seed,
        shard, classifier.device.type, "pooled",
    ])  # fmt: skip
    if (done := finished(out, key)) is not None:
        return done
    shards = begin(out, key)
    size = _divisor(shard, batch_size or batch_size_for(classifier))
    written: list[list[Path]] = []
    done_images = 0
    for number, part in enumerate(inputs):
        relative = relative_positions(len(part), positions_per_image, _stream(seed, number))
        parts = [
            (np.arange(start, min(start + shard, len(part))), shards / f"{number:03d}-{start // shard:06d}.npz")
            for start in range(0, len(part), shard)
        ]
        written.append([path for _, path in parts])
        todo = [(indices, path) for indices, path in parts if not path.exists()]
        done_images += len(part) - sum(len(indices) for indices, _ in todo)
        collected = _look(classifier, part, [indices for indices, _ in todo], layers, relative, size)
        pending: list[ShardValues] = []
        for values in collected:
            pending.append(values)
            done_images += values.images
            if sum(batch.images for batch in pending) == len(todo[0][0]):
                write_shard(todo.pop(0)[1], pending, layers)
                pending = []
            if progress is not None:
                progress(done_images, total)
    return finish(out, key, tuple(layers), written, tuple(len(part) for part in inputs), positions_per_image)


def place_given(
    given: Sequence[GivenActivations],
    layers: Sequence[str],
    out: Path,
    *,
    positions_per_image: int = 1,
    seed: int = 0,
) -> CollectedActivations:
    """Write activations that were computed elsewhere as `collect_activations` would have.

    Maps are sampled, vectors taken as they are.

    Vectors have one position, so more than one an image would only repeat them.

    Raises:
        InputError: several positions an image of vectors; layers whose channels differ between datasets.
    """
    key = json.dumps([[part.fingerprint() for part in given], list(layers), positions_per_image, seed, "pooled"])
    if (done := finished(out, key)) is not None:
        return done
    for layer in layers:
        channels = {part.description: part.activations[layer].shape[1] for part in given}
        if len(set(channels.values())) > 1:
            raise InputError(
                f"the layer {layer} has different numbers of channels in the datasets: {channels}. Expected the same network."
            )
        if positions_per_image > 1 and any(part.activations[layer].ndim == 2 for part in given):
            raise InputError(
                f"{positions_per_image} positions an image were asked for, but the layer {layer} was given as one vector an "
                "image. Set positions_per_image to 1, or give (n, channels, height, width)."
            )
    shards = begin(out, key)
    written = []
    for number, part in enumerate(given):
        relative = relative_positions(len(part.names), positions_per_image, _stream(seed, number))
        written.append([shards / f"{number:03d}-000000.npz"])
        write_shard(written[-1][0], [_given_values(part, layers, relative)], layers)
    return finish(out, key, tuple(layers), written, tuple(len(part.names) for part in given), positions_per_image)


def _look(
    classifier: Classifier,
    inputs: Inputs,
    shards: Sequence[NDArray[np.int64]],
    layers: Sequence[str],
    relative: NDArray[np.float32],
    batch_size: int,
) -> Iterator[ShardValues]:
    """The network's view of the images of some shards, batch by batch.

    Batches do not cross shards: their size divides a shard's, and only the last shard is shorter.
    """
    if not shards:
        return
    indices = np.concatenate(shards)
    wants_logits = classifier.classes is not None
    start = 0
    for images in inputs.batches(indices, batch_size):
        chosen = relative[indices[start : start + len(images)]]
        start += len(images)
        with torch.no_grad(), inference_precision(classifier.device):
            pixels = torch.from_numpy(images)
            if classifier.device.type == "cuda":
                pixels = pixels.pin_memory().to(classifier.device, non_blocking=True)
            maps, logits = classifier.maps(classifier.normalise(pixels), layers, logits=wants_logits)
            picked = {layer: _pick(maps[layer], chosen) for layer in layers}
            pooled = _mean(maps[layers[-1]].float().mean((2, 3)).cpu().numpy(), layers[-1])
        activations, positions, clamped = {}, {}, {}
        for layer, (values, where) in picked.items():
            activations[layer], clamped[layer] = _to_half(values.float().cpu().numpy(), layer)
            positions[layer] = where
        seen = None if logits is None else logits.float().cpu().numpy()
        yield ShardValues(len(images), activations, positions, clamped, seen, pooled)


def _pick(maps: torch.Tensor, relative: NDArray[np.float32]) -> tuple[torch.Tensor, NDArray[np.uint16]]:
    """(batch, channels, height, width) at relative (batch, k, 2) -> (batch, k, channels), and the positions (batch, k, 2)."""
    rows, columns = position_at(relative, maps.shape[2], maps.shape[3])
    row = torch.from_numpy(rows.astype(np.int64)).to(maps.device)
    column = torch.from_numpy(columns.astype(np.int64)).to(maps.device)
    batch = torch.arange(len(maps), device=maps.device)[:, None]
    return maps[batch, :, row, column], np.stack([rows, columns], -1)


def _to_half(values: NDArray[np.float32], layer: str) -> tuple[NDArray[np.float16], int]:
    """float16, values beyond its range clamped to it; and how many those were."""
    _refuse_nan(values, layer)
    beyond = int((np.abs(values) > LARGEST).sum())
    return np.clip(values, -LARGEST, LARGEST).astype(np.float16), beyond


def _mean(values: NDArray[np.float32], layer: str) -> NDArray[np.float32]:
    """Means over positions, in the range that activations are kept in."""
    _refuse_nan(values, layer)
    return np.asarray(np.clip(values, -LARGEST, LARGEST), np.float32)


def _refuse_nan(values: NDArray[np.float32], layer: str) -> None:
    if np.isnan(values).any():
        raise InputError(
            f"the layer {layer} gives values that are not numbers (NaN). Check the network's weights and its input range."
        )


def _given_values(part: GivenActivations, layers: Sequence[str], relative: NDArray[np.float32]) -> ShardValues:
    activations, positions, clamped = {}, {}, {}
    for layer in layers:
        values = part.activations[layer]
        maps = values if values.ndim == 4 else values[:, :, None, None]
        rows, columns = position_at(relative, maps.shape[2], maps.shape[3])
        picked = maps[np.arange(len(maps))[:, None], :, rows, columns]
        activations[layer], clamped[layer] = _to_half(picked.astype(np.float32), layer)
        positions[layer] = np.stack([rows, columns], -1)
    logits = None if part.logits is None else part.logits.astype(np.float32)
    last = part.activations[layers[-1]].astype(np.float32)
    pooled = _mean(last.mean((2, 3)) if last.ndim == 4 else last, layers[-1])
    return ShardValues(len(part.names), activations, positions, clamped, logits, pooled)


def _stream(seed: int, dataset: int) -> int:
    """A seed of its own for each dataset."""
    return int(np.random.SeedSequence([seed, dataset]).generate_state(1, np.uint64)[0])


def _divisor(whole: int, at_most: int) -> int:
    """The largest divisor of `whole` that is at most `at_most`."""
    return max(part for part in range(1, min(at_most, whole) + 1) if whole % part == 0)
