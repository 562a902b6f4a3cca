"""The manifest of a bundle: what it holds, how it was made, and the digest of every file.

`NAME.atlas/manifest.json` is written last and replaced atomically; a file that it does not name is not part of the bundle.
A file that a manifest names never changes: its name carries the first eight hex digits of its SHA-256
(`cells-3fa9c1d2.arrow`), so that a growing bundle, a killed job and a reader with an older manifest never disagree.

Data flow: written by `ganatlas.pipeline.publish`, read by `ganatlas.bundle.reader`.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .tables import GRID_SIZES

SCHEMA_VERSION = 1
MANIFEST_NAME = "manifest.json"
JOINT = "joint"
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"

Count = Annotated[int, Field(ge=0, lt=2**63)]
Side = Annotated[int, Field(ge=1, lt=2**31)]
Pixels = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
IconKind = Literal["exemplar", "inverted", "decoded"]


def _grid_size(size: int) -> int:
    if size not in GRID_SIZES:
        raise ValueError(f"a grid has {size} cells a side, expected one of {', '.join(map(str, GRID_SIZES))}")
    return size


class Model(BaseModel):
    """Frozen, and strict about unknown keys: a manifest says exactly what the schema says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileRef(Model):
    """A file of the bundle: its path relative to the bundle (POSIX), size in bytes and SHA-256 in hex."""

    path: str
    bytes: Count
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class SkippedImage(Model):
    """An input that could not be used, and why."""

    name: str
    reason: str


class Series(Model):
    """A dataset's place among sets of which one thing changes: checkpoints of a training, truncations of a generator."""

    name: str = Field(min_length=1, description="what changes: truncation, step …")
    value: float = Field(allow_inf_nan=False)


class Dataset(Model):
    """One set of images: its file of images and what was learnt of its files on the way in."""

    name: Name
    title: str
    count: Count = Field(description="images in the bundle")
    source: str = Field(description="where the images came from, as the user gave it")
    images: FileRef | None = Field(description="images.arrow; null where activations were given without images")
    has_labels: bool = Field(description="whether the source gave a label for its images (folders by class)")
    formats: dict[str, Count] = Field(description="images by file format, such as JPEG quality 75, PNG, array")
    sizes: dict[str, Count] = Field(description="images by 'width x height', the ten most frequent and 'other'")
    skipped_count: Count
    skipped: tuple[SkippedImage, ...] = Field(description="the first 100 of the skipped inputs")
    series: Series | None = None
    scores: FileRef | None = Field(default=None, description="scores.arrow, on the final features; null where not computed")


class ClassifierInfo(Model):
    """The network that looked."""

    name: str = Field(description="as given: torchvision:googlenet, world:scenes, package.module:factory")
    digest: str = Field(description="SHA-256 of its weights")
    input_size: Side = Field(description="side of the square input, px")
    resize: Side = Field(description="shorter side before the centre crop, px")
    interpolation: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    classes: tuple[str, ...] = Field(description="names of its logits, in order; empty where it has none")


class LayoutInfo(Model):
    """How a layer's map was laid out, and how well it keeps neighbourhoods (METHODS: trustworthiness, continuity at k=15)."""

    method: str
    parameters: dict[str, Any]
    trustworthiness: float | None
    continuity: float | None
    stability: float | None = Field(description="mean kNN overlap between layouts of several seeds, 0..1")
    extent: tuple[float, float, float] = Field(description="x0, y0 and side of the square of raw coordinates on the map")
    alignment: tuple[float, float, float, float] = Field(
        description="the 2x2 rotation or reflection (row-major) that turns raw coordinates towards the layer before"
    )


class Pyramid(Model):
    """A Deep Zoom picture of one icon a cell: `.dzi`, its tiles, and a table of the icons in it."""

    kind: IconKind
    of: str = Field(description="'joint' or a dataset's name")
    dzi: FileRef
    tiles: FileRef = Field(description="SHA256SUMS of the tiles, relative to its own folder, the .dzi's '<stem>_files'")
    table: FileRef | None = Field(description="column, row, faithfulness of each icon (tables.ICONS)")
    width: Annotated[int, Field(ge=1, le=1 << 17)]
    height: Annotated[int, Field(ge=1, le=1 << 17)]
    tile_size: Annotated[int, Field(ge=1, le=4096)]
    icon_size: int = Field(ge=1, le=4096, description="px a cell")
    icons: Count = Field(description="cells that have an icon")
    fallbacks: Count = Field(default=0, description="cells whose icon could not be made: their exemplar stands in")
    median_faithfulness: float | None = Field(default=None, description="of the icons that were made; null where none has it")

    @property
    def digest(self) -> str:
        """Changes when any tile does."""
        return self.tiles.sha256


class Grid(Model):
    """One grid over a layer's map."""

    size: Annotated[int, AfterValidator(_grid_size)] = Field(description="cells a side")
    cells: FileRef
    occupied: Count
    attribution: FileRef | None = None
    icons: tuple[Pyramid, ...] = ()


class Layer(Model):
    """One layer of the classifier, laid out."""

    name: Name
    channels: Count
    height: Side
    width: Side
    stride: Pixels | None = Field(description="input px from one position to the next")
    offset: Pixels | None = Field(description="input px of the centre of position (0, 0)")
    receptive_field: Pixels | None = Field(
        description="side, in input px, of the square with 90 % of the squared input gradient of a position"
    )
    points: FileRef
    rows: FileRef
    point_count: Count
    outside_count: Count
    layout: LayoutInfo
    grids: tuple[Grid, ...]
    neighbours: FileRef | None = Field(default=None, description="neighbours.arrow; null where it was not computed")


class Skip(Model):
    """A thing that this atlas does not have, and why."""

    what: str
    reason: str


class Progress(Model):
    """How far a build is: what is being made now, and how much of the whole is done."""

    step: str
    done: Count
    total: Count


class Manifest(Model):
    """Everything that a bundle says of itself."""

    schema_version: int = SCHEMA_VERSION
    name: Name
    title: str
    status: Literal["building", "complete"]
    progress: Progress | None
    seed: Count
    positions_per_image: Count
    min_count: Count = Field(description="pooled points from which a cell has an icon")
    min_test: Count = Field(description="pooled points of a pair from which a cell is tested")
    fdr: float = Field(description="false discovery rate of the per-cell tests")
    datasets: tuple[Dataset, ...]
    reference: str
    pairs: tuple[tuple[str, str], ...] = Field(description="the pairs compared, in the order of the cells' columns")
    labels: tuple[str, ...] = Field(description="names of the labels that the sources gave, in order")
    classifier: ClassifierInfo | None
    layers: tuple[Layer, ...]
    divergence: FileRef | None
    divergence_pictures: dict[Literal["kl", "js"], FileRef] = {}
    metrics: FileRef | None = None
    warnings: tuple[str, ...]
    missing: tuple[Skip, ...] = ()
    parameters: dict[str, Any] = Field(description="the whole configuration")
    versions: dict[str, str] = Field(description="program and packages")
    digest: str = Field(default="", description="SHA-256 over the digests of all files and what else is said here")

    def files(self) -> dict[str, FileRef]:
        """Every file named directly (tiles are named by their pyramids' SHA256SUMS), by path."""
        found: dict[str, FileRef] = {}
        _collect(self, found)
        return found

    def with_digest(self) -> "Manifest":
        """The same manifest with `digest` set from its content."""
        body = self.model_copy(update={"digest": ""}).model_dump_json()
        return self.model_copy(update={"digest": hashlib.sha256(body.encode()).hexdigest()})


def contradictions(manifest: Manifest) -> Iterator[str]:
    """What a manifest of the right schema says that cannot be: unknown names, and names that two things have."""
    names = [dataset.name for dataset in manifest.datasets]
    grids = [(f"grids of {layer.name}", [str(grid.size) for grid in layer.grids]) for layer in manifest.layers]
    for what, all_names in (("datasets", names), ("layers", [layer.name for layer in manifest.layers]), *grids):
        for name in sorted({name for name in all_names if all_names.count(name) > 1}):
            yield f"there are two {what} '{name}'"
    for name in (manifest.reference, *(name for pair in manifest.pairs for name in pair)):
        if name not in names:
            yield f"it compares dataset '{name}', which it does not have"


def _collect(value: object, found: dict[str, FileRef]) -> None:
    if isinstance(value, FileRef):
        found[value.path] = value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _collect(getattr(value, name), found)
    elif isinstance(value, (tuple, list)):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, found)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
