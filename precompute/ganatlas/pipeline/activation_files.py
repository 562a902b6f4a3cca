"""Step 2: the files that activations are kept in: shards while they are collected, one mapped array a layer when all are there.

A shard holds the values of some images for every layer. It is written under another name and renamed, so that a killed job
goes on at the first missing one. `activations.json` is written last: without it nothing is there.

Data flow: written by `ganatlas.pipeline.activations`, read by the layers' steps through `load_layer`, `load_logits` and
`load_pooled`.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError
from ganatlas.mapped import new_array

from .samples import Samples
from .workspace import save_arrays, write_atomically

LARGEST = float(np.finfo(np.float16).max)
_RECORD = "activations.json"


@dataclass(frozen=True)
class CollectedActivations:
    """What is in a folder of activations.

    counts: images of each dataset. clamped: layer -> how many values lay beyond float16's range.
    """

    layers: tuple[str, ...]
    counts: tuple[int, ...]
    positions_per_image: int
    clamped: dict[str, int]


@dataclass(frozen=True)
class ShardValues:
    """Some images' activations, layer by layer.

    activations: layer -> (images, positions, channels) float16. positions: layer -> (images, positions, 2) uint16, row and
    column. clamped: layer -> values that lay beyond float16's range. logits: (images, classes), or None. pooled: (images,
    channels), the mean over all positions of the last layer.
    """

    images: int
    activations: dict[str, NDArray[np.float16]]
    positions: dict[str, NDArray[np.uint16]]
    clamped: dict[str, int]
    logits: NDArray[np.float32] | None
    pooled: NDArray[np.float32]


def load_layer(out: Path, layer: str) -> tuple[NDArray[np.float16], Samples]:
    """A layer's activations and what each row is.

    Returns:
        Activations, float16 (points, channels), mapped from disk, rows by dataset, image, position; and the samples, likewise.

    Raises:
        InputError: nothing complete is in `out`, or it has no such layer.
    """
    record = load_record(out)
    if layer not in record.layers:
        raise InputError(f"no activations of the layer {layer} in {out}; there are: {', '.join(record.layers)}.")
    number = record.layers.index(layer)
    values = np.load(out / f"layer-{number:03d}.npy", mmap_mode="r")
    where = np.load(out / f"layer-{number:03d}-positions.npy")
    k = record.positions_per_image
    logits = load_logits(out)
    tops = [
        np.full(count, -1, np.int32) if part is None else part.argmax(1)
        for count, part in zip(record.counts, logits, strict=True)
    ]
    return values, Samples(
        dataset=np.repeat(np.arange(len(record.counts), dtype=np.uint8), [count * k for count in record.counts]),
        image=np.concatenate([np.repeat(np.arange(count, dtype=np.uint32), k) for count in record.counts]),
        position=np.tile(np.arange(k, dtype=np.uint16), sum(record.counts)),
        row=where[:, 0],
        column=where[:, 1],
        top=np.repeat(np.concatenate(tops), k).astype(np.int32),
    )


def load_logits(out: Path) -> list[NDArray[np.float32] | None]:
    """The logits of each dataset's images, (images, classes), mapped from disk; None where there are none."""
    paths = [out / f"logits-{number:03d}.npy" for number in range(len(load_record(out).counts))]
    return [np.load(path, mmap_mode="r") if path.exists() else None for path in paths]


def load_pooled(out: Path) -> list[NDArray[np.float32]]:
    """The last layer's means over all positions, for each dataset (images, channels), mapped from disk."""
    return [np.load(out / f"pooled-{number:03d}.npy", mmap_mode="r") for number in range(len(load_record(out).counts))]


def begin(out: Path, key: str) -> Path:
    """The folder of shards, emptied where another job began it."""
    shards = out / "shards"
    owner = shards / "key.json"
    if shards.exists() and (not owner.exists() or owner.read_text() != key):
        shutil.rmtree(shards)
    shards.mkdir(parents=True, exist_ok=True)
    owner.write_text(key)
    (out / _RECORD).unlink(missing_ok=True)
    return shards


def write_shard(path: Path, parts: Sequence[ShardValues], layers: Sequence[str]) -> None:
    """One shard's file from its batches, whole or not at all."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for number, layer in enumerate(layers):
        arrays[f"values-{number:03d}"] = np.concatenate([part.activations[layer] for part in parts])
        arrays[f"positions-{number:03d}"] = np.concatenate([part.positions[layer] for part in parts])
    logits = [part.logits for part in parts if part.logits is not None]
    if logits:
        arrays["logits"] = np.concatenate(logits)
    arrays["pooled"] = np.concatenate([part.pooled for part in parts])
    arrays["clamped"] = np.array([sum(part.clamped[layer] for part in parts) for layer in layers], np.int64)
    save_arrays(path, **arrays)


def finish(
    out: Path, key: str, layers: tuple[str, ...], written: list[list[Path]], counts: tuple[int, ...], positions: int
) -> CollectedActivations:
    """Join the shards, layer by layer, without holding more than one shard's layer in memory; then say that all is there."""
    every = [path for paths in written for path in paths]
    for number in range(len(layers)):
        _join(every, f"values-{number:03d}", out / f"layer-{number:03d}.npy", sum(counts) * positions)
        _join(every, f"positions-{number:03d}", out / f"layer-{number:03d}-positions.npy", sum(counts) * positions)
    for number, paths in enumerate(written):
        _join(paths, "pooled", out / f"pooled-{number:03d}.npy", counts[number])
        target = out / f"logits-{number:03d}.npy"
        target.unlink(missing_ok=True)
        with np.load(paths[0]) as first:
            has_logits = "logits" in first.files
        if has_logits:
            _join(paths, "logits", target, counts[number])
    totals = np.sum([np.load(path)["clamped"] for path in every], axis=0)
    clamped = {layer: int(count) for layer, count in zip(layers, totals, strict=True) if count}
    record = {"key": key, "layers": layers, "counts": counts, "positions": positions, "clamped": clamped}
    write_atomically(out / _RECORD, json.dumps(record).encode())
    shutil.rmtree(out / "shards")
    return load_record(out)


def _join(paths: Sequence[Path], name: str, target: Path, rows: int) -> None:
    """The arrays `name` of the shards below each other, (images, positions, x) as (images * positions, x)."""
    joined: np.memmap[Any, Any] | None = None
    start = 0
    for path in paths:
        with np.load(path) as file:
            stored = file[name]
        values = stored.reshape(-1, stored.shape[-1])
        if joined is None:
            joined = new_array(target, values.dtype, (rows, values.shape[1]))
        joined[start : start + len(values)] = values
        start += len(values)
    assert joined is not None  # there is an image
    joined.flush()


def finished(out: Path, key: str) -> CollectedActivations | None:
    path = out / _RECORD
    return load_record(out) if path.exists() and json.loads(path.read_text())["key"] == key else None


def load_record(out: Path) -> CollectedActivations:
    """What is in a folder of activations.

    Raises:
        InputError: nothing complete.
    """
    path = out / _RECORD
    if not path.exists():
        raise InputError(f"no complete activations in {out}. Run the job again; it goes on where it stopped.")
    data = json.loads(path.read_text())
    return CollectedActivations(tuple(data["layers"]), tuple(data["counts"]), data["positions"], data["clamped"])
