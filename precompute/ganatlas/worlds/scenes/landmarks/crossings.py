"""Bridge, boat and balloon."""

import math

from ganatlas.worlds.scenes.canvas import Paint
from ganatlas.worlds.scenes.landmarks.kit import Kit
from ganatlas.worlds.scenes.materials import Material
from ganatlas.worlds.scenes.palette import LAMPLIGHT, Colour, mix

_SAILS: tuple[Colour, ...] = ((252, 250, 242), (252, 250, 242), (226, 84, 66), (246, 198, 84), (92, 150, 200))
_GORES: tuple[tuple[Colour, Colour], ...] = (
    ((226, 62, 56), (252, 222, 96)),
    ((66, 120, 206), (250, 246, 236)),
    ((240, 140, 50), (250, 236, 190)),
    ((140, 84, 180), (246, 176, 200)),
    ((48, 150, 130), (252, 226, 110)),
)


def paint_bridge(kit: Kit) -> None:
    """Across the whole picture at the water's edge: arches of stone, a truss, or cables between two towers."""
    style, lamps = kit.dice.weighted((((_arches, 0.92), 0.5), ((_cables, 0.36), 0.32), ((_truss, 0.42), 0.18)))
    style(kit)
    if kit.mood.hour.darkness > 0.7:
        for u in (-1.5, -0.9, -0.3, 0.3, 0.9, 1.5):
            x, y = kit.at(u, lamps + 0.16)
            kit.over.glow(x, y, 3.4, LAMPLIGHT, 0.5)
            kit.brush.ellipse(x, y, 0.55, 0.55, LAMPLIGHT)


def _span(kit: Kit) -> tuple[float, float]:
    """The u of the left and right edge of the picture, and a little beyond."""
    ends = sorted(((-2 - kit.x) / kit.height, (66 - kit.x) / kit.height))
    return (-ends[1], -ends[0]) if kit.mirrored else (ends[0], ends[1])


def _arches(kit: Kit) -> None:
    stone: Colour = kit.dice.pick(((192, 184, 172), (206, 170, 130), (186, 112, 88)))
    grain = Material.BRICK if stone[1] < 120 else Material.STONE
    left, right = _span(kit)
    count = kit.dice.pick((2, 3))
    width = 2.9 / count
    deck = 0.84

    def crown(u: float) -> float:
        return deck + 0.2 * (1 - min(1.0, abs(u) / 2.2) ** 2)

    edge = [left + (right - left) * k / 16 for k in range(17)]
    outline: list[tuple[float, float]] = [(u, crown(u)) for u in edge] + [(right, -0.04)]
    u = 1.45
    for _ in range(count):
        middle, radius = u - width / 2, width * 0.42
        rise = min(0.62, radius * 1.15)
        outline.append((middle + radius, -0.04))
        outline += [(middle + radius * math.cos(a * math.pi / 10), 0.1 + rise * math.sin(a * math.pi / 10)) for a in range(11)]
        outline.append((middle - radius, -0.04))
        u -= width
    outline.append((left, -0.04))
    kit.shape(outline, stone, kit.mood.face(1) if kit.mood.side == 0 else 0, grain)
    rail = [(u, crown(u)) for u in edge]
    kit.line(rail, 0.1, (244, 248, 252) if kit.snowy else mix(stone, (255, 250, 240), 0.45))
    kit.line([(u, v - 0.12) for u, v in rail], 0.04, stone, -1)
    u = 1.45
    for _ in range(count):
        middle, radius = u - width / 2, width * 0.42
        rise = min(0.62, radius * 1.15)
        kit.line(
            [(middle + radius * math.cos(a * math.pi / 10), 0.1 + rise * math.sin(a * math.pi / 10)) for a in range(11)],
            0.07,
            stone,
            -1,
        )
        u -= width


def _cables(kit: Kit) -> None:
    steel: Colour = kit.dice.pick(((206, 70, 52), (206, 70, 52), (96, 120, 150)))
    left, right = _span(kit)
    deck, top, tower = 0.36, 1.12, kit.dice.between(0.85, 1.05)
    kit.line([(left, deck), (right, deck)], 0.1, steel)
    kit.line(
        [(left, deck + 0.06), (right, deck + 0.06)],
        0.03,
        (244, 248, 252) if kit.snowy else mix(steel, (255, 255, 255), 0.5),
    )
    for u in (-tower, tower):
        kit.block(u - 0.16, -0.06, u + 0.16, 0.08, (170, 168, 168), 0, Material.STONE)
        for leg in (-0.075, 0.075):
            kit.line([(u + leg, 0.0), (u + leg, top)], 0.06, steel, kit.facing(1 if leg > 0 else -1))
        for v in (0.6, 0.84, top - 0.03):
            kit.line([(u - 0.09, v), (u + 0.09, v)], 0.05, steel)
        if kit.mood.hour.darkness > 0.6:
            kit.over.glow(*kit.at(u, top), 2.6, LAMPLIGHT, 0.8)

    def cable(u: float) -> float:
        if abs(u) <= tower:
            return deck + 0.1 + (top - deck - 0.1) * (u / tower) ** 2
        return max(deck, top - (top - deck) * (abs(u) - tower) / 0.95)

    points = [(left + (right - left) * k / 60, 0.0) for k in range(61)]
    kit.line([(u, cable(u)) for u, _ in points], 0.04, steel)
    for u, _ in points[::3]:
        if cable(u) > deck + 0.05:
            kit.line([(u, deck), (u, cable(u))], 0.02, steel)


def _truss(kit: Kit) -> None:
    wood: Colour = kit.dice.pick(((168, 118, 78), (132, 144, 156)))
    left, right = _span(kit)
    deck, top, half = 0.42, 0.98, 1.45
    for u in (-1.35, -0.45, 0.45, 1.35):
        kit.block(u - 0.09, -0.05, u + 0.09, deck, (170, 164, 158), 0, Material.STONE)
    kit.line([(left, deck), (right, deck)], 0.12, wood)
    kit.line([(left, deck + 0.08), (right, deck + 0.08)], 0.04, (244, 248, 252) if kit.snowy else wood, 1)
    kit.line([(-half, deck), (-half * 0.72, top), (half * 0.72, top), (half, deck)], 0.075, wood)
    count = 6
    for k in range(count):
        a, b = -half * 0.72 + 1.44 * half * k / count, -half * 0.72 + 1.44 * half * (k + 1) / count
        kit.line([(a, deck), (a, top)], 0.045, wood, -1)
        kit.line([(a, deck), (b, top)] if k % 2 else [(a, top), (b, deck)], 0.045, wood)
    kit.line([(half * 0.72, deck), (half * 0.72, top)], 0.045, wood, -1)


def paint_boat(kit: Kit) -> None:
    """A sailing boat, or a fishing boat with a cabin and a funnel; with its reflection and a wake."""
    hull: Colour = kit.dice.pick(((178, 58, 50), (52, 92, 150), (124, 82, 54), (248, 246, 240), (52, 122, 104)))
    if kit.dice.chance(0.72):
        _reflection(kit, 0.34, 0.5, mix(hull, (250, 250, 250), 0.3))
        _sailboat(kit, hull)
    else:
        _reflection(kit, 0.5, 0.4, hull)
        _trawler(kit, hull)
    foam = kit.mood.lit((246, 250, 252))
    kit.over.line(kit.path((-0.46, 0.005), (0.46, 0.005)), 0.4, foam)


def _reflection(kit: Kit, half: float, depth: float, colour: Colour) -> None:
    """Broken strokes of the boat's colour below it."""
    dark = mix(kit.mood.lit(colour, 0, -1), kit.mood.middle, 0.3)
    for k in range(6):
        v, width = -depth * (k + 0.4) / 6, half * (1 - k / 7) * kit.dice.between(0.7, 1.1)
        shift = kit.dice.between(-0.06, 0.06)
        kit.over.glaze(
            kit.path((shift - width, v), (shift + width, v), (shift + width, v - 0.04), (shift - width, v - 0.04)),
            dark,
            0.5,
        )


def _hull(kit: Kit, half: float, deck: float, colour: Colour) -> None:
    kit.shape(
        [(-half * 0.76, 0.0), (-half, deck * 0.92), (half * 1.1, deck * 1.12), (half * 0.74, 0.0)],
        colour,
        0,
        Material.WOOD,
    )
    kit.line([(-half, deck * 0.94), (half * 1.1, deck * 1.12)], 0.035, (250, 246, 236))
    kit.line([(-half * 0.8, 0.025), (half * 0.78, 0.025)], 0.03, colour, -1)


def _sailboat(kit: Kit, hull: Colour) -> None:
    main, jib = kit.dice.pick(_SAILS), kit.dice.pick(_SAILS)
    _hull(kit, 0.38, 0.17, hull)
    kit.line([(-0.03, 0.14), (-0.03, 1.0)], 0.032, (112, 78, 54))
    kit.shape([(-0.06, 0.23), (-0.06, 0.96), (-0.24, 0.6), (-0.39, 0.24)], main, kit.facing(-1))
    kit.line([(-0.39, 0.22), (-0.03, 0.22)], 0.025, (112, 78, 54))
    if kit.dice.chance(0.5):
        kit.line([(-0.07, 0.5), (-0.3, 0.47)], 0.04, (214, 80, 66) if main[1] > 180 else (250, 246, 236))
    kit.shape([(0.01, 0.24), (0.01, 0.84), (0.2, 0.52), (0.36, 0.24)], jib, kit.facing(1))
    kit.shape([(-0.02, 1.0), (0.1, 0.965), (-0.02, 0.93)], (222, 60, 54))
    if kit.mood.hour.darkness > 0.7:
        kit.over.glow(*kit.at(0.2, 0.2), 4, LAMPLIGHT, 0.8)


def _trawler(kit: Kit, hull: Colour) -> None:
    _hull(kit, 0.56, 0.24, hull)
    kit.block(-0.3, 0.23, 0.1, 0.52, (250, 246, 238), kit.facing(-1))
    kit.block(-0.34, 0.5, 0.14, 0.55, (214, 84, 66))
    for u in (-0.2, 0.0):
        kit.window(u, 0.4, 0.11, 0.13)
    kit.block(-0.18, 0.55, -0.04, 0.78, (226, 90, 66))
    kit.block(-0.18, 0.71, -0.04, 0.78, (50, 50, 60))
    for k in range(3):
        kit.disc(-0.16 - 0.09 * k, 0.86 + 0.06 * k, 0.055 + 0.02 * k, 0.05 + 0.016 * k, (228, 228, 234))
    kit.line([(0.3, 0.24), (0.3, 0.9)], 0.03, (112, 78, 54))
    kit.line([(0.3, 0.86), (0.6, 0.28)], 0.02, (112, 78, 54))


def paint_balloon(kit: Kit) -> None:
    """A hot-air balloon with coloured gores and a basket; it glows in the dark."""
    one, two = kit.dice.pick(_GORES)
    gores, banded = kit.dice.pick((5, 7)), kit.dice.chance(0.35)
    middle, radius = 0.64, 0.36
    dark = kit.mood.hour.darkness
    if dark > 0.7:
        kit.over.glow(*kit.at(0, middle - 0.1), 0.7 * kit.height, (255, 190, 96), 0.45)

    def width(v: float) -> float:
        """Half width of the envelope: a sphere above its middle, drawn in to the mouth below."""
        if v >= middle:
            return radius * math.sqrt(max(0.0, 1 - ((v - middle) / radius) ** 2))
        down = (middle - v) / (middle - 0.2)
        return radius * (1 - 0.12 * down - 0.62 * down * down)

    levels = [0.2 + 0.8 * k / 14 for k in range(15)]

    def gore(start: float, end: float, colour: Colour, face: int) -> None:
        side_a = [(math.sin(start) * width(v), v) for v in levels]
        side_b = [(math.sin(end) * width(v), v) for v in reversed(levels)]
        lit = kit.mood.lit(colour, 0, face)
        warm = mix(lit, mix(colour, (255, 206, 120), 0.4), 0.75 * max(0.0, dark - 0.3))
        kit.brush.polygon(kit.path(*side_a, *side_b), Paint(lit, warm))

    for k in range(gores):
        start, end = -math.pi / 2 + math.pi * k / gores, -math.pi / 2 + math.pi * (k + 1) / gores
        place = (k + 0.5) / gores
        face = kit.facing(-1) if place < 0.3 else (kit.facing(1) if place > 0.7 else 0)
        gore(start, end, one if k % 2 == 0 else two, face)
    if banded:
        kit.shape([(-width(0.58), 0.58), (-width(0.7), 0.7), (width(0.7), 0.7), (width(0.58), 0.58)], two)
        kit.line([(-width(0.64), 0.64), (width(0.64), 0.64)], 0.035, one)
    for u in (-0.075, 0.075):
        kit.line([(u * 1.6, 0.22), (u, 0.1)], 0.014, (84, 64, 50))
    kit.block(-0.085, 0.0, 0.085, 0.115, (156, 108, 64), 0, Material.WOOD)
    kit.line([(-0.09, 0.11), (0.09, 0.11)], 0.03, (112, 74, 46))
    if dark > 0.3:
        kit.over.glow(*kit.at(0, 0.2), 0.12 * kit.height, (255, 226, 140), 0.9)
