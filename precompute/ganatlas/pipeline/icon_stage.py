"""The last stage of a build: the icons of all layers and grids, each published as it is done.

Data flow: finished layers -> `make_inverted` and `make_decoded`, for the joint means and for each dataset's own -> the bundle.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.bundle.manifest import JOINT
from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError
from ganatlas.icons.exemplar import StoredImages
from ganatlas.icons.parametrisation import colour_matrix
from ganatlas.sources.inputs import ClassifierInputs

from .config import AtlasConfig
from .decoded import LayerDecoder, layer_decoder, make_decoded
from .draft import Draft
from .inverted import IconCells, Inverted, cells_of, joint_cells, make_inverted, own_cells
from .layers import FinishedLayer, with_icons
from .pictures import Made, cut_exemplars
from .prepare import Collected, steps_of
from .progress import Reporter
from .workspace import Workspace

COLOUR_SAMPLE = 256


@dataclass(frozen=True)
class IconStage:
    """What all icons of a build share.

    sizes: grids that get icons. sets: datasets that get icons of their own means.
    """

    config: AtlasConfig
    network: Classifier
    collected: Collected
    finished: Sequence[FinishedLayer]
    work: Workspace
    draft: Draft
    reporter: Reporter
    images: Sequence[StoredImages]

    @property
    def sizes(self) -> list[int]:
        return [size for size in self.config.grids.sizes if size in self.config.icons.grids]

    @property
    def sets(self) -> range:
        each = self.config.icons.each_dataset and len(self.config.datasets) > 1
        return range(len(self.config.datasets)) if each else range(0)

    @property
    def total(self) -> int:
        """Icons of one kind."""
        return sum(
            len(with_icons(f.measured.grids[size].cells, self.config.grids.min_count))
            + sum(len(cells_of(f.job, f.measured, size, dataset)) for dataset in self.sets)
            for f in self.finished
            for size in self.sizes
        )

    def joint(self, f: FinishedLayer, size: int) -> Callable[[], IconCells]:
        """The joint means, when they are asked for."""
        return partial(joint_cells, f.job, f.measured, size)

    def own(self, f: FinishedLayer, size: int, dataset: int) -> Callable[[], IconCells]:
        """A dataset's own means, when they are asked for."""
        return partial(own_cells, f.job, f.placed, f.measured, size, dataset)

    def stand_in(self, f: FinishedLayer, size: int) -> Callable[[NDArray[np.int64]], NDArray[np.uint8]]:
        """The exemplars of cells whose icon cannot be made."""
        layer, info = self.draft.layers[f.job.layer], self.draft.classifier
        assert info is not None  # there is a network
        return lambda cells: cut_exemplars(
            f.job, f.placed, f.measured, self.images, info, layer, size, cells, self.config.icons.size
        )

    def publish(self, f: FinishedLayer, size: int, made: Made) -> None:
        """Into the bundle."""
        self.draft.add_pyramids(f.job.layer, size, [self.draft.writer.put_pyramid(made.root, p) for p in made.pyramids])
        self.draft.publish()


def make_icons(
    config: AtlasConfig,
    collected: Collected,
    finished: Sequence[FinishedLayer],
    work: Workspace,
    draft: Draft,
    reporter: Reporter,
    images: Sequence[StoredImages],
) -> None:
    """All kinds of icons that the configuration asks for."""
    network = collected.classifier
    if not config.icons.inverted and not config.icons.decoded:
        draft.skip("icons", "switched off in the configuration")
        return
    if network is None:
        draft.skip("icons", "activations were given, not a network")
        return
    stage = IconStage(config, network, collected, finished, work, draft, reporter, images)
    if config.icons.inverted:
        _invert(stage)
    if config.icons.decoded:
        _decode(stage)


def _invert(stage: IconStage) -> None:
    """Coarse grids of all layers first; finer ones start from their parents', a dataset's own from the joint one."""
    config = stage.config
    colours = reference_colours(stage.collected.inputs[config.reference], config) if config.icons.decorrelate else None
    joint: dict[tuple[str, int], Inverted] = {}
    with stage.reporter.step("inverting icons", stage.total, "icons") as advance:

        def make(f: FinishedLayer, size: int, wanted: Callable[[], IconCells], of: str, parent: Inverted | None) -> Inverted:
            layer, stand_in = stage.draft.layers[f.job.layer], stage.stand_in(f, size)
            made = make_inverted(
                stage.work,
                f.job,
                f.measured,
                stage.network,
                layer,
                size,
                wanted,
                of,
                colours,
                parent,
                stand_in,
                steps_of(advance),
            )
            stage.publish(f, size, made.made)
            return made

        for number, size in enumerate(stage.sizes):
            for f in stage.finished:
                above = joint.get((f.job.layer, stage.sizes[number - 1])) if number else None
                joint[f.job.layer, size] = make(f, size, stage.joint(f, size), JOINT, above)
        for size in stage.sizes:
            for f in stage.finished:
                for dataset in stage.sets:
                    make(f, size, stage.own(f, size, dataset), f.job.names[dataset], joint[f.job.layer, size])


def _decode(stage: IconStage) -> None:
    """Layer by layer: its decoder, then its icons. A layer that cannot be decoded is left out, and the atlas says so."""
    steps = stage.config.icons.decoder.steps
    trained: dict[str, LayerDecoder] = {}
    with stage.reporter.step("learning to decode layers", steps * len(stage.finished), "steps") as advance:
        for f in stage.finished:
            layer = stage.draft.layers[f.job.layer]
            try:
                trained[f.job.layer] = layer_decoder(
                    stage.work, f.job, stage.network, layer, stage.collected.inputs, steps_of(advance)
                )
            except InputError as problem:
                stage.draft.skip(f"decoded icons of {f.job.layer}", str(problem))
    with stage.reporter.step("decoding icons", stage.total, "icons") as advance:
        for size in stage.sizes:
            for f in (one for one in stage.finished if one.job.layer in trained):
                layer, stand_in = stage.draft.layers[f.job.layer], stage.stand_in(f, size)
                kinds = [(stage.joint(f, size), JOINT)]
                kinds += [(stage.own(f, size, dataset), f.job.names[dataset]) for dataset in stage.sets]
                for wanted, of in kinds:
                    made = make_decoded(
                        stage.work,
                        f.job,
                        f.measured,
                        stage.network,
                        layer,
                        size,
                        wanted,
                        of,
                        trained[f.job.layer],
                        stand_in,
                        steps_of(advance),
                    )
                    stage.publish(f, size, made)


def reference_colours(inputs: ClassifierInputs, config: AtlasConfig) -> Tensor:
    """The colour covariance of a sample of the reference."""
    rng = np.random.default_rng([config.seed, 0x636F6C])
    chosen = np.sort(rng.choice(len(inputs), min(COLOUR_SAMPLE, len(inputs)), replace=False))
    sample: NDArray[np.uint8] = np.concatenate(list(inputs.batches(chosen, 64))).transpose(0, 2, 3, 1)
    return colour_matrix(np.ascontiguousarray(sample))
