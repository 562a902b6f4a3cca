"""The land: ridges and hills that fade with distance, the ground, a road, and water with what it mirrors."""

import math

import numpy as np

from ganatlas.worlds.scenes.attributes import Biome, Landmark, Season, Semantic, Water, Weather
from ganatlas.worlds.scenes.canvas import FINE, SCALE, SIZE, Brush, Canvas, Paint, Point
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material, tile
from ganatlas.worlds.scenes.palette import FAR, GROUND, SNOW, WATER_TINT, Colour, mix, multiply, scale
from ganatlas.worlds.scenes.plan import Plan

_GROUND_CLASS = {Biome.DESERT: Semantic.SAND, Biome.COAST: Semantic.SAND}
_GROUND_GRAIN = {Semantic.SAND: Material.SAND, Semantic.SNOW: Material.SNOW, Semantic.GRASS: Material.GRASS}


def ground_class(plan: Plan) -> Semantic:
    """What covers the near ground."""
    if plan.attributes.season is Season.WINTER and plan.attributes.biome not in _GROUND_CLASS:
        return Semantic.SNOW
    return _GROUND_CLASS.get(plan.attributes.biome, Semantic.GRASS)


def _waves(dice: Dice, rough: float) -> list[tuple[float, float, float]]:
    return [(rough / (k + 1), 0.055 * (k + 1) * dice.between(0.7, 1.3), dice.between(0, 6.3)) for k in range(3)]


def _rolling(dice: Dice, level: float, rough: float) -> list[Point]:
    waves = _waves(dice, rough)
    return [(x, level - sum(a * math.sin(f * x + p) for a, f, p in waves)) for x in range(-2, SIZE + 4, 2)]


def _jagged(dice: Dice, level: float, height: float) -> list[Point]:
    """Peaks and saddles in turn, with a shoulder on each slope."""
    points: list[Point] = []
    x, up = -10.0, dice.chance(0.5)
    y = level - height * 0.3
    while x < SIZE + 14:
        target = level - height * (dice.between(0.62, 1.0) if up else dice.between(0.1, 0.38))
        step = dice.between(8, 13)
        points.append((x, y))
        points.append((x + step * dice.between(0.4, 0.6), y + (target - y) * dice.between(0.38, 0.62)))
        x, y, up = x + step, target, not up
    points.append((x, y))
    return points


def _below(edge: list[Point], bottom: float) -> list[Point]:
    return [*edge, (SIZE + 8, bottom), (-8, bottom)]


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
        edge = _rolling(dice, horizon + 1, 2.2)
        canvas.brush(Semantic.HILL).polygon(
            _below(edge, foot), Paint(mood.lit(dunes, 0.2), mood.lit(scale(dunes, 0.9), 0.12), Material.SAND)
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
    far, near = _rolling(dice, horizon - dice.between(3, 6), 3.2), _rolling(dice, horizon - dice.between(-1, 1.5), 2.4)
    hill.polygon(_below(far, foot), Paint(mood.lit(bluish, 0.55), mood.lit(bluish, 0.75)))
    if biome is Biome.FOREST:
        _treeline(canvas, plan, dice, far, bluish, 0.5)
    if biome is not Biome.WETLAND:
        hill.polygon(_below(near, foot), Paint(mood.lit(colour, 0.26), mood.lit(colour, 0.4), Material.GRASS))
    else:
        hill.polygon(_below(_rolling(dice, horizon + 0.5, 0.7), foot), Paint(mood.lit(colour, 0.34), mood.lit(colour, 0.3)))
    if biome is Biome.FOREST:
        _treeline(canvas, plan, dice, near, colour, 0.22)


def _mountains(canvas: Canvas, plan: Plan, dice: Dice, level: float, height: float, depth: float, colour: Colour) -> None:
    mood = plan.mood
    edge = _jagged(dice, level, height)
    foot = level + 8
    brush = canvas.brush(Semantic.MOUNTAIN)
    brush.polygon(_below(edge, foot), Paint(mood.lit(colour, depth), mood.lit(colour, min(1.0, depth + 0.25)), Material.ROCK))
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


def paint_ground(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """The near ground with its road, and the sea behind a beach."""
    attributes, mood = plan.attributes, plan.mood
    kind = ground_class(plan)
    colour = GROUND[attributes.biome][attributes.season]
    grain = _GROUND_GRAIN[kind]
    if attributes.water is Water.SEA:
        assert plan.shore is not None
        _sea(canvas, plan, dice)
        edge = _rolling(dice, plan.shore, 0.9)
        foam = [(x, y - 0.7) for x, y in edge]
        canvas.brush(Semantic.WATER).polygon(_below(foam, SIZE + 2), mood.lit((250, 252, 250), 0.05))
        wet = mood.lit(scale(colour, 0.82))
        canvas.brush(kind).polygon(_below(edge, SIZE + 2), Paint(wet, wet, grain))
        edge = [(x, y + 1.6) for x, y in edge]
    else:
        edge = _rolling(dice, attributes.horizon + dice.between(3, 5), 1.2)
    near, far = mood.lit(scale(colour, 0.9)), mood.lit(colour, 0.14)
    canvas.brush(kind).polygon(_below(edge, SIZE + 2), Paint(far, near, grain))
    _patches(canvas, plan, dice, kind, colour)
    lonely = attributes.landmark in (
        Landmark.NONE,
        Landmark.BALLOON,
        Landmark.BOAT,
        Landmark.BRIDGE,
        Landmark.LIGHTHOUSE,
    )
    if attributes.water is Water.NONE and not lonely and dice.chance(0.7):
        _road(canvas, plan, dice)


def _patches(canvas: Canvas, plan: Plan, dice: Dice, kind: Semantic, colour: Colour) -> None:
    """Broad strokes of a lighter or darker tone, and snow that lies on winter's sand."""
    attributes, mood = plan.attributes, plan.mood
    top = (plan.shore or 0) + 5 if attributes.water is Water.SEA else attributes.horizon + 8
    for _ in range(5):
        x, y, width = dice.between(0, 64), dice.between(top, 64), dice.between(6, 15)
        tone = scale(colour, dice.pick((0.94, 1.05)))
        canvas.brush(None).ellipse(x, y, width, width * 0.1, Paint(mood.lit(tone), mood.lit(tone), _GROUND_GRAIN[kind]))
    if kind is Semantic.SAND and attributes.season is Season.WINTER:
        for _ in range(7):
            x, y, width = dice.between(0, 64), dice.between(top, 64), dice.between(4, 12)
            canvas.brush(Semantic.SNOW).ellipse(x, y, width, width * 0.16, mood.lit(SNOW))


def _road(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """A path that winds from the lower edge to the landmark's door."""
    attributes, mood = plan.attributes, plan.mood
    assert attributes.landmark_x is not None
    assert attributes.landmark_base is not None
    asphalt = attributes.landmark is Landmark.TOWER_BLOCK
    colour: Colour = (124, 124, 132) if asphalt else (206, 178, 130)
    if attributes.season is Season.WINTER and not asphalt:
        colour = (206, 206, 214)
    start, end, bend = dice.between(10, 54), attributes.landmark_x, dice.between(-7, 7)
    left: list[Point] = []
    right: list[Point] = []
    for step in range(9):
        t = step / 8
        y = SIZE + 1 + (attributes.landmark_base + 0.5 - SIZE - 1) * t
        x = start + (end - start) * t + bend * math.sin(t * math.pi)
        half = 4.2 * (1 - t) + 1.0 * t
        left.append((x - half, y))
        right.append((x + half, y))
    brush = canvas.brush(Semantic.ROAD)
    brush.polygon([*left, *reversed(right)], Paint(mood.lit(colour, 0.08), mood.lit(colour), Material.SAND))


def _sea(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    mood, horizon = plan.mood, plan.attributes.horizon
    assert plan.shore is not None
    tint = _water_colour(plan)
    far, near = mix(tint, mood.low, 0.5), mix(tint, mood.middle, 0.12)
    canvas.brush(Semantic.WATER).polygon(
        [(-1, horizon), (65, horizon), (65, plan.shore + 6), (-1, plan.shore + 6)], Paint(far, near, Material.WATER)
    )
    crest = mix(mood.lit((255, 255, 255)), tint, 0.35)
    for _ in range(12):
        x, y = dice.between(0, 64), dice.between(horizon + 1.5, plan.shore)
        width = 0.8 + 2.4 * (y - horizon) / (plan.shore - horizon)
        canvas.brush(None).line([(x - width, y), (x + width, y)], 0.4, crest)
    if mood.hour.disc is not None and mood.hour.elevation < 0.8 and plan.attributes.weather in (Weather.CLEAR, Weather.CLOUDY):
        _glitter(canvas, plan, dice, horizon, plan.shore)


def _glitter(canvas: Canvas, plan: Plan, dice: Dice, top: float, bottom: float) -> None:
    """The sun's or the moon's path on the water."""
    disc = plan.mood.hour.disc
    assert disc is not None
    x = SIZE / 2 + plan.attributes.sun_side * 19
    for step in range(12):
        y = top + (bottom - top) * (step + 0.5) / 12
        width = dice.between(0.8, 2.0) + 2.0 * step / 12
        shift = dice.between(-1.5, 1.5)
        points = [
            (x + shift - width, y),
            (x + shift + width, y),
            (x + shift + width, y + 0.5),
            (x + shift - width, y + 0.5),
        ]
        canvas.brush(None).glaze(points, disc, 0.55)


def _water_colour(plan: Plan) -> Colour:
    return mix(multiply(WATER_TINT[plan.attributes.biome], plan.mood.light), plan.mood.middle, 0.3)


def paint_lake(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Water from the shore to the lower edge: mirrors, in ripples, what stands above the shore."""
    assert plan.shore is not None
    first = round(plan.shore * SCALE)
    rows = np.arange(first, FINE)
    pixels = canvas.pixels()
    mirrored = pixels[np.maximum(2 * first - rows - 1, 0)].astype(np.float32)
    phase, depth = dice.between(0, 6.3), (rows - first) / max(len(rows), 1)
    shifts = np.round((0.6 + 2.6 * depth) * np.sin(rows * 0.9 + phase) * np.sin(rows * 0.23)).astype(int)
    columns = (np.arange(FINE)[None, :] + shifts[:, None]) % FINE
    mirrored = np.take_along_axis(mirrored, columns[:, :, None], axis=1)
    body = np.array(_water_colour(plan), np.float32)
    opacity = (0.36 + 0.34 * depth)[:, None, None].astype(np.float32)
    water = mirrored + (body - mirrored) * opacity
    water *= tile(Material.WATER)[first:, :, None]
    edge = canvas.brush(Semantic.WATER)
    canvas.put_rows(first, np.clip(water, 0, 255).astype(np.uint8))
    canvas.map.paste(int(Semantic.WATER), (0, first, FINE, FINE))
    bank = plan.mood.lit(scale(GROUND[plan.attributes.biome][plan.attributes.season], 0.66))
    canvas.brush(None).line([(-1, plan.shore), (65, plan.shore)], 0.5, bank)
    bright = mix(plan.mood.lit((255, 255, 255)), _water_colour(plan), 0.45)
    for _ in range(6):
        x, y, width = dice.between(0, 64), dice.between(plan.shore + 2, 64), dice.between(1.5, 4)
        edge.line([(x - width, y), (x + width, y)], 0.34, bright)
