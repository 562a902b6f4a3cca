"""Planted flaws: what is wrong with the ``flawed`` variant, as a known truth for an atlas to find.

Three flaws of different kinds: a missing mode (a landmark that is never drawn), a shifted share (half of a season's images
are of another season), and a change of quality everywhere (a slight blur). See docs/worlds.md.
"""

from dataclasses import dataclass

from ganatlas.worlds.scenes.attributes import Landmark, Season


@dataclass(frozen=True)
class PlantedFlaws:
    """How a set of scenes differs from the real ones.

    Attributes:
        missing_landmark: never drawn; another landmark, or none, takes its place.
        halved_season: of its images every second one is drawn in another season.
        blur_sigma: standard deviation of a Gaussian blur of the finished image, in pixels; 0 for none.
    """

    missing_landmark: Landmark | None = Landmark.WINDMILL
    halved_season: Season | None = Season.WINTER
    blur_sigma: float = 1.0


NO_FLAWS = PlantedFlaws(missing_landmark=None, halved_season=None, blur_sigma=0.0)
