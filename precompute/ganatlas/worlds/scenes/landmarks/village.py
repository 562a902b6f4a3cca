"""Church, house and barn."""

from ganatlas.worlds.scenes.landmarks.kit import Kit
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import Colour

_WALLS: tuple[tuple[Colour, Material], ...] = (
    ((246, 238, 222), Material.PLAIN),
    ((196, 104, 78), Material.BRICK),
    ((196, 188, 174), Material.STONE),
    ((178, 132, 88), Material.WOOD),
    ((250, 222, 160), Material.PLAIN),
)
_ROOFS: tuple[tuple[Colour, Material], ...] = (
    ((186, 74, 58), Material.SHINGLE),
    ((92, 100, 122), Material.SHINGLE),
    ((206, 170, 96), Material.THATCH),
    ((148, 88, 62), Material.SHINGLE),
)
_WOODEN: Colour = (104, 70, 48)
_GOLD: Colour = (246, 208, 90)


def paint_church(kit: Kit) -> None:
    """A nave with arched windows beside a steeple with a spire and a cross."""
    wall, grain = kit.dice.pick(
        (
            ((250, 244, 232), Material.PLAIN),
            ((202, 192, 176), Material.STONE),
            ((204, 122, 92), Material.BRICK),
            ((244, 226, 180), Material.PLAIN),
        )
    )
    roof: Colour = kit.dice.pick(((90, 100, 130), (176, 72, 60), (92, 142, 126)))
    kit.shadow(0.42)
    front, flank = kit.facing(-1), kit.facing(1)
    kit.block(-0.06, 0, 0.46, 0.3, wall, flank, grain)
    kit.roof([(-0.08, 0.28), (0.5, 0.28), (0.42, 0.5), (-0.08, 0.5)], roof, flank)
    for k in range(3):
        kit.window(0.13 + 0.125 * k, 0.15, 0.06, 0.15, arched=True)
    kit.block(-0.33, 0, -0.05, 0.6, wall, front, grain)
    kit.block(-0.1, 0, -0.05, 0.6, wall, -1, grain)
    kit.block(-0.35, 0.57, -0.03, 0.61, roof, 0)
    kit.roof([(-0.37, 0.6), (-0.01, 0.6), (-0.19, 0.93)], roof, front)
    kit.shape([(-0.19, 0.6), (-0.01, 0.6), (-0.19, 0.93)], roof, -1) if not kit.snowy else None
    kit.line([(-0.19, 0.9), (-0.19, 1.05)], 0.03, _GOLD)
    kit.line([(-0.245, 0.995), (-0.135, 0.995)], 0.03, _GOLD)
    kit.disc(-0.2, 0.5, 0.055, 0.055, (250, 246, 230))
    kit.line([(-0.2, 0.5), (-0.2, 0.54)], 0.016, (60, 50, 50))
    kit.window(-0.2, 0.345, 0.08, 0.14, arched=True)
    kit.shape([(-0.27, 0), (-0.27, 0.13), (-0.2, 0.2), (-0.13, 0.13), (-0.13, 0)], _WOODEN)


def paint_house(kit: Kit) -> None:
    """A cottage: a gable and a long side, chimney, windows with shutters."""
    wall, grain = kit.dice.pick(_WALLS)
    roof, cover = kit.dice.pick(_ROOFS)
    shutter: Colour = kit.dice.pick(((88, 142, 108), (80, 122, 170), (196, 74, 62)))
    kit.shadow(0.64)
    gable, flank = kit.facing(-1), kit.facing(1)
    kit.block(0.3, 0.7, 0.44, 1.0, (168, 88, 70), flank, Material.BRICK)
    if kit.dice.chance(0.7):
        for k in range(3):
            kit.disc(0.38 + 0.07 * k, 1.05 + 0.09 * k, 0.05 + 0.02 * k, 0.045 + 0.016 * k, (236, 236, 240))
    kit.block(-0.1, 0, 0.62, 0.42, wall, flank, grain)
    kit.roof([(-0.12, 0.4), (0.7, 0.4), (0.56, 0.84), (-0.3, 0.88)], roof, flank, cover)
    kit.shape([(-0.62, 0), (-0.62, 0.42), (-0.34, 0.86), (-0.06, 0.42), (-0.06, 0)], wall, gable, grain)
    kit.line([(-0.71, 0.36), (-0.34, 0.9), (0.0, 0.36)], 0.085, roof if not kit.snowy else (236, 242, 250))
    if grain is Material.PLAIN and kit.dice.chance(0.5):
        for start, end in (
            ((-0.62, 0.42), (-0.06, 0.42)),
            ((-0.62, 0.0), (-0.62, 0.42)),
            ((-0.06, 0), (-0.06, 0.42)),
            ((-0.34, 0.42), (-0.34, 0.8)),
            ((0.6, 0.0), (0.6, 0.4)),
            ((-0.06, 0.22), (0.6, 0.22)),
        ):
            kit.line([start, end], 0.035, (112, 78, 54))
    kit.window(-0.34, 0.55, 0.13, 0.15)
    kit.block(-0.52, 0, -0.38, 0.27, _WOODEN)
    kit.window(-0.21, 0.19, 0.13, 0.15)
    for u in (0.12, 0.43):
        kit.block(u - 0.14, 0.13, u + 0.14, 0.31, shutter)
        kit.window(u, 0.22, 0.15, 0.18)


def paint_barn(kit: Kit) -> None:
    """A gambrel front with a white cross on its doors, a long body, sometimes a silo."""
    wall: Colour = kit.dice.weighted([((190, 52, 44), 0.7), ((150, 106, 72), 0.15), ((84, 124, 108), 0.15)])
    trim: Colour = (250, 244, 234)
    roof: Colour = kit.dice.pick(((122, 116, 122), (96, 84, 84), (150, 140, 136)))
    kit.shadow(0.72)
    front, flank = kit.facing(-1), kit.facing(1)
    if kit.dice.chance(0.5):
        kit.block(0.62, 0, 0.88, 0.92, (204, 206, 212), flank, Material.BRICK)
        x, y = kit.at(0.75, 0.92)
        kit.brush.ellipse(
            x, y, 0.13 * kit.height, 0.13 * kit.height, kit.mood.lit((240, 244, 250) if kit.snowy else (150, 156, 170))
        )
    kit.block(-0.04, 0, 0.66, 0.48, wall, flank, Material.WOOD)
    kit.roof([(-0.04, 0.46), (0.72, 0.46), (0.66, 0.76), (-0.12, 0.78)], roof, flank)
    kit.roof([(-0.1, 0.76), (0.66, 0.76), (0.52, 0.98), (-0.34, 0.98)], roof, max(flank, 0))
    gambrel = [(-0.7, 0.48), (-0.61, 0.78), (-0.34, 0.98), (-0.07, 0.78), (0.02, 0.48)]
    kit.shape([(-0.68, 0), *gambrel, (0.0, 0)], wall, front, Material.WOOD)
    kit.line([(-0.72, 0.46), *gambrel[1:-1], (0.04, 0.46)], 0.055, trim)
    kit.line([(-0.68, 0), (-0.68, 0.48)], 0.035, trim)
    kit.line([(0.0, 0), (0.0, 0.48)], 0.035, trim)
    left, right, top = -0.54, -0.14, 0.44
    kit.block(left, 0, right, top, wall, -1, Material.WOOD)
    for start, end in (
        ((left, 0), (left, top)),
        ((right, 0), (right, top)),
        ((left, top), (right, top)),
        ((left, 0), (right, top)),
        ((left, top), (right, 0)),
    ):
        kit.line([start, end], 0.045, trim)
    kit.block(-0.43, 0.58, -0.25, 0.76, trim)
    kit.window(-0.34, 0.67, 0.12, 0.12)
    for u in (0.2, 0.44):
        kit.window(u, 0.25, 0.1, 0.12)
