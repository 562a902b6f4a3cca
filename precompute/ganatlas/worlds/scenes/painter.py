"""Draws one scene, back to front: sky, distance, ground, trees, landmark, water with its reflections, weather.

:func:`draw_scene` is a pure function of (seed, stream, index): the same bytes whatever was drawn before, in whichever
process. Images of different streams are never the same image.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ganatlas.worlds.scenes.attributes import Landmark, SceneAttributes, Season, Water
from ganatlas.worlds.scenes.canvas import Canvas
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.distance import paint_distance
from ganatlas.worlds.scenes.ground import paint_ground
from ganatlas.worlds.scenes.landmarks import paint_landmark
from ganatlas.worlds.scenes.plan import make_plan
from ganatlas.worlds.scenes.planting import paint_trees
from ganatlas.worlds.scenes.sky import paint_sky
from ganatlas.worlds.scenes.undergrowth import paint_undergrowth
from ganatlas.worlds.scenes.water import paint_lake
from ganatlas.worlds.scenes.weather import paint_weather


class Stream(IntEnum):
    """Who the images are for; each stream has images of its own under the same seed."""

    REAL = 0
    FLAWED = 1
    TRAINING = 2
    HELD_OUT = 3


class _Part(IntEnum):
    """The parts of a scene, each with dice of its own."""

    PLAN = 0
    SKY = 1
    DISTANCE = 2
    GROUND = 3
    TREES_BEHIND = 4
    LANDMARK = 5
    TREES_BEFORE = 6
    LAKE = 7
    UNDERGROWTH = 8
    WEATHER = 9


@dataclass(frozen=True)
class Scene:
    """One image with its truth.

    Attributes:
        image: uint8 (64, 64, 3), RGB.
        labels: uint8 (64, 64), the :class:`Semantic` class of each pixel.
        attributes: everything that was decided about it.
    """

    image: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    attributes: SceneAttributes


def plan_attributes(
    seed: int,
    index: int,
    *,
    stream: Stream = Stream.REAL,
    landmark: Landmark | None = None,
    season: Season | None = None,
) -> SceneAttributes:
    """The attributes of the scene that :func:`draw_scene` draws for the same arguments, without drawing it."""
    return make_plan(Dice(seed, int(stream), index, int(_Part.PLAN)), landmark=landmark, season=season).attributes


def draw_scene(
    seed: int,
    index: int,
    *,
    stream: Stream = Stream.REAL,
    landmark: Landmark | None = None,
    season: Season | None = None,
) -> Scene:
    """Image ``index`` of ``stream`` under ``seed`` (both ≥ 0); ``landmark`` and ``season`` replace what chance chose."""

    def dice(part: _Part) -> Dice:
        return Dice(seed, int(stream), index, int(part))

    plan = make_plan(dice(_Part.PLAN), landmark=landmark, season=season)
    canvas = Canvas()
    paint_sky(canvas, plan, dice(_Part.SKY))
    paint_distance(canvas, plan, dice(_Part.DISTANCE))
    paint_ground(canvas, plan, dice(_Part.GROUND))
    paint_trees(canvas, plan, dice(_Part.TREES_BEHIND), near=False)
    lake = plan.attributes.water is Water.LAKE
    afloat = plan.attributes.landmark is Landmark.BOAT
    if not afloat:
        paint_landmark(canvas, plan, dice(_Part.LANDMARK))
    paint_trees(canvas, plan, dice(_Part.TREES_BEFORE), near=True)
    if lake:
        paint_lake(canvas, plan, dice(_Part.LAKE))
    if afloat:
        paint_landmark(canvas, plan, dice(_Part.LANDMARK))
    paint_undergrowth(canvas, plan, dice(_Part.UNDERGROWTH))
    paint_weather(canvas, plan, dice(_Part.WEATHER))
    image, labels = canvas.finished()
    return Scene(image=image, labels=labels, attributes=plan.attributes)
