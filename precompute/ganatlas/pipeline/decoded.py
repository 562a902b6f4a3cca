"""The decoded icons of a layer's cells, as steps: a decoder is trained once, then every grid's icons are painted and sharpened.

Data flow: activations, the network's inputs -> decoder -> cells' means -> Deep Zoom pyramids in the workspace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from ganatlas.bundle.manifest import Layer
from ganatlas.classifiers.base import Classifier
from ganatlas.icons.crop import crop_icons
from ganatlas.icons.decode import DecodeSettings, decode_cells
from ganatlas.icons.decoder import Decoder, DecoderSettings
from ganatlas.icons.decoder_training import DecoderTraining, Pairs, train_decoder
from ganatlas.icons.views import View, choose_view, cut_views
from ganatlas.sources.inputs import ClassifierInputs

from .config import DecoderConfig
from .inverted import IconCells, layer_moments, write_icons
from .layers import LayerJob, MeasuredLayer
from .pictures import Made, stored_pyramids
from .workspace import Workspace, digest_of

CHECKPOINT = "training.safetensors"
_AT_ONCE = 256
_TOLD_LAYERS = 4
"""Layers that the feature loss looks at, the target among them."""


@dataclass(frozen=True)
class LayerDecoder:
    """A trained decoder, what it paints, and the digest of what made it."""

    decoder: Decoder
    view: View
    key: str


def layer_decoder(
    work: Workspace,
    job: LayerJob,
    classifier: Classifier,
    layer: Layer,
    inputs: Sequence[ClassifierInputs],
    progress: Callable[[int, int], None],
) -> LayerDecoder:
    """The step that trains a layer's decoder on the datasets' own points, every dataset with the same weight.

    Raises:
        InputError: the layer has no map to decode.
    """
    config = job.config.icons.decoder
    view = choose_view(classifier.spec.size, layer.height, layer.receptive_field, layer.offset, job.layer)
    settings = DecoderSettings(layer.channels, view.side)
    training = DecoderTraining(steps=config.steps, adversarial=config.adversarial, seed=job.config.seed)
    told = _told(classifier, job.layer)
    key: dict[str, object] = {
        "activations": job.key,
        "layer": job.layer,
        "view": view,
        "settings": settings,
        "training": training,
        "pairs": config.pairs,
        "told": told,
        "classifier": classifier.digest,
        "version": 1,
    }

    def make(folder: Path) -> None:
        pairs = _pairs(job, config, inputs, view)
        checkpoint = folder / CHECKPOINT
        decoder = train_decoder(classifier, told, pairs, view, settings, training, checkpoint=checkpoint, progress=progress)
        part = folder / "decoder.part"
        save_file({name: value.contiguous().cpu() for name, value in decoder.state_dict().items()}, part)
        part.replace(folder / "decoder.safetensors")
        checkpoint.unlink(missing_ok=True)

    folder = work.step(f"decoders/{job.layer}", key, make)
    decoder = Decoder(settings)
    decoder.load_state_dict(load_file(folder / "decoder.safetensors"))
    decoder.to(classifier.device).eval().requires_grad_(False)
    return LayerDecoder(decoder, view, digest_of(key))


def _told(classifier: Classifier, layer: str) -> tuple[str, ...]:
    """Some layers up to the target, evenly chosen: what the feature loss looks at."""
    before = classifier.layers[: classifier.layers.index(layer) + 1] if layer in classifier.layers else (layer,)
    places = sorted({round(place) for place in np.linspace(0, len(before) - 1, min(_TOLD_LAYERS, len(before)))})
    return tuple(before[place] for place in places)


def _pairs(job: LayerJob, config: DecoderConfig, inputs: Sequence[ClassifierInputs], view: View) -> Pairs:
    """Points and the views about them, the same number of each dataset as far as it has them."""
    x, samples = job.loaded
    random = np.random.default_rng([job.config.seed, 0x6465])
    each = max(1, config.pairs // len(job.names))
    members = [np.flatnonzero(samples.dataset == dataset) for dataset in range(len(job.names))]
    chosen = [np.sort(random.choice(rows, min(each, len(rows)), replace=False)) for rows in members]
    views: list[torch.Tensor] = []
    own: list[torch.Tensor] = []
    for dataset, rows in enumerate(chosen):
        # In the order of the points, which is that of the images: each batch is read once.
        for start, batch in enumerate(inputs[dataset].batches(samples.image[rows].astype(np.int64), _AT_ONCE)):
            here = rows[start * _AT_ONCE : start * _AT_ONCE + len(batch)]
            row, column = (torch.from_numpy(values[here].astype(np.int64)) for values in (samples.row, samples.column))
            cut, inside = cut_views(torch.from_numpy(np.ascontiguousarray(batch)), row, column, view)
            views.append(cut)
            own.append(inside)
    every = np.concatenate(chosen)
    weight = np.concatenate([np.full(len(rows), 1 / max(1, len(rows))) for rows in chosen])
    vectors = torch.from_numpy(x[every].astype(np.float32))
    return Pairs(vectors, torch.cat(views), torch.cat(own), weight)


def make_decoded(
    work: Workspace,
    job: LayerJob,
    measured: MeasuredLayer,
    classifier: Classifier,
    layer: Layer,
    size: int,
    wanted: Callable[[], IconCells],
    of: str,
    trained: LayerDecoder,
    stand_in: Callable[[NDArray[np.int64]], NDArray[np.uint8]],
    progress: Callable[[int, int], None],
) -> Made:
    """The decoded icons of one grid. The arguments are those of `make_inverted`."""
    config, grid, view = job.config.icons, measured.grids[size], trained.view
    settings = DecodeSettings(steps=config.decoder.refine, hold=config.decoder.hold, push=config.decoder.push)
    # The view is aligned with the network's grid, so its centre position looks where that of any input does.
    centre = None if layer.offset is None or layer.stride is None else layer.offset + layer.stride * view.position
    key: dict[str, object] = {
        "cells": measured.key,
        "size": size,
        "of": of,
        "settings": settings,
        "decoder": trained.key,
        "px": config.size,
        "min_count": job.config.grids.min_count,
        "field": [centre, layer.receptive_field],
        "version": 1,
    }

    def make(folder: Path) -> None:
        icons = wanted()
        made = decode_cells(
            classifier,
            job.layer,
            trained.decoder,
            view,
            icons.vectors,
            settings,
            mean=layer_moments(work, job).mean,
            folder=folder,
            progress=progress,
        )
        pictures = crop_icons(made.images, centre, layer.receptive_field, config.size)
        write_icons(folder, job.layer, "decoded", icons, grid, pictures, made.faithfulness, stand_in)

    return stored_pyramids(work.step(f"decoded/{job.layer}-{size}-{of}", key, make))
