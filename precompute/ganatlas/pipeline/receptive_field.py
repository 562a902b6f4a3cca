"""Step 2: how much of an image one position of a layer really sees, measured with gradients.

The theoretical field of a deep layer is the whole image; what counts is where the gradient of a position's activation lies.
For some images and random inner positions the squared gradient of a random projection of the activation is taken at the input.
Its centroids give the stride. The offset is the middle of the mean profile about all positions: the centroids themselves lie
nearer to the image's middle than where a position looks, since what would lie beyond the border is missing. The square around
the position's centre that holds 90 % of the energy is the field.

Source: Luo et al. 2016, "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks".

Data flow: `ClassifierInputs` -> `measure_receptive_field` -> the manifest's layers -> `ganatlas.bundle.patch.patch_box`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.classifiers.base import Classifier

from .positions import position_at
from .workspace import write_atomically

SHARE = 0.9
_BINS = 8  # of the distance from the centre, a px
_ROUNDS = 200  # of the search for a profile's middle, at most


class Inputs(Protocol):
    """The images of a dataset as the network takes them (`ganatlas.sources.inputs.ClassifierInputs`)."""

    def __len__(self) -> int: ...

    def batches(self, indices: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.uint8]]: ...


@dataclass(frozen=True)
class ReceptiveField:
    """A layer's positions in input px.

    stride: from one position to the next. offset: centre of position (0, 0), pixel i covering [i, i + 1). side: of the square
    around a position's centre that holds 90 % of the squared input gradient.
    """

    stride: float
    offset: float
    side: float


def measure_receptive_field(
    classifier: Classifier, inputs: Inputs, layer: str, *, images: int = 256, seed: int = 0, batch_size: int = 32
) -> ReceptiveField:
    """Measure a layer's field.

    Args:
        classifier: the network. inputs: of the reference dataset. layer: a module name.
        images: how many are looked at, chosen at random; all where there are fewer.
        seed: of the choice, the positions and the projections.
        batch_size: images a backward pass.
    """
    generator = np.random.default_rng(seed)
    chosen = np.sort(generator.choice(len(inputs), min(images, len(inputs)), replace=False))
    size, channels = classifier.spec.size, _channels(classifier, layer)
    profiles: list[NDArray[np.float64]] = []  # energy by column and by row of the input, (batch, 2, size)
    maps: list[NDArray[np.float32]] = []
    places: list[NDArray[np.float64]] = []  # (batch, 2): column, row
    shape = (1, 1)
    for batch in inputs.batches(chosen, batch_size):
        relative = generator.random((len(batch), 2), dtype=np.float32)
        signs = generator.choice(np.array([-1.0, 1.0], np.float32), (len(batch), channels))
        energy, shape, where = _energy(classifier, layer, batch, relative, signs)
        maps.append(energy)
        profiles.append(np.stack([energy.sum(1), energy.sum(2)], 1).astype(np.float64))
        places.append(where)
    place = np.concatenate(places)
    if not len(place):  # nothing to measure: all of the image, evenly divided
        nominal = size / max(shape)
        return ReceptiveField(nominal, nominal / 2, float(size))
    centroid = (np.concatenate(profiles) * (np.arange(size) + 0.5)).sum(2)
    spread = _side(maps, centroid)
    profile = np.concatenate(profiles)
    strides, offsets = [], []
    for axis, length in enumerate((shape[1], shape[0])):
        stride = _stride(place[:, axis], centroid[:, axis], length, size, spread)
        strides.append(stride)
        offsets.append(_middle(profile[:, axis], stride * place[:, axis]))
    stride, offset = float(np.mean(strides)), float(np.mean(offsets))
    return ReceptiveField(stride, offset, _side(maps, offset + stride * place))


def save_receptive_field(field: ReceptiveField, path: Path) -> None:
    """Write it as JSON, whole or not at all."""
    write_atomically(path, json.dumps(asdict(field)).encode())


def load_receptive_field(path: Path) -> ReceptiveField:
    """What `save_receptive_field` wrote."""
    return ReceptiveField(**json.loads(path.read_text()))


def _channels(classifier: Classifier, layer: str) -> int:
    x = torch.zeros(1, 3, classifier.spec.size, classifier.spec.size, device=classifier.device)
    with torch.no_grad():
        return int(classifier.maps(x, (layer,))[0][layer].shape[1])


def _energy(
    classifier: Classifier, layer: str, batch: NDArray[np.uint8], relative: NDArray[np.float32], signs: NDArray[np.float32]
) -> tuple[NDArray[np.float32], tuple[int, int], NDArray[np.float64]]:
    """Where the gradients of a batch lie; images whose activation has no gradient (a dead unit) are left out.

    Returns:
        Squared gradient at the input, summed over colours, each image's made 1 in all: (images, size, size). The map's (height,
        width). The positions: (images, 2), column and row.
    """
    x = classifier.normalise(torch.from_numpy(batch)).requires_grad_()
    with torch.enable_grad():
        found = classifier.maps(x, (layer,))[0][layer]
        height, width = int(found.shape[2]), int(found.shape[3])
        rows, columns = position_at(relative, height, width)
        at = (
            torch.arange(len(found)),
            slice(None),
            torch.from_numpy(rows.astype(np.int64)),
            torch.from_numpy(columns.astype(np.int64)),
        )
        (gradient,) = torch.autograd.grad((found[at] * torch.from_numpy(signs).to(found)).sum(), x)
    energy = gradient.float().square().sum(1).cpu().numpy()
    total = energy.sum((1, 2))
    alive = total > 0
    place = np.stack([columns, rows], 1).astype(np.float64)
    return energy[alive] / total[alive, None, None], (height, width), place[alive]


def _stride(place: NDArray[np.float64], centroid: NDArray[np.float64], length: int, size: int, spread: float) -> float:
    """Input px a position: the slope of the centroids where fields are small against the image; where the border pulls the
    centroids inwards, the image's size over the map's."""
    nominal = size / length
    if spread > size / 3 or length < 4:
        return nominal
    from_middle = place - place.mean()
    slope = float((from_middle * centroid).sum() / (from_middle**2).sum()) if (from_middle != 0).any() else nominal
    nearest = max(round(slope), 1)
    return float(nearest) if abs(slope - nearest) < 0.1 * nearest else slope


def _middle(profiles: NDArray[np.float64], start: NDArray[np.float64]) -> float:
    """Where the positions look, px after their starts: the middle of the mean profile.

    At each distance the mean is over the images that reach so far, and the centroid is taken over as much on one side as on the
    other, so that a border cuts nothing off one side alone.

    Args:
        profiles: energy by px, (images, size). start: px of each position, (images,).
    """
    size = profiles.shape[1]
    at = np.arange(size)[None, :] - np.floor(start)[:, None].astype(np.int64)  # px after the start's, its fraction added below
    first = int(at.min())
    energy = np.bincount((at - first).ravel(), weights=profiles.ravel())
    mean = energy / np.maximum(np.bincount((at - first).ravel()), 1)
    left = first + np.arange(len(mean), dtype=np.float64)
    middle = float(((left + 0.5) * mean).sum() / mean.sum())
    for _ in range(_ROUNDS):
        half = max(min(middle - left[0], left[-1] + 1 - middle), 0.5)
        # The part of each px inside the window, and the middle of that part.
        begin, end = np.maximum(left, middle - half), np.minimum(left + 1, middle + half)
        weight = mean * np.maximum(end - begin, 0)
        before, middle = middle, float((weight * (begin + end) / 2).sum() / weight.sum()) if weight.sum() else middle
        if abs(middle - before) < 1e-4:
            break
    return middle - float((start - np.floor(start)).mean())


def _side(maps: list[NDArray[np.float32]], centre: NDArray[np.float64]) -> float:
    """Side of the square around each map's centre (column, row) that holds SHARE of all maps' energy, px."""
    size = maps[0].shape[1]
    pixel = np.arange(size) + 0.5
    histogram = np.zeros(2 * size * _BINS, np.float64)
    start = 0
    for energy in maps:
        middle = centre[start : start + len(energy)]
        start += len(energy)
        across = np.abs(pixel[None, :] - middle[:, :1])
        down = np.abs(pixel[None, :] - middle[:, 1:])
        # A pixel is inside a square of half side h when its centre is at most h - 1/2 away.
        distance = np.maximum(across[:, None, :], down[:, :, None]) + 0.5
        bins = np.minimum((distance * _BINS).astype(np.int64), len(histogram) - 1)
        histogram += np.bincount(bins.ravel(), weights=energy.ravel(), minlength=len(histogram))
    cumulated = histogram.cumsum()
    inside = int(np.searchsorted(cumulated, SHARE * cumulated[-1]))
    return float(min(2 * inside / _BINS, size))
