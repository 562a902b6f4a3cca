"""What lies between the sky and the near ground: mountains, mesas, hills, headlands, fading into the haze."""

import math

from ganatlas.worlds.scenes.attributes import Biome, Season, Semantic, Water
from ganatlas.worlds.scenes.canvas import SIZE, Brush, Canvas, Paint, Point
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import FAR, GROUND, SNOW, Colour, mix, scale
from ganatlas.worlds.scenes.plan import Plan
from ganatlas.worlds.scenes.relief import below, jagged, rolling


def paint_distance(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Everything between the sky and the ground."""
    biome, season, horizon = plan.attributes.biome, plan.attributes.season, plan.attributes.horizon
    colour, mood = FAR[biome][season], plan.mood
    foot = horizon + 8
    if biome is Biome.MOUNTAIN:
        _mountains(canvas, plan, dice, horizon + 2, dice.between(15, 22), 0.5, colour)
        _mountains(canvas, plan, dice, horizon + 3, dice.between(8, 12), 0.24, scale(colour, 0.86))
        return
    if biome is Biome.DESERT:
        _mesas(canvas, plan, dice, colour)
        dunes = mix(colour, GROUND[biome][season], 0.55)
        edge = rolling(dice, horizon + 1, 2.2)
        canvas.brush(Semantic.HILL).polygon(
            below(edge, foot), Paint(mood.lit(dunes, 0.2), mood.lit(scale(dunes, 0.9), 0.12), Material.SAND)
        )
        return
    hill = canvas.brush(Semantic.HILL)
    if biome is Biome.COAST and plan.attributes.water is Water.SEA:
        if dice.chance(0.7):
            # A headland on one side, open sea on the other.
            side = dice.pick((-1, 1))
            edge = [
                (SIZE / 2 + side * (32 - k * 4), horizon - 7 * math.cos(k / 8 * 1.57) * dice.between(0.8, 1.1))
                for k in range(9)
            ]
            points = [*edge, (SIZE / 2, horizon + 1), (SIZE / 2 + side * 40, horizon + 1)]
            hill.polygon(points, Paint(mood.lit(colour, 0.5), mood.lit(colour, 0.7), Material.GRASS))
        return
    bluish: Colour = mix(colour, (110, 140, 190), 0.45)
    far, near = rolling(dice, horizon - dice.between(3, 6), 3.2), rolling(dice, horizon - dice.between(-1, 1.5), 2.4)
    hill.polygon(below(far, foot), Paint(mood.lit(bluish, 0.55), mood.lit(bluish, 0.75)))
    if biome is Biome.FOREST:
        _treeline(canvas, plan, dice, far, bluish, 0.5)
    if biome is not Biome.WETLAND:
        hill.polygon(below(near, foot), Paint(mood.lit(colour, 0.26), mood.lit(colour, 0.4), Material.GRASS))
    else:
        hill.polygon(below(rolling(dice, horizon + 0.5, 0.7), foot), Paint(mood.lit(colour, 0.34), mood.lit(colour, 0.3)))
    if biome is Biome.FOREST:
        _treeline(canvas, plan, dice, near, colour, 0.22)


def _mountains(canvas: Canvas, plan: Plan, dice: Dice, level: float, height: float, depth: float, colour: Colour) -> None:
    mood = plan.mood
    edge = jagged(dice, level, height)
    foot = level + 8
    brush = canvas.brush(Semantic.MOUNTAIN)
    brush.polygon(below(edge, foot), Paint(mood.lit(colour, depth), mood.lit(colour, min(1.0, depth + 0.25)), Material.ROCK))
    snow_line = level - height * {Season.WINTER: 0.1, Season.SUMMER: 0.72}.get(plan.attributes.season, 0.5)
    side = mood.side or -1
    shaded = canvas.brush(None)
    for before, peak, after in zip(edge, edge[1:], edge[2:], strict=False):
        if peak[1] < before[1] and peak[1] < after[1]:
            away = after if side < 0 else before
            reach = 2.2 if side < 0 else -2.2
            shaded.glaze(
                [peak, (away[0] + reach, away[1] + 6), (peak[0] + reach * 0.4, away[1] + 7)],
                mood.lit((52, 60, 100), depth),
                0.3,
            )
            if peak[1] < snow_line - 1:
                _snowcap(brush, before, peak, after, snow_line, mood.lit(SNOW, depth * 0.6), dice)


def _snowcap(brush: Brush, before: Point, peak: Point, after: Point, line: float, colour: Colour, dice: Dice) -> None:
    def down(other: Point, to: float) -> Point:
        share = min(1.0, (to - peak[1]) / max(other[1] - peak[1], 0.1))
        return (peak[0] + (other[0] - peak[0]) * share, peak[1] + (other[1] - peak[1]) * share)

    left, right = down(before, line), down(after, line)
    teeth = [
        (
            left[0] + (right[0] - left[0]) * k / 5,
            (left[1] + right[1]) / 2 + (1.4 if k % 2 else -0.8) * dice.between(0.5, 1.4),
        )
        for k in range(4, 0, -1)
    ]
    brush.polygon([left, peak, right, *teeth], colour)


def _mesas(canvas: Canvas, plan: Plan, dice: Dice, colour: Colour) -> None:
    mood, horizon = plan.mood, plan.attributes.horizon
    for _ in range(dice.whole(1, 3)):
        x, width, height = dice.between(0, 64), dice.between(6, 14), dice.between(5, 11)
        brush = canvas.brush(Semantic.MOUNTAIN)
        top = horizon - height
        brush.polygon(
            [(x - width, horizon + 3), (x - width * 0.66, top), (x + width * 0.6, top + 0.6), (x + width, horizon + 3)],
            Paint(mood.lit(colour, 0.34), mood.lit(scale(colour, 0.86), 0.5), Material.ROCK),
        )
        for band in (0.3, 0.6):
            canvas.brush(None).line(
                [
                    (x - width * (0.7 + 0.22 * band), top + height * band),
                    (x + width * (0.64 + 0.25 * band), top + height * band),
                ],
                0.6,
                mood.lit(scale(colour, 0.74), 0.4),
            )


def _treeline(canvas: Canvas, plan: Plan, dice: Dice, edge: list[Point], colour: Colour, depth: float) -> None:
    """A ragged row of firs along a ridge."""
    brush = canvas.brush(Semantic.TREE)
    x = -1.0
    while x < SIZE + 1:
        index = min(len(edge) - 2, max(0, int((x + 2) / 2)))
        y, height = edge[index][1] + 1.5, dice.between(3.2, 6.2) * (1.2 - depth)
        tone = plan.mood.lit(scale(colour, dice.between(0.78, 1.0)), depth)
        brush.polygon([(x - 1.5, y), (x, y - height), (x + 1.5, y)], tone)
        x += dice.between(1.3, 2.6)
