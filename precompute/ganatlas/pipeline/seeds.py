"""Would another map say the same? Every layer laid out anew from other seeds, binned and compared, beside what the atlas says.

A layout is one of many that would do as well. The p-values hold on each; what differs are shapes, and so which cells differ
most and how large the divergence comes out. Two numbers say how much: the divergence on each layout, and the rank correlation,
over the points, of the effect of the cell that each lies in.

Data flow: layouts of other seeds → `compare_placed` → the entries of divergence.json.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ganatlas.bundle.divergence import DivergenceEntry

from .config import AtlasConfig
from .divergence.statistics import effects
from .draft import Draft
from .layers import FinishedLayer, LayerJob, compare_placed
from .placement import place
from .progress import Reporter
from .samples import GridCells, Layout, Placement
from .workspace import Workspace, load_arrays, save_arrays, write_atomically

LayOut = Callable[[Sequence[LayerJob]], AbstractContextManager[Iterator[Layout]]]
"""The layouts of some layers, in order; as `run` makes them."""


def compare_seeds(
    config: AtlasConfig, finished: Sequence[FinishedLayer], lay_out: LayOut, work: Workspace, draft: Draft, reporter: Reporter
) -> None:
    """Lay out every layer from other seeds and write into the entries what comes out; nothing where one seed is asked for."""
    others = range(1, config.divergence.seeds)
    if not others:
        return
    found: dict[str, list[Path]] = {layer.job.layer: [] for layer in finished}
    with reporter.step("laying out from other seeds", len(others) * len(finished), "layers") as advance:
        for number in others:
            jobs = [_with_seed(layer.job, number) for layer in finished]
            with lay_out(jobs) as layouts:
                for layer, job, layout in zip(finished, jobs, layouts, strict=True):
                    found[job.layer].append(_compare(work, layer, job, layout))
                    advance(1)
    for layer in finished:
        draft.entries[layer.job.layer] = _said(layer, found[layer.job.layer])
    draft.publish()


def _with_seed(job: LayerJob, number: int) -> LayerJob:
    layout = job.config.layout.model_copy(update={"stability_seeds": 0})
    return replace(job, config=job.config.model_copy(update={"seed": (job.config.seed + number) % 2**32, "layout": layout}))


def _compare(work: Workspace, layer: FinishedLayer, job: LayerJob, layout: Layout) -> Path:
    """The comparison on one other layout: its entries, and the effects at the points by size and pair."""
    config = job.config
    key: dict[str, object] = {
        "layout": job.layout_key,
        "sizes": config.grids.sizes,
        "pairs": job.pairs,
        "divergence": config.divergence.model_dump(exclude={"seeds"}),
        "positions": config.sampling.positions_per_image,
        "version": 1,
    }

    def make(folder: Path) -> None:
        placement = place(layout.points).placement
        cells, compared = compare_placed(job, placement)
        at_points = {str(size): _at_points(cells[size], placement, job.pairs) for size in config.grids.sizes}
        save_arrays(folder / "effects.npz", **at_points)
        write_atomically(folder / "entries.json", json.dumps([entry.model_dump() for entry in compared.entries]).encode())

    return work.step(f"seeds/{layer.job.layer}", key, make)


def _at_points(cells: GridCells, placement: Placement, pairs: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
    """The effect of the cell of every sample for every pair, float32 (samples, pairs), in the order of Samples."""
    order = np.argsort(cells.start)
    owner = np.repeat(order, (cells.stop - cells.start)[order])
    found = np.empty((len(placement.order), len(pairs)), np.float32)
    for number, (first, second) in enumerate(pairs):
        found[placement.order, number] = effects(cells.count[:, first], cells.count[:, second])[owner]
    return found


def _said(layer: FinishedLayer, others: Sequence[Path]) -> tuple[DivergenceEntry, ...]:
    """The layer's entries with what the other layouts say of the same pair and grid."""
    job, dataset = layer.job, layer.job.loaded[1].dataset
    entries = [[DivergenceEntry(**entry) for entry in json.loads((folder / "entries.json").read_text())] for folder in others]
    stored = [load_arrays(folder / "effects.npz") for folder in others]
    found = []
    for entry in layer.measured.entries:
        if entry.is_self:
            found.append(entry)
            continue
        same = [_of(each, entry) for each in entries]
        pair = next(i for i, (a, b) in enumerate(job.pairs) if (job.names[a], job.names[b]) == (entry.first, entry.second))
        mine = np.isin(dataset, job.pairs[pair])
        own = _at_points(layer.measured.grids[entry.size].cells, layer.placed.placement, job.pairs)[mine, pair]
        agreements = [rank_correlation(own, arrays[str(entry.size)][mine, pair]) for arrays in stored]
        known = [value for value in agreements if value is not None]
        update = {
            "js_seeds": tuple(each.js_corrected for each in same),
            "significant_seeds": tuple(each.significant for each in same),
            "agreement": float(np.mean(known)) if known else None,
        }
        found.append(entry.model_copy(update=update))
    return tuple(found)


def _of(entries: Sequence[DivergenceEntry], wanted: DivergenceEntry) -> DivergenceEntry:
    names = (wanted.size, wanted.first, wanted.second, False)
    return next(e for e in entries if (e.size, e.first, e.second, e.is_self) == names)


def rank_correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float | None:
    """Spearman's, (n,) each; None where one of them is constant."""
    x, y = (rankdata(values) - (len(values) + 1) / 2 for values in (a, b))
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / scale if scale > 0 else None
