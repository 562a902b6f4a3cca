"""The eleven landmarks: :func:`paint_landmark` draws the one that the plan names."""

from collections.abc import Callable

from ganatlas.worlds.scenes.attributes import Landmark, Season, Semantic
from ganatlas.worlds.scenes.canvas import Canvas
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.landmarks.crossings import paint_balloon, paint_boat, paint_bridge
from ganatlas.worlds.scenes.landmarks.kit import Kit
from ganatlas.worlds.scenes.landmarks.strongholds import paint_castle, paint_pagoda
from ganatlas.worlds.scenes.landmarks.towers import paint_lighthouse, paint_tower_block, paint_windmill
from ganatlas.worlds.scenes.landmarks.village import paint_barn, paint_church, paint_house
from ganatlas.worlds.scenes.plan import Plan

_PAINTERS: dict[Landmark, Callable[[Kit], None]] = {
    Landmark.CHURCH: paint_church,
    Landmark.HOUSE: paint_house,
    Landmark.BARN: paint_barn,
    Landmark.CASTLE: paint_castle,
    Landmark.LIGHTHOUSE: paint_lighthouse,
    Landmark.WINDMILL: paint_windmill,
    Landmark.TOWER_BLOCK: paint_tower_block,
    Landmark.BRIDGE: paint_bridge,
    Landmark.BOAT: paint_boat,
    Landmark.BALLOON: paint_balloon,
    Landmark.PAGODA: paint_pagoda,
}


def paint_landmark(canvas: Canvas, plan: Plan, dice: Dice) -> None:
    """Draws the plan's landmark where the plan puts it; nothing for :attr:`Landmark.NONE`."""
    attributes = plan.attributes
    if attributes.landmark is Landmark.NONE:
        return
    assert attributes.landmark_x is not None
    assert attributes.landmark_base is not None
    assert attributes.landmark_height is not None
    kit = Kit(
        brush=canvas.brush(Semantic.of_landmark(attributes.landmark)),
        over=canvas.brush(None),
        mood=plan.mood,
        dice=dice,
        x=attributes.landmark_x,
        y=attributes.landmark_base,
        height=attributes.landmark_height,
        mirrored=attributes.mirrored,
        snowy=attributes.season is Season.WINTER,
    )
    _PAINTERS[attributes.landmark](kit)
