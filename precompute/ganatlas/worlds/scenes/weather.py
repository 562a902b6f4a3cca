"""What lies over the finished picture: mist, rain, snowfall and the grain of the paper. None of it changes a label."""

import numpy as np
from PIL import Image, ImageDraw

from ganatlas.worlds.scenes.attributes import Weather
from ganatlas.worlds.scenes.canvas import FINE, SCALE, Canvas
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material, tile
from ganatlas.worlds.scenes.palette import SNOW, Colour, mix
from ganatlas.worlds.scenes.plan import Plan


def paint_weather(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Adds the weather of the plan, then the paper's grain."""
    mood, weather = plan.mood, plan.attributes.weather
    if weather is Weather.FOG:
        _fog(canvas, plan, dice)
    elif weather is Weather.RAIN:
        _streaks(canvas, mix(mood.lit((214, 226, 240)), mood.low, 0.3), dice)
    elif weather is Weather.SNOW:
        _flakes(canvas, mix(mood.lit(SNOW), SNOW, 0.35), dice)
    grained = np.minimum(canvas.pixels() * tile(Material.PAPER)[:, :, None], 255.0).astype(np.uint8)
    canvas.put_rows(0, grained)


def _fog(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """A veil that is thickest in a band below the horizon."""
    middle, rows = (plan.attributes.horizon + dice.between(0, 5)) * SCALE, np.arange(FINE)
    opacity = 0.12 + 0.3 * np.exp(-(((rows - middle) / (9.0 * SCALE)) ** 2))
    mask = Image.fromarray(np.repeat((opacity * 255).astype(np.uint8)[:, None], FINE, axis=1))
    haze = plan.mood.haze
    canvas.picture.paste((int(haze[0]), int(haze[1]), int(haze[2])), (0, 0, FINE, FINE), mask)


def _streaks(canvas: Canvas, colour: Colour, dice: Dice) -> None:
    mask = Image.new("L", (FINE, FINE))
    draw = ImageDraw.Draw(mask)
    slant = dice.between(-0.5, 0.5)
    for _ in range(95):
        x, y, length = dice.between(-8, FINE), dice.between(-12, FINE), dice.between(9, 18)
        draw.line([(x, y), (x + slant * length, y + length)], fill=int(dice.between(70, 150)), width=dice.pick((1, 2)))
    canvas.picture.paste((int(colour[0]), int(colour[1]), int(colour[2])), (0, 0, FINE, FINE), mask)


def _flakes(canvas: Canvas, colour: Colour, dice: Dice) -> None:
    brush = canvas.brush(None)
    for _ in range(75):
        x, y, size = dice.between(0, 64), dice.between(0, 64), dice.pick((0.34, 0.5, 0.5, 0.67, 0.84))
        brush.ellipse(x, y, size, size, colour)
