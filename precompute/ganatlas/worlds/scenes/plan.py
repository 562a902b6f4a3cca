"""Decides a scene before anything is drawn: its attributes, and where the horizon, the water and the landmark are.

Attributes are close to uniform and always sensible: what needs water gets it in any biome (the desert has its rivers), snow
falls in winter and rain does not, a near landmark stands lower in the picture and is larger than a far one.
"""

from dataclasses import dataclass

from ganatlas.worlds.scenes.attributes import Biome, Landmark, SceneAttributes, Season, Time, Water, Weather
from ganatlas.worlds.scenes.canvas import SIZE
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.palette import HOURS, Mood, make_mood

_NEEDS_WATER = (Landmark.BOAT, Landmark.BRIDGE, Landmark.LIGHTHOUSE)
HALF_WIDTHS: dict[Landmark, float] = {
    Landmark.CHURCH: 0.45,
    Landmark.HOUSE: 0.7,
    Landmark.BARN: 0.76,
    Landmark.CASTLE: 0.7,
    Landmark.LIGHTHOUSE: 0.4,
    Landmark.WINDMILL: 0.42,
    Landmark.TOWER_BLOCK: 0.42,
    Landmark.BRIDGE: 1.4,
    Landmark.BOAT: 0.5,
    Landmark.BALLOON: 0.38,
    Landmark.PAGODA: 0.44,
}
"""How far each reaches to either side, in units of its height."""
_HEIGHTS: dict[Landmark, tuple[float, float]] = {
    Landmark.CHURCH: (23, 35),
    Landmark.HOUSE: (18, 27),
    Landmark.BARN: (18, 26),
    Landmark.CASTLE: (21, 33),
    Landmark.LIGHTHOUSE: (25, 38),
    Landmark.WINDMILL: (26, 38),
    Landmark.TOWER_BLOCK: (25, 38),
    Landmark.BRIDGE: (14, 20),
    Landmark.BOAT: (19, 30),
    Landmark.BALLOON: (22, 32),
    Landmark.PAGODA: (25, 37),
}
"""Least and greatest height of each landmark, in pixels."""


@dataclass(frozen=True)
class Plan:
    """What the painters need: the attributes, the light, and the lie of the land in pixels."""

    attributes: SceneAttributes
    mood: Mood
    shore: float | None
    """Lake: the row where the water begins. Sea: the row where the beach begins, below the water."""

    @property
    def snowy(self) -> bool:
        """Whether snow lies on roofs and trees."""
        return self.attributes.season is Season.WINTER and self.attributes.biome is not Biome.DESERT


def _weather(season: Season, dice: Dice) -> Weather:
    wet = Weather.SNOW if season is Season.WINTER else Weather.RAIN
    return dice.weighted([(Weather.CLEAR, 0.38), (Weather.CLOUDY, 0.28), (wet, 0.2), (Weather.FOG, 0.14)])


def _water(landmark: Landmark, biome: Biome, dice: Dice) -> Water:
    if landmark is Landmark.BRIDGE or biome is Biome.WETLAND:
        return Water.LAKE
    if biome is Biome.COAST:
        return Water.SEA
    if landmark is Landmark.LIGHTHOUSE:
        return dice.pick((Water.LAKE, Water.SEA))
    if landmark is Landmark.BOAT:
        return Water.LAKE
    dry = {Biome.DESERT: 0.85, Biome.MOUNTAIN: 0.6}.get(biome, 0.72)
    return dice.weighted([(Water.NONE, dry), (Water.LAKE, 1.0 - dry)])


def _shore(landmark: Landmark, water: Water, horizon: float, dice: Dice) -> float | None:
    """See :attr:`Plan.shore`."""
    if water is Water.SEA:
        return dice.between(47, 53)
    if water is Water.LAKE:
        return dice.between(horizon + 4, horizon + 7) if landmark is Landmark.BOAT else dice.between(horizon + 7, 50)
    return None


def _base(landmark: Landmark, height: float, horizon: float, lift: float, shore: float | None, water: Water) -> float:
    """The row on which the landmark stands: lower the taller it is, and where the water lets it."""
    if landmark is Landmark.BALLOON:
        return height + 3 + lift * (horizon + 6 - height)
    low, high = _HEIGHTS[landmark]
    base = max(horizon + 6 + 11 * (height - low) / (high - low) + 3 * lift, height + 3)
    if landmark is Landmark.BOAT:
        return min(base, shore - 2) if water is Water.SEA and shore is not None else max(base, horizon + 11)
    if landmark is Landmark.BRIDGE:
        return max(base, 46)
    if water is Water.SEA and shore is not None:
        return max(base, shore + 1)
    return min(base, 56 - 2 * lift) if water is Water.LAKE else base


def make_plan(dice: Dice, *, landmark: Landmark | None = None, season: Season | None = None) -> Plan:
    """Chooses everything about a scene; ``landmark`` and ``season`` override what the dice say, and change as little else
    as they can."""
    drawn_landmark, drawn_season = dice.pick(tuple(Landmark)), dice.pick(tuple(Season))
    time, biome = dice.pick(tuple(Time)), dice.pick(tuple(Biome))
    landmark = drawn_landmark if landmark is None else landmark
    season = drawn_season if season is None else season
    weather = _weather(season, dice)
    water = _water(landmark, biome, dice)

    side = HOURS[time].side
    if time is Time.NIGHT:
        side = dice.pick((-1, 1))
    horizon = dice.between(29, 36)
    x, mirrored, height_at, lift = dice.between(0, 1), dice.chance(0.5), dice.between(0, 1), dice.between(0, 1)
    height: float | None = None
    if landmark is not Landmark.NONE:
        low, high = _HEIGHTS[landmark]
        height = low + (high - low) * height_at
    shore = _shore(landmark, water, horizon, dice)
    base = None if height is None else _base(landmark, height, horizon, lift, shore, water)
    if water is Water.LAKE and base is not None and landmark not in (Landmark.BOAT, Landmark.BALLOON):
        # The landmark stands on the bank: the water begins at its foot.
        shore = base + (0.0 if landmark is Landmark.BRIDGE else dice.between(1.5, 4))
    place: float | None = None
    if height is not None:
        margin = 24.0 if landmark is Landmark.BRIDGE else 2.0 + 0.85 * HALF_WIDTHS[landmark] * height
        place = margin + (SIZE - 2 * margin) * x
    attributes = SceneAttributes(
        landmark=landmark,
        time=time,
        season=season,
        biome=biome,
        weather=weather,
        water=water,
        horizon=horizon,
        landmark_x=place,
        landmark_base=base,
        landmark_height=height,
        mirrored=mirrored,
        sun_side=side,
    )
    return Plan(attributes=attributes, mood=make_mood(time, weather, side), shore=shore)
