"""The report of an atlas: what one attaches to a review. Layers × grids, metrics, and the cells that tell most, for one pair.

Data flow: the bundle → `make_report` → templates/report.html (`routers/report`).
"""

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.cell_labels import cell_labels
from ganatlas.bundle.divergence import Divergence, DivergenceEntry
from ganatlas.bundle.figures import FIGURES, METRICS, FigureText
from ganatlas.bundle.findings import Finding, entry_of, finding, most_different, trusted_grid, worst_layer
from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.manifest import JOINT, Layer, Pyramid
from ganatlas.bundle.metrics import MetricFigure, MetricsEntry
from ganatlas.bundle.mosaic import read_icon
from ganatlas.bundle.reader import Bundle, not_found
from ganatlas.bundle.tables import OUTSIDE
from ganatlas.errors import NotFoundError
from ganatlas.export.heatmap_svg import heatmap_svg

from .members import order_members
from .models import SampleView
from .samples import sample_views
from .views import classes_of

EACH_WAY = 5
A_LAYER = 2
"""Cells of one layer and direction, at most: the same finding is seen in several."""
SHARED = 0.5
"""A cell is left out when a listed one holds more than this share of its samples (or of the smaller of the two)."""
EXAMPLES = 3
LARGEST_GRID = 40
KINDS = ("inverted", "decoded", "exemplar")
GLOSSARY = ("js", "effect", "bound", "q", "contribution")
"""What of the numbers that are no metrics the report explains."""


@dataclass(frozen=True)
class TellingCell:
    """One of the cells of the report."""

    layer: str
    size: int
    column: int
    row: int
    name: str
    what: Finding
    icon: str | None
    """As a data: URL."""
    examples: tuple[tuple[SampleView, ...], tuple[SampleView, ...]]

    @property
    def place(self) -> str:
        """As the viewer's links have it."""
        return f"{self.size}:outside" if self.column == OUTSIDE else f"{self.size}:{self.column},{self.row}"


@dataclass(frozen=True)
class MetricRow:
    """One figure on the final features and at the worst layer, None where there is none."""

    text: FigureText
    final: MetricFigure | None
    worst: MetricFigure | None


@dataclass(frozen=True)
class Report:
    """What the page shows. cells: where the first set has more, and where the second has."""

    pair: tuple[str, str]
    heatmap: str
    worst: DivergenceEntry | None
    cells: tuple[tuple[TellingCell, ...], tuple[TellingCell, ...]]
    metrics: tuple[MetricRow, ...]

    @property
    def glossary(self) -> tuple[FigureText, ...]:
        """What each number on the page says."""
        return (*(FIGURES[name] for name in GLOSSARY), *(row.text for row in self.metrics))


@dataclass(frozen=True)
class _Candidate:
    """A cell that may be told of. members: (dataset, image) of its samples of the pair as one number each, sorted."""

    grid: GridReader
    index: int
    what: Finding
    members: NDArray[np.uint64]


def make_report(bundle: Bundle, asked: str | None) -> Report:
    """Gather a report.

    Args:
        asked: the pair as FIRST~SECOND; the first pair where None.

    Raises:
        NotFoundError: no such pair, or the atlas has no pair or no divergence (yet).
    """
    manifest = bundle.manifest
    names = ["~".join(pair) for pair in manifest.pairs]
    if not names:
        raise NotFoundError("This atlas has one dataset: there is nothing to compare and no report.", choices=[])
    if asked is not None and asked not in names:
        raise not_found("pair", asked, names)
    at = 0 if asked is None else names.index(asked)
    pair, divergence = manifest.pairs[at], bundle.divergence()
    titles = {dataset.name: dataset.title for dataset in manifest.datasets}
    layer = worst_layer(divergence, manifest.layers, pair)
    found = _telling(bundle, divergence, at)
    return Report(
        pair=pair,
        heatmap=heatmap_svg(divergence, "js", lambda name: titles.get(name, name)),
        worst=_worst_entry(bundle, divergence, layer, pair),
        cells=(tuple(_cell(bundle, each, at) for each in found[0]), tuple(_cell(bundle, each, at) for each in found[1])),
        metrics=_metrics(bundle, pair, layer),
    )


def _worst_entry(bundle: Bundle, divergence: Divergence, name: str | None, pair: tuple[str, str]) -> DivergenceEntry | None:
    if name is None:
        return None
    size = trusted_grid(divergence, bundle.layer(name).info, pair)
    return None if size is None else entry_of(divergence, name, size, pair)


def _telling(bundle: Bundle, divergence: Divergence, pair: int) -> tuple[list[_Candidate], list[_Candidate]]:
    """The cells that contribute most of all layers, each way; of those that hold the same samples only the first."""
    pool = [each for layer in bundle.manifest.layers for each in _candidates(bundle, divergence, layer, pair)]
    pool.sort(key=lambda each: -abs(each.what.contribution))
    chosen: tuple[list[_Candidate], list[_Candidate]] = ([], [])
    for each in pool:
        side = chosen[0 if each.what.contribution > 0 else 1]
        of_layer = sum(other.grid.layer.name == each.grid.layer.name for other in side)
        if len(side) < EACH_WAY and of_layer < A_LAYER and not any(_same(each, other) for other in side):
            side.append(each)
    return chosen


def _candidates(bundle: Bundle, divergence: Divergence, layer: Layer, pair: int) -> list[_Candidate]:
    """The strongest significant cells of a layer, each way, on its finest trusted grid."""
    size = trusted_grid(divergence, layer, bundle.manifest.pairs[pair], LARGEST_GRID)
    if size is None:
        return []
    grid, reader = bundle.grid(layer.name, size), bundle.layer(layer.name)
    first, second = (bundle.dataset_index(name) for name in bundle.manifest.pairs[pair])
    ranked = most_different(grid, pair, bundle.manifest.fdr)
    more = grid.cells("contribution")[ranked, pair] > 0
    found = []
    for index in np.concatenate([ranked[more][: 4 * EACH_WAY], ranked[~more][: 4 * EACH_WAY]]).tolist():
        start, stop = (int(grid.cells(name)[index]) for name in ("start", "stop"))
        dataset, image = (reader.points_between(name, start, stop).astype(np.uint64) for name in ("dataset", "image"))
        keys = np.unique((dataset << np.uint64(32) | image)[np.isin(dataset, (first, second))])
        found.append(_Candidate(grid, index, finding(grid, index, pair, first, second), keys))
    return found


def _same(one: _Candidate, other: _Candidate) -> bool:
    shared = len(np.intersect1d(one.members, other.members, assume_unique=True))
    return shared > SHARED * min(len(one.members), len(other.members))


def _cell(bundle: Bundle, candidate: _Candidate, pair: int) -> TellingCell:
    grid, index = candidate.grid, candidate.index
    column, row = (int(grid.cells(name)[index]) for name in ("column", "row"))
    label, classes = int(cell_labels(grid)[index]), classes_of(bundle.manifest)
    name = "Beyond the map" if column == OUTSIDE else classes[label] if label >= 0 else f"Column {column}, row {row}"
    datasets = tuple(bundle.dataset_index(each) for each in bundle.manifest.pairs[pair])
    first, second = (_examples(bundle, grid, index, dataset) for dataset in datasets)
    return TellingCell(
        layer=grid.layer.name,
        size=grid.info.size,
        column=column,
        row=row,
        name=name,
        what=candidate.what,
        icon=_icon(bundle, grid, column, row),
        examples=(first, second),
    )


def _examples(bundle: Bundle, grid: GridReader, index: int, dataset: int) -> tuple[SampleView, ...]:
    """The members nearest to the mean of the cell; none for a dataset without images."""
    if bundle.manifest.datasets[dataset].images is None:
        return ()
    layer = bundle.layer(grid.layer.name)
    rows = np.arange(*(int(grid.cells(name)[index]) for name in ("start", "stop")), dtype=np.int64)
    members = order_members(layer, rows, grid.weights(), dataset, "nearest", 0)
    return tuple(sample_views(bundle, layer, members.rows[:EXAMPLES], None))


def _icon(bundle: Bundle, grid: GridReader, column: int, row: int) -> str | None:
    """The icon of a cell as a data: URL: what its samples have in common, or the sample nearest to that."""
    joint: dict[str, Pyramid] = {pyramid.kind: pyramid for pyramid in grid.info.icons if pyramid.of == JOINT}
    for kind in KINDS:
        if kind in joint and column != OUTSIDE:
            icon = read_icon(bundle, joint[kind], column, row)
            if icon.getchannel("A").getextrema() == (0, 0):  # transparent: this cell has none
                continue
            content = io.BytesIO()
            icon.convert("RGB").save(content, "WEBP", quality=90)
            return "data:image/webp;base64," + base64.b64encode(content.getvalue()).decode()
    return None


def _metrics(bundle: Bundle, pair: tuple[str, str], layer: str | None) -> tuple[MetricRow, ...]:
    """The figures of the pair; none where the atlas was built without."""
    if bundle.manifest.metrics is None:
        return ()
    entries = bundle.metrics().entries
    mine = [entry for entry in entries if (entry.first, entry.second) == pair and not entry.is_self and entry.label is None]
    final = _figures(next((entry for entry in mine if entry.features == "pooled"), None))
    worst = _figures(next((entry for entry in mine if entry.features == "position" and entry.layer == layer), None))
    return tuple(
        MetricRow(text, final.get(name), worst.get(name)) for name, text in METRICS.items() if name in final or name in worst
    )


def _figures(entry: MetricsEntry | None) -> dict[str, MetricFigure]:
    return {} if entry is None else dict(entry.figures)
