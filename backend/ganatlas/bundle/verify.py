"""Is an atlas whole? Every file against its digest, every table against its schema, and the laws that the tables must obey.

Data flow: a bundle's folder -> here -> `ganatlas verify` and the tests of everything that writes bundles. Nothing stops at the
first problem: each is named with its file.
"""

import stat
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa

from ganatlas.errors import BundleError

from .columns import column
from .divergence import Divergence, DivergenceEntry
from .files import read_manifest, read_table
from .laws import attribution_laws, cells_laws, icons_laws, images_laws, nesting_law, points_laws, rows_laws
from .manifest import MANIFEST_NAME, FileRef, Grid, Layer, Manifest, Pyramid, sha256_of
from .metrics import Metrics, problems_of
from .reader import parse_sums
from .score_laws import neighbours_laws, scores_laws
from .tables import ATTRIBUTION, ICONS, IMAGES, POINTS, ROWS, SCORES, cells_schema, neighbours_schema

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Problem:
    """What is wrong with one file of a bundle (path relative to the bundle)."""

    file: str
    message: str


def verify(path: Path, report: Callable[[str], None] = lambda file: None) -> list[Problem]:
    """Check a whole bundle.

    Args:
        path: the bundle's folder.
        report: called with each file before it is read, for progress.

    Returns:
        Every problem found, in the order of the manifest; empty for a whole bundle.
    """
    try:
        manifest = read_manifest(path)
    except BundleError as error:
        return [Problem(MANIFEST_NAME, error.message)]
    return list(_Verifier(path, manifest, report).problems())


class _Verifier:
    def __init__(self, root: Path, manifest: Manifest, report: Callable[[str], None]) -> None:
        self.root = root
        self.manifest = manifest
        self.report = report
        self.whole: dict[str, bool] = {}
        self.cells: dict[tuple[str, int], pa.Table] = {}
        """Of each layer's grids, where they could be read."""

    def problems(self) -> Iterator[Problem]:
        for ref in self.manifest.files().values():
            yield from self._file(ref)
        for dataset in self.manifest.datasets:
            if dataset.images:
                table = yield from self._table(dataset.images, IMAGES)
                if table is not None:
                    yield from _named(dataset.images, images_laws(table, dataset, self.manifest))
            if dataset.scores:
                table = yield from self._table(dataset.scores, SCORES)
                if table is not None:
                    yield from _named(dataset.scores, scores_laws(table, dataset, self.manifest))
        for layer in self.manifest.layers:
            yield from self._layer(layer)
        yield from self._divergence()
        yield from self._metrics()

    def _file(self, ref: FileRef) -> Iterator[Problem]:
        """Size and digest of one file."""
        self.report(ref.path)
        self.whole[ref.path] = False
        path = self.root / ref.path
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                yield Problem(ref.path, "it is not a plain file")
            elif status.st_size != ref.bytes:
                yield Problem(ref.path, f"it has {status.st_size:,} bytes; the manifest names {ref.bytes:,}")
            elif (digest := sha256_of(path)) != ref.sha256:
                yield Problem(ref.path, f"its SHA-256 is {digest[:12]}…; the manifest names {ref.sha256[:12]}…")
            else:
                self.whole[ref.path] = True
        except OSError as error:
            yield Problem(ref.path, f"it cannot be read: {error.strerror}")

    def _table(self, ref: FileRef, schema: pa.Schema) -> Generator[Problem, None, pa.Table | None]:
        """The table in a whole file, as the value of `yield from`; None where it cannot be read (said before)."""
        if not self.whole[ref.path]:
            return None
        try:
            return read_table(self.root / ref.path, schema)
        except (ValueError, OSError) as error:
            yield Problem(ref.path, str(error))
            return None

    def _layer(self, layer: Layer) -> Iterator[Problem]:
        points = yield from self._table(layer.points, POINTS)
        rows = yield from self._table(layer.rows, ROWS)
        if points is not None:
            yield from _named(layer.points, points_laws(points, layer, self.manifest))
            if rows is not None:
                yield from _named(layer.rows, rows_laws(rows, points))
        if layer.neighbours:
            table = yield from self._table(layer.neighbours, neighbours_schema(len(self.manifest.datasets)))
            if table is not None and points is not None:
                laws = neighbours_laws(table, points, layer, self.manifest, self._document())
                yield from _named(layer.neighbours, laws)
        coarser: pa.Table | None = None
        coarser_size = 0
        for grid in sorted(layer.grids, key=lambda each: each.size):
            cells = yield from self._grid(grid, layer, points)
            if cells is not None and coarser is not None:
                yield from _named(grid.cells, nesting_law(cells, grid.size, coarser, coarser_size))
            coarser, coarser_size = cells, grid.size

    def _grid(self, grid: Grid, layer: Layer, points: pa.Table | None) -> Generator[Problem, None, pa.Table | None]:
        schema = cells_schema(len(self.manifest.datasets), len(self.manifest.pairs))
        cells = yield from self._table(grid.cells, schema)
        if cells is not None:
            self.cells[layer.name, grid.size] = cells
        if cells is not None and points is not None:
            yield from _named(grid.cells, cells_laws(cells, grid, layer, points, self.manifest))
        if grid.attribution:
            attribution = yield from self._table(grid.attribution, ATTRIBUTION)
            if attribution is not None and cells is not None:
                yield from _named(grid.attribution, attribution_laws(attribution, cells, self.manifest))
        for pyramid in grid.icons:
            yield from self._pyramid(pyramid)
            if pyramid.table:
                icons = yield from self._table(pyramid.table, ICONS)
                if icons is not None and cells is not None:
                    yield from _named(pyramid.table, icons_laws(icons, pyramid, cells))
        return cells

    def _pyramid(self, pyramid: Pyramid) -> Iterator[Problem]:
        """Every tile in SHA256SUMS, and no other."""
        if not self.whole[pyramid.tiles.path]:
            return
        folder = str(PurePosixPath(pyramid.tiles.path).parent)
        self.report(folder)
        try:
            sums = parse_sums((self.root / pyramid.tiles.path).read_bytes(), pyramid.tiles.path)
        except BundleError as error:
            yield Problem(pyramid.tiles.path, error.message)
            return
        for name, digest in sums.items():
            path = self.root / folder / name
            try:
                if not stat.S_ISREG(path.stat().st_mode):
                    yield Problem(f"{folder}/{name}", "it is not a plain file")
                elif sha256_of(path) != digest:
                    yield Problem(f"{folder}/{name}", f"its SHA-256 is not the one in {SUMS}")
            except OSError as error:
                yield Problem(f"{folder}/{name}", f"it cannot be read: {error.strerror}")
        for path in sorted((self.root / folder).rglob("*")):
            name = path.relative_to(self.root / folder).as_posix()
            if not path.is_dir() and name not in sums and path.name != SUMS:
                yield Problem(f"{folder}/{name}", f"it is not named in {SUMS}")

    def _divergence(self) -> Iterator[Problem]:
        ref = self.manifest.divergence
        if ref is None or not self.whole[ref.path]:
            return
        try:
            divergence = Divergence.model_validate_json((self.root / ref.path).read_bytes())
        except ValueError as error:
            yield Problem(ref.path, f"it is not of the schema: {error}")
            return
        grids = {(layer.name, grid.size) for layer in self.manifest.layers for grid in layer.grids}
        for entry in divergence.entries:
            if (entry.layer, entry.size) not in grids:
                yield Problem(ref.path, f"it has layer '{entry.layer}', grid {entry.size}, which the manifest does not have")
            elif not entry.is_self and (entry.layer, entry.size) in self.cells:
                yield from _named(ref, self._contributions(entry))

    def _document(self) -> Metrics | None:
        """The metrics, None where something is wrong with them, which is said elsewhere."""
        ref = self.manifest.metrics
        if ref is None or not self.whole[ref.path]:
            return None
        try:
            metrics = Metrics.model_validate_json((self.root / ref.path).read_bytes())
        except ValueError:
            return None
        return None if problems_of(metrics, *self._names()) else metrics

    def _names(self) -> tuple[set[str], set[str]]:
        """Of the layers and of the datasets."""
        return {layer.name for layer in self.manifest.layers}, {dataset.name for dataset in self.manifest.datasets}

    def _metrics(self) -> Iterator[Problem]:
        ref = self.manifest.metrics
        if ref is None or not self.whole[ref.path]:
            return
        try:
            metrics = Metrics.model_validate_json((self.root / ref.path).read_bytes())
        except ValueError as error:
            yield Problem(ref.path, f"it is not of the schema: {error}")
            return
        yield from _named(ref, iter(problems_of(metrics, *self._names())))

    def _contributions(self, entry: DivergenceEntry) -> Iterator[str]:
        """The cells' contributions sum to the divergence of the pair."""
        if (entry.first, entry.second) not in self.manifest.pairs:
            return
        pair = self.manifest.pairs.index((entry.first, entry.second))
        values = column(self.cells[entry.layer, entry.size], "contribution")[:, pair]
        total = float(np.abs(values).sum(dtype=np.float64))
        if not abs(total - entry.js) <= 1e-4:
            yield (
                f"{entry.first} and {entry.second} on grid {entry.size}: the cells contribute {total:.6f} bits, the divergence "
                f"says {entry.js:.6f}"
            )


def _named(ref: FileRef, messages: Iterator[str]) -> Iterator[Problem]:
    for message in messages:
        yield Problem(ref.path, message)
