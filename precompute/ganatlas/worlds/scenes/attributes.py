"""What a drawn landscape can be: the vocabularies of the ``scenes`` world and the attributes of one image.

First step of the drawing: :mod:`plan` chooses the attributes, every later module reads them. They come back with the image,
so that whatever an atlas shows about a set of scenes can be checked against what was drawn.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Landmark(StrEnum):
    """The label of an image, in the order of the classifier's outputs."""

    CHURCH = "church"
    HOUSE = "house"
    BARN = "barn"
    CASTLE = "castle"
    LIGHTHOUSE = "lighthouse"
    WINDMILL = "windmill"
    TOWER_BLOCK = "tower block"
    BRIDGE = "bridge"
    BOAT = "boat"
    BALLOON = "balloon"
    PAGODA = "pagoda"
    NONE = "none"


class Time(StrEnum):
    """Time of day, in the order of the day."""

    DAWN = "dawn"
    SUNRISE = "sunrise"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    GOLDEN_HOUR = "golden hour"
    SUNSET = "sunset"
    DUSK = "dusk"
    NIGHT = "night"


class Season(StrEnum):
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Biome(StrEnum):
    MEADOW = "meadow"
    FOREST = "forest"
    MOUNTAIN = "mountain"
    DESERT = "desert"
    COAST = "coast"
    WETLAND = "wetland"


class Weather(StrEnum):
    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"


class Water(StrEnum):
    """How water lies in the picture: not at all, a lake or river in front, or the sea behind a beach."""

    NONE = "none"
    LAKE = "lake"
    SEA = "sea"


class Semantic(IntEnum):
    """The class of one pixel in :attr:`Scene.labels`. Rain, flakes and fog lie over things and do not change the class."""

    SKY = 0
    CLOUD = 1
    SUN_MOON = 2
    MOUNTAIN = 3
    HILL = 4
    GRASS = 5
    SAND = 6
    SNOW = 7
    ROCK = 8
    WATER = 9
    ROAD = 10
    TREE = 11
    PLANT = 12
    CHURCH = 13
    HOUSE = 14
    BARN = 15
    CASTLE = 16
    LIGHTHOUSE = 17
    WINDMILL = 18
    TOWER_BLOCK = 19
    BRIDGE = 20
    BOAT = 21
    BALLOON = 22
    PAGODA = 23

    @classmethod
    def of_landmark(cls, landmark: Landmark) -> "Semantic | None":
        """The class of a landmark's pixels; None for :attr:`Landmark.NONE`."""
        return None if landmark is Landmark.NONE else cls[landmark.name]


@dataclass(frozen=True)
class SceneAttributes:
    """Everything that was decided about one image. Lengths and places are in pixels of the 64 px image, from the top left."""

    landmark: Landmark
    time: Time
    season: Season
    biome: Biome
    weather: Weather
    water: Water
    horizon: float
    """Row of the horizon."""
    landmark_x: float | None
    """Column of the landmark's middle; None without a landmark."""
    landmark_base: float | None
    """Row on which the landmark stands or floats (a balloon: the bottom of its basket)."""
    landmark_height: float | None
    mirrored: bool
    """Whether the landmark is drawn left to right reversed."""
    sun_side: int
    """Where the light comes from: -1 left, 0 above, 1 right."""
