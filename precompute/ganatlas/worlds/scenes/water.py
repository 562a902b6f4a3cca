"""Water: the sea behind a beach with the light's path on it, and lakes that mirror what stands above their shore."""

import numpy as np

from ganatlas.worlds.scenes.attributes import Semantic, Weather
from ganatlas.worlds.scenes.canvas import FINE, SCALE, SIZE, Canvas, Paint
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material, tile
from ganatlas.worlds.scenes.palette import GROUND, WATER_TINT, Colour, mix, multiply, scale
from ganatlas.worlds.scenes.plan import Plan


def paint_sea(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Water from the horizon to the beach."""
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
