"""The canvas: a picture and its label map, painted together at three times the final size.

Pillow rasterises; every shape goes to both, the picture with its paint and the map with its class, so that the labels are
exact by construction. Coordinates are pixels of the final 64 px image (x to the right, y down), as floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganatlas.worlds.scenes.attributes import Semantic
from ganatlas.worlds.scenes.materials import Material, tile
from ganatlas.worlds.scenes.palette import Colour, mix

SIZE = 64
SCALE = 3
FINE = SIZE * SCALE

Point = tuple[float, float]

_SMALL = 16
"""A plain gradient over fewer fine rows than this is painted as one colour: nobody sees the difference, and it is cheap."""
_RAMP = np.arange(FINE, dtype=np.float32)[:, None, None]


@dataclass(frozen=True)
class Paint:
    """A vertical gradient from ``top`` to ``bottom`` over the shape's height, with the grain of a material."""

    top: Colour
    bottom: Colour
    material: Material = Material.PLAIN


def _whole(colour: Colour) -> tuple[int, int, int]:
    return (int(colour[0]), int(colour[1]), int(colour[2]))


def _fine(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


@dataclass(frozen=True)
class Shape:
    """A polygon's corners, or the upper left and lower right of an upright ellipse's box; in fine pixels."""

    corners: list[Point]
    ellipse: bool = False

    def moved(self, x: float, y: float) -> "Shape":
        return Shape([(a + x, b + y) for a, b in self.corners], self.ellipse)

    def draw(self, to: ImageDraw.ImageDraw, fill: int | tuple[int, int, int]) -> None:
        if self.ellipse:
            to.ellipse(self.corners, fill=fill)
        else:
            to.polygon(self.corners, fill=fill)


class Canvas:
    """A picture, RGB (192, 192), and its label map, (192, 192)."""

    def __init__(self) -> None:
        self.picture = Image.new("RGB", (FINE, FINE))
        self.map = Image.new("L", (FINE, FINE))
        self._draw = ImageDraw.Draw(self.picture)
        self._draw_map = ImageDraw.Draw(self.map)

    def brush(self, label: Semantic | None) -> "Brush":
        """A brush whose strokes are of class ``label``; None for strokes that change no class (shadow, light, window)."""
        return Brush(self, self._draw, self._draw_map, label)

    def pixels(self) -> NDArray[np.uint8]:
        """A copy of the picture: uint8 (192, 192, 3)."""
        return np.array(self.picture)

    def put_rows(self, first: int, rows: NDArray[np.uint8]) -> None:
        """Replaces fine rows from ``first`` on with ``rows``: uint8 (n, 192, 3)."""
        self.picture.paste(Image.fromarray(rows), (0, first))

    def finished(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The picture reduced by Lanczos, uint8 (64, 64, 3), and for each pixel the class most of its nine fine ones have,
        uint8 (64, 64); among equals the lowest."""
        picture = np.asarray(self.picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS))
        fine = np.asarray(self.map).reshape(SIZE, SCALE, SIZE, SCALE).transpose(0, 2, 1, 3).reshape(SIZE * SIZE, -1)
        classes = len(Semantic)
        keys = fine + (np.arange(SIZE * SIZE, dtype=np.int64) * classes)[:, None]
        counts = np.bincount(keys.ravel(), minlength=SIZE * SIZE * classes).reshape(SIZE, SIZE, classes)
        return picture, counts.argmax(axis=2).astype(np.uint8)


class Brush:
    """Paints shapes of one class on a canvas."""

    def __init__(
        self, canvas: Canvas, draw: ImageDraw.ImageDraw, draw_map: ImageDraw.ImageDraw, label: Semantic | None
    ) -> None:
        self._canvas = canvas
        self._draw = draw
        self._draw_map = draw_map
        self._label = None if label is None else int(label)

    def polygon(self, points: Sequence[Point], paint: Colour | Paint) -> None:
        self._shape(Shape(_fine(points)), paint)

    def ellipse(self, x: float, y: float, rx: float, ry: float, paint: Colour | Paint) -> None:
        """An upright ellipse around (x, y)."""
        self._shape(Shape(_fine([(x - rx, y - ry), (x + rx, y + ry)]), ellipse=True), paint)

    def _shape(self, shape: Shape, paint: Colour | Paint) -> None:
        if isinstance(paint, tuple):
            shape.draw(self._draw, _whole(paint))
        else:
            self._paint(shape, paint)
        if self._label is not None:
            shape.draw(self._draw_map, self._label)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line ``width`` final pixels wide (at least one fine pixel)."""
        outline = _fine(points)
        fine_width = max(1, round(width * SCALE))
        self._draw.line(outline, fill=_whole(colour), width=fine_width)
        if self._label is not None:
            self._draw_map.line(outline, fill=self._label, width=fine_width)

    def glaze(self, points: Sequence[Point], colour: Colour, opacity: float) -> None:
        """A transparent polygon; changes no class."""
        outline = _fine(points)
        box = _clip(outline)
        if box is not None:
            mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
            ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in outline], fill=int(opacity * 255))
            self._canvas.picture.paste(_whole(colour), box, mask)

    def glow(self, x: float, y: float, radius: float, colour: Colour, opacity: float) -> None:
        """A soft round light that fades out at ``radius``; changes no class."""
        box = _clip([((x - radius) * SCALE, (y - radius) * SCALE), ((x + radius) * SCALE, (y + radius) * SCALE)])
        if box is not None:
            across = (np.arange(box[0], box[2]) + 0.5 - x * SCALE) / (radius * SCALE)
            down = (np.arange(box[1], box[3]) + 0.5 - y * SCALE) / (radius * SCALE)
            fade = np.clip(1.0 - np.sqrt(across[None, :] ** 2 + down[:, None] ** 2), 0.0, 1.0)
            mask = Image.fromarray((fade * fade * (opacity * 255)).astype(np.uint8))
            self._canvas.picture.paste(_whole(colour), box, mask)

    def _paint(self, shape: Shape, paint: Paint) -> None:
        box = _clip(shape.corners)
        if box is None:
            return
        left, upper, right, lower = box
        if paint.material is Material.PLAIN and lower - upper < _SMALL:
            shape.draw(self._draw, _whole(mix(paint.top, paint.bottom, 0.5)))
            return
        mask = Image.new("1", (right - left, lower - upper))
        shape.moved(-left, -upper).draw(ImageDraw.Draw(mask), 1)
        down = _RAMP[: lower - upper] / max(lower - upper - 1, 1)
        top, bottom = np.array(paint.top, np.float32), np.array(paint.bottom, np.float32)
        filled = top + (bottom - top) * down
        if paint.material is Material.PLAIN:
            filled = np.broadcast_to(filled, (lower - upper, right - left, 3))
        else:
            filled = np.minimum(filled * tile(paint.material)[upper:lower, left:right, None], 255.0)
        self._canvas.picture.paste(Image.fromarray(filled.astype(np.uint8)), (left, upper), mask)


def _clip(corners: Sequence[Point]) -> tuple[int, int, int, int] | None:
    """The box of whole fine pixels around ``corners`` within the canvas; None when it is empty."""
    left = max(0, int(min(x for x, _ in corners)))
    upper = max(0, int(min(y for _, y in corners)))
    right = min(FINE, int(max(x for x, _ in corners)) + 2)
    lower = min(FINE, int(max(y for _, y in corners)) + 2)
    return (left, upper, right, lower) if left < right and upper < lower else None
