"""Colours: the sky and the light of each time of day, the ground of each biome and season, and how light falls on a colour.

A colour is a tuple of three floats, 0–255. Things are painted in their own colours; :class:`Mood` turns these into what one
sees at this hour, in this weather and at this distance (aerial perspective: far things fade into the haze).
"""

from dataclasses import dataclass

from ganatlas.worlds.scenes.attributes import Biome, Season, Time, Weather

Colour = tuple[float, float, float]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
SNOW: Colour = (244, 248, 253)
LAMPLIGHT: Colour = (255, 214, 112)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``a`` with ``share`` (0–1) of ``b``."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def scale(a: Colour, by: float) -> Colour:
    return (min(a[0] * by, 255.0), min(a[1] * by, 255.0), min(a[2] * by, 255.0))


def multiply(a: Colour, b: Colour) -> Colour:
    """Channel by channel, ``b`` being factors around 1."""
    return (min(a[0] * b[0], 255.0), min(a[1] * b[1], 255.0), min(a[2] * b[2], 255.0))


def grey(a: Colour) -> Colour:
    value = 0.3 * a[0] + 0.59 * a[1] + 0.11 * a[2]
    return (value, value, value)


@dataclass(frozen=True)
class Hour:
    """A time of day: the sky from top to horizon, the light, and how high (0 horizon – 1) on which side the sun stands."""

    top: Colour
    middle: Colour
    low: Colour
    light: Colour
    haze: Colour
    disc: Colour | None
    elevation: float
    side: int
    darkness: float


HOURS: dict[Time, Hour] = {
    Time.DAWN: Hour((104, 116, 172), (190, 160, 192), (250, 204, 192), (0.78, 0.74, 0.88), (206, 178, 200), None, 0.0, -1, 0.5),
    Time.SUNRISE: Hour(
        (134, 178, 214), (252, 216, 170), (255, 232, 150), (1.02, 0.92, 0.74), (252, 220, 174), (255, 244, 190), 0.1, -1, 0
    ),
    Time.MORNING: Hour(
        (112, 184, 230), (172, 216, 238), (238, 243, 226), (1.0, 0.99, 0.92), (202, 226, 232), (255, 248, 206), 0.5, -1, 0
    ),
    Time.NOON: Hour(
        (40, 130, 218), (98, 176, 238), (176, 220, 248), (1.07, 1.06, 1.02), (176, 212, 240), (255, 252, 226), 0.92, 0, 0
    ),
    Time.AFTERNOON: Hour(
        (72, 152, 196), (150, 202, 204), (248, 234, 190), (1.06, 1.0, 0.84), (216, 220, 200), (255, 246, 190), 0.55, 1, 0
    ),
    Time.GOLDEN_HOUR: Hour(
        (150, 158, 170), (242, 204, 122), (255, 184, 74), (1.1, 0.84, 0.52), (246, 194, 116), (255, 240, 160), 0.22, 1, 0
    ),
    Time.SUNSET: Hour(
        (92, 72, 138), (228, 96, 104), (255, 152, 74), (0.94, 0.62, 0.6), (220, 116, 110), (255, 206, 110), 0.03, 1, 0.25
    ),
    Time.DUSK: Hour((38, 42, 100), (86, 76, 146), (190, 118, 160), (0.56, 0.52, 0.78), (112, 96, 154), None, 0.0, 1, 0.85),
    Time.NIGHT: Hour(
        (12, 20, 58), (24, 42, 96), (54, 84, 142), (0.44, 0.53, 0.8), (52, 76, 128), (250, 246, 222), 0.75, 0, 1.0
    ),
}


_SEASONS = (Season.SPRING, Season.SUMMER, Season.AUTUMN, Season.WINTER)


def _by_season(*colours: Colour) -> dict[Season, Colour]:
    return dict(zip(_SEASONS, colours, strict=True))


GROUND: dict[Biome, dict[Season, Colour]] = {
    Biome.MEADOW: _by_season((156, 208, 88), (112, 182, 66), (206, 172, 80), (240, 244, 250)),
    Biome.FOREST: _by_season((118, 176, 84), (72, 138, 66), (172, 118, 60), (228, 236, 246)),
    Biome.MOUNTAIN: _by_season((146, 184, 112), (120, 160, 92), (176, 146, 96), (242, 246, 252)),
    Biome.DESERT: _by_season((236, 202, 126), (246, 200, 110), (222, 158, 94), (222, 206, 182)),
    Biome.COAST: _by_season((246, 226, 170), (252, 226, 148), (226, 194, 142), (228, 226, 224)),
    Biome.WETLAND: _by_season((134, 184, 112), (92, 150, 92), (182, 146, 82), (222, 232, 240)),
}
"""The near ground; winter's is snow where it lies (see :mod:`ground`)."""

FAR: dict[Biome, dict[Season, Colour]] = {
    Biome.MEADOW: _by_season((122, 184, 96), (86, 152, 76), (190, 142, 70), (214, 226, 240)),
    Biome.FOREST: _by_season((84, 146, 84), (48, 108, 66), (186, 100, 50), (176, 196, 212)),
    Biome.MOUNTAIN: _by_season((128, 136, 158), (124, 128, 148), (144, 126, 134), (150, 162, 188)),
    Biome.DESERT: _by_season((216, 160, 108), (222, 150, 92), (194, 112, 76), (194, 160, 140)),
    Biome.COAST: _by_season((132, 182, 116), (104, 162, 96), (186, 152, 90), (208, 220, 232)),
    Biome.WETLAND: _by_season((112, 164, 122), (78, 130, 102), (164, 122, 80), (188, 204, 218)),
}
"""Hills and ridges behind it."""

FOLIAGE: dict[Season, tuple[Colour, ...]] = {
    Season.SPRING: ((146, 206, 90), (166, 216, 104), (248, 182, 206), (252, 232, 238), (130, 194, 84)),
    Season.SUMMER: ((66, 142, 60), (84, 158, 64), (54, 124, 62), (98, 164, 72)),
    Season.AUTUMN: ((228, 130, 44), (214, 86, 46), (238, 178, 60), (180, 66, 52), (204, 150, 60)),
    Season.WINTER: ((196, 206, 220),),
}
BLOSSOM: tuple[Colour, ...] = ((255, 120, 150), (255, 240, 250), (252, 214, 70), (180, 120, 220), (240, 80, 70))
WATER_TINT: dict[Biome, Colour] = {
    Biome.MEADOW: (78, 150, 196),
    Biome.FOREST: (58, 120, 140),
    Biome.MOUNTAIN: (72, 164, 190),
    Biome.DESERT: (66, 168, 170),
    Biome.COAST: (48, 150, 196),
    Biome.WETLAND: (86, 136, 136),
}

_WEATHER_LIGHT: dict[Weather, tuple[Colour, float, float]] = {
    # factor on the light, share of grey in the sky, haze added to every distance
    Weather.CLEAR: ((1.0, 1.0, 1.0), 0.0, 0.0),
    Weather.CLOUDY: ((0.96, 0.97, 0.98), 0.12, 0.03),
    Weather.RAIN: ((0.82, 0.86, 0.92), 0.5, 0.12),
    Weather.SNOW: ((0.93, 0.95, 1.0), 0.4, 0.1),
    Weather.FOG: ((0.97, 0.97, 0.98), 0.35, 0.28),
}


@dataclass(frozen=True)
class Mood:
    """The light of one image: how any colour looks at this hour, in this weather and at a distance."""

    hour: Hour
    light: Colour
    haze: Colour
    top: Colour
    middle: Colour
    low: Colour
    mist: float
    side: int

    def lit(self, colour: Colour, depth: float = 0.0, face: int = 0) -> Colour:
        """What ``colour`` looks like.

        Args:
            depth: 0 near – 1 at the horizon.
            face: 1 turned to the light, -1 away from it, 0 neither.
        """
        if face:
            # Shade is cooler as well as darker: it is lit by the sky.
            colour = multiply(colour, (1.1, 1.08, 1.03) if face > 0 else (0.72, 0.74, 0.83))
        seen = multiply(colour, self.light)
        return mix(seen, self.haze, min(0.9, depth * 0.82 + self.mist * (0.35 + depth)))

    def face(self, side: int) -> int:
        """How a wall that looks to ``side`` (-1 left, 1 right) stands to the light."""
        return 0 if self.side == 0 else (1 if side == self.side else -1)


def make_mood(time: Time, weather: Weather, side: int) -> Mood:
    """The light at ``time`` in ``weather``, coming from ``side``."""
    hour = HOURS[time]
    factor, dull, mist = _WEATHER_LIGHT[weather]

    def dulled(colour: Colour) -> Colour:
        return mix(colour, scale(grey(colour), 0.96), dull)

    return Mood(
        hour=hour,
        light=multiply(hour.light, factor),
        haze=dulled(hour.haze),
        top=dulled(hour.top),
        middle=dulled(hour.middle),
        low=dulled(hour.low),
        mist=mist,
        side=side,
    )
