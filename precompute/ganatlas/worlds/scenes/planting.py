"""Where trees stand: from back to front, behind the landmark and beside it, never over it."""

import math

from ganatlas.worlds.scenes.attributes import Biome, Landmark, Water
from ganatlas.worlds.scenes.canvas import SIZE, Canvas
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.palette import scale
from ganatlas.worlds.scenes.plan import HALF_WIDTHS, Plan
from ganatlas.worlds.scenes.trees import TREES

_COUNTS: dict[Biome, tuple[int, int]] = {
    Biome.MEADOW: (2, 4),
    Biome.FOREST: (8, 12),
    Biome.MOUNTAIN: (3, 6),
    Biome.DESERT: (2, 4),
    Biome.COAST: (1, 3),
    Biome.WETLAND: (3, 5),
}


def paint_trees(canvas: Canvas, plan: Plan, dice: Dice, *, near: bool) -> None:
    """Trees from back to front: the far ones stand behind the landmark, the near ones beside it."""
    attributes = plan.attributes
    low, high = _COUNTS[attributes.biome]
    count = dice.whole(low, high)
    top, bottom = attributes.horizon + 6, 60.0
    if attributes.water is Water.SEA:
        top, bottom = (plan.shore or 0) + 2, 62.0
    elif attributes.water is Water.LAKE:
        bottom = (plan.shore or 0) - 0.5
        top = min(top, bottom - 1)
    back = attributes.landmark_base or (top + bottom) / 2
    if attributes.landmark is Landmark.BALLOON:
        back = (top + bottom) / 2
    first, last = (max(top, min(back + 1, bottom)), bottom) if near else (top, max(top, min(back - 0.5, bottom)))
    if near:
        count = max(1, count // 2)
        if last - first < 0.5:
            return
    for y in sorted(dice.between(first, last) for _ in range(count)):
        x = dice.between(1, 63)
        share = (y - attributes.horizon) / (SIZE - attributes.horizon)
        height = (7 + 15 * share) * dice.between(0.8, 1.15)
        kept = _keep_clear(plan, x, y, height, near)
        if kept is not None:
            paint = dice.weighted(TREES[attributes.biome])
            _shadow(canvas, plan, kept, y, height * 0.3)
            paint(canvas, plan, dice, kept, y, height, max(0.0, 0.3 * (1 - share) - 0.04))


def _keep_clear(plan: Plan, x: float, y: float, height: float, near: bool) -> float | None:
    """Moves a tree that would hide the landmark aside; None when there is no room."""
    attributes = plan.attributes
    if attributes.landmark_x is None or attributes.landmark is Landmark.BALLOON:
        return x
    if attributes.landmark in (Landmark.BRIDGE, Landmark.BOAT):
        return None if near else x
    if not near:
        return x
    room = HALF_WIDTHS[attributes.landmark] * (attributes.landmark_height or 0) + 0.2 * height
    if abs(x - attributes.landmark_x) >= room:
        return x
    side = math.copysign(room, x - attributes.landmark_x)
    return next((to for to in (attributes.landmark_x + side, attributes.landmark_x - side) if 0 <= to <= SIZE), None)


def _shadow(canvas: Canvas, plan: Plan, x: float, y: float, reach: float) -> None:
    """A soft shadow on the ground, away from the light."""
    long = reach * (2.4 - 1.6 * plan.mood.hour.elevation)
    points = [
        (x - reach * 0.6, y + 0.3),
        (x + reach * 0.6, y + 0.3),
        (x - plan.mood.side * long, y + 1.4),
        (x - plan.mood.side * long - 0.8, y + 0.6),
    ]
    canvas.brush(None).glaze(points, scale(plan.mood.lit((60, 70, 100)), 0.6), 0.3)
