"""The icons of all layers and grids, each published as it is done.

Data flow: finished layers -> `make_inverted` and `make_decoded`, for the joint means and for each dataset's own -> the bundle.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.bundle.manifest import JOINT
from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.fold import folded
from ganatlas.errors import InputError
from ganatlas.icons.exemplar import StoredImages
from ganatlas.icons.parametrisation import colour_matrix
from ganatlas.sources.inputs import ClassifierInputs

from .config import AtlasConfig
from .decoded import Decoded, make_decoded
from .decoder_step import LayerDecoder, Sight, layer_decoder, shipped_decoder
from .draft import Draft
from .icon_job import IconJob, StandIn, cells_of, joint_cells, own_cells
from .inverted import Inverted, icon_settings, make_inverted, too_few_to_whiten
from .layers import FinishedLayer, with_icons
from .pictures import Made, cut_exemplars
from .prepare import Collected, steps_of
from .progress import Reporter
from .workspace import Workspace

COLOUR_SAMPLE = 256
UNASKED = "without a GPU learning takes minutes a layer; say icons.decoded = true, or ganatlas compare --decoded, to have them"
OWN_START = 20
"""Decoded icons of grids as coarse as this begin with the decoder's own picture, those of finer ones with their parents'."""


@dataclass(frozen=True)
class IconStage:
    """What all icons of a build share.

    sizes: grids that get icons of a kind, coarse first. sets: datasets that get icons of their own means.
    """

    config: AtlasConfig
    network: Classifier
    collected: Collected
    finished: Sequence[FinishedLayer]
    work: Workspace
    draft: Draft
    reporter: Reporter
    images: Sequence[StoredImages]
    sizes: Sequence[int] = ()

    def on(self, grids: Sequence[int]) -> Self:
        """The same for some grids, as far as the atlas has them."""
        return replace(self, sizes=[size for size in self.config.grids.sizes if size in grids])

    @property
    def sets(self) -> range:
        each = self.config.icons.each_dataset and len(self.config.datasets) > 1
        return range(len(self.config.datasets)) if each else range(0)

    def joint_total(self, layers: Sequence[FinishedLayer]) -> int:
        """Icons of the joint means of some layers, of one kind."""
        least = self.config.grids.min_count
        return sum(len(with_icons(f.measured.grids[size].cells, least)) for f in layers for size in self.sizes)

    def own_total(self, layers: Sequence[FinishedLayer]) -> int:
        """Icons of datasets' own means of some layers, of one kind."""
        each = ((f, size, dataset) for f in layers for size in self.sizes for dataset in self.sets)
        return sum(len(cells_of(f.job, f.measured, size, dataset)) for f, size, dataset in each)

    def task(self, f: FinishedLayer, size: int, dataset: int | None, progress: Callable[[int, int], None]) -> IconJob:
        """The icons of one grid: of the joint means, or of a dataset's own."""
        if dataset is None:
            of, wanted = JOINT, partial(joint_cells, f.job, f.measured, size)
        else:
            of, wanted = f.job.names[dataset], partial(own_cells, f.job, f.placed, f.measured, size, dataset)
        layer = self.draft.layers[f.job.layer]
        return IconJob(self.work, f.job, f.measured, self.network, layer, size, of, wanted, self._stand_in(f, size), progress)

    def _stand_in(self, f: FinishedLayer, size: int) -> StandIn:
        """The exemplars of cells whose icon cannot be made."""
        layer, info = self.draft.layers[f.job.layer], self.draft.classifier
        assert info is not None  # there is a network
        return lambda cells: cut_exemplars(
            f.job, f.placed, f.measured, self.images, info, layer, size, cells, self.config.icons.size
        )

    def sight(self, f: FinishedLayer) -> Sight:
        """What the layer's positions see."""
        layer = self.draft.layers[f.job.layer]
        return Sight(layer.channels, layer.height, layer.offset, layer.receptive_field)

    def each(self, layers: Sequence[FinishedLayer]) -> Iterator[tuple[FinishedLayer, int, int | None]]:
        """(layer, size, dataset or None) in the order in which icons are made: coarse grids of all layers first, so that what
        is seen most is there soonest; datasets' own last, since they start from the joint ones.
        """
        for size in self.sizes:
            yield from ((f, size, None) for f in layers)
        for size in self.sizes:
            for f in layers:
                yield from ((f, size, dataset) for dataset in self.sets)

    def above(self, f: FinishedLayer, size: int, dataset: int | None) -> tuple[str, int] | None:
        """What an icon starts from, as (layer, size) of the joint icons: the next coarser grid's, or for a dataset's own mean
        the same grid's.
        """
        if dataset is not None:
            return f.job.layer, size
        place = self.sizes.index(size)
        return (f.job.layer, self.sizes[place - 1]) if place else None

    def publish(self, f: FinishedLayer, size: int, made: Made) -> None:
        """Into the bundle."""
        self.draft.add_pyramids(f.job.layer, size, [self.draft.writer.put_pyramid(made.root, p) for p in made.pyramids])
        self.draft.publish()


@dataclass(frozen=True)
class IconPlan:
    """Which icons a build makes.

    inverted, decoded: the stage with the grids of each kind; None where there are none. ready: decoders that need no training,
    by layer.
    """

    inverted: IconStage | None
    decoded: IconStage | None
    ready: Mapping[str, LayerDecoder]

    @property
    def learns(self) -> bool:
        """Whether a decoder has to be trained."""
        return self.decoded is not None and len(self.ready) < len(self.decoded.finished)


def plan_icons(
    config: AtlasConfig,
    collected: Collected,
    finished: Sequence[FinishedLayer],
    work: Workspace,
    draft: Draft,
    reporter: Reporter,
    images: Sequence[StoredImages],
) -> IconPlan:
    """What the configuration asks for, as far as it can be had; the atlas says what it will not have."""
    network, wanted = collected.classifier, config.icons.decoded
    if not config.icons.inverted and wanted is False:
        draft.skip("icons", "switched off in the configuration")
        return IconPlan(None, None, {})
    if network is None:
        draft.skip("icons", "activations were given, not a network")
        return IconPlan(None, None, {})
    stage = IconStage(config, folded(network), collected, finished, work, draft, reporter, images)
    decoded = stage.on(config.icons.decoder.grids or config.grids.sizes)
    ready = {} if wanted is False else shipped_decoders(decoded)
    if wanted is None:
        wanted = len(ready) == len(finished) or network.device.type != "cpu"
        if not wanted:
            draft.skip("decoded icons", UNASKED)
    return IconPlan(stage.on(config.icons.grids) if config.icons.inverted else None, decoded if wanted else None, ready)


def make_icons(plan: IconPlan) -> None:
    """The icons that are there soon, of all kinds for which nothing has to be learnt."""
    if plan.decoded and not plan.learns:
        _decode(plan.decoded, plan.ready)
    if plan.inverted:
        _invert(plan.inverted)


def make_learned_icons(plan: IconPlan) -> None:
    """The icons for which decoders are trained first, which takes minutes a layer."""
    if plan.decoded and plan.learns:
        _decode(plan.decoded, plan.ready)


def shipped_decoders(stage: IconStage) -> dict[str, LayerDecoder]:
    """The decoders that come with the program, of the layers that they fit."""
    found = {f.job.layer: shipped_decoder(stage.config, stage.network, f.job.layer, stage.sight(f)) for f in stage.finished}
    return {layer: decoder for layer, decoder in found.items() if decoder is not None}


def _invert(stage: IconStage) -> None:
    """All inverted icons. A layer that the settings do not fit is left out, and the atlas says so."""
    config = stage.config
    colours = reference_colours(stage.collected.inputs[config.reference], config) if config.icons.decorrelate else None
    for f in stage.finished:
        if problem := too_few_to_whiten(f.job, icon_settings(config)):
            stage.draft.warnings = (*stage.draft.warnings, problem)
            stage.reporter.warn(problem)
    joint: dict[tuple[str, int], Inverted] = {}
    left_out: set[str] = set()
    total = stage.joint_total(stage.finished) + stage.own_total(stage.finished)
    with stage.reporter.step("inverting icons", total, "icons") as advance:
        for f, size, dataset in stage.each(stage.finished):
            if f.job.layer in left_out:
                continue
            above = stage.above(f, size, dataset)
            try:
                made = make_inverted(
                    stage.task(f, size, dataset, steps_of(advance)), colours, joint.get(above) if above else None
                )
            except InputError as problem:
                left_out.add(f.job.layer)
                stage.draft.skip(f"inverted icons of {f.job.layer}", str(problem))
                stage.reporter.warn(str(problem))
                continue
            if dataset is None:
                joint[f.job.layer, size] = made
            stage.publish(f, size, made.made)


def _decode(stage: IconStage, ready: Mapping[str, LayerDecoder]) -> None:
    """All decoded icons: layer by layer the decoder, unless it is ready, and the joint icons; then datasets' own.

    A layer that cannot be decoded is left out, and the atlas says so.
    """
    trained: dict[str, LayerDecoder] = {}
    joint: dict[tuple[str, int], Decoded] = {}
    for f in stage.finished:
        layer = f.job.layer
        try:
            trained[layer] = ready.get(layer) or _train(stage, f)
        except InputError as problem:
            stage.draft.skip(f"decoded icons of {layer}", str(problem))
            stage.reporter.warn(str(problem))
            continue
        with stage.reporter.step(f"decoding icons of {layer}", stage.joint_total([f]), "icons") as advance:
            for size in stage.sizes:
                above = stage.above(f, size, None) if size > OWN_START else None
                task = stage.task(f, size, None, steps_of(advance))
                made = make_decoded(task, trained[layer], joint.get(above) if above else None)
                joint[layer, size] = made
                stage.publish(f, size, made.made)
    left = [f for f in stage.finished if f.job.layer in trained]
    if not stage.sets or not left:
        return
    with stage.reporter.step("decoding icons of each set's own means", stage.own_total(left), "icons") as advance:
        for size in stage.sizes:
            for f in left:
                for dataset in stage.sets:
                    task = stage.task(f, size, dataset, steps_of(advance))
                    own = make_decoded(task, trained[f.job.layer], joint[f.job.layer, size])
                    stage.publish(f, size, own.made)


def _train(stage: IconStage, f: FinishedLayer) -> LayerDecoder:
    with stage.reporter.step(f"learning to decode {f.job.layer}", stage.config.icons.decoder.steps, "steps") as advance:
        return layer_decoder(stage.work, f.job, stage.network, stage.sight(f), stage.collected.inputs, steps_of(advance))


def reference_colours(inputs: ClassifierInputs, config: AtlasConfig) -> Tensor:
    """The colour covariance of a sample of the reference."""
    rng = np.random.default_rng([config.seed, 0x636F6C])
    chosen = np.sort(rng.choice(len(inputs), min(COLOUR_SAMPLE, len(inputs)), replace=False))
    sample: NDArray[np.uint8] = np.concatenate(list(inputs.batches(chosen, 64))).transpose(0, 2, 3, 1)
    return colour_matrix(np.ascontiguousarray(sample))
