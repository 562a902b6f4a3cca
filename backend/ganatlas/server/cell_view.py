"""Everything of one cell, for the drawer that opens on it."""

import math

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.grids import CellKey, GridReader
from ganatlas.bundle.layers import LayerReader
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.shares import wilson
from ganatlas.bundle.tables import OUTSIDE

from .labels import SOURCES, count_labels, labels_of_points, layer_counts, names_of
from .models import AttributionShare, CellView, DatasetInCell, IconInCell, LabelShare, LabelSource, PairInCell
from .samples import sample_views
from .services import Services
from .views import classes_of

SHOWN = 10


def cell_view(services: Services, bundle: Bundle, layer: LayerReader, grid: GridReader, cell: CellKey) -> CellView:
    """Gather what is known of one occupied cell."""
    attribution = _attribution(bundle, grid, cell)
    top = int(grid.cells("top")[cell.index])
    count = grid.cells("count")
    parent, children = _relatives(bundle, grid, cell)
    return CellView(
        layer=layer.info.name,
        size=grid.info.size,
        column=cell.column,
        row=cell.row,
        total=int(count[cell.index].sum()),
        label=attribution[0].name if attribution else classes_of(bundle.manifest)[top] if top >= 0 else None,
        spread=float(grid.cells("spread")[cell.index]),
        datasets=_datasets(services, bundle, layer, grid, cell),
        pairs=_pairs(bundle, grid, cell.index),
        attribution=attribution,
        icons=_icons(bundle, grid, cell),
        parent=parent,
        children=children,
    )


def _datasets(services: Services, bundle: Bundle, layer: LayerReader, grid: GridReader, cell: CellKey) -> list[DatasetInCell]:
    counts = grid.cells("count")
    totals = counts.sum(axis=0, dtype=np.int64).tolist()
    here = counts[cell.index].tolist()
    exemplars = grid.cells("exemplar")[cell.index]
    labels = _labels(services, bundle, layer, cell)
    found = []
    for index, dataset in enumerate(bundle.manifest.datasets):
        low, high = wilson(here[index], totals[index])
        has = exemplars[index] >= 0
        found.append(
            DatasetInCell(
                dataset=dataset.name,
                count=here[index],
                share=here[index] / totals[index] if totals[index] else 0.0,
                low=low,
                high=high,
                exemplar=sample_views(bundle, layer, exemplars[index : index + 1], None)[0] if has else None,
                labels=labels[index],
            )
        )
    return found


def _labels(services: Services, bundle: Bundle, layer: LayerReader, cell: CellKey) -> list[list[LabelShare]]:
    datasets = layer.points_between("dataset", cell.start, cell.stop)
    found: list[list[LabelShare]] = [[] for _ in bundle.manifest.datasets]
    members = np.bincount(datasets, minlength=len(found))
    for source in SOURCES:
        names = names_of(bundle, source)
        if not names:
            continue
        overall = layer_counts(services, bundle, layer, source)
        points = overall.sum(axis=1)
        labels = labels_of_points(bundle, layer, source, cell.start, cell.stop)
        here = count_labels(datasets, labels, len(found), len(names))
        for index in np.flatnonzero(members).tolist():
            found[index] += _most_frequent(here[index], overall[index], int(members[index]), int(points[index]), names, source)
    return found


def _most_frequent(
    here: NDArray[np.int64], overall: NDArray[np.int64], members: int, points: int, names: tuple[str, ...], source: LabelSource
) -> list[LabelShare]:
    order = np.argsort(-here, kind="stable")[:SHOWN]
    return [
        LabelShare(
            name=names[label],
            source=source,
            count=int(here[label]),
            share=here[label] / members,
            lift=(here[label] / members) / (overall[label] / points),
        )
        for label in order.tolist()
        if here[label] > 0
    ]


def _pairs(bundle: Bundle, grid: GridReader, index: int) -> list[PairInCell]:
    values = {name: grid.cells(name)[index].tolist() for name in ("contribution", "effect", "p", "q")}
    return [
        PairInCell(
            first=first,
            second=second,
            contribution=values["contribution"][pair],
            effect=values["effect"][pair],
            p=_known(values["p"][pair]),
            q=_known(values["q"][pair]),
            significant=values["q"][pair] < bundle.manifest.fdr,
        )
        for pair, (first, second) in enumerate(bundle.manifest.pairs)
    ]


def _attribution(bundle: Bundle, grid: GridReader, cell: CellKey) -> list[AttributionShare] | None:
    table = grid.attribution_of(cell.column, cell.row)
    if table is None:
        return None
    classes = classes_of(bundle.manifest)
    rows = table.slice(0, SHOWN).select(["label", "effect", "members"]).to_pylist()
    return [AttributionShare(name=classes[row["label"]], effect=row["effect"], members=row["members"]) for row in rows]


def _icons(bundle: Bundle, grid: GridReader, cell: CellKey) -> list[IconInCell]:
    found = []
    for pyramid in grid.info.icons:
        table = grid.icons_table(pyramid)
        if table is None:
            continue
        here = (table.column("column").to_numpy() == cell.column) & (table.column("row").to_numpy() == cell.row)
        at = np.flatnonzero(here)
        if len(at):
            value = table.column("faithfulness")[int(at[0])].as_py()
            found.append(IconInCell(kind=pyramid.kind, of=pyramid.of, faithfulness=_known(value)))
    return found


def _relatives(bundle: Bundle, grid: GridReader, cell: CellKey) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """(parent, children) of a cell in the next coarser and finer grids that the atlas has; none for outside."""
    if cell.column == OUTSIDE:
        return None, []
    sizes = sorted(each.size for each in grid.layer.grids)
    at = sizes.index(grid.info.size)
    parent = None
    if at > 0:
        ratio = grid.info.size // sizes[at - 1]
        parent = (cell.column // ratio, cell.row // ratio)
    if at + 1 == len(sizes):
        return parent, []
    finer = bundle.grid(grid.layer.name, sizes[at + 1])
    ratio = sizes[at + 1] // grid.info.size
    columns, rows = finer.cells("column"), finer.cells("row")
    inside = (columns // ratio == cell.column) & (rows // ratio == cell.row) & (columns != OUTSIDE)
    return parent, list(zip(columns[inside].tolist(), rows[inside].tolist(), strict=True))


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
