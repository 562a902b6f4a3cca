"""Outlines of the land from left to right: rolling, or with peaks."""

import math

from ganatlas.worlds.scenes.canvas import SIZE, Point
from ganatlas.worlds.scenes.dice import Dice


def _waves(dice: Dice, rough: float) -> list[tuple[float, float, float]]:
    return [(rough / (k + 1), 0.055 * (k + 1) * dice.between(0.7, 1.3), dice.between(0, 6.3)) for k in range(3)]


def rolling(dice: Dice, level: float, rough: float) -> list[Point]:
    waves = _waves(dice, rough)
    return [(x, level - sum(a * math.sin(f * x + p) for a, f, p in waves)) for x in range(-2, SIZE + 4, 2)]


def jagged(dice: Dice, level: float, height: float) -> list[Point]:
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


def below(edge: list[Point], bottom: float) -> list[Point]:
    return [*edge, (SIZE + 8, bottom), (-8, bottom)]
