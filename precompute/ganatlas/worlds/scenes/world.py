"""The ``scenes`` world: drawn landscapes, real and with planted flaws, and their classifier.

The flawed variant plays the part of a generator, so its images come from a stream of their own: no image is in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np

from ganatlas.errors import InputError
from ganatlas.generators.sngan import DiscriminatorSettings, GeneratorSettings
from ganatlas.generators.training import GanRecipe, Stage
from ganatlas.worlds.base import GeneratorPlan, Recipe, World, WorldImage
from ganatlas.worlds.examples import Example
from ganatlas.worlds.inception import Head, InceptionSettings
from ganatlas.worlds.scenes.attributes import Biome, Landmark, Season, Semantic, Time, Water, Weather
from ganatlas.worlds.scenes.canvas import SIZE
from ganatlas.worlds.scenes.flaws import NO_FLAWS, PlantedFlaws
from ganatlas.worlds.scenes.painter import Stream
from ganatlas.worlds.scenes.sampler import SceneSampler
from ganatlas.worlds.weights import WorldClassifier, load_classifier

LABELS = tuple(str(landmark) for landmark in Landmark)
CELL = 4
"""Side in pixels of the cells whose label shares the classifier learns."""
_VARIANTS: dict[str, tuple[Stream, PlantedFlaws]] = {
    "real": (Stream.REAL, NO_FLAWS),
    "flawed": (Stream.FLAWED, PlantedFlaws()),
}
_SPLITS = {"train": Stream.TRAINING, "held-out": Stream.HELD_OUT}
_HEADS = {"landmark": Landmark, "time": Time, "season": Season, "biome": Biome, "weather": Weather, "water": Water}


@dataclass(frozen=True)
class SceneImages(Sequence[WorldImage]):
    """The scenes of a sampler as (pixels, label, name)."""

    variant: str
    sampler: SceneSampler

    def __len__(self) -> int:
        return len(self.sampler)

    @overload
    def __getitem__(self, index: int) -> WorldImage: ...
    @overload
    def __getitem__(self, index: slice) -> list[WorldImage]: ...
    def __getitem__(self, index: int | slice) -> WorldImage | list[WorldImage]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        scene = self.sampler[index]
        name = f"scenes-{self.variant}-{index % len(self):06d}"
        return scene.image, LABELS.index(scene.attributes.landmark), name


@dataclass(frozen=True)
class SceneExamples(Sequence[Example]):
    """The scenes of a sampler with every target of the classifier."""

    sampler: SceneSampler

    def __len__(self) -> int:
        return len(self.sampler)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> list[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | list[Example]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        scene = self.sampler[index]
        cells = SIZE // CELL
        blocks = scene.labels.reshape(cells, CELL, cells, CELL).transpose(0, 2, 1, 3).reshape(cells * cells, -1)
        keys = blocks + (np.arange(cells * cells, dtype=np.int64) * len(Semantic))[:, None]
        counts = np.bincount(keys.ravel(), minlength=cells * cells * len(Semantic))
        return Example(
            image=scene.image,
            targets=tuple(list(kind).index(getattr(scene.attributes, name)) for name, kind in _HEADS.items()),
            shares=counts.reshape(cells, cells, len(Semantic)).astype(np.uint8),
        )


class ScenesWorld(World):
    """See docs/worlds.md."""

    name = "scenes"
    image_size = SIZE
    label_names = LABELS
    variants = tuple(_VARIANTS)
    network = InceptionSettings(
        input_size=SIZE, heads=tuple(Head(name, tuple(str(one) for one in kind)) for name, kind in _HEADS.items())
    )
    recipe = Recipe(train_count=24_000, held_out_count=2_000, epochs=5)
    plans = {  # noqa: RUF012 - a constant of the class
        "sngan": GeneratorPlan(
            GeneratorSettings(classes=len(LABELS), channels=(224, 160, 96, 48, 24), sizes=(32, 64)),
            DiscriminatorSettings(classes=len(LABELS), channels=(32, 64, 128, 192), sizes=(32, 64), maps=len(Semantic)),
            GanRecipe(stages=(Stage(32, 2_400), Stage(64, 3_600, blend=500)), train_count=48_000),
        )
    }
    weights = Path(__file__).parent

    def images(self, variant: str, n: int, seed: int) -> SceneImages:
        if variant not in _VARIANTS:
            choices = list(_VARIANTS)
            raise InputError(
                f"The world 'scenes' has no variant {variant!r}; its variants are: {', '.join(choices)}.", choices=choices
            )
        stream, flaws = _VARIANTS[variant]
        return SceneImages(variant, SceneSampler(count=n, seed=seed, stream=stream, flaws=flaws))

    def examples(self, split: str, n: int, seed: int) -> SceneExamples:
        return SceneExamples(SceneSampler(count=n, seed=seed, stream=_SPLITS[split]))

    def classifier(self) -> WorldClassifier:
        return load_classifier(self.network, self.weights / "classifier.safetensors")
