"""The near ground: grass, sand or snow, patches of another tone, and a road to the landmark."""

import math

from ganatlas.worlds.scenes.attributes import Biome, Landmark, Season, Semantic, Water
from ganatlas.worlds.scenes.canvas import SIZE, Canvas, Paint, Point
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import GROUND, SNOW, Colour, scale
from ganatlas.worlds.scenes.plan import Plan
from ganatlas.worlds.scenes.relief import below, rolling
from ganatlas.worlds.scenes.water import paint_sea

_GROUND_CLASS = {Biome.DESERT: Semantic.SAND, Biome.COAST: Semantic.SAND}
_GROUND_GRAIN = {Semantic.SAND: Material.SAND, Semantic.SNOW: Material.SNOW, Semantic.GRASS: Material.GRASS}


def ground_class(plan: Plan) -> Semantic:
    """What covers the near ground."""
    if plan.attributes.season is Season.WINTER and plan.attributes.biome not in _GROUND_CLASS:
        return Semantic.SNOW
    return _GROUND_CLASS.get(plan.attributes.biome, Semantic.GRASS)


def paint_ground(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """The near ground with its road, and the sea behind a beach."""
    attributes, mood = plan.attributes, plan.mood
    kind = ground_class(plan)
    colour = GROUND[attributes.biome][attributes.season]
    grain = _GROUND_GRAIN[kind]
    if attributes.water is Water.SEA:
        assert plan.shore is not None
        paint_sea(canvas, plan, dice)
        edge = rolling(dice, plan.shore, 0.9)
        foam = [(x, y - 0.7) for x, y in edge]
        canvas.brush(Semantic.WATER).polygon(below(foam, SIZE + 2), mood.lit((250, 252, 250), 0.05))
        wet = mood.lit(scale(colour, 0.82))
        canvas.brush(kind).polygon(below(edge, SIZE + 2), Paint(wet, wet, grain))
        edge = [(x, y + 1.6) for x, y in edge]
    else:
        edge = rolling(dice, attributes.horizon + dice.between(3, 5), 1.2)
    near, far = mood.lit(scale(colour, 0.9)), mood.lit(colour, 0.14)
    canvas.brush(kind).polygon(below(edge, SIZE + 2), Paint(far, near, grain))
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
