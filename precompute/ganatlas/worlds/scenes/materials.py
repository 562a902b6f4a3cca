"""Textures: one tile a material, made once a process, multiplied into the colour of whatever is painted with it.

A tile is float32 (192, 192) around 1; features are a few fine pixels wide (three fine pixels make one of the image), so that
they survive the reduction as the grain of the material.
"""

from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter

from ganatlas.worlds.scenes.dice import Dice

SIDE = 192
Tile = NDArray[np.float32]


class Material(StrEnum):
    PLAIN = "plain"
    BRICK = "brick"
    STONE = "stone"
    WOOD = "wood"
    THATCH = "thatch"
    SHINGLE = "shingle"
    GRASS = "grass"
    SAND = "sand"
    SNOW = "snow"
    ROCK = "rock"
    WATER = "water"
    FOLIAGE = "foliage"
    PAPER = "paper"


def _noise(dice: Dice, rows: float, columns: float) -> Tile:
    """Smooth noise of unit variance whose grain is about ``rows`` × ``columns`` fine pixels."""
    field = gaussian_filter(dice.numbers((SIDE, SIDE)) - 0.5, (rows, columns), mode="wrap")
    noise: Tile = (field / field.std()).astype(np.float32)
    return noise


def _courses(dice: Dice, height: int, width: int, joint: float, spread: float) -> Tile:
    """Rows of blocks, every second row shifted by half a block, with dark joints and a tone of its own for each block."""
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    course = row // height
    along = column + (course % 2) * (width // 2)
    tone = dice.numbers((SIDE // height + 1, SIDE // width + 2))[course, along // width]
    tile = 1.0 + spread * (tone - 0.5)
    tile[(row % height == 0) | (along % width == 0)] *= joint
    courses: Tile = tile.astype(np.float32)
    return courses


_COURSES = {
    Material.BRICK: (5, 10, 0.74, 0.3, 0.0),
    Material.STONE: (8, 13, 0.76, 0.3, 0.04),
    Material.SHINGLE: (6, 6, 0.78, 0.22, 0.03),
}
"""Height and width of a block in fine pixels, darkness of the joints, spread of the blocks' tones, roughness."""


@cache
def tile(material: Material) -> Tile:
    """The tile of ``material``: float32 (192, 192), factors around 1."""
    dice = Dice(64, list(Material).index(material))
    row, column = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    match material:
        case Material.PLAIN:
            made = np.ones((SIDE, SIDE), np.float32)
        case Material.BRICK | Material.STONE | Material.SHINGLE:
            height, width, joint, spread, rough = _COURSES[material]
            made = _courses(dice, height, width, joint, spread) + rough * _noise(dice, 2, 2)
        case Material.WOOD:
            plank = dice.numbers((SIDE // 6 + 1,))[(column // 6).astype(int)]
            made = 1.0 + 0.22 * (plank - 0.5) + 0.04 * _noise(dice, 12, 0.8)
            made = np.where(column % 6 == 0, made * 0.72, made)
        case Material.THATCH:
            made = 1.0 + 0.1 * _noise(dice, 6, 1.0) + 0.05 * np.sin(row * 0.7)
        case Material.GRASS:
            made = 1.0 + 0.055 * _noise(dice, 2.4, 1.2) + 0.035 * _noise(dice, 5, 16)
        case Material.SAND:
            ripple = np.sin(row * 0.55 + 3.0 * _noise(dice, 14, 20))
            made = 1.0 + 0.035 * ripple + 0.025 * _noise(dice, 1, 1)
        case Material.SNOW:
            made = 1.0 + 0.022 * _noise(dice, 6, 14) + 0.012 * _noise(dice, 1, 1)
        case Material.ROCK:
            crag = np.abs(_noise(dice, 5, 6))
            made = 0.9 + 0.13 * crag + 0.05 * _noise(dice, 1.2, 1.2)
        case Material.WATER:
            made = 1.0 + 0.06 * _noise(dice, 1.0, 9) + 0.03 * _noise(dice, 2, 24)
        case Material.FOLIAGE:
            leaves = uniform_filter(dice.numbers((SIDE, SIDE)), 3, mode="wrap")
            made = 1.0 + 0.15 * (leaves - leaves.mean()) / leaves.std()
        case Material.PAPER:
            made = 1.0 + 0.012 * _noise(dice, 1.2, 1.2) + 0.01 * _noise(dice, 8, 8)
    return np.clip(made, 0.5, 1.35).astype(np.float32)
