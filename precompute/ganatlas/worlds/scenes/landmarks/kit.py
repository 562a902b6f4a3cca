"""What every landmark is built with: a place on the canvas, walls and roofs in the light, windows that are lit at night.

A landmark is drawn in units of its own height: u to the right (0 its middle), v up (0 its foot, 1 its top).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ganatlas.worlds.scenes.canvas import Brush, Paint, Point
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import LAMPLIGHT, SNOW, Colour, Mood, mix, scale


@dataclass(frozen=True)
class Kit:
    """One landmark's place (x, y: its foot, height; pixels), light and brush."""

    brush: Brush
    over: Brush
    """A brush that changes no class: shadows and beams beside the landmark."""
    mood: Mood
    dice: Dice
    x: float
    y: float
    height: float
    mirrored: bool
    snowy: bool

    def at(self, u: float, v: float) -> Point:
        return (self.x + (-u if self.mirrored else u) * self.height, self.y - v * self.height)

    def path(self, *points: Point) -> list[Point]:
        return [self.at(u, v) for u, v in points]

    def facing(self, side: int) -> int:
        """How a wall that looks towards ``side`` of the landmark (1 its right, -1 its left) stands to the light."""
        return self.mood.face(-side if self.mirrored else side)

    def paint(self, colour: Colour, face: int = 0, material: Material = Material.PLAIN) -> Paint:
        """Colour in the light, a little darker towards the foot."""
        lit = self.mood.lit(colour, 0.0, face)
        return Paint(lit, scale(lit, 0.9), material)

    def shape(self, points: Sequence[Point], colour: Colour, face: int = 0, material: Material = Material.PLAIN) -> None:
        self.brush.polygon(self.path(*points), self.paint(colour, face, material))

    def block(
        self,
        left: float,
        foot: float,
        right: float,
        top: float,
        colour: Colour,
        face: int = 0,
        material: Material = Material.PLAIN,
    ) -> None:
        self.shape([(left, foot), (left, top), (right, top), (right, foot)], colour, face, material)

    def roof(self, points: Sequence[Point], colour: Colour, face: int = 0, material: Material = Material.SHINGLE) -> None:
        """A roof, the first two points being its eaves; in winter snow covers it down to a rim above them."""
        self.shape(points, colour, face, material)
        if self.snowy:
            ridge = points[2:]
            u, v = (sum(p[k] for p in ridge) / len(ridge) for k in (0, 1))
            raised = [(a + (u - a) * 0.07, b + (v - b) * 0.2) for a, b in points[:2]]
            self.shape([*raised, *ridge], SNOW, min(face, 0), Material.SNOW)

    def disc(self, u: float, v: float, ru: float, rv: float, colour: Colour, face: int = 0) -> None:
        x, y = self.at(u, v)
        self.brush.ellipse(x, y, ru * self.height, rv * self.height, self.mood.lit(colour, 0.0, face))

    def line(self, points: Sequence[Point], width: float, colour: Colour, face: int = 0) -> None:
        """A line; ``width`` in units of the height."""
        self.brush.line(self.path(*points), width * self.height, self.mood.lit(colour, 0.0, face))

    def window(
        self, u: float, v: float, width: float, height: float, *, arched: bool = False, tint: Colour = (74, 92, 122)
    ) -> None:
        """A window around (u, v): lamplight in the dark, else a dark pane with the sky in it."""
        lamp = self.mood.hour.darkness > 0 and self.dice.chance(0.25 + 0.65 * self.mood.hour.darkness)
        if lamp:
            colour = LAMPLIGHT
            x, y = self.at(u, v)
            if self.mood.hour.darkness > 0.7:
                self.over.glow(x, y, max(width, height) * self.height * 1.8, LAMPLIGHT, 0.32)
        else:
            colour = mix(self.mood.lit(tint), self.mood.middle, 0.16)
        left, right, foot, top = u - width / 2, u + width / 2, v - height / 2, v + height / 2
        outline = [(left, foot), (left, top), (right, top), (right, foot)]
        if arched:
            outline = [
                (left, foot),
                (left, top - width * 0.3),
                (u, top + width * 0.2),
                (right, top - width * 0.3),
                (right, foot),
            ]
        self.brush.polygon(self.path(*outline), colour)

    def shadow(self, reach: float) -> None:
        """The landmark's shadow on the ground, away from the light; ``reach`` its half width in heights."""
        long = (1.4 - self.mood.hour.elevation) * 0.7 * self.height
        half, away = reach * self.height, -self.mood.side
        dark = scale(self.mood.lit((60, 66, 96)), 0.6)
        points = [
            (self.x - half, self.y),
            (self.x + half, self.y),
            (self.x + half * 0.8 + away * long, self.y + 2.2),
            (self.x - half * 0.8 + away * long, self.y + 2.2),
        ]
        self.over.glaze(points, dark, 0.3)
        self.over.glaze(
            [
                (self.x - half, self.y - 0.4),
                (self.x + half, self.y - 0.4),
                (self.x + half, self.y + 0.8),
                (self.x - half, self.y + 0.8),
            ],
            dark,
            0.34,
        )
