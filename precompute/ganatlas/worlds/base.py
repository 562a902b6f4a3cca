"""What an embedded world is: images of known truth in variants to compare, and a classifier for them.

Data flow: :func:`ganatlas.worlds.registry.open_world` → :meth:`World.images` (step 1, sources) and :meth:`World.classifier`
(step 2, the network that looks).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError
from ganatlas.generators.base import ImageGenerator
from ganatlas.generators.sngan import DiscriminatorSettings, GeneratorSettings
from ganatlas.generators.training import GanRecipe
from ganatlas.worlds.examples import Example
from ganatlas.worlds.inception import InceptionSettings
from ganatlas.worlds.weights import WorldClassifier, load_generator

WorldImage = tuple[NDArray[np.uint8], int, str]
"""RGB uint8 (height, width, 3); index into the world's label names; name, unique in its set."""


@dataclass(frozen=True)
class Recipe:
    """How a world's classifier is trained.

    Attributes:
        train_count, held_out_count: images drawn to learn from, and to test with.
        rate: the greatest learning rate; it rises over the first ``warm_up`` share of the steps and falls to 0 as a cosine.
        map_weight: weight of the losses on label maps beside those of the heads.
        flip: whether a mirrored image is an image of the same world.
        shift: greatest shift of a training image, in pixels.
        degrade: whether some training images are blurred a little or made noisy.
    """

    train_count: int
    held_out_count: int
    epochs: int
    batch: int = 128
    rate: float = 4e-3
    warm_up: float = 0.12
    weight_decay: float = 0.02
    map_weight: float = 0.5
    flip: bool = True
    shift: int = 2
    degrade: bool = True


@dataclass(frozen=True)
class GeneratorPlan:
    """How a world's generator is made: the shape of both networks, and the training."""

    generator: GeneratorSettings
    discriminator: DiscriminatorSettings
    recipe: GanRecipe


class World(ABC):
    """Images of known truth and what was trained on them.

    Attributes:
        variants: the sets of images that :meth:`images` knows.
        plans: the generators that :meth:`generator` knows, each with how it is trained.
        weights: folder of the trained weights.
    """

    name: str
    image_size: int
    label_names: tuple[str, ...]
    variants: tuple[str, ...]
    network: InceptionSettings
    recipe: Recipe
    plans: Mapping[str, GeneratorPlan]
    weights: Path

    @abstractmethod
    def images(self, variant: str, n: int, seed: int) -> Sequence[WorldImage]:
        """``n`` images of a variant under a seed: item i is the same in any order and any process. Picklable.

        Raises:
            InputError: no such variant.
        """

    @abstractmethod
    def classifier(self) -> WorldClassifier:
        """The trained classifier.

        Raises:
            InputError: its weights are not there.
        """

    def generator(self, name: str) -> ImageGenerator:
        """A trained generator of this world, conditional on :attr:`label_names`.

        Raises:
            InputError: no such generator, or its weights are not there.
        """
        if name not in self.plans:
            raise InputError(
                f"The world {self.name!r} has no generator {name!r}; its generators are: {', '.join(self.plans) or 'none'}.",
                choices=list(self.plans),
            )
        path = self.weights / f"{name}.safetensors"
        return load_generator(f"world:{self.name}/{name}", self.plans[name].generator, self.label_names, path)

    @abstractmethod
    def examples(self, split: str, n: int, seed: int) -> Sequence[Example]:
        """``n`` images with every target to learn: ``split`` is "train" or "held-out", which share no image.

        A world that draws its images has others for its variants; one of photographs has none to spare.
        """
