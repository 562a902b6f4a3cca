"""Castle and pagoda."""

from ganatlas.worlds.scenes.landmarks.kit import Kit
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import Colour

_FLAGS: tuple[Colour, ...] = ((222, 56, 52), (250, 200, 60), (66, 108, 200), (150, 80, 180))


def _battlements(kit: Kit, left: float, right: float, top: float, teeth: int, stone: Colour, face: int) -> None:
    step = (right - left) / (2 * teeth - 1)
    for k in range(teeth):
        start = left + 2 * k * step
        kit.block(start, top - 0.01, start + step, top + 0.07, stone, face)
        if kit.snowy:
            kit.block(start, top + 0.045, start + step, top + 0.07, (246, 250, 255))


def paint_castle(kit: Kit) -> None:
    """A curtain wall with a gate between towers with battlements or pointed roofs, a keep behind, flags."""
    stone: Colour = kit.dice.pick(((186, 182, 180), (206, 188, 152), (164, 166, 180)))
    roof: Colour = kit.dice.pick(((72, 98, 160), (188, 68, 58), (94, 84, 122)))
    flag = kit.dice.pick(_FLAGS)
    pointed = kit.dice.chance(0.6)
    kit.shadow(0.66)
    left, right = kit.facing(-1), kit.facing(1)
    kit.block(-0.2, 0.2, 0.2, 0.76, stone, 0, Material.STONE)
    kit.block(0.06, 0.2, 0.2, 0.76, stone, right, Material.STONE)
    _battlements(kit, -0.23, 0.23, 0.76, 4, stone, 0)
    kit.line([(0, 0.8), (0, 1.06)], 0.022, (90, 80, 76))
    kit.shape([(0.01, 1.06), (0.19, 1.0), (0.01, 0.94)], flag)
    for u in (-0.09, 0.1):
        kit.window(u, 0.62, 0.06, 0.1, arched=True)
    kit.block(-0.52, 0, 0.52, 0.42, stone, 0, Material.STONE)
    _battlements(kit, -0.5, 0.5, 0.42, 8, stone, 0)
    for middle, height in ((-0.54, 0.6), (0.54, 0.6)):
        kit.block(middle - 0.14, 0, middle + 0.14, height, stone, left, Material.STONE)
        kit.block(middle, 0, middle + 0.14, height, stone, right, Material.STONE)
        if pointed:
            kit.roof([(middle - 0.19, height), (middle + 0.19, height), (middle, height + 0.34)], roof, left)
            if not kit.snowy:
                kit.shape([(middle, height), (middle + 0.19, height), (middle, height + 0.34)], roof, right)
        else:
            kit.block(middle - 0.17, height - 0.03, middle + 0.17, height + 0.03, stone, 0)
            _battlements(kit, middle - 0.17, middle + 0.17, height + 0.03, 3, stone, 0)
            kit.line([(middle, height), (middle, height + 0.3)], 0.02, (90, 80, 76))
            kit.shape([(middle, height + 0.3), (middle + 0.15, height + 0.24), (middle, height + 0.18)], flag)
        kit.window(middle, height - 0.18, 0.055, 0.12, arched=True)
    kit.shape([(-0.13, 0), (-0.13, 0.17), (0, 0.29), (0.13, 0.17), (0.13, 0)], (74, 54, 46))
    for u in (-0.065, 0.0, 0.065):
        kit.line([(u, 0), (u, 0.2)], 0.018, (40, 32, 32))
    for u in (-0.28, 0.28):
        kit.window(u, 0.25, 0.05, 0.1, arched=True)


def paint_pagoda(kit: Kit) -> None:
    """Storeys that narrow upwards, each under a roof with raised corners, and a spire with rings."""
    wall: Colour = kit.dice.pick(((204, 62, 48), (240, 226, 200), (176, 92, 56)))
    roof: Colour = kit.dice.pick(((58, 108, 96), (62, 70, 98), (104, 84, 76), (190, 146, 60)))
    storeys = kit.dice.whole(3, 5)
    kit.shadow(0.4)
    kit.block(-0.4, 0, 0.4, 0.05, (182, 176, 170), 0, Material.STONE)
    rise = 0.77 / storeys
    for k in range(storeys):
        foot = 0.05 + k * rise
        half = 0.27 - 0.15 * k / storeys
        eave = foot + rise * 0.56
        kit.block(-half, foot, half, eave + 0.02, wall, 0, Material.WOOD)
        kit.block(half * 0.4, foot, half, eave + 0.02, wall, kit.facing(1), Material.WOOD)
        if k == 0:
            kit.block(-0.06, foot, 0.06, foot + rise * 0.44, (84, 46, 36))
        spots = (-0.6, 0.6) if k == 0 else (-0.55, 0.0, 0.55)
        for u in spots:
            kit.window(u * half, (foot + eave) / 2, half * 0.3, rise * 0.28, tint=(70, 50, 50))
        wide, up = half + 0.17, eave + rise * 0.46
        kit.roof(
            [
                (-wide * 0.7, eave),
                (wide * 0.7, eave),
                (wide, eave + rise * 0.2),
                (half * 0.7, up),
                (-half * 0.7, up),
                (-wide, eave + rise * 0.2),
            ],
            roof,
            1 if kit.mood.side == 0 else 0,
        )
        if not kit.snowy:
            kit.shape(
                [(0.0, eave), (wide * 0.7, eave), (wide, eave + rise * 0.2), (half * 0.7, up), (0, up)],
                roof,
                kit.facing(1),
            )
        kit.line(
            [(-wide, eave + rise * 0.2), (-wide * 0.7, eave), (wide * 0.7, eave), (wide, eave + rise * 0.2)],
            0.024,
            (236, 190, 90),
        )
    kit.line([(0, 0.8), (0, 1.02)], 0.03, (226, 182, 74))
    for v in (0.87, 0.92, 0.97):
        kit.line([(-0.035, v), (0.035, v)], 0.022, (246, 208, 96))
