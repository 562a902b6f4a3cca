"""The steps of one layer, as files: layout -> placement -> cells -> exemplar pyramids -> inverted icons.

Each function is a step of the workspace: it finds its result there, or makes it. Layouts of several layers run side by side in
processes (`lay_out_layer` is what such a process does); everything else is quick, and needs the layer before.
"""

import json
import os
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.tables import FINEST
from ganatlas.classifiers.device import resolve_device

from .activations import load_layer
from .assemble import PAIR_COLUMNS, cells_table, points_table, rows_table, write_table
from .config import AtlasConfig
from .divergence.compare import DivergenceSettings, LayerDivergence, compare_layer
from .grid import bin_cells, cell_means, exemplars, majority
from .layout import LayoutSettings, lay_out
from .placement import place
from .reduction import reduce_activations
from .samples import GridCells, Layout, Placement, Samples
from .workspace import Workspace, digest_of, load_arrays, save_arrays, write_atomically

LAYOUT_FILE, META_FILE = "layout.npz", "meta.json"


@dataclass(frozen=True)
class LayerJob:
    """What the steps of one layer need to know.

    activations: folder of `collect_activations`; key: digest of what made it. names: of the datasets. pairs: indices of them.
    classes: named classes of the network's logits.
    """

    layer: str
    activations: Path
    key: str
    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    config: AtlasConfig
    classes: int

    @cached_property
    def loaded(self) -> tuple[NDArray[np.float16], Samples]:
        """The layer's activations (memory-mapped) and what each row is."""
        values, samples = load_layer(self.activations, self.layer)
        # Logits that came with given activations have no names: such a class cannot be shown, and means nothing to a reader.
        return values, samples if self.classes else replace(samples, top=np.full_like(samples.top, -1))

    @property
    def layout_settings(self) -> LayoutSettings:
        """The configuration's, as the layout takes it."""
        return LayoutSettings(**self.config.layout.model_dump())

    @property
    def layout_key(self) -> dict[str, object]:
        """What the layout depends on."""
        return {
            "activations": self.key,
            "layer": self.layer,
            "settings": self.config.layout.model_dump(),
            "seed": self.config.seed,
            "version": 2,
        }


def lay_out_layer(root: Path, job: LayerJob, device: str, threads: int = 1) -> Path:
    """The layout step, made in this process; a fixed number of threads, so that the result depends on nothing else.

    What follows in this process has as many threads as before.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return Workspace(root).step(
            f"layout/{job.layer}", job.layout_key, lambda folder: _lay_out(job, folder, resolve_device(device))
        )
    finally:
        torch.set_num_threads(before)


def _lay_out(job: LayerJob, folder: Path, device: torch.device) -> None:
    x, _ = job.loaded
    layout = lay_out(x, job.layout_settings, job.config.seed, device)
    meta = {field.name: getattr(layout, field.name) for field in fields(layout) if field.name != "points"}
    write_atomically(folder / META_FILE, json.dumps(meta).encode())
    save_arrays(folder / LAYOUT_FILE, points=layout.points)


def load_layout(folder: Path) -> Layout:
    """What the layout step wrote."""
    return Layout(points=load_arrays(folder / LAYOUT_FILE)["points"], **json.loads((folder / META_FILE).read_text()))


@dataclass(frozen=True)
class PlacedLayer:
    """The placement step's result. key: for the steps that follow. aligned: what the next layer aligns with."""

    placement: Placement
    aligned: NDArray[np.float32]
    key: str


def place_layer(work: Workspace, job: LayerJob, layout: Layout, previous: PlacedLayer | None) -> PlacedLayer:
    """The placement step: align with the layer before, find the extent, sort."""
    key: dict[str, object] = {"layout": job.layout_key, "previous": previous.key if previous else None, "version": 1}

    def make(folder: Path) -> None:
        placed = place(layout.points, previous.aligned if previous else None)
        p = placed.placement
        meta = {"outside": p.outside, "extent": p.extent, "alignment": p.alignment}
        write_atomically(folder / META_FILE, json.dumps(meta).encode())
        save_arrays(folder / "placement.npz", xy=p.xy, order=p.order, aligned=placed.aligned)

    folder = work.step(f"placement/{job.layer}", key, make)
    arrays, meta = load_arrays(folder / "placement.npz"), json.loads((folder / META_FILE).read_text())
    placement = Placement(arrays["xy"], arrays["order"], meta["outside"], tuple(meta["extent"]), tuple(meta["alignment"]))
    return PlacedLayer(placement, arrays["aligned"], digest_of(key))


@dataclass(frozen=True)
class GridFiles:
    """One grid of a layer, measured. vectors: float32 (cells, channels). exemplar: (cells, datasets). table: cells.arrow."""

    cells: GridCells
    vectors: NDArray[np.float32]
    exemplar: NDArray[np.int64]
    table: Path


@dataclass(frozen=True)
class MeasuredLayer:
    """The cells step's result. points, rows: Arrow files. key: for the steps that follow."""

    points: Path
    rows: Path
    grids: dict[int, GridFiles]
    entries: tuple[DivergenceEntry, ...]
    key: str


def measure_layer(work: Workspace, job: LayerJob, placed: PlacedLayer) -> MeasuredLayer:
    """The cells step: bin, average, find exemplars, compare; write the tables of points, rows and cells."""
    config = job.config
    key: dict[str, object] = {
        "placement": placed.key,
        "sizes": config.grids.sizes,
        "pairs": job.pairs,
        "divergence": config.divergence.model_dump(exclude={"seeds"}),
        "seed": config.seed,
        "names": job.names,
        "positions": config.sampling.positions_per_image,
        "reference": config.reference,
        "version": 2,
    }
    folder = work.step(f"cells/{job.layer}", key, lambda folder: _measure(job, placed, folder))
    stored = {size: load_arrays(folder / f"grid-{size}.npz") for size in config.grids.sizes}
    grids = {
        size: GridFiles(
            GridCells(size, *(arrays[name] for name in _CELL_ARRAYS)),
            arrays["vectors"],
            arrays["exemplar"],
            folder / f"cells-{size}.arrow",
        )
        for size, arrays in stored.items()
    }
    entries = tuple(DivergenceEntry(**entry) for entry in json.loads((folder / "entries.json").read_text()))
    return MeasuredLayer(folder / "points.arrow", folder / "rows.arrow", grids, entries, digest_of(key))


def divergence_settings(config: AtlasConfig) -> DivergenceSettings:
    """The configuration's, as the comparison takes them."""
    given = config.divergence
    return DivergenceSettings(permutations=given.permutations, fdr=given.fdr, min_test=given.min_test)


_CELL_ARRAYS = ("column", "row", "start", "stop", "count")


def compare_placed(job: LayerJob, placement: Placement) -> tuple[dict[int, GridCells], LayerDivergence]:
    """The cells of every grid, by size, and the comparison of the sets in them, on a layout of the layer's samples."""
    config, samples = job.config, job.loaded[1]
    # The null is drawn at the finest size, whichever grids are built, so that a figure does not depend on the others.
    sizes = sorted({*config.grids.sizes, FINEST})
    cells = {size: bin_cells(placement, samples.dataset, len(job.names), size) for size in sizes}
    compared = compare_layer(
        cells,
        list(job.pairs),
        config.reference,
        samples.dataset[placement.order],
        samples.image[placement.order],
        divergence_settings(config),
        config.seed,
        layer=job.layer,
        names=job.names,
        positions_per_image=config.sampling.positions_per_image,
        paired=job.pairs if config.divergence.paired else (),
        sizes=config.grids.sizes,
        threads=os.cpu_count() or 1,
    )
    return cells, compared


def _measure(job: LayerJob, placed: PlacedLayer, folder: Path) -> None:
    x, samples = job.loaded
    config, placement = job.config, placed.placement
    write_table(points_table(samples, placement, reduce_activations(x)), folder / "points.arrow")
    write_table(rows_table(samples, placement), folder / "rows.arrow")
    cells, compared = compare_placed(job, placement)
    grids = {size: cells[size] for size in config.grids.sizes}
    means = cell_means(x, samples.dataset, placement, grids)
    nearest = exemplars(x, samples.dataset, placement, grids, means)
    for size, grid in grids.items():
        top = majority(samples.top, placement, grid)
        pair_columns = {name: getattr(compared.cells[size], name) for name in PAIR_COLUMNS}
        table = cells_table(grid, nearest[size], top, means[size].spread, pair_columns)
        write_table(table, folder / f"cells-{size}.arrow")
        arrays: dict[str, Any] = {name: getattr(grid, name) for name in _CELL_ARRAYS}
        save_arrays(folder / f"grid-{size}.npz", **arrays, vectors=means[size].vectors, exemplar=nearest[size])
    write_atomically(folder / "entries.json", json.dumps([entry.model_dump() for entry in compared.entries]).encode())


@dataclass(frozen=True)
class FinishedLayer:
    """What the steps after a layer's own need of it."""

    job: LayerJob
    placed: PlacedLayer
    measured: MeasuredLayer


def with_icons(cells: GridCells, min_count: int) -> NDArray[np.int64]:
    """Indices of the cells that get an icon: enough points, and on the map."""
    return np.flatnonzero((cells.count.sum(axis=1) >= min_count) & (cells.column >= 0))
