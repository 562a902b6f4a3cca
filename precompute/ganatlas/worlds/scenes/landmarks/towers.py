"""Lighthouse, windmill and tower block."""

import math

from ganatlas.worlds.scenes.canvas import Paint
from ganatlas.worlds.scenes.landmarks.kit import Kit
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import LAMPLIGHT, Colour, scale


def paint_lighthouse(kit: Kit) -> None:
    """A tapering striped tower with gallery, lantern and dome on a rock; its beam in the dark."""
    stripe: Colour = kit.dice.pick(((214, 54, 48), (44, 72, 138), (58, 58, 66), (214, 54, 48)))
    white: Colour = (250, 247, 240)
    bands = kit.dice.pick((4, 5, 6))
    rock: Colour = (134, 128, 130)
    kit.shape([(-0.46, -0.05), (-0.34, 0.07), (-0.14, 0.1), (0.16, 0.11), (0.32, 0.05), (0.46, -0.05)], rock, 0, Material.ROCK)
    kit.shape([(0.08, -0.05), (0.16, 0.11), (0.32, 0.05), (0.46, -0.05)], rock, kit.facing(1), Material.ROCK)
    foot, top = 0.07, 0.74

    def half(v: float) -> float:
        return 0.17 - 0.075 * (v - foot) / (top - foot)

    for k in range(bands):
        low, high = foot + (top - foot) * k / bands, foot + (top - foot) * (k + 1) / bands
        colour = stripe if k % 2 == (bands - 1) % 2 else white
        for start, end, face in ((-1.0, -0.3, kit.facing(-1)), (-0.3, 0.35, 0), (0.35, 1.0, kit.facing(1))):
            kit.shape(
                [
                    (start * half(low), low),
                    (start * half(high), high),
                    (end * half(high), high),
                    (end * half(low), low),
                ],
                colour,
                face,
            )
    kit.block(-0.045, foot, 0.045, foot + 0.11, (92, 62, 46))
    for v in (0.36, 0.56):
        kit.window(0.0, v, 0.045, 0.07)
    kit.block(-0.14, top - 0.005, 0.14, top + 0.025, (66, 66, 76))
    dark = kit.mood.hour.darkness >= 0.5
    kit.block(-0.075, top + 0.025, 0.075, top + 0.13, (178, 206, 214))
    x, y = kit.at(0, top + 0.08)
    if dark:
        reach = 0.16 * kit.height
        for side in (-1, 1):
            kit.over.glaze(
                [
                    (x, y - 0.5),
                    (x + side * 60, y - 60 * 0.1 - reach),
                    (x + side * 60, y + 60 * 0.02 + reach * 0.6),
                    (x, y + 0.5),
                ],
                (255, 240, 176),
                0.2,
            )
        kit.over.glow(x, y, 0.3 * kit.height, (255, 240, 170), 0.8)
        kit.brush.polygon(kit.path((-0.07, top + 0.03), (-0.07, top + 0.12), (0.07, top + 0.12), (0.07, top + 0.03)), LAMPLIGHT)
    kit.line([(0, top + 0.02), (0, top + 0.13)], 0.02, (66, 66, 76))
    kit.roof([(-0.105, top + 0.125), (0.105, top + 0.125), (0.05, top + 0.2), (-0.05, top + 0.2)], stripe, 0, Material.PLAIN)
    kit.line([(0, top + 0.19), (0, 1.0)], 0.022, (66, 66, 76))


def paint_windmill(kit: Kit) -> None:
    """A tapering body under a cap, and four lattice sails at any angle."""
    body, grain = kit.dice.pick(
        (
            ((236, 228, 212), Material.PLAIN),
            ((190, 104, 80), Material.BRICK),
            ((186, 178, 166), Material.STONE),
            ((150, 108, 72), Material.WOOD),
        )
    )
    cap: Colour = kit.dice.pick(((120, 72, 54), (84, 92, 116), (176, 66, 54)))
    cloth: Colour = kit.dice.pick(((252, 246, 232), (250, 236, 204)))
    kit.shadow(0.24)
    foot, top = 0.0, 0.62

    def half(v: float) -> float:
        return 0.22 - 0.1 * v / top

    for start, end, face in ((-1.0, -0.25, kit.facing(-1)), (-0.25, 0.4, 0), (0.4, 1.0, kit.facing(1))):
        kit.shape(
            [(start * half(foot), foot), (start * half(top), top), (end * half(top), top), (end * half(foot), foot)],
            body,
            face,
            grain,
        )
    kit.block(-0.06, 0, 0.06, 0.15, (96, 62, 44))
    kit.window(0.0, 0.3, 0.07, 0.09)
    kit.window(0.0, 0.47, 0.06, 0.07)
    if kit.dice.chance(0.4):
        kit.line([(-0.25, 0.22), (0.25, 0.22)], 0.03, (120, 84, 58))
    kit.roof([(-0.15, top - 0.01), (0.15, top - 0.01), (0.09, top + 0.1), (0.0, top + 0.14), (-0.09, top + 0.1)], cap)
    hub_v, reach = top + 0.04, 0.44
    turn = kit.dice.between(0.15, 1.42)
    spar: Colour = (98, 70, 52)
    for k in range(4):
        angle = turn + k * math.pi / 2
        du, dv = math.cos(angle), math.sin(angle)
        wide = 0.105
        start, end = 0.1, reach
        corners = [
            (du * start, hub_v + dv * start),
            (du * end, hub_v + dv * end),
            (du * end - dv * wide, hub_v + dv * end + du * wide),
            (du * start - dv * wide, hub_v + dv * start + du * wide),
        ]
        kit.brush.polygon(kit.path(*corners), kit.mood.lit(cloth, 0, 1 if k in (0, 1) else 0))
        for share in (0.33, 0.66):
            at = start + (end - start) * share
            kit.line([(du * at, hub_v + dv * at), (du * at - dv * wide, hub_v + dv * at + du * wide)], 0.014, spar)
        kit.line([(0, hub_v), (du * end, hub_v + dv * end)], 0.03, spar)
    kit.disc(0, hub_v, 0.035, 0.035, spar, -1)


def paint_tower_block(kit: Kit) -> None:
    """A tall block with rows of windows, sometimes with a lower neighbour, and an antenna."""
    wall: Colour = kit.dice.pick(((204, 204, 208), (222, 196, 164), (150, 178, 200), (190, 128, 104)))
    kit.shadow(0.34)
    if kit.dice.chance(0.6):
        _slab(kit, kit.dice.pick((-0.34, 0.32)), 0.17, kit.dice.between(0.45, 0.66), scale(wall, 0.86))
    _slab(kit, 0.0, 0.21, 0.88, wall)
    kit.line([(0.04, 0.88), (0.04, 1.02)], 0.018, (90, 92, 100))
    kit.block(-0.12, 0.88, -0.02, 0.93, (120, 122, 130))
    if kit.mood.hour.darkness > 0.4:
        kit.brush.ellipse(*kit.at(0.04, 1.02), 0.6, 0.6, (255, 90, 80))


def _slab(kit: Kit, middle: float, half: float, height: float, wall: Colour) -> None:
    left, edge, right = middle - half, middle + half * 0.45, middle + half
    kit.block(left, 0, edge, height, wall, kit.facing(-1))
    kit.block(edge, 0, right, height - 0.02, wall, kit.facing(1) or -1)
    if kit.snowy:
        kit.block(left, height - 0.02, edge, height + 0.012, (246, 250, 255))
    floors = max(4, round(height * kit.height / 3.0))
    step = (height - 0.1) / floors
    columns = 3 if half > 0.19 else 2
    width = (edge - left) / columns
    for floor in range(floors):
        v = 0.11 + step * (floor + 0.5)
        for column in range(columns):
            kit.window(left + width * (column + 0.5), v, width * 0.56, step * 0.52, tint=(66, 96, 140))
        kit.brush.polygon(
            kit.path(
                (edge + 0.03, v - step * 0.2),
                (edge + 0.03, v + step * 0.2),
                (right - 0.03, v + step * 0.18),
                (right - 0.03, v - step * 0.22),
            ),
            Paint(kit.mood.lit((60, 82, 118)), kit.mood.lit((60, 82, 118))),
        )
    kit.block(left + 0.06, 0, left + 0.17, 0.08, (60, 62, 74))
