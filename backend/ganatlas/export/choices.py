"""What a poster shows: the wishes of whoever asks, completed by defaults that show the difference where it is greatest."""

from dataclasses import dataclass

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.findings import entry_of, trusted_grid, worst_layer
from ganatlas.bundle.manifest import JOINT, Layer, Pyramid
from ganatlas.bundle.reader import Bundle, not_found
from ganatlas.errors import InputError, NotFoundError

from .colors import Theme
from .heat import ColorMode

LARGEST_GRID = 40
"""Cells a side, at most, unless told otherwise: icons must be recognised on paper."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for; None for the default."""

    layer: str | None = None
    grid: int | None = None
    icons: str | None = None
    """KIND, KIND:OF or `none`."""
    color: ColorMode | None = None
    pair: str | None = None
    """FIRST~SECOND, or the second one's name."""
    dataset: str | None = None
    """Of the density."""
    theme: Theme = "light"
    opacity: float = 0.55
    side: int = 3600
    """px of the map's side, about: a multiple of the icons' own size."""


@dataclass(frozen=True)
class Choice:
    """What is drawn."""

    layer: Layer
    size: int
    pyramid: Pyramid | None
    color: ColorMode
    pair: int | None
    """Index into the manifest's pairs; None where there is a single dataset."""
    dataset: int
    entry: DivergenceEntry | None
    """The divergence of the pair here."""
    theme: Theme
    opacity: float
    side: int


def choose(bundle: Bundle, wishes: Wishes) -> Choice:
    """Complete the wishes.

    Raises:
        NotFoundError: a layer, grid, kind of icons, pair or dataset that this atlas does not have; names those it has.
        InputError: the atlas has no map yet.
    """
    manifest = bundle.manifest
    if not manifest.layers or not manifest.layers[0].grids:
        raise InputError(f"{bundle.path} has no map yet: its build has not come that far. Try again when it has.")
    pair = _pair(bundle, wishes.pair)
    names = None if pair is None else manifest.pairs[pair]
    divergence = bundle.divergence() if manifest.divergence and names else None
    name = wishes.layer
    if name is None and divergence and names:
        name = worst_layer(divergence, manifest.layers, names, LARGEST_GRID)
    layer = bundle.layer(name or manifest.layers[-1].name).info
    size = wishes.grid
    if size is None and divergence and names:
        size = trusted_grid(divergence, layer, names, LARGEST_GRID)
    size = bundle.grid(layer.name, size or min(grid.size for grid in layer.grids)).info.size
    pyramid = _pyramid(bundle, layer.name, size, wishes.icons)
    color: ColorMode = wishes.color or ("effect" if names else "density")
    if names is None and color in {"effect", "contribution"}:
        raise NotFoundError(f"This atlas has one dataset, so there is no {color}. Colour by density or none.", choices=[])
    return Choice(
        layer=layer,
        size=size,
        pyramid=pyramid,
        color=color,
        pair=pair,
        dataset=bundle.dataset_index(wishes.dataset or manifest.reference),
        entry=entry_of(divergence, layer.name, size, names) if divergence and names else None,
        theme=wishes.theme,
        opacity=wishes.opacity,
        side=_side(pyramid, size, wishes.side),
    )


def _pair(bundle: Bundle, asked: str | None) -> int | None:
    pairs = bundle.manifest.pairs
    if asked is None:
        return 0 if pairs else None
    for index, (first, second) in enumerate(pairs):
        if asked in {f"{first}~{second}", second}:
            return index
    raise not_found("pair", asked, ["~".join(pair) for pair in pairs])


def _pyramid(bundle: Bundle, layer: str, size: int, asked: str | None) -> Pyramid | None:
    if asked == "none":
        return None
    if asked is not None:
        kind, _, of = asked.partition(":")
        return bundle.pyramid(layer, size, kind, of or JOINT)
    pyramids = bundle.grid(layer, size).info.icons
    joint = [pyramid for pyramid in pyramids if pyramid.of == JOINT]
    return next((pyramid for pyramid in joint if pyramid.kind == "exemplar"), next(iter(joint or pyramids), None))


def _side(pyramid: Pyramid | None, size: int, wanted: int) -> int:
    """A multiple of the icons' own size near the wish, and never below it: no icon is shown smaller than it is."""
    unit = pyramid.width if pyramid else size
    return unit * max(1, round(wanted / unit))
