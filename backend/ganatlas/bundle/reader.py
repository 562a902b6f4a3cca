"""Reading an atlas: datasets, layers, grids and pyramids by name, through the manifest only.

Data flow: the bundle's files -> here -> the server and the command. A `Bundle` is one manifest and never changes; when the
manifest is replaced, a new `Bundle` is opened and requests in flight keep the old one with its memory maps.
"""

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel

from ganatlas.errors import BundleError, NotFoundError

from .checks import Checks
from .datasets import DatasetReader
from .divergence import Divergence
from .files import Files, read_manifest
from .grids import GridReader
from .label_p import with_adjusted_p
from .layers import LayerReader
from .manifest import FileRef, Layer, Manifest, Pyramid
from .metrics import Metrics

KEPT_TILE_LISTS = 64
Document = TypeVar("Document", bound=BaseModel)


class Bundle:
    """One atlas, open for reading. Thread-safe; every method checks what it reads."""

    def __init__(self, path: Path, manifest: Manifest, checks: Checks | None = None) -> None:
        self.path = path
        self.manifest = manifest
        self.files = Files(path, checks)
        self._datasets = {dataset.name: index for index, dataset in enumerate(manifest.datasets)}
        self._layers = {layer.name: layer for layer in manifest.layers}
        self._tiles: OrderedDict[str, dict[str, str]] = OrderedDict()

    @classmethod
    def open(cls, path: Path, checks: Checks | None = None) -> "Bundle":
        """Open the bundle in a folder.

        Args:
            path: the folder.
            checks: what is known of its files; nothing yet where None.

        Raises:
            BundleError: there is none, its manifest is damaged, or its schema is newer than this program.
        """
        return cls(path, read_manifest(path), checks)

    def dataset_index(self, name: str) -> int:
        """Index of a dataset, as points and counts have it.

        Raises:
            NotFoundError: with the names of the datasets there are.
        """
        if name not in self._datasets:
            raise not_found("dataset", name, self._datasets)
        return self._datasets[name]

    def dataset(self, name: str) -> DatasetReader:
        """The images of a dataset.

        Raises:
            NotFoundError: no such dataset.
        """
        return DatasetReader(self.files, self.manifest.datasets[self.dataset_index(name)], self.manifest)

    def layer(self, name: str) -> LayerReader:
        """The points of a layer.

        Raises:
            NotFoundError: no such layer, with the names of those there are.
        """
        return LayerReader(self.files, self._layer(name), self.manifest)

    def grid(self, layer: str, size: int) -> GridReader:
        """One grid of a layer.

        Raises:
            NotFoundError: no such layer or grid, with those there are.
        """
        info = self._layer(layer)
        for grid in info.grids:
            if grid.size == size:
                return GridReader(self.files, info, grid, self.manifest)
        raise not_found("grid", size, [grid.size for grid in info.grids])

    def pyramid(self, layer: str, size: int, kind: str, of: str) -> Pyramid:
        """The picture of one kind of icons.

        Raises:
            NotFoundError: no such pyramid (yet), with those there are.
        """
        pyramids = self.grid(layer, size).info.icons
        for pyramid in pyramids:
            if (pyramid.kind, pyramid.of) == (kind, of):
                return pyramid
        raise not_found("icons", f"{kind}/{of}", [f"{pyramid.kind}/{pyramid.of}" for pyramid in pyramids])

    def tile(self, pyramid: Pyramid, level: int, column: int, row: int) -> tuple[str, str]:
        """(path, SHA-256) of one tile, to be read with `files.checked`.

        Raises:
            NotFoundError: the pyramid has no such tile.
            BundleError: its SHA256SUMS is damaged.
        """
        name = f"{level}/{column}_{row}.webp"
        names = self._tile_names(pyramid.tiles)
        if name not in names:
            raise NotFoundError(f"There is no tile {name} in these icons.", choices=sorted(names))
        return f"{PurePosixPath(pyramid.tiles.path).parent}/{name}", names[name]

    def divergence(self) -> Divergence:
        """The heat maps.

        Raises:
            NotFoundError: this atlas has none (yet).
            BundleError: they are of another form than this program knows.
        """
        ref = self.manifest.divergence
        if ref is None:
            raise NotFoundError("This atlas has no divergence yet; it is written with the first layer.", choices=[])
        return _document(Divergence, self.files.read(ref), ref)

    def metrics(self) -> Metrics:
        """The image-set metrics.

        Raises:
            NotFoundError: this atlas has none (yet).
            BundleError: they are of another form than this program knows.
        """
        ref = self.manifest.metrics
        if ref is None:
            raise NotFoundError("This atlas was built without image-set metrics, or they are not computed yet.", choices=[])
        return with_adjusted_p(_document(Metrics, self.files.read(ref), ref))  # which atlases of earlier days lack

    def _layer(self, name: str) -> Layer:
        if name not in self._layers:
            raise not_found("layer", name, self._layers)
        return self._layers[name]

    def _tile_names(self, ref: FileRef) -> dict[str, str]:
        held = self._tiles.get(ref.sha256)
        if held is None:
            held = parse_sums(self.files.read(ref), ref.path)
            self._tiles[ref.sha256] = held
            while len(self._tiles) > KEPT_TILE_LISTS:
                self._tiles.popitem(last=False)
        return held


def _document(schema: type[Document], content: bytes, ref: FileRef) -> Document:
    try:
        return schema.model_validate_json(content)
    except ValueError as error:
        raise BundleError(f"{ref.path} is not of this program's schema. Build the atlas again.", file=ref.path) from error


def parse_sums(content: bytes, path: str) -> dict[str, str]:
    """A SHA256SUMS file: path relative to its folder -> SHA-256.

    Raises:
        BundleError: a line is not `digest, two spaces, path`, or a path leads elsewhere.
    """
    sums: dict[str, str] = {}
    for line in content.decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise BundleError(f"{path} is damaged: {line[:100]!r} is not a digest and a path.", file=path)
        sums[name] = digest
    return sums


def not_found(kind: str, asked: object, choices: Iterable[object]) -> NotFoundError:
    """The error for a name that is not there, naming those that are."""
    names = list(choices)
    listed = ", ".join(str(name) for name in names[:20]) or "none"
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return NotFoundError(f"There is no {kind} '{asked}' in this atlas. There are: {listed}{more}.", choices=names)
