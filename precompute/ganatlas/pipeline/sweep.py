"""Sweeps: the same cells' icons, or the same layer's map, over a grid of settings, side by side.

Nothing is published: a sweep helps to choose what a build is then made with. Each setting's result is a step of the workspace,
shared with the build's own, so that an interrupted sweep goes on and a build after it starts with its activations.

Data flow: configuration -> activations -> (layout -> cells) -> one result a setting -> `sweep_sheet` (PNG and HTML).
"""

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from ganatlas.classifiers.fold import folded
from ganatlas.errors import InputError
from ganatlas.icons.crop import crop_icons
from ganatlas.icons.exemplar import joint_exemplars
from ganatlas.icons.invert import invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.views import field_view

from .config import AtlasConfig
from .draft import pairs_of
from .icon_job import layer_moments
from .icon_stage import reference_colours
from .inverted import canvas_position, icon_settings, too_few_to_whiten
from .layers import LayerJob, MeasuredLayer, PlacedLayer, lay_out_layer, load_layout, measure_layer, place_layer, with_icons
from .layout import LayoutSettings, lay_out
from .prepare import Collected, collect, open_datasets, receptive_field
from .progress import Reporter
from .receptive_field import ReceptiveField
from .workspace import Workspace, load_arrays, save_arrays

Value = bool | int | float | str
Combination = dict[str, Value]
LAYOUT_KEYS = ("n_neighbors", "min_dist", "metric", "epochs")
ICON_KEYS = (
    "steps",
    "tries",
    "power",
    "whitening",
    "decorrelate",
    "transforms",
    "jitter",
    "lr",
    "canvas",
    "look",
    "centred",
    "smoothness",
)
LAYOUT_DEFAULTS = {"n_neighbors": "15,50,200", "min_dist": "0.01,0.1,0.5"}
ICON_DEFAULTS = {"whitening": "true,false", "steps": "64,256"}
_PX = 96


@dataclass(frozen=True)
class LayoutResult:
    """One setting's map. points: float32 (n, 2). dataset: uint8 (n,)."""

    combination: Combination
    points: NDArray[np.float32]
    dataset: NDArray[np.uint8]
    trustworthiness: float | None
    continuity: float | None
    seconds: float


@dataclass(frozen=True)
class IconResult:
    """One setting's icons. images: uint8 (cells, px, px, 3). faithfulness: float32 (cells,)."""

    combination: Combination
    images: NDArray[np.uint8]
    faithfulness: NDArray[np.float32]
    seconds: float


@dataclass(frozen=True)
class IconSweep:
    """All settings' icons of the same cells, and what they stand beside. cells: (column, row). exemplars: as the images."""

    layer: str
    size: int
    cells: tuple[tuple[int, int], ...]
    exemplars: NDArray[np.uint8]
    results: tuple[IconResult, ...]


def combinations(over: Sequence[str], allowed: Sequence[str], defaults: Mapping[str, str], kinds: type) -> list[Combination]:
    """Every combination of `key=value,value` words.

    Args:
        over: the words; the defaults where there are none. allowed: the keys. kinds: the class that has the keys' types.

    Raises:
        InputError: a key that cannot be swept, or a value that it cannot have.
    """
    words = list(over) or [f"{key}={values}" for key, values in defaults.items()]
    axes: dict[str, list[Value]] = {}
    for word in words:
        key, sign, values = word.partition("=")
        if key not in allowed or not sign or not values:
            raise InputError(
                f"--over {word}: expected key=value,value with a key of: {', '.join(allowed)}.", choices=list(allowed)
            )
        axes[key] = [_value(key, text.strip(), kinds) for text in values.split(",")]
    return [dict(zip(axes, chosen, strict=True)) for chosen in itertools.product(*axes.values())]


def _value(key: str, text: str, kinds: type) -> Value:
    annotation = get_type_hints(kinds)[key]
    for kind in get_args(annotation) or (annotation,):
        if kind is bool and text.lower() in {"true", "false", "on", "off"}:
            return text.lower() in {"true", "on"}
        if kind in (int, float):
            try:
                return float(text) if kind is float else int(text)
            except ValueError:
                continue
        if kind is str or text in get_args(annotation):
            return text
    raise InputError(f"--over {key}={text}: this is no value for {key}.")


def sweep_layout(
    config: AtlasConfig, layer: str | None, over: Sequence[str], work: Workspace, reporter: Reporter
) -> tuple[str, list[LayoutResult]]:
    """The layer's map under every combination of layout settings, each with its trustworthiness and continuity."""
    wanted = combinations(over, LAYOUT_KEYS, LAYOUT_DEFAULTS, LayoutSettings)
    try:
        settings = [LayoutSettings(**{**config.layout.model_dump(), "stability_seeds": 0, **one}) for one in wanted]
    except ValidationError as error:
        said = "; ".join(f"{item['loc'][0]}: {item['msg'].lower()}, got {item['input']}" for item in error.errors())
        raise InputError(f"--over: {said}.") from error
    job, collected = _begin(config, layer, work, reporter)
    x, samples = job.loaded
    device = "cpu" if collected.classifier is None else collected.classifier.device
    results = []
    with reporter.step(f"laying out {job.layer}", len(wanted), "layouts") as advance:
        for combination, one in zip(wanted, settings, strict=True):

            def make(folder: Path, one: LayoutSettings = one) -> None:
                begun = time.monotonic()
                made = lay_out(x, one, config.seed, device)
                nan = float("nan")
                figures = [nan if value is None else value for value in (made.trustworthiness, made.continuity)]
                save_arrays(folder / "layout.npz", points=made.points, figures=np.array([*figures, time.monotonic() - begun]))

            name = "-".join(f"{key}={value}" for key, value in combination.items())
            key: dict[str, object] = {**job.layout_key, "settings": one.model_dump(), "version": 1}
            stored = load_arrays(work.step(f"sweeps/layout-{job.layer}-{name}", key, make) / "layout.npz")
            trust, continuity, seconds = (float(value) for value in stored["figures"])
            results.append(
                LayoutResult(combination, stored["points"], samples.dataset, _known(trust), _known(continuity), seconds)
            )
            advance(1)
    return job.layer, results


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def sweep_icons(
    config: AtlasConfig,
    layer: str | None,
    size: int | None,
    count: int,
    over: Sequence[str],
    work: Workspace,
    reporter: Reporter,
) -> IconSweep:
    """The inverted icons of `count` cells, spread over the map, under every combination of icon settings.

    Raises:
        InputError: no network, no such layer or grid, or no cell with enough points.
    """
    base = icon_settings(config)
    wanted = combinations(over, ICON_KEYS, ICON_DEFAULTS, IconSettings)
    settings = [replace(base, **one) for one in wanted]  # type: ignore[arg-type]  # checked against the fields' types
    size = size or next((one for one in config.grids.sizes if one in config.icons.grids), config.grids.sizes[0])
    if size not in config.grids.sizes:
        raise InputError(f"the configuration has no {size} grid; it has: {', '.join(map(str, config.grids.sizes))}.")
    job, collected = _begin(config, layer, work, reporter)
    if collected.classifier is None:
        raise InputError("icons need a network; this configuration gives activations.")
    network = folded(collected.classifier)
    placed = place_layer(work, job, load_layout(lay_out_layer(work.root, job, config.device)), None)
    measured = measure_layer(work, job, placed)
    grid = measured.grids[size]
    chosen = spread_cells(measured, size, count, config.grids.min_count)
    moments, colours = layer_moments(work, job), reference_colours(collected.inputs[config.reference], config)
    field = receptive_field(config, collected, job.layer, work)
    shape = collected.shapes[job.layer]
    view = field_view(network.spec.size, shape.height, field.side, field.offset) if field else None
    places = [_centre(job.layer, shape.height, field, one.canvas) for one in settings]
    for problem in dict.fromkeys(filter(None, (too_few_to_whiten(job, one) for one in settings))):
        reporter.warn(problem)
    settings = [one if too_few_to_whiten(job, one) is None else replace(one, whitening=False) for one in settings]
    results = []
    with reporter.step(f"inverting {len(chosen)} icons of {job.layer}", len(wanted) * len(chosen), "icons") as advance:
        for combination, one, centre in zip(wanted, settings, places, strict=True):
            begun = time.monotonic()
            made = invert_cells(
                network,
                job.layer,
                grid.vectors[chosen],
                one,
                keys=[IconKey(config.seed, job.layer, size, int(grid.cells.column[i]), int(grid.cells.row[i])) for i in chosen],
                mean=moments.mean,
                whitening=moments.whitening(one.ridge),
                colours=colours,
                view=view,
                folder=work.root / "sweeps" / f"icons-{job.layer}-{size}",
            )
            pictures = crop_icons(made.images, centre, field.side if field else None, _PX)
            results.append(IconResult(combination, pictures, made.faithfulness, time.monotonic() - begun))
            advance(len(chosen))
    exemplars = _exemplars(job, placed, measured, size, chosen, collected, field)
    cells = tuple((int(grid.cells.column[i]), int(grid.cells.row[i])) for i in chosen)
    return IconSweep(job.layer, size, cells, exemplars, tuple(results))


def _centre(layer: str, height: int, field: ReceptiveField | None, canvas: int | None) -> float | None:
    """The px at which the centre position of a canvas looks."""
    position = canvas_position(layer, height, field.stride if field else None, field.side if field else None, canvas)
    return field.offset + field.stride * position if field else None


def spread_cells(measured: MeasuredLayer, size: int, count: int, min_count: int) -> NDArray[np.int64]:
    """Indices of cells with enough points that lie far from each other: the fullest, then always the farthest from all so far.

    Raises:
        InputError: no cell has enough points.
    """
    cells = measured.grids[size].cells
    able = with_icons(cells, min_count)
    if not len(able):
        raise InputError(f"no cell of the {size} grid has {min_count} points. Lower grids.min_count, or give more images.")
    places = np.stack([cells.column[able], cells.row[able]], axis=1).astype(np.float64)
    picked = [int(cells.count[able].sum(axis=1).argmax())]
    while len(picked) < min(count, len(able)):
        distance = np.linalg.norm(places[:, None] - places[picked], axis=2).min(axis=1)
        picked.append(int(distance.argmax()))
    return np.asarray(able[np.array(sorted(picked))], np.int64)


def _begin(config: AtlasConfig, layer: str | None, work: Workspace, reporter: Reporter) -> tuple[LayerJob, Collected]:
    """Activations, and the job of the layer asked for: the middle one by default."""
    datasets = open_datasets(config, work, reporter)
    collected = collect(config, datasets, work, reporter)
    layer = layer or collected.layers[len(collected.layers) // 2]
    if layer not in collected.layers:
        raise InputError(
            f"there is no layer {layer!r}; the layers are: {', '.join(collected.layers)}.", choices=list(collected.layers)
        )
    names = tuple(dataset.name for dataset in config.datasets)
    return LayerJob(layer, collected.folder, collected.key, names, pairs_of(config), config, collected.classes), collected


def _exemplars(
    job: LayerJob,
    placed: PlacedLayer,
    measured: MeasuredLayer,
    size: int,
    chosen: NDArray[np.int64],
    collected: Collected,
    field: ReceptiveField | None,
) -> NDArray[np.uint8]:
    """The joint exemplar of each cell, as the network saw it: uint8 (cells, px, px, 3)."""
    grid, (x, samples) = measured.grids[size], job.loaded
    rows = placed.placement.order[joint_exemplars(x, placed.placement, grid.exemplar[chosen], grid.vectors[chosen])]
    pictures = []
    for row in rows:
        seen = collected.inputs[int(samples.dataset[row])][int(samples.image[row])].transpose(1, 2, 0)
        side = min(field.side, len(seen)) if field else len(seen)
        places = (samples.column[row], samples.row[row])
        centres = [field.offset + field.stride * float(place) if field else len(seen) / 2 for place in places]
        left, top = (min(max(centre - side / 2, 0), len(seen) - side) for centre in centres)
        cut = Image.fromarray(seen).resize((_PX, _PX), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
        pictures.append(np.asarray(cut))
    return np.stack(pictures)
