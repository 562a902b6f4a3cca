"""The last stage of a build: the inverted icons of all layers and grids, each published as it is done.

Data flow: finished layers -> `make_inverted` for the joint means, then for each dataset's own -> the bundle.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.bundle.manifest import JOINT
from ganatlas.icons.exemplar import StoredImages
from ganatlas.icons.parametrisation import colour_matrix
from ganatlas.sources.inputs import ClassifierInputs

from .config import AtlasConfig
from .draft import Draft
from .inverted import IconCells, Inverted, cells_of, joint_cells, make_inverted, own_cells
from .layers import FinishedLayer, with_icons
from .pictures import cut_exemplars
from .prepare import Collected, steps_of
from .progress import Reporter
from .workspace import Workspace

COLOUR_SAMPLE = 256


def make_icons(
    config: AtlasConfig,
    collected: Collected,
    finished: Sequence[FinishedLayer],
    work: Workspace,
    draft: Draft,
    reporter: Reporter,
    images: Sequence[StoredImages],
) -> None:
    """Coarse grids of all layers first; finer ones start from their parents', a dataset's own from the joint one."""
    network = collected.classifier
    if not config.icons.inverted or network is None:
        draft.skip(
            "inverted icons", "switched off in the configuration" if network else "activations were given, not a network"
        )
        return
    sizes = [size for size in config.grids.sizes if size in config.icons.grids]
    sets = range(len(config.datasets)) if config.icons.each_dataset and len(config.datasets) > 1 else range(0)
    colours = _colours(collected.inputs[config.reference], config) if config.icons.decorrelate else None
    total = sum(
        len(with_icons(f.measured.grids[size].cells, config.grids.min_count))
        + sum(len(cells_of(f.job, f.measured, size, dataset)) for dataset in sets)
        for f in finished
        for size in sizes
    )
    joint: dict[tuple[str, int], Inverted] = {}
    with reporter.step("inverting icons", total, "icons") as advance:

        def make(f: FinishedLayer, size: int, wanted: Callable[[], IconCells], of: str, parent: Inverted | None) -> Inverted:
            layer, info = draft.layers[f.job.layer], draft.classifier
            assert network is not None
            assert info is not None

            def stand_in(cells: NDArray[np.int64]) -> NDArray[np.uint8]:
                return cut_exemplars(f.job, f.placed, f.measured, images, info, layer, size, cells, config.icons.size)

            made = make_inverted(
                work, f.job, f.measured, network, layer, size, wanted, of, colours, parent, stand_in, steps_of(advance)
            )
            draft.add_pyramids(f.job.layer, size, [draft.writer.put_pyramid(made.made.root, p) for p in made.made.pyramids])
            draft.publish()
            return made

        for number, size in enumerate(sizes):
            for f in finished:
                above = joint.get((f.job.layer, sizes[number - 1])) if number else None
                wanted = partial(joint_cells, f.job, f.measured, size)
                joint[f.job.layer, size] = make(f, size, wanted, JOINT, above)
        for size in sizes:
            for f in finished:
                for dataset in sets:
                    wanted = partial(own_cells, f.job, f.placed, f.measured, size, dataset)
                    make(f, size, wanted, f.job.names[dataset], joint[f.job.layer, size])


def _colours(inputs: ClassifierInputs, config: AtlasConfig) -> Tensor:
    """The colour covariance of a sample of the reference."""
    rng = np.random.default_rng([config.seed, 0x636F6C])
    chosen = np.sort(rng.choice(len(inputs), min(COLOUR_SAMPLE, len(inputs)), replace=False))
    sample: NDArray[np.uint8] = np.concatenate(list(inputs.batches(chosen, 64))).transpose(0, 2, 3, 1)
    return colour_matrix(np.ascontiguousarray(sample))
