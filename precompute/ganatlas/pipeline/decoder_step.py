"""A layer's decoder, as a step: the one that comes with an embedded world, where it fits, or one trained on the job's points.

Data flow: activations, the network's inputs -> `train_decoder` -> :class:`LayerDecoder` -> `make_decoded`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.layers import trace_layers
from ganatlas.icons.decoder import Decoder, DecoderSettings, decoder_settings
from ganatlas.icons.decoder_files import load_decoder, save_decoder
from ganatlas.icons.decoder_training import train_decoder
from ganatlas.icons.teacher import DecoderTraining, Pairs
from ganatlas.icons.views import View, choose_view, cut_views, takes_side, whole_view
from ganatlas.sources.inputs import ClassifierInputs
from ganatlas.worlds.registry import decoder_file

from .config import AtlasConfig
from .layers import LayerJob
from .workspace import Workspace, digest_of

CHECKPOINT = "training.safetensors"
_AT_ONCE = 256
_VIEWS_BYTES = 1 << 29
"""Of views kept in memory; where pairs are larger than that, fewer are taken."""


@dataclass(frozen=True)
class LayerDecoder:
    """A trained decoder, what it paints, and the digest of what made it."""

    decoder: Decoder
    view: View
    key: str


@dataclass(frozen=True)
class Sight:
    """What a layer's map is and sees, as the manifest and `ReceptiveField` say it: px of the network's input, or None."""

    channels: int
    height: int
    offset: float | None
    field: float | None


def layer_decoder(
    work: Workspace,
    job: LayerJob,
    network: Classifier,
    sight: Sight,
    inputs: Sequence[ClassifierInputs],
    progress: Callable[[int, int], None],
) -> LayerDecoder:
    """Train a layer's decoder; every dataset has the same weight.

    Args:
        network: best `folded`. inputs: of each dataset. progress: told steps done, and in all.

    Raises:
        InputError: the layer has no map to decode.
    """
    config = job.config.icons.decoder
    view = layer_view(network, job.layer, sight)
    settings = decoder_settings(sight.channels, view.side, config.shape)
    training = DecoderTraining(steps=config.steps, adversarial=config.adversarial, seed=job.config.seed)
    return trained_decoder(work, job, network, inputs, view, settings, training, progress)


def layer_view(network: Classifier, layer: str, sight: Sight) -> View:
    """The view of a layer; the whole input where the network takes no other size.

    Raises:
        InputError: the layer has no map to decode.
    """
    size = network.spec.size
    view = choose_view(size, sight.height, sight.field, sight.offset, layer)
    return view if takes_side(network, layer, view.side) else whole_view(size, sight.height, sight.offset)


def trained_decoder(
    work: Workspace,
    job: LayerJob,
    network: Classifier,
    inputs: Sequence[ClassifierInputs],
    view: View,
    settings: DecoderSettings,
    training: DecoderTraining,
    progress: Callable[[int, int], None],
) -> LayerDecoder:
    """The step that trains a decoder on the job's own points. The arguments are those of `layer_decoder`."""
    told, count = told_layers(network, job.layer), job.config.icons.decoder.pairs
    key: dict[str, object] = {
        "activations": job.key,
        "layer": job.layer,
        "view": view,
        "settings": settings,
        "training": training,
        "pairs": count,
        "told": told,
        "classifier": network.digest,
        "version": 3,
    }

    def make(folder: Path) -> None:
        pairs = collect_pairs(job, count, inputs, view)
        checkpoint = folder / CHECKPOINT
        decoder = train_decoder(network, told, pairs, view, settings, training, checkpoint=checkpoint, progress=progress)
        save_decoder(folder / "decoder.safetensors", decoder, view, job.layer, network.digest)
        checkpoint.unlink(missing_ok=True)

    stored = load_decoder(work.step(f"decoders/{job.layer}", key, make) / "decoder.safetensors")
    return LayerDecoder(stored.decoder.to(network.device), view, digest_of(key))


def shipped_decoder(config: AtlasConfig, network: Classifier, layer: str, sight: Sight) -> LayerDecoder | None:
    """The decoder of an embedded world's layer, where the sets are that world's and it is of this very network.

    Its view must be at least as large as what a position was measured to see here; it need not be the one that would be chosen.
    None where `icons.decoder.shipped` does not want one, or none fits.
    """
    world = network.name.removeprefix("world:")
    if world == network.name or not all(_of_world(dataset.source or dataset.generator, world) for dataset in config.datasets):
        return None
    path = decoder_file(world, layer)
    if path is None or not config.icons.decoder.shipped:
        return None
    stored = load_decoder(path)
    if (stored.classifier, stored.layer, stored.decoder.settings.channels) != (network.digest, layer, sight.channels):
        return None
    view = layer_view(network, layer, sight)
    if stored.view.stride != view.stride or stored.view.side < min(sight.field or view.side, view.side):
        return None
    return LayerDecoder(stored.decoder.to(network.device), stored.view, stored.sha256)


def _of_world(address: str | None, world: str) -> bool:
    return address is not None and address.startswith(f"world:{world}/")


def told_layers(network: Classifier, layer: str) -> tuple[str, ...]:
    """What the feature loss looks at: the last module of each finer resolution on the way to the target, and the target.

    So it is told what the early layers see, which no later layer remembers, whichever layers the atlas has. Where no map is
    finer, as in a transformer, the first module stands for the early ones.
    """
    before: dict[int, list[str]] = {}
    for call in trace_layers(network.module, network.spec, network.device).values():
        if call.name == layer:
            height = 0 if call.shape is None else call.shape.height
            finer = [names[-1] for size, names in sorted(before.items(), reverse=True) if size > height]
            return (*(finer or before.get(height, [])[:1]), layer)
        if call.calls == 1 and call.shape is not None:
            before.setdefault(call.shape.height, []).append(call.name)
    return (layer,)


def collect_pairs(job: LayerJob, count: int, inputs: Sequence[ClassifierInputs], view: View) -> Pairs:
    """Points and the views about them, the same number of each dataset as far as it has them; `count` in all at most."""
    x, samples = job.loaded
    random = np.random.default_rng([job.config.seed, 0x6465])
    each = max(1, min(count, _VIEWS_BYTES // (4 * view.side**2)) // len(job.names))
    members = [np.flatnonzero(samples.dataset == dataset) for dataset in range(len(job.names))]
    chosen = [np.sort(random.choice(rows, min(each, len(rows)), replace=False)) for rows in members]
    views: list[torch.Tensor] = []
    own: list[torch.Tensor] = []
    for dataset, rows in enumerate(chosen):
        # In the order of the points, which is that of the images: each batch is read once.
        for start, batch in enumerate(inputs[dataset].batches(samples.image[rows].astype(np.int64), _AT_ONCE)):
            here = rows[start * _AT_ONCE : start * _AT_ONCE + len(batch)]
            cut, inside = views_at(batch, samples.row[here], samples.column[here], view)
            views.append(cut)
            own.append(inside)
    every = np.concatenate(chosen)
    weight = np.concatenate([np.full(len(rows), 1 / max(1, len(rows))) for rows in chosen])
    vectors = torch.from_numpy(x[every].astype(np.float32))
    return Pairs(vectors, torch.cat(views), torch.cat(own), weight)


def views_at(
    batch: NDArray[np.uint8], row: NDArray[np.integer], column: NDArray[np.integer], view: View
) -> tuple[torch.Tensor, torch.Tensor]:
    """`cut_views` of arrays: the network's inputs, and a position of each."""
    rows, columns = (torch.from_numpy(values.astype(np.int64)) for values in (row, column))
    return cut_views(torch.from_numpy(np.ascontiguousarray(batch)), rows, columns, view)
