"""The trees, one function a kind, and which grow in which biome. :mod:`planting` says where they stand."""

import math
from collections.abc import Callable

from ganatlas.worlds.scenes.attributes import Biome, Season, Semantic
from ganatlas.worlds.scenes.canvas import Canvas, Paint, Point
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import FOLIAGE, SNOW, Colour, scale
from ganatlas.worlds.scenes.plan import Plan

Painter = Callable[[Canvas, Plan, Dice, float, float, float, float], None]
"""Paints one plant: canvas, plan, dice, column and row of its foot, height in pixels, depth (0 near – 1 horizon)."""

_BARK: Colour = (112, 82, 60)


def _leafy(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, height: float, depth: float) -> None:
    """A round crown on a trunk; in winter bare branches with snow."""
    mood = plan.mood
    brush = canvas.brush(Semantic.TREE)
    trunk = mood.lit(_BARK, depth)
    width = max(0.5, height * 0.09)
    if plan.attributes.season is Season.WINTER:
        brush.line([(x, y), (x, y - height * 0.6)], width, trunk)
        for lean in (-0.34, -0.16, 0.04, 0.2, 0.36):
            fork = y - height * dice.between(0.34, 0.5)
            tip = (x + lean * height, y - height * dice.between(0.78, 1.0))
            brush.line([(x, fork), tip], max(0.4, width * 0.5), trunk)
            brush.line(
                [
                    ((x + tip[0]) / 2, (fork + tip[1]) / 2),
                    (tip[0] + height * 0.1 * math.copysign(1, lean), tip[1] + height * 0.12),
                ],
                0.34,
                trunk,
            )
            if plan.snowy:
                brush.line(
                    [(x + lean * height * 0.5, (fork + tip[1]) / 2 - 0.4), (tip[0], tip[1] - 0.3)],
                    0.34,
                    mood.lit(SNOW, depth),
                )
        return
    leaf = dice.pick(FOLIAGE[plan.attributes.season])
    brush.polygon(
        [(x - width, y), (x - width * 0.5, y - height * 0.5), (x + width * 0.5, y - height * 0.5), (x + width, y)],
        trunk,
    )
    light, shade = mood.lit(leaf, depth, 1), mood.lit(leaf, depth, -1)
    radius = height * dice.between(0.3, 0.36)
    middle = y - height + radius
    side = mood.side
    blobs = [(-0.55, 0.3), (0.55, 0.28), (0.0, -0.12), (-0.2, 0.45), (0.28, 0.4)]
    for bx, by in blobs:
        brush.ellipse(
            x + bx * radius,
            middle + by * radius,
            radius * 0.74,
            radius * 0.68,
            Paint(shade, scale(shade, 0.86), Material.FOLIAGE),
        )
    for bx, by in blobs[:3]:
        brush.ellipse(
            x + (bx + 0.16 * side) * radius,
            middle + (by - 0.2) * radius,
            radius * 0.56,
            radius * 0.46,
            Paint(light, mood.lit(leaf, depth), Material.FOLIAGE),
        )


def _fir(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, height: float, depth: float) -> None:
    mood = plan.mood
    brush = canvas.brush(Semantic.TREE)
    green: Colour = dice.pick(((44, 104, 78), (36, 92, 62), (62, 118, 78)))
    if plan.attributes.season is Season.AUTUMN and dice.chance(0.4):
        green = (206, 160, 62)  # a larch
    elif plan.attributes.season is Season.SPRING:
        green = scale(green, 1.22)
    brush.line([(x, y), (x, y - height * 0.2)], max(0.6, height * 0.08), mood.lit(_BARK, depth))
    half = height * dice.between(0.24, 0.3)
    for step in range(4):
        foot, top = y - height * (0.12 + 0.2 * step), y - height * (0.46 + 0.18 * step)
        reach = half * (1 - 0.2 * step)
        brush.polygon([(x - reach, foot), (x, top), (x + reach, foot)], mood.lit(green, depth, 1 if step % 2 else 0))
        side = mood.side or 1
        brush.polygon([(x, foot), (x, top), (x - side * reach, foot)], mood.lit(scale(green, 0.8 + 0.04 * step), depth))
        if plan.snowy:
            brush.polygon(
                [
                    (x, top),
                    (x + reach * 0.72, foot - height * 0.1),
                    (x + 0.1, foot - height * 0.17),
                    (x - reach * 0.72, foot - height * 0.1),
                ],
                mood.lit(SNOW, depth),
            )


def _palm(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, height: float, depth: float) -> None:
    mood = plan.mood
    brush = canvas.brush(Semantic.TREE)
    lean = dice.between(-0.3, 0.3) * height
    top = (x + lean, y - height * 0.78)
    trunk: list[Point] = [(x, y), (x + lean * 0.3, y - height * 0.4), top]
    brush.line(trunk, max(0.7, height * 0.07), mood.lit((150, 112, 76), depth))
    green: Colour = {Season.SPRING: (108, 178, 78), Season.SUMMER: (66, 146, 70), Season.AUTUMN: (190, 156, 62)}.get(
        plan.attributes.season, (150, 166, 140)
    )
    for angle in (-2.9, -2.3, -1.6, -0.85, -0.25, 0.35, 2.75):
        swing = angle + dice.between(-0.15, 0.15)
        reach = height * dice.between(0.34, 0.44)
        mid = (top[0] + math.cos(swing) * reach * 0.6, top[1] + math.sin(swing) * reach * 0.6 - 0.5)
        tip = (top[0] + math.cos(swing) * reach, top[1] + math.sin(swing) * reach * 0.7 + reach * 0.4)
        brush.polygon(
            [top, (mid[0], mid[1] - 0.5), tip, (mid[0], mid[1] + 0.9)],
            mood.lit(green, depth, 1 if math.cos(swing) * mood.side > 0 else -1),
        )
    if plan.attributes.season is Season.WINTER:
        brush.ellipse(top[0], top[1] - 0.6, 1.2, 0.6, mood.lit(SNOW, depth))


def _cactus(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, height: float, depth: float) -> None:
    mood = plan.mood
    brush = canvas.brush(Semantic.TREE)
    green: Colour = (86, 144, 84) if plan.attributes.season is not Season.AUTUMN else (122, 140, 76)
    tone, light = mood.lit(green, depth), mood.lit(green, depth, 1)
    width = max(0.9, height * 0.17)
    tall = height * 0.72
    brush.line([(x, y), (x, y - tall)], width, tone)
    brush.ellipse(x, y - tall, width / 2, width / 2, tone)
    for side, low in ((-1, dice.between(0.25, 0.4)), (1, dice.between(0.35, 0.5))):
        arm = x + side * height * 0.24
        brush.line([(x, y - tall * low), (arm, y - tall * low), (arm, y - tall * (low + 0.36))], width * 0.7, tone)
    brush.line([(x + width * 0.2 * (mood.side or 1), y - 0.4), (x + width * 0.2 * (mood.side or 1), y - tall)], 0.34, light)
    if plan.attributes.season is Season.SPRING:
        canvas.brush(Semantic.PLANT).ellipse(x, y - tall - width * 0.5, 0.9, 0.7, mood.lit((255, 110, 150), depth))
    elif plan.attributes.season is Season.WINTER:
        brush.ellipse(x, y - tall - width * 0.4, width * 0.55, 0.5, mood.lit(SNOW, depth))


def _willow(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, height: float, depth: float) -> None:
    """Long strands that hang to the water."""
    mood, season = plan.mood, plan.attributes.season
    brush = canvas.brush(Semantic.TREE)
    leaf: Colour = {Season.SPRING: (176, 210, 96), Season.SUMMER: (108, 158, 82), Season.AUTUMN: (222, 176, 70)}.get(
        season, (176, 178, 176)
    )
    brush.line([(x, y), (x + 0.4, y - height * 0.6)], max(0.8, height * 0.1), mood.lit(_BARK, depth))
    radius = height * 0.36
    if season is not Season.WINTER:
        brush.ellipse(
            x,
            y - height * 0.66,
            radius * 1.05,
            radius * 0.9,
            Paint(mood.lit(leaf, depth, 1), mood.lit(leaf, depth, -1), Material.FOLIAGE),
        )
    for step in range(11):
        start = x + (step - 5) / 5 * radius * 1.1
        top = y - height * (0.92 - 0.05 * abs(step - 5))
        tone = mood.lit(scale(leaf, dice.between(0.8, 1.1)), depth)
        brush.line([(x, top), (start, top + height * 0.12), (start, y - height * dice.between(0.08, 0.28))], 0.6, tone)


def _birch(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, height: float, depth: float) -> None:
    mood = plan.mood
    brush = canvas.brush(Semantic.TREE)
    if plan.attributes.season is not Season.WINTER:
        leaf: Colour = {Season.SPRING: (186, 218, 110), Season.SUMMER: (118, 168, 80)}.get(
            plan.attributes.season, (240, 190, 60)
        )
        for k in range(6):
            brush.ellipse(
                x + dice.between(-0.16, 0.16) * height,
                y - height * (0.4 + 0.1 * k),
                height * 0.15,
                height * 0.12,
                Paint(mood.lit(leaf, depth, 1), mood.lit(leaf, depth, -1), Material.FOLIAGE),
            )
    brush.line([(x, y), (x, y - height * 0.9)], max(0.5, height * 0.06), mood.lit((232, 230, 222), depth))
    for k in range(4):
        brush.line(
            [(x - 0.3, y - height * (0.15 + 0.18 * k)), (x + 0.1, y - height * (0.15 + 0.18 * k))],
            0.34,
            mood.lit((70, 64, 60), depth),
        )
    if plan.attributes.season is Season.WINTER:
        for lean in (-0.2, 0.22, -0.12, 0.14):
            brush.line(
                [(x, y - height * dice.between(0.4, 0.7)), (x + lean * height, y - height * dice.between(0.75, 1.0))],
                0.34,
                mood.lit((150, 140, 136), depth),
            )


TREES: dict[Biome, tuple[tuple[Painter, float], ...]] = {
    Biome.MEADOW: ((_leafy, 0.8), (_birch, 0.2)),
    Biome.FOREST: ((_fir, 0.6), (_leafy, 0.4)),
    Biome.MOUNTAIN: ((_fir, 0.9), (_leafy, 0.1)),
    Biome.DESERT: ((_cactus, 0.75), (_palm, 0.25)),
    Biome.COAST: ((_palm, 0.85), (_leafy, 0.15)),
    Biome.WETLAND: ((_willow, 0.55), (_birch, 0.45)),
}
