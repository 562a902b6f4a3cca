"""The sky: a gradient with a glow around the sun, the disc of sun or moon, stars and clouds."""

import numpy as np
from PIL import Image

from ganatlas.worlds.scenes.attributes import Semantic, Weather
from ganatlas.worlds.scenes.canvas import FINE, SCALE, SIZE, Canvas
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.palette import WHITE, Colour, grey, mix, scale
from ganatlas.worlds.scenes.plan import Plan

_CLOUDS = {
    Weather.CLEAR: (0, 2),
    Weather.CLOUDY: (4, 6),
    Weather.RAIN: (5, 7),
    Weather.SNOW: (4, 6),
    Weather.FOG: (0, 2),
}


def paint_sky(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Covers the whole canvas; everything else is painted over it."""
    mood, hour, horizon = plan.mood, plan.mood.hour, plan.attributes.horizon
    weather = plan.attributes.weather
    stops = np.array([0.0, 0.58, 1.0]) * horizon * SCALE
    rows = np.stack(
        [np.interp(np.arange(FINE), stops, [c[k] for c in (mood.top, mood.middle, mood.low)]) for k in range(3)], axis=1
    )
    sky = np.broadcast_to(rows[:, None, :], (FINE, FINE, 3)).astype(np.uint8)
    canvas.picture.paste(Image.fromarray(sky), (0, 0))

    side = plan.attributes.sun_side
    x = SIZE / 2 + side * dice.between(12, 26) if side else dice.between(14, 50)
    y = horizon * (1.0 - 0.82 * hour.elevation) - dice.between(0, 3)
    overcast = weather in (Weather.RAIN, Weather.SNOW)
    if hour.darkness >= 0.8 and not overcast:
        _stars(canvas, dice, horizon, hour.darkness, x, y)
    if hour.disc is not None and not overcast:
        _disc(canvas, plan, dice, x, y, hour.disc)
    _clouds(canvas, plan, dice)


def _stars(canvas: Canvas, dice: Dice, horizon: float, darkness: float, moon_x: float, moon_y: float) -> None:
    brush = canvas.brush(None)
    for _ in range(34 if darkness >= 1 else 12):
        x, y = dice.between(1, 63), dice.between(1, horizon - 5)
        size = dice.pick((0.34, 0.34, 0.5, 0.66))
        tint: Colour = dice.pick(((255, 255, 240), (220, 230, 255), (255, 236, 200)))
        if abs(x - moon_x) + abs(y - moon_y) > 6:
            brush.ellipse(x, y, size, size, mix(tint, (30, 40, 96), dice.between(0.0, 0.5)))


def _disc(canvas: Canvas, plan: Plan, dice: Dice, x: float, y: float, colour: Colour) -> None:
    night, foggy = plan.mood.hour.darkness >= 1, plan.attributes.weather is Weather.FOG
    radius = dice.between(2.6, 3.6) if night else dice.between(2.8, 4.2)
    glow = canvas.brush(None)
    glow.glow(x, y, radius * (5 if night else 8), colour, 0.34 if night else 0.6)
    paint = mix(colour, plan.mood.haze, 0.45) if foggy else colour
    canvas.brush(Semantic.SUN_MOON).ellipse(x, y, radius, radius, paint)
    if night and dice.chance(0.6):
        # A crescent: the rest of the disc in the colour of the sky, and sky in the label map.
        shift = radius * dice.between(0.5, 0.9) * dice.pick((-1, 1))
        behind = mix(mix(plan.mood.top, plan.mood.middle, min(1.0, y / 18)), colour, 0.06)
        canvas.brush(Semantic.SKY).ellipse(x + shift, y - radius * 0.2, radius * 0.9, radius * 0.9, behind)
    elif night:
        glow.ellipse(x - 0.9, y - 0.6, 0.7, 0.6, scale(paint, 0.9))
        glow.ellipse(x + 0.9, y + 0.9, 0.5, 0.5, scale(paint, 0.9))


def _clouds(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    mood, horizon, weather = plan.mood, plan.attributes.horizon, plan.attributes.weather
    low, high = _CLOUDS[weather]
    body = mix(mood.lit(WHITE), mood.low, 0.25)
    if mood.hour.darkness >= 0.8:
        body = mix(mood.middle, WHITE, 0.22)
    belly = mix(body, mood.middle if mood.hour.darkness < 0.8 else mood.top, 0.42)
    if weather in (Weather.RAIN, Weather.SNOW):
        body, belly = scale(mix(body, grey(mood.middle), 0.55), 0.97), scale(grey(belly), 0.82)
        belly = mix(belly, mood.middle, 0.3)
    for _ in range(dice.whole(low, high)):
        x, y = dice.between(-4, 68), dice.between(3, horizon * 0.62)
        width = dice.between(5, 9) if weather is Weather.CLEAR else dice.between(7, 14)
        _cloud(canvas, dice, x, y, width, body, belly)


def _cloud(canvas: Canvas, dice: Dice, x: float, y: float, width: float, body: Colour, belly: Colour) -> None:
    """Puffs on a flat base, each dark below and light above."""
    brush = canvas.brush(Semantic.CLOUD)
    puffs = []
    for step in range(5):
        along = (step - 2) / 2
        size = width * (0.42 - 0.2 * abs(along)) * dice.between(0.8, 1.2)
        puffs.append((x + along * width * 0.8, y - size * 0.45, size))
    brush.ellipse(x, y, width, width * 0.17, belly)
    for px, py, size in puffs:
        brush.ellipse(px, py, size * 1.25, size * 0.8, belly)
    for px, py, size in puffs:
        brush.ellipse(px + 0.2, py - 0.12 * size - 0.3, size * 1.12, size * 0.66, body)
