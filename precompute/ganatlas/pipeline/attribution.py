"""What a cell speaks for: the linear effect of its members' activations on the logits of the classes.

The effect of a sample on class c is h·∂logit_c/∂h at its position; a cell's is the mean over its evaluated members. A thousand
gradients a sample are out of reach, so each image is asked for its own top classes only, with one backward pass a rank for all
layers at once; a class that is not among a member's top classes counts as 0 for that member, and a class that is among
nobody's is not in the table: it was not evaluated.

Data flow: the sorted points and grids choose the images; images, classifier -> shards of `SampleEffects`, one step for all
layers; with each grid's cells -> its attribution table.

Source: Olah et al. 2018, "The Building Blocks of Interpretability", Distill; Carter et al. 2019, "Activation Atlas", Distill.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganatlas.bundle.tables import ATTRIBUTION
from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.capture import as_map, first_tensor
from ganatlas.errors import InputError

from .samples import GridCells, Placement, Samples
from .workspace import load_arrays, save_arrays

SHARD = 512
"""Images a shard: what a killed run loses at most."""

Progress = Callable[[int, int], None]
"""Called with the images done and the images in all."""


class Inputs(Protocol):
    """The images of a dataset as the classifier takes them (`ganatlas.sources.inputs.ClassifierInputs`)."""

    def batches(self, indices: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.uint8]]:
        """The images at `indices`, in that order: uint8 (batch, 3, size, size)."""
        ...


@dataclass(frozen=True)
class ChosenImages:
    """Which images are evaluated, by dataset, then image. Both (images,)."""

    dataset: NDArray[np.int64]
    image: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.image)


@dataclass(frozen=True)
class SampleEffects:
    """Effects of the evaluated samples of one layer, by sample.

    sample: int64 (evaluated,), indices into Samples, rising. label: int32 (evaluated, top), the classes of the image's highest
    logits, falling. effect: float32 (evaluated, top), h·∂logit/∂h.
    """

    sample: NDArray[np.int64]
    label: NDArray[np.int32]
    effect: NDArray[np.float32]


def choose_images(
    layers: Sequence[tuple[Samples, Placement, Sequence[GridCells]]], seed: int, members: int = 16, limit: int | None = None
) -> ChosenImages:
    """Up to `members` images for each cell and dataset of all the grids given.

    Images have one priority, drawn once, everywhere: so the layers and grids mostly ask for the same ones, and few are
    evaluated in all. A cell may be given more than it asked for, by other cells; it uses them.

    Args:
        layers: each layer's samples, placement and the grids that shall have attribution.
        limit: images in all, at most: those first in priority.
    """
    keys = np.unique(np.concatenate([_image_key(samples) for samples, _, _ in layers]))
    priority = np.random.default_rng([seed, 0x61747472]).permutation(len(keys))
    chosen = np.zeros(len(keys), bool)
    for samples, placement, grids in layers:
        key = np.searchsorted(keys, _image_key(samples)[placement.order])
        dataset = samples.dataset[placement.order].astype(np.int64)
        for cells in grids:
            member = member_cells(cells, len(key))
            group = member * (int(dataset.max(initial=0)) + 1) + dataset
            pairs = np.unique(np.stack([group, priority[key]], 1), axis=0)  # an image counts once in a cell
            first = np.flatnonzero(np.r_[True, pairs[1:, 0] != pairs[:-1, 0]])
            rank = np.arange(len(pairs)) - np.repeat(first, np.diff(np.r_[first, len(pairs)]))
            wanted = np.zeros(len(keys), bool)
            wanted[pairs[rank < members, 1]] = True
            chosen |= wanted[priority]
    if limit is not None and chosen.sum() > limit:
        chosen &= priority <= np.sort(priority[chosen])[limit - 1]
    return ChosenImages(dataset=keys[chosen] >> 32, image=keys[chosen] & 0xFFFFFFFF)


def attribute_samples(
    classifier: Classifier,
    inputs: Sequence[Inputs],
    samples: Mapping[str, Samples],
    chosen: ChosenImages,
    folder: Path,
    *,
    top: int = 5,
    batch: int = 64,
    progress: Progress | None = None,
) -> dict[str, SampleEffects]:
    """Evaluate the chosen images in all layers.

    Args:
        inputs: of each dataset, in their order. samples: of each layer. folder: where shards are written as they are done, and
            looked for; it belongs to these arguments alone (a step's folder of the workspace).
        top: classes evaluated for an image. batch: images in one pass.

    Returns:
        layer -> the effects of all samples (every position) of the chosen images.

    Raises:
        InputError: the classifier has no logits.
    """
    if classifier.classes is None:
        raise InputError(f"{classifier.name} has no logits, so nothing can be attributed to classes; leave attribution out")
    folder.mkdir(parents=True, exist_ok=True)
    ranges = {layer: _sample_ranges(s, chosen) for layer, s in samples.items()}
    shards = []
    for start in range(0, len(chosen), SHARD):
        path = folder / f"shard-{start:08d}.npz"
        stop = min(start + SHARD, len(chosen))
        if not path.exists():
            parts = []
            for run, images in _batches(inputs, chosen, slice(start, stop), batch):
                bounds = {layer: (first[run], last[run]) for layer, (first, last) in ranges.items()}
                parts.append(_evaluate(classifier, images, samples, bounds, top))
            save_arrays(path, **{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
        shards.append(load_arrays(path))
        if progress is not None:
            progress(stop, len(chosen))
    return {layer: _joined(shards, number) for number, layer in enumerate(samples)}


def cell_attribution(effects: SampleEffects, cells: GridCells, placement: Placement) -> pa.Table:
    """The attribution table of one grid: cells by row, then column, outside last, as in `cells`; a cell's classes by
    falling effect.

    Returns:
        `tables.ATTRIBUTION`: effect is the mean over the cell's evaluated members, 0 for a member in whose top classes the
        class is not; members is how many were evaluated. A class in no member's top, and a cell without evaluated members,
        have no row.
    """
    position = np.empty(len(placement.order), np.int64)
    position[placement.order] = np.arange(len(placement.order))
    member = member_cells(cells, len(placement.order))[position[effects.sample]]
    evaluated = np.bincount(member, minlength=len(cells.start))
    classes = int(effects.label.max(initial=0)) + 1
    key = (member[:, None] * classes + effects.label).ravel()
    pairs, inverse = np.unique(key, return_inverse=True)
    total = np.bincount(inverse, effects.effect.ravel().astype(np.float64), minlength=len(pairs))
    cell, label = pairs // classes, pairs % classes
    effect = (total / evaluated[cell]).astype(np.float32)
    by_effect = np.lexsort((label, -effect, cell))
    cell, label, effect = cell[by_effect], label[by_effect], effect[by_effect]
    members = np.minimum(evaluated[cell], np.iinfo(np.uint16).max).astype(np.uint16)
    return pa.table([cells.column[cell], cells.row[cell], label.astype(np.int32), effect, members], schema=ATTRIBUTION)


def member_cells(cells: GridCells, points: int) -> NDArray[np.int64]:
    """The cell of each sorted point, (points,)."""
    by_start = np.argsort(cells.start)
    return np.repeat(by_start, (cells.stop - cells.start)[by_start])[:points]


def _image_key(samples: Samples) -> NDArray[np.int64]:
    return (samples.dataset.astype(np.int64) << 32) | samples.image.astype(np.int64)


def _sample_ranges(samples: Samples, chosen: ChosenImages) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last + 1 sample of each chosen image; samples are sorted by dataset, then image."""
    keys, wanted = _image_key(samples), (chosen.dataset << 32) | chosen.image
    return np.searchsorted(keys, wanted, side="left"), np.searchsorted(keys, wanted, side="right")


def _batches(
    inputs: Sequence[Inputs], chosen: ChosenImages, run: slice, batch: int
) -> Iterator[tuple[slice, NDArray[np.uint8]]]:
    """The images of a run of the chosen ones, a batch of one dataset at a time, with the slice of the chosen that it is."""
    at = run.start
    for dataset in np.unique(chosen.dataset[run]).tolist():
        wanted = chosen.image[run][chosen.dataset[run] == dataset]
        for images in inputs[dataset].batches(wanted, batch):
            yield slice(at, at + len(images)), images
            at += len(images)


def _evaluate(
    classifier: Classifier,
    images: NDArray[np.uint8],
    samples: Mapping[str, Samples],
    bounds: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]],
    top: int,
) -> dict[str, NDArray[np.generic]]:
    """Effects in one batch of images.

    Args:
        bounds: of each layer, the first and last + 1 sample of each of the images.

    Returns:
        For layer number k the arrays sample_k, label_k and effect_k, as in SampleEffects.
    """
    x = classifier.normalise(torch.from_numpy(images)).contiguous(memory_format=torch.channels_last).requires_grad_(True)
    with torch.enable_grad():
        outputs, logits = _outputs_on_the_path(classifier, x, list(samples))
        highest, labels = logits.topk(min(top, logits.shape[1]), dim=1)
        gradients = _rank_gradients(highest, [outputs[layer] for layer in samples])
    out: dict[str, NDArray[np.generic]] = {}
    for number, (layer, of_layer) in enumerate(samples.items()):
        first, last = bounds[layer]
        which = np.repeat(np.arange(len(images)), last - first)
        sample = np.arange(len(which)) - np.repeat(np.cumsum(last - first) - last, last - first)
        places = (which, of_layer.row[sample], of_layer.column[sample])
        image, row, column = (torch.from_numpy(place.astype(np.int64)).to(x.device) for place in places)
        h = as_map(outputs[layer].detach(), len(x), layer)[image, :, row, column].float()
        slopes = [as_map(of_rank[number], len(x), layer)[image, :, row, column].float() for of_rank in gradients]
        out[f"sample_{number}"] = sample
        out[f"label_{number}"] = labels.cpu().numpy().astype(np.int32)[which]
        out[f"effect_{number}"] = torch.stack([(h * slope).sum(dim=1) for slope in slopes], dim=1).cpu().numpy()
    return out


def _outputs_on_the_path(classifier: Classifier, x: Tensor, layers: Sequence[str]) -> tuple[dict[str, Tensor], Tensor]:
    """What the layers' modules returned, as it goes on to the logits, and the logits.

    `Classifier.maps` gives maps to read: where it had to copy or reshape, the logits do not depend on what it returns. Here
    each module's own output is kept, and what follows gets a copy, so that an operation in place leaves the kept one alone.
    """
    outputs: dict[str, Tensor] = {}

    def hook(name: str) -> Callable[[nn.Module, object, object], object]:
        def keep(_module: nn.Module, _inputs: object, output: object) -> object:
            tensor = first_tensor(output)
            if tensor is None or name in outputs:
                return None
            outputs[name] = tensor
            return tensor.clone() if tensor is output else None

        return keep

    handles = [classifier.module.get_submodule(name).register_forward_hook(hook(name)) for name in layers]
    try:
        _, logits = classifier.maps(x, [], logits=True)
    finally:
        for handle in handles:
            handle.remove()
    if logits is None or len(outputs) < len(layers):
        raise InputError(f"{classifier.name}: no logits, or a layer of {', '.join(layers)} took no part in the forward pass")
    return outputs, logits


def _rank_gradients(highest: Tensor, outputs: Sequence[Tensor]) -> list[tuple[Tensor, ...]]:
    """For each rank, the gradient of every image's logit of that rank with respect to every layer; 0 where it does not
    depend on it.

    Images do not see each other, so the gradient of the sum over the batch is each image's own.
    """
    ranks = highest.shape[1]
    return [
        torch.autograd.grad(highest[:, rank].sum(), outputs, retain_graph=rank < ranks - 1, materialize_grads=True)
        for rank in range(ranks)
    ]


def _joined(shards: Sequence[Mapping[str, NDArray[np.generic]]], number: int) -> SampleEffects:
    sample, label, effect = (
        np.concatenate([shard[f"{name}_{number}"] for shard in shards]) for name in ("sample", "label", "effect")
    )
    return SampleEffects(sample=sample.astype(np.int64), label=label.astype(np.int32), effect=effect.astype(np.float32))
