"""What the icon benchmarks share: the layers of a world's demo, laid out and measured in a workspace, and their decoders."""

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.fold import folded
from ganatlas.icons.decode import DecodeSettings
from ganatlas.icons.decoder import Shape, decoder_settings
from ganatlas.icons.teacher import DecoderTraining
from ganatlas.icons.views import View, field_view
from ganatlas.icons.whitening import LayerMoments
from ganatlas.pipeline.config import AtlasConfig, parse_config
from ganatlas.pipeline.decoded import decode_settings
from ganatlas.pipeline.decoder_step import LayerDecoder, Sight, layer_view, shipped_decoder, trained_decoder
from ganatlas.pipeline.demo import demo_configuration
from ganatlas.pipeline.draft import pairs_of
from ganatlas.pipeline.icon_job import joint_cells, layer_moments
from ganatlas.pipeline.layers import (
    LayerJob,
    MeasuredLayer,
    PlacedLayer,
    lay_out_layer,
    load_layout,
    measure_layer,
    place_layer,
)
from ganatlas.pipeline.prepare import Collected, collect, open_datasets, receptive_field, steps_of
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.workspace import Workspace

GRIDS = (10, 20, 40, 80)


@dataclass(frozen=True)
class Prepared:
    """One layer of an atlas. network: of the world, folded."""

    config: AtlasConfig
    work: Workspace
    collected: Collected
    network: Classifier
    job: LayerJob
    placed: PlacedLayer
    measured: MeasuredLayer
    sight: Sight
    view: View

    @cached_property
    def moments(self) -> LayerMoments:
        return layer_moments(self.work, self.job)

    @property
    def looked_at(self) -> View | None:
        """What a step of inversion looks at, where it does not look at the whole image."""
        return field_view(self.network.spec.size, self.sight.height, self.sight.field, self.sight.offset)

    @property
    def mean(self) -> NDArray[np.float32]:
        """The layer's."""
        return self.moments.mean

    def decode_settings(self, size: int) -> DecodeSettings:
        """As a build of this configuration decodes a grid."""
        return decode_settings(self.config.icons, joint_cells(self.job, self.measured, size).vectors, self.moments)

    def decoder(self, training: dict[str, Any], shape: Shape, reporter: Reporter) -> LayerDecoder:
        """The world's own where it is asked for as it is (compact, no training said), or one trained as said."""
        if not training and shape == "compact":
            shipped = shipped_decoder(self.config, self.network, self.job.layer, self.sight)
            if shipped is not None:
                return shipped
        settings = self.config.icons.decoder
        said = {"steps": settings.steps, "adversarial": settings.adversarial, "seed": self.config.seed} | training
        wanted = DecoderTraining(**said)
        shaped = decoder_settings(self.sight.channels, self.view.side, shape)
        with reporter.step(f"learning to decode {self.job.layer}", wanted.steps, "steps") as advance:
            return trained_decoder(
                self.work, self.job, self.network, self.collected.inputs, self.view, shaped, wanted, steps_of(advance)
            )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that `prepare` reads."""
    parser.add_argument("world", help="scenes or cifar10")
    parser.add_argument("--images", type=Path, help="your own copy of the photographs, for cifar10")
    parser.add_argument("--layers", nargs="+", default=["mixed4a", "mixed4c"])
    parser.add_argument("--count", type=int, default=3000, help="images a set")
    parser.add_argument("--seed", type=int, default=0, help="of the images, positions, layouts and decoders")
    parser.add_argument("--work", type=Path, required=True, help="the workspace; a second run goes on from what is there")
    parser.add_argument("--shape", choices=("full", "compact"), default="full", help="of the decoder")
    parser.add_argument("--threads", type=int, default=2)


def prepare(options: argparse.Namespace, icons: dict[str, Any], reporter: Reporter) -> list[Prepared]:
    """The layers asked for. icons: keys of [icons] over the benchmark's own."""
    said = demo_configuration(options.world, options.count, None if options.images is None else str(options.images))
    for number, dataset in enumerate(said["datasets"]):
        dataset["seed"] = options.seed * 10 + number
    said |= {"seed": options.seed, "grids": {"sizes": list(GRIDS)}, "icons": {"whitening": False, **icons}}
    said["classifier"] |= {"layers": options.layers}
    config = parse_config(said, where="options")
    work = Workspace(options.work)
    with work.locked():
        collected = collect(config, open_datasets(config, work, reporter), work, reporter)
        assert collected.classifier is not None  # a world has one
        network = folded(collected.classifier)
        return [_layer(config, work, collected, network, layer, options.shape) for layer in collected.layers]


def _layer(
    config: AtlasConfig, work: Workspace, collected: Collected, network: Classifier, layer: str, shape_of_decoder: Shape
) -> Prepared:
    names = tuple(dataset.name for dataset in config.datasets)
    job = LayerJob(layer, collected.folder, collected.key, names, pairs_of(config), config, collected.classes)
    placed = place_layer(work, job, load_layout(lay_out_layer(work.root, job, config.device)), None)
    measured = measure_layer(work, job, placed)
    field, shape = receptive_field(config, collected, layer, work), collected.shapes[layer]
    assert field is not None  # there is a network
    sight = Sight(shape.channels, shape.height, field.offset, field.side)
    shipped = shipped_decoder(config, network, layer, sight) if shape_of_decoder == "compact" else None
    view = shipped.view if shipped else layer_view(network, layer, sight)
    return Prepared(config, work, collected, network, job, placed, measured, sight, view)
