"""A set of scenes as a sequence: item i is drawn when it is asked for, alike in every process.

Pickles to a few numbers, so that a process pool can draw it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from ganatlas.worlds.scenes.attributes import Landmark, SceneAttributes, Season
from ganatlas.worlds.scenes.dice import Dice
from ganatlas.worlds.scenes.flaws import NO_FLAWS, PlantedFlaws
from ganatlas.worlds.scenes.painter import Scene, Stream, draw_scene, plan_attributes

_FLAW_DICE = 100
"""Key of the dice that choose replacements; beyond the painter's own."""


@dataclass(frozen=True)
class SceneSampler:
    """``count`` scenes of one stream and seed, with the flaws asked for.

    ``sampler[i]`` is a :class:`Scene`; ``sampler.attributes(i)`` is what it shows, without drawing it.
    """

    count: int
    seed: int
    stream: Stream = Stream.REAL
    flaws: PlantedFlaws = NO_FLAWS

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Scene]:
        return (self[index] for index in range(self.count))

    def __getitem__(self, index: int) -> Scene:
        index = self._checked(index)
        landmark, season = self._replacements(index)
        scene = draw_scene(self.seed, index, stream=self.stream, landmark=landmark, season=season)
        if self.flaws.blur_sigma == 0:
            return scene
        sigma = self.flaws.blur_sigma
        blurred = gaussian_filter(scene.image.astype(np.float32), (sigma, sigma, 0), mode="nearest")
        image = np.clip(np.rint(blurred), 0, 255).astype(np.uint8)
        return Scene(image=image, labels=scene.labels, attributes=scene.attributes)

    def attributes(self, index: int) -> SceneAttributes:
        """What image ``index`` shows."""
        index = self._checked(index)
        landmark, season = self._replacements(index)
        return plan_attributes(self.seed, index, stream=self.stream, landmark=landmark, season=season)

    def _checked(self, index: int) -> int:
        if not -self.count <= index < self.count:
            raise IndexError(f"image {index} of a set of {self.count}")
        return index % self.count

    def _replacements(self, index: int) -> tuple[Landmark | None, Season | None]:
        """The landmark and season to draw instead of those that chance chose; None where they stand."""
        flaws = self.flaws
        if flaws.missing_landmark is None and flaws.halved_season is None:
            return None, None
        chosen = plan_attributes(self.seed, index, stream=self.stream)
        dice = Dice(self.seed, int(self.stream), index, _FLAW_DICE)
        other_landmark = dice.pick([one for one in Landmark if one is not flaws.missing_landmark])
        other_season = dice.pick([one for one in Season if one is not flaws.halved_season])
        landmark = other_landmark if chosen.landmark is flaws.missing_landmark else None
        replaced = chosen.season is flaws.halved_season and dice.chance(0.5)
        return landmark, other_season if replaced else None
