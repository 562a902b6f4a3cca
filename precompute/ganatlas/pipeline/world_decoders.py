"""Trains the decoders that come with an embedded world: `ganatlas train-world NAME decoders`.

They learn from the sets of the world's demo under another seed, more images of each and with more steps than a build takes, in
the compact shape. The work is that of a build's own steps, kept in a workspace: the same call goes on where it was stopped.

Data flow: `demo_configuration` -> activations -> `layer_decoder` -> OUT/decoders/LAYER.safetensors, OUT/decoders.json.
"""

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from ganatlas.classifiers.fold import folded
from ganatlas.icons.decoder_files import save_decoder
from ganatlas.worlds.classifier_training import described_device
from ganatlas.worlds.inception import parameter_count
from ganatlas.worlds.registry import DECODERS

from .config import AtlasConfig, parse_config
from .decoder_step import Sight, layer_decoder
from .demo import demo_configuration
from .draft import pairs_of
from .layers import LayerJob
from .prepare import Collected, collect, open_datasets, receptive_field, steps_of
from .progress import Reporter
from .workspace import Workspace, write_atomically

IMAGES = 4000
"""Of each set."""
STEPS = 1500
_SEED = 1_000_003
"""Added to the seed, so that no image is one that a demo shows."""


@dataclass(frozen=True)
class DecoderReport:
    """One layer's decoder. seconds: spent on it in this run; 0 where it was there already."""

    layer: str
    parameters: int
    bytes: int
    sha256: str
    seconds: float


@dataclass(frozen=True)
class DecodersReport:
    """What was trained; the content of decoders.json."""

    world: str
    images: int
    steps: int
    seed: int
    device: str
    precision: str
    torch: str
    decoders: tuple[DecoderReport, ...]


def train_decoders(
    world: str,
    out: Path,
    *,
    photographs: Path | None = None,
    work: Path | None = None,
    count: int = IMAGES,
    steps: int = STEPS,
    layers: tuple[str, ...] | None = None,
    seed: int = 0,
    device: str = "auto",
    reporter: Reporter,
) -> DecodersReport:
    """Train a decoder of each layer of a world's classifier, and write them in float16.

    Args:
        photographs: the user's own copy, for a world that needs one.
        work: the workspace (default: OUT/work). count: images of each set. steps: of each training.
        layers: some of the network's layers; all where None.

    Raises:
        InputError: no such world or layer, or no copy of its photographs.
    """
    config = _configuration(world, photographs, count, steps, layers, seed, device)
    workspace = Workspace(work or out / "work")
    with workspace.locked():
        datasets = open_datasets(config, workspace, reporter)
        collected = collect(config, datasets, workspace, reporter)
        network = collected.classifier
        assert network is not None  # a world has one
        report = DecodersReport(
            world=world,
            images=count,
            steps=steps,
            seed=seed,
            device=described_device(network.device),
            precision="bfloat16 where the processor computes in it",
            torch=torch.__version__,
            decoders=(),
        )
        for layer in collected.layers:
            made = _one(config, collected, layer, workspace, out, reporter)
            report = replace(report, decoders=(*report.decoders, made))
            _write(report, out)
    total = sum(one.bytes for one in report.decoders)
    reporter.say(f"{len(report.decoders)} decoders, {total / 1e6:.2f} MB in all, are in {out / DECODERS}.")
    return report


def _write(report: DecodersReport, out: Path) -> None:
    """What there is so far: a run that is stopped has said what it made."""
    write_atomically(out / f"{DECODERS}.json", (json.dumps(asdict(report), indent=2) + "\n").encode())


def _configuration(
    world: str, photographs: Path | None, count: int, steps: int, layers: tuple[str, ...] | None, seed: int, device: str
) -> AtlasConfig:
    """The demo's sets, other images of them, and a decoder that is not there yet."""
    said = demo_configuration(world, count, None if photographs is None else str(photographs))
    for number, dataset in enumerate(said["datasets"]):
        dataset["seed"] = _SEED + 10 * seed + number
    decoder = {"shape": "compact", "steps": steps, "pairs": 4 * count}
    said |= {"seed": _SEED + seed, "device": device, "icons": {"inverted": False, "decoded": True, "decoder": decoder}}
    said["classifier"] |= {"layers": list(layers)} if layers else {}
    return parse_config(said, where=f"the decoders of {world}")


def _one(
    config: AtlasConfig, collected: Collected, layer: str, work: Workspace, out: Path, reporter: Reporter
) -> DecoderReport:
    """Train one layer's decoder, or find it in the workspace, and write it."""
    assert collected.classifier is not None  # a world has one
    network, shape = folded(collected.classifier), collected.shapes[layer]
    field = receptive_field(config, collected, layer, work)
    assert field is not None  # there is a network
    names = tuple(dataset.name for dataset in config.datasets)
    job = LayerJob(layer, collected.folder, collected.key, names, pairs_of(config), config, collected.classes)
    sight = Sight(shape.channels, shape.height, field.offset, field.side)
    begun = time.monotonic()
    with reporter.step(f"learning to decode {layer}", config.icons.decoder.steps, "steps") as advance:
        trained = layer_decoder(work, job, network, sight, collected.inputs, steps_of(advance))
    folder = out / DECODERS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{layer}.safetensors"
    digest = save_decoder(path, trained.decoder, trained.view, layer, network.digest, half=True)
    seconds = round(time.monotonic() - begun, 1)
    return DecoderReport(layer, parameter_count(trained.decoder), path.stat().st_size, digest, seconds)
