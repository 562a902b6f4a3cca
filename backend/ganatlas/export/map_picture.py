"""The map of a layer as a picture: icons from their tiles at full size, the heat over them, dots, names and numbered cells."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganatlas.bundle.cell_labels import cell_labels
from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.mosaic import read_map
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import OUTSIDE

from .choices import Choice
from .colors import Color, Theme
from .heat import Heat, paint
from .typography import Style, Typesetter

SAME_APART = 3
"""How far apart, in cells, two cells must be that are called the same."""
LABEL_FROM = 5
SPACIOUS = 60
"""Thousandths of the map from which a cell is named even where its neighbours are called the same."""
NAMED = 4000
"""Cells, at most, that are considered for a name."""


@dataclass(frozen=True)
class Palette:
    """Colours of a theme."""

    paper: Color
    ground: Color
    ink: Color
    quiet: Color
    line: Color
    dot: Color
    plate: tuple[int, int, int, int]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        (255, 255, 255), (244, 244, 241), (27, 29, 34), (85, 91, 102), (214, 214, 208), (190, 193, 200), (255, 255, 255, 225)
    ),
    "dark": Palette(
        (16, 18, 22), (24, 27, 33), (233, 235, 239), (163, 170, 184), (52, 58, 69), (120, 127, 140), (14, 16, 20, 205)
    ),
}


def draw_map(
    bundle: Bundle, choice: Choice, heat: Heat | None, ramp: NDArray[np.uint8], numbered: NDArray[np.int64], font: Path | None
) -> Image.Image:
    """The map, choice.side px a side, RGB.

    Args:
        ramp: uint8 (256, 3) of the heat.
        numbered: rows of cells.arrow that are framed and numbered from 1.

    Raises:
        BundleError: a tile is missing or damaged.
    """
    palette = PALETTES[choice.theme]
    grid = bundle.grid(choice.layer.name, choice.size)
    columns, rows = (grid.cells(name).astype(np.int64) for name in ("column", "row"))
    on_map = np.flatnonzero(columns != OUTSIDE)
    picture = Image.new("RGBA", (choice.side, choice.side), palette.ground)
    if choice.pyramid:
        icons = read_map(bundle, choice.pyramid)
        if icons.width != choice.side:
            icons = icons.resize((choice.side, choice.side), Image.Resampling.LANCZOS)
        picture.alpha_composite(icons)
    if heat:
        cells = np.zeros((choice.size, choice.size, 4), np.uint8)
        cells[rows[on_map], columns[on_map]] = paint(heat, ramp, choice.opacity if choice.pyramid else 1.0)
        picture.alpha_composite(Image.fromarray(cells).resize(picture.size, Image.Resampling.NEAREST))
    edge = choice.side / choice.size
    drawing = ImageDraw.Draw(picture)
    unit = choice.side / 1000
    total = grid.cells("count").sum(axis=1, dtype=np.int64)
    least = bundle.manifest.min_count if choice.pyramid else 0
    for index in on_map.tolist():
        left, top = columns[index] * edge, rows[index] * edge
        drawing.rectangle((left, top, left + edge, top + edge), outline=palette.line, width=max(1, round(0.25 * unit)))
        if total[index] < least:
            radius = 0.3 * edge * np.sqrt(total[index] / least)
            middle = (left + edge / 2, top + edge / 2)
            drawing.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=palette.dot)
    _names(bundle, grid, picture, total, set(numbered.tolist()), palette, font)
    _numbers(picture, columns, rows, numbered, edge, palette, font)
    drawing.rectangle((0, 0, choice.side - 1, choice.side - 1), outline=palette.line, width=max(1, round(0.6 * unit)))
    return picture.convert("RGB")


def _names(
    bundle: Bundle,
    grid: GridReader,
    picture: Image.Image,
    total: NDArray[np.int64],
    taken: set[int],
    palette: Palette,
    font: Path | None,
) -> None:
    """Names of the cells with the most samples, as far as there is room, on plates at their lower edge."""
    classes = bundle.manifest.classifier.classes if bundle.manifest.classifier else ()
    labels, size = cell_labels(grid), grid.info.size
    edge, unit = picture.width / size, picture.width / 1000
    style = Style(min(9.5 * unit, 0.3 * edge) if edge > 28 * unit else 8.5 * unit, palette.ink, anchor="lm")
    plates = Image.new("RGBA", picture.size)
    backs, setter = ImageDraw.Draw(plates), Typesetter(plates, font)
    height, pad = style.size * 1.5, style.size * 0.4
    named = [index for index in np.argsort(-total, kind="stable").tolist() if labels[index] >= 0 and total[index] >= LABEL_FROM]
    named = named[:NAMED]
    columns, rows = grid.cells("column"), grid.cells("row")
    widths = {label: setter.length(classes[label], style) + 2 * pad for label in {int(labels[index]) for index in named}}
    boxes: list[tuple[float, float, float, float, int, int, int]] = []
    for index in named:
        column, row, label = int(columns[index]), int(rows[index]), int(labels[index])
        if column == OUTSIDE or index in taken:
            continue
        left, bottom = column * edge + 0.25 * unit, (row + 1) * edge - 0.25 * unit
        box = (left, bottom - height, min(left + widths[label], picture.width), bottom)
        repeats = any(abs(c - column) < SAME_APART and abs(r - row) < SAME_APART and of == label for *_, c, r, of in boxes)
        covers = any(box[0] < b[2] + unit and b[0] < box[2] + unit and box[1] < b[3] and b[1] < box[3] for b in boxes)
        if left + widths[label] > picture.width or covers or (repeats and edge < SPACIOUS * unit):
            continue
        boxes.append((*box, column, row, label))
        backs.rectangle(box, fill=palette.plate)
        setter.text((left + pad, bottom - height / 2), classes[label], style)
    picture.alpha_composite(plates)


def _numbers(
    picture: Image.Image,
    columns: NDArray[np.int64],
    rows: NDArray[np.int64],
    numbered: NDArray[np.int64],
    edge: float,
    palette: Palette,
    font: Path | None,
) -> None:
    """Frames of the cells of the list, with their numbers."""
    drawing, setter, unit = ImageDraw.Draw(picture), Typesetter(picture, font), picture.width / 1000
    style = Style(9.5 * unit, palette.paper, weight="bold", anchor="mm")
    for number, index in enumerate(numbered.tolist(), 1):
        if columns[index] == OUTSIDE:
            continue
        left, top = columns[index] * edge, rows[index] * edge
        drawing.rectangle((left, top, left + edge, top + edge), outline=palette.ink, width=max(2, round(1.6 * unit)))
        half = 7.5 * unit
        middle = (min(max(left, half), picture.width - half), min(max(top, half), picture.height - half))
        drawing.ellipse((middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half), fill=palette.ink)
        setter.text(middle, str(number), style)
