"""What the REST API answers: one model a response. The viewer's types are generated from these through OpenAPI.

Grid coordinates are (column, row) from the top left; *outside* is (-1, -1). Points are addressed by their row in points.arrow.
`version` is a digest: a URL that carries it as `?v=` never changes its answer.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

IconKindName = Literal["exemplar", "inverted", "decoded"]
OrderName = Literal["nearest", "random", "stored", "realism", "-realism", "density", "-density", "copies"]
LabelSource = Literal["predicted", "given"]


class Answer(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(extra="forbid")


class ErrorBody(Answer):
    code: str
    message: str
    detail: dict[str, Any] = {}


class ErrorAnswer(Answer):
    """The one shape of every error."""

    error: ErrorBody


class ProgressView(Answer):
    step: str
    done: int
    total: int


class AtlasSummary(Answer):
    name: str
    title: str
    status: Literal["building", "complete"]
    progress: ProgressView | None
    digest: str
    datasets: list[str]
    layers: list[str]
    images: int


class UnavailableAtlas(Answer):
    """An atlas that cannot be read now: being built without a map yet (`not_ready`), or damaged."""

    name: str
    code: Literal["not_ready", "damaged"]
    message: str
    progress: ProgressView | None = None


class AtlasList(Answer):
    atlases: list[AtlasSummary]
    unavailable: list[UnavailableAtlas] = []


class SkippedView(Answer):
    name: str
    reason: str


class SeriesView(Answer):
    """A dataset's place among sets of which one thing changes."""

    name: str = Field(description="what changes: truncation, step …")
    value: float


class DatasetView(Answer):
    name: str
    title: str
    count: int
    has_images: bool
    has_labels: bool
    reference: bool
    skipped_count: int
    skipped: list[SkippedView] = Field(description="the first 20 of the inputs that could not be used, and why")
    formats: dict[str, int] = Field(description="images by file format")
    sizes: dict[str, int] = Field(description="images by 'width x height', the most frequent and 'other'")
    source: str
    series: SeriesView | None = Field(description="null where the dataset is of no series")
    version: str | None = Field(description="of the images: .../images/{image}?v={version}; null without images")
    scores_version: str | None = Field(description="of nearest; null where scores were not computed, or not yet")


class PyramidView(Answer):
    """A Deep Zoom pyramid at .../icons/{kind}/{of}.dzi?v={version}."""

    kind: IconKindName
    of: str
    version: str
    width: int
    height: int
    tile_size: int
    icon_size: int
    icons: int


class GridView(Answer):
    size: int
    occupied: int
    version: str
    attribution_version: str | None
    figures_version: str | None = Field(description="of figures; null where they were not computed, or not yet")
    icons: list[PyramidView]


class LayerView(Answer):
    name: str
    channels: int
    height: int
    width: int
    stride: float | None
    receptive_field: float | None
    point_count: int
    outside_count: int
    points_version: str = Field(description="of points, examples, patches and traces of this layer")
    trustworthiness: float | None
    continuity: float | None
    stability: float | None
    grids: list[GridView]


class MissingView(Answer):
    what: str
    reason: str


class AtlasView(Answer):
    """A manifest as the viewer needs it; also inlined in the page."""

    name: str
    title: str
    status: Literal["building", "complete"]
    progress: ProgressView | None
    digest: str
    datasets: list[DatasetView]
    reference: str
    pairs: list[tuple[str, str]]
    classes: list[str]
    labels: list[str]
    classifier: str | None
    layers: list[LayerView]
    divergence_version: str | None
    divergence_pictures: dict[str, str] = Field(description="measure -> version of divergence.png?measure=")
    metrics_version: str | None = Field(description="of metrics; null where they were not computed, or not yet")
    positions_per_image: int
    min_count: int
    min_test: int
    fdr: float
    warnings: list[str]
    missing: list[MissingView]
    versions: dict[str, str]


class PairColumns(Answer):
    """Per-cell figures of one pair. Sign: + where there is more of `first`."""

    first: str
    second: str
    contribution: list[float] = Field(description="to JS, bits, signed")
    effect: list[float] = Field(description="log2 ratio of shares")
    p: list[float | None] = Field(description="two-sided mid-p; null where not tested")
    q: list[float | None] = Field(description="Benjamini-Hochberg adjusted; null where not tested")


class FaithfulnessColumns(Answer):
    kind: IconKindName
    of: str
    values: list[float | None]


class CellColumns(Answer):
    """Every occupied cell of a grid, column-wise: all lists have the same length; *outside*, if any, is last, as (-1, -1)."""

    layer: str
    size: int
    version: str
    column: list[int]
    row: list[int]
    count: dict[str, list[int]] = Field(description="dataset -> points")
    label: list[int | None] = Field(
        description="index into classes: highest attribution, else the members' most frequent class"
    )
    spread: list[float]
    pairs: list[PairColumns]
    faithfulness: list[FaithfulnessColumns]


class PairFiguresColumns(Answer):
    """Parts of the figures of `second` beside `first`, the reference, by cell: counts of the images that were looked at."""

    first: str
    second: str
    n: list[int] = Field(description="images of the first looked at")
    m: list[int] = Field(description="images of the second looked at")
    outside: list[int] = Field(description="of the second, in no ball of the first; their sum over m is 1 - precision")
    missed: list[int] = Field(description="of the first, in no ball of the second; over n: 1 - recall")
    uncovered: list[int] = Field(description="of the first, whose ball holds none of the second; over n: 1 - coverage")
    close: list[int] = Field(description="of the second, not authentic; over m: 1 - AuthPct / 100")
    density: list[float] = Field(description="sum over images of the second; over m: the density")
    copying: list[float | None] | None = Field(
        description="z of C_T: far below 0 where the second lies nearer to the first than held-out images do; null in cells "
        "with fewer than 10 of either, and without held-out images"
    )


class CellFigures(Answer):
    """Where the figures of a layer come from, column-wise, in the order of the grid's cells."""

    layer: str
    size: int
    pairs: list[PairFiguresColumns]


class ScoresView(Answer):
    """What is known of one image beside the reference, on the final features."""

    realism: float = Field(description="above 1 inside a ball of the reference")
    density: float = Field(description="balls of the reference that it lies in, over k")
    nearest: int = Field(description="nearest image of the reference; of its own images, the nearest other")
    distance: float
    ratio: float = Field(description="that distance over the nearest one's own to its nearest: far below 1 for a copy")
    pixel_nearest: int | None = Field(description="nearest image of the reference pixel by pixel; null where that is not known")
    pixel_ratio: float | None = Field(description="as ratio, of distances between pixels")


class NearestView(Answer):
    """An image beside its nearest image of the reference."""

    image: int
    name: str
    nearest: int
    nearest_name: str
    distance: float
    ratio: float = Field(description="distance over the nearest one's own to its nearest: far below 1 for a copy")


class NearestPage(Answer):
    """A dataset's images and their nearest of the reference, the most alike first."""

    dataset: str
    reference: str
    by: Literal["features", "pixels"]
    total: int
    items: list[NearestView]
    next_cursor: str | None


class LabelShare(Answer):
    name: str
    source: LabelSource
    count: int
    share: float = Field(description="of the dataset's members in this cell")
    lift: float = Field(description="share over the label's share in the whole dataset")


class AttributionShare(Answer):
    name: str
    effect: float
    members: int


class DatasetInCell(Answer):
    dataset: str
    count: int
    share: float = Field(description="of the dataset's points on this layer")
    low: float = Field(description="95 % Wilson interval of share")
    high: float
    exemplar: "SampleView | None"
    labels: list[LabelShare] = Field(description="most frequent first, at most 10 a source")


class PairInCell(Answer):
    first: str
    second: str
    contribution: float
    effect: float
    p: float | None
    q: float | None
    significant: bool


class IconInCell(Answer):
    kind: IconKindName
    of: str
    faithfulness: float | None


class CellView(Answer):
    """Everything of one cell."""

    layer: str
    size: int
    column: int
    row: int
    total: int
    label: str | None
    spread: float
    datasets: list[DatasetInCell]
    pairs: list[PairInCell]
    attribution: list[AttributionShare] | None = Field(description="highest first, at most 10; null where this atlas has none")
    icons: list[IconInCell]
    parent: tuple[int, int] | None = Field(description="(column, row) in the next coarser grid of the atlas")
    children: list[tuple[int, int]] = Field(description="occupied cells inside this one in the next finer grid of the atlas")


class Box(Answer):
    """A rectangle in fractions of the image's width and height, 0..1."""

    x0: float
    y0: float
    x1: float
    y1: float


class SampleView(Answer):
    """One image's activation at one position."""

    point: int = Field(description="row in points.arrow")
    dataset: str
    image: int
    position: int = Field(description="which draw of the image's positions; patch?position=")
    name: str
    label: str | None = Field(description="given by the source")
    top: str | None = Field(description="the classifier's most likely class")
    row: int
    column: int
    x: float
    y: float
    width: int | None
    height: int | None
    scores: ScoresView | None = Field(description="null where the image was not looked at, or scores were not computed")
    box: Box | None = Field(description="what the activation saw: the effective receptive field, clipped to the image")
    nearness: float | None = Field(description="cosine with the cell's mean in 32 principal components")


class ExamplePage(Answer):
    """One page of a cell's members of one dataset; pass `next_cursor` back as `cursor` for the next."""

    dataset: str
    order: OrderName
    total: int
    items: list[SampleView]
    next_cursor: str | None


class CellRef(Answer):
    column: int
    row: int


class SelectionRequest(BaseModel):
    """Members by cells of a grid, by rows of points, or inside a polygon on the map; exactly one of the three."""

    model_config = ConfigDict(extra="forbid")

    size: int | None = Field(default=None, description="grid size, with cells")
    cells: list[CellRef] | None = Field(default=None, max_length=102_400)
    rows: list[int] | None = Field(default=None, max_length=1_000_000)
    polygon: list[tuple[float, float]] | None = Field(default=None, min_length=3, max_length=10_000)
    dataset: str | None = Field(default=None, description="only this dataset's members in the page")
    layers: list[str] = Field(default=[], max_length=64, description="layers in which the members' rows are wanted")
    places: int = Field(default=0, ge=0, le=20_000, description="members, at most, whose places in those layers are wanted too")
    order: OrderName = "stored"
    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=500)


class PlaceColumns(Answer):
    """Where some points lie on a layer's map, column-wise."""

    point: list[int]
    x: list[float]
    y: list[float]
    dataset: list[int] = Field(description="index into the atlas's datasets")


class SelectionView(Answer):
    layer: str
    counts: dict[str, int]
    total: int
    items: list[SampleView]
    next_cursor: str | None
    elsewhere: dict[str, list[int]] = Field(description="layer -> rows of points of the members there (the first 100,000)")
    places: dict[str, PlaceColumns] = Field(description="layer -> where members lie there; the same ones on every layer")


class AttributionMap(Answer):
    """One class over the grid: opacity is effect / max, clipped at 0."""

    label: str
    column: list[int]
    row: list[int]
    effect: list[float]
    maximum: float


class TraceStop(Answer):
    layer: str
    position: int
    point: int
    x: float
    y: float
    outside: bool


class TraceView(Answer):
    dataset: str
    image: int
    stops: list[TraceStop]


class LabelView(Answer):
    name: str
    source: LabelSource
    counts: dict[str, int] = Field(description="dataset -> images")


class LabelList(Answer):
    query: str
    labels: list[LabelView]


class SearchHit(Answer):
    column: int
    row: int
    share: float
    lift: float
    count: int = Field(description="the dataset's members with the label")
    members: int = Field(description="the dataset's members in the cell")


class SearchView(Answer):
    label: str
    source: LabelSource
    dataset: str
    hits: list[SearchHit]


class Health(Answer):
    """Alive when it answers; `ok` when at least one atlas can be read."""

    status: Literal["ok", "starting"]
    atlases: int


class PageData(Answer):
    """What a page carries inlined, as JSON in `<script type="application/json" id="ganatlas-data">`."""

    root: str = Field(description="prefix of every URL of this server, ending in a slash: './', '../' or the root path")
    atlas: AtlasView | None = Field(description="the atlas to show; null on the list")
    atlases: list[AtlasSummary]
    program: str = Field(description="version of ganatlas")
