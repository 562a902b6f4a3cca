"""A page to draw on, in thousandths of the map's side: text that fits, boxes, pictures, a cursor that goes down a column."""

from pathlib import Path

from PIL import Image, ImageDraw

from .colors import Color, Theme
from .map_picture import PALETTES
from .typography import Style, Typesetter, Weight


class Sheet:
    """One page. `y` is the cursor of the column between `left` and `right`."""

    def __init__(self, page: Image.Image, unit: float, theme: Theme, font: Path | None) -> None:
        """Args: unit: px of a thousandth."""
        self.page, self.unit, self.palette = page, unit, PALETTES[theme]
        self.left, self.right, self.y = 0.0, page.width / unit, 0.0
        self._setter, self._drawing = Typesetter(page, font), ImageDraw.Draw(page)

    def style(self, size: float, fill: Color | None = None, weight: Weight = "regular", anchor: str = "ls") -> Style:
        """A style whose size is in thousandths; ink where no colour is said."""
        return Style(size * self.unit, fill or self.palette.ink, weight, anchor)

    def quiet(self, size: float, anchor: str = "ls") -> Style:
        """The style of what is said on the side."""
        return self.style(size, self.palette.quiet, anchor=anchor)

    def length(self, text: str, style: Style) -> float:
        """Length of a line."""
        return self._setter.length(text, style) / self.unit

    def say(self, x: float, y: float, text: str, style: Style, width: float | None = None) -> float:
        """Write a line, cut to `width`; returns its length."""
        shown = text if width is None else self._setter.fit(text, width * self.unit, style)
        return self._setter.text((x * self.unit, y * self.unit), shown, style) / self.unit

    def heading(self, text: str, gap: float = 30) -> None:
        """Write a heading below the cursor."""
        self.y += gap + 12
        self.say(self.left, self.y, text, self.style(13, weight="bold"), self.right - self.left)
        self.y += 3

    def paragraph(self, text: str, size: float = 11) -> None:
        """Write lines below the cursor."""
        style = self.quiet(size)
        for line in self._setter.lines(text, (self.right - self.left) * self.unit, style):
            self.y += size * 1.45
            self.say(self.left, self.y, line, style)

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Color) -> None:
        """Fill a rectangle."""
        self._drawing.rectangle((x0 * self.unit, y0 * self.unit, x1 * self.unit, y1 * self.unit), fill=fill)

    def paste(self, picture: Image.Image, x: float, y: float) -> None:
        """Put a picture down, through its own transparency where it has some."""
        self.page.paste(picture, (round(x * self.unit), round(y * self.unit)), picture if picture.mode == "RGBA" else None)
