"""What stands beside the map of a poster: the sets and how many, the divergence, the scale in numbers, differing cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganatlas.bundle.cell_labels import cell_labels
from ganatlas.bundle.findings import both_ways, finding, most_different
from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.mosaic import read_icon
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import OUTSIDE

from .choices import Choice
from .colors import Color, diverging
from .examples import example_pictures
from .heat import Heat, Scale
from .sheet import Sheet

LISTED = 10
EXAMPLES = 3
COUNTS = 74.0
BINS = 41
TITLES = {
    "effect": "Ratio of shares",
    "contribution": "Contribution to the divergence, millibits",
    "density": "Samples a cell",
}


def listed_cells(bundle: Bundle, choice: Choice) -> NDArray[np.int64]:
    """Rows of cells.arrow that a poster lists and numbers: half of each way, the largest contributions first."""
    if choice.pair is None:
        return np.zeros(0, np.int64)
    grid = bundle.grid(choice.layer.name, choice.size)
    ranked = most_different(grid, choice.pair, bundle.manifest.fdr)
    return both_ways(ranked, grid.cells("contribution")[ranked, choice.pair] > 0, LISTED)


@dataclass(frozen=True)
class Column:
    """The column of one poster, drawn from the sheet's cursor down to `bottom`."""

    sheet: Sheet
    bundle: Bundle
    choice: Choice
    heat: Heat | None
    ramp: NDArray[np.uint8]
    listed: NDArray[np.int64]
    bottom: float

    def draw(self) -> None:
        """Draw all of it."""
        self._sets()
        self._divergence()
        self._scale()
        self._list()

    @property
    def _grid(self) -> GridReader:
        return self.bundle.grid(self.choice.layer.name, self.choice.size)

    @property
    def _names(self) -> tuple[str, ...]:
        """Names of the two that are compared; none where nothing is."""
        return () if self.choice.pair is None else self.bundle.manifest.pairs[self.choice.pair]

    @property
    def _titles(self) -> tuple[str, ...]:
        return tuple(title_of(self.bundle, name) for name in self._names)

    @property
    def _sides(self) -> tuple[Color, Color]:
        """Ink of "more of the first" and "more of the second"."""
        ramp = diverging(self.choice.theme)
        return rgb(ramp[245]), rgb(ramp[10])

    def _sets(self) -> None:
        sheet = self.sheet
        count = self._grid.cells("count")
        inside = self._grid.cells("column") != OUTSIDE
        on_map, everywhere = count[inside].sum(axis=0, dtype=np.int64), count.sum(axis=0, dtype=np.int64)
        sheet.heading("The sets", gap=-12)
        for index, dataset in enumerate(self.bundle.manifest.datasets):
            sheet.y += 19
            told = dataset.name in self._names
            tint = self._sides[self._names.index(dataset.name)] if told else sheet.palette.line
            sheet.box(sheet.left, sheet.y - 9, sheet.left + 10, sheet.y + 1, tint)
            outside = int(everywhere[index] - on_map[index])
            n = f"n = {int(everywhere[index]):,}" + (f", {outside:,} beyond the map" if outside else "")
            room = sheet.right - sheet.left - 28 - sheet.say(sheet.right, sheet.y, n, sheet.quiet(11.5, "rs"))
            sheet.say(sheet.left + 18, sheet.y, dataset.title, sheet.style(11.5, weight="bold" if told else "regular"), room)

    def _divergence(self) -> None:
        entry, sheet = self.choice.entry, self.sheet
        if entry is None:
            return
        sheet.heading(" against ".join(self._titles))
        sheet.y += 34
        length = sheet.say(sheet.left, sheet.y, f"{entry.js_corrected:.4f}", sheet.style(30, weight="bold"))
        sheet.say(sheet.left + length + 8, sheet.y, "bits", sheet.quiet(13))
        # The least p that permutations can show is 1 / (their number + 1).
        p = f"p {'≤' if entry.p * (entry.permutations + 1) < 1.5 else '='} {entry.p:.2g}"
        said = f"Jensen–Shannon divergence, corrected; 95 % interval {entry.js_low:.4f} to {entry.js_high:.4f}, {p} "
        said += f"({entry.permutations} permutations). Kullback–Leibler {entry.kl:.4f} nats. "
        said += f"{entry.significant:,} of {entry.tested:,} tested cells differ at a false discovery rate of "
        said += f"{self.bundle.manifest.fdr * 100:g} %."
        if not entry.valid:
            said += f" Only {entry.points_per_cell:.1f} samples a cell: the divergence is biased low."
        sheet.paragraph(said)

    def _scale(self) -> None:
        """The ramp with its numbers, and above it how many cells have which value."""
        if self.heat is None:
            return
        sheet, scale, color = self.sheet, self.heat.scale, self.choice.color
        width = sheet.right - sheet.left
        sheet.heading(TITLES[color])
        sheet.y += 46
        bins = np.histogram(scale.place(self.heat.values), BINS, (0, 1))[0]
        for index in np.flatnonzero(bins).tolist():
            x, high = sheet.left + width * index / BINS, max(1.2, 38 * float(bins[index] / bins.max()) ** 0.5)
            sheet.box(x + 0.6, sheet.y - high, x + width / BINS - 0.6, sheet.y, sheet.palette.line)
        strip = Image.fromarray(np.tile(self.ramp, (8, 1, 1))).resize((round(width * sheet.unit), round(11 * sheet.unit)))
        sheet.paste(strip, sheet.left, sheet.y + 2)
        sheet.y += 27
        for at, text in _ticks(scale, color == "effect", 1000 if color == "contribution" else 1):
            anchor = "ls" if at == 0 else "rs" if at == 1 else "ms"
            sheet.say(sheet.left + at * width, sheet.y, text, sheet.quiet(10.5, anchor))
        if scale.signed:
            sheet.y += 17
            (first, second), (blue, orange), half = self._titles, self._sides, width / 2 - 10
            sheet.say(sheet.left, sheet.y, f"more {second}", sheet.style(11, orange, "bold"), half)
            sheet.say(sheet.right, sheet.y, f"more {first}", sheet.style(11, blue, "bold", "rs"), half)
        faded = " Faint: may be chance." if scale.signed else ""
        sheet.paragraph(f"Bars: cells by value ({len(self.heat.values):,} occupied; height by square root).{faded}", 9.5)

    def _list(self) -> None:
        """The cells of the list, numbered as on the map: where the first set has more, then where the second has."""
        sheet = self.sheet
        if not self._names:
            return
        if len(self.listed) == 0:
            sheet.heading("No cell differs significantly")
            return
        sheet.heading("The cells that add most to the divergence")
        step = min(55.0, (self.bottom - sheet.y - 22) / len(self.listed))
        side = step - 6
        strip = EXAMPLES * (side - 2) + 10
        columns = (sheet.right - COUNTS - 2 * strip, sheet.right - COUNTS - strip)
        sheet.y += 15
        for left, title, tint in zip(columns, self._titles, self._sides, strict=True):
            sheet.say(left, sheet.y, title, sheet.style(10.5, tint, "bold"), strip - 8)
        labels = cell_labels(self._grid)
        for number, index in enumerate(self.listed.tolist(), 1):
            self._row(number, index, sheet.y + 7 + (number - 1) * step, side, columns, int(labels[index]))

    def _row(self, number: int, index: int, top: float, side: float, columns: tuple[float, float], label: int) -> None:
        """A cell of the list: number, icon, what it says, examples of both sets, counts and q."""
        sheet, grid = self.sheet, self._grid
        datasets = tuple(self.bundle.dataset_index(name) for name in self._names)
        what = finding(grid, index, self.choice.pair or 0, datasets[0], datasets[1])
        column, row = (int(grid.cells(name)[index]) for name in ("column", "row"))
        upper, lower = top + side * 0.42, top + side * 0.82
        sheet.say(sheet.left + 9, top + side / 2, str(number), sheet.style(12, weight="bold", anchor="mm"))
        self._icon(sheet.left + 24, top, side, column, row)
        x = sheet.left + 24 + side + 10
        room = columns[0] - x - 8
        classes = self.bundle.manifest.classifier.classes if self.bundle.manifest.classifier else ()
        name = "beyond the map" if column == OUTSIDE else classes[label] if label >= 0 else f"column {column}, row {row}"
        sheet.say(x, upper, name, sheet.style(12.5, weight="bold"), room)
        style = sheet.style(10.5, self._sides[0 if what.more == "first" else 1])
        said = what.words(*self._titles)
        if sheet.length(said, style) > room:
            said = what.short
        sheet.say(x, lower, said, style, room)
        for left, dataset in zip(columns, datasets, strict=True):
            pictures = example_pictures(self.bundle, grid, index, dataset, EXAMPLES, round((side - 4) * sheet.unit))
            for at, picture in enumerate(pictures):
                sheet.paste(picture, left + at * (side - 2), top + 2)
        counts = f"{what.first:,} ‖ {what.second:,}"
        sheet.say(sheet.right, upper, counts, sheet.style(12.5, weight="bold", anchor="rs"))
        sheet.say(sheet.right, lower, "q < 0.001" if what.q < 0.001 else f"q = {what.q:.3f}", sheet.quiet(10.5, "rs"))

    def _icon(self, x: float, y: float, side: float, column: int, row: int) -> None:
        """The icon of a cell, where it has one."""
        self.sheet.box(x, y, x + side, y + side, self.sheet.palette.ground)
        if self.choice.pyramid and column != OUTSIDE:
            size = max(1, round(side * self.sheet.unit))
            icon = read_icon(self.bundle, self.choice.pyramid, column, row)
            self.sheet.paste(icon.resize((size, size), Image.Resampling.LANCZOS), x, y)


def title_of(bundle: Bundle, name: str) -> str:
    """Title of a dataset."""
    return bundle.manifest.datasets[bundle.dataset_index(name)].title


def rgb(color: NDArray[np.uint8]) -> Color:
    """A colour of a ramp as Pillow takes it."""
    red, green, blue = color.tolist()
    return red, green, blue


def _ticks(scale: Scale, ratio: bool, factor: float) -> list[tuple[float, str]]:
    """(place on the ramp, text) of each tick."""
    values = scale.ticks()
    if scale.signed:
        values = [-value for value in values[:0:-1]] + values
    places = scale.place(np.array(values)).tolist()
    return [(at, _ratio(value) if ratio else f"{abs(value) * factor:,.4g}") for at, value in zip(places, values, strict=True)]


def _ratio(effect: float) -> str:
    return "equal" if effect == 0 else f"{2 ** abs(effect):.3g}×"
