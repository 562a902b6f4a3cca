"""The ``cifar10`` world: photographs from the user's own copy, real and with planted flaws, and their classifier.

No photograph comes with the program, only weights that were trained on them. The flawed variant plays the part of a generator;
it and the real one are drawn from two halves of the copy, so no image is in both. Unlike drawn worlds this one has no images
to spare: the variants have images that the classifier was trained on.

Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images".
"""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, overload

from ganatlas.errors import InputError
from ganatlas.generators.sngan import DiscriminatorSettings, GeneratorSettings
from ganatlas.generators.training import GanRecipe, Stage
from ganatlas.sources.base import UnreadableImage
from ganatlas.sources.cifar import LABELS, SIDE
from ganatlas.worlds.base import GeneratorPlan, Recipe, World, WorldImage
from ganatlas.worlds.cifar10.choice import Rows, choose_split, choose_variant
from ganatlas.worlds.cifar10.flaws import NO_FLAWS, PlantedFlaws, blurred
from ganatlas.worlds.cifar10.photographs import FORMS, Photographs
from ganatlas.worlds.examples import Example
from ganatlas.worlds.inception import Head, InceptionSettings
from ganatlas.worlds.weights import WorldClassifier, load_classifier

_VARIANTS = {"real": NO_FLAWS, "flawed": PlantedFlaws()}
Item = TypeVar("Item")


class _Chosen(Sequence[Item]):
    """Chosen photographs, read when they are asked for. Picklable: a path and what was chosen, no pixels."""

    def __init__(self, photographs: Photographs, rows: Rows) -> None:
        self._photographs = photographs
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        label, place = self._rows[index].tolist()
        return self._make(label, place)

    @abstractmethod
    def _make(self, label: int, place: int) -> Item:
        """The item of one photograph."""


class CifarImages(_Chosen[WorldImage]):
    """The photographs of a variant as (pixels, label, name). A name is the class and the place in it: "dog/0123"."""

    def __init__(self, photographs: Photographs, rows: Rows, blur_sigma: float) -> None:
        super().__init__(photographs, rows)
        self._blur_sigma = blur_sigma

    def _make(self, label: int, place: int) -> WorldImage:
        return blurred(self._photographs.read(label, place), self._blur_sigma), label, f"{LABELS[label]}/{place:04d}"


class CifarExamples(_Chosen[Example]):
    """Photographs with their class, the only thing that is known of them."""

    def _make(self, label: int, place: int) -> Example:
        try:
            return Example(self._photographs.read(label, place), (label,))
        except UnreadableImage as problem:
            name = self._photographs.name(label, place)
            raise InputError(
                f"The image {name} of this copy of CIFAR-10 cannot be used: {problem}. Get the copy again."
            ) from None


class Cifar10World(World):
    """See docs/worlds.md."""

    name = "cifar10"
    image_size = SIDE
    label_names = LABELS
    variants = tuple(_VARIANTS)
    network = InceptionSettings(
        input_size=SIDE, heads=(Head("label", LABELS),), stem_stride=1, mean=(0.49, 0.48, 0.45), std=(0.25, 0.24, 0.26)
    )
    recipe = Recipe(train_count=45_000, held_out_count=5_000, epochs=14, shift=4, degrade=False)
    plans = {  # noqa: RUF012 - a constant of the class
        "sngan": GeneratorPlan(
            GeneratorSettings(classes=len(LABELS), channels=(192, 192, 128, 64), sizes=(SIDE,)),
            DiscriminatorSettings(classes=len(LABELS), channels=(96, 192, 256), sizes=(SIDE,)),
            # With one judgement a step and twice this rate the discriminator saw nothing (a hinge loss of 2.0, that of chance)
            # and samples of a class came to look alike; with this it is 1.6.
            GanRecipe(
                stages=(Stage(SIDE, 5_700),),
                train_count=45_000,
                judgements=2,
                generator_rate=1e-4,
                naming=0.2,
                named=0.0,
                shift=3,
            ),
        )
    }
    weights = Path(__file__).parent

    def __init__(self, images: Path | None = None) -> None:
        """
        Args:
            images: the user's own copy of CIFAR-10, opened when photographs are asked for; only they need it.
        """
        self._images = images

    def images(self, variant: str, n: int, seed: int) -> CifarImages:
        if variant not in _VARIANTS:
            choices = list(_VARIANTS)
            raise InputError(
                f"The world 'cifar10' has no variant {variant!r}; its variants are: {', '.join(choices)}.", choices=choices
            )
        photographs, flaws = self._photographs(), _VARIANTS[variant]
        return CifarImages(photographs, choose_variant(photographs.counts, LABELS, variant, flaws, n, seed), flaws.blur_sigma)

    def examples(self, split: str, n: int, seed: int) -> CifarExamples:
        photographs = self._photographs()
        return CifarExamples(photographs, choose_split(photographs.counts, split, n, seed))

    def classifier(self) -> WorldClassifier:
        return load_classifier(self.network, self.weights / "classifier.safetensors")

    def _photographs(self) -> Photographs:
        if self._images is None:
            raise InputError(
                "The world 'cifar10' is of photographs, which do not come with the program: give your own copy of CIFAR-10 "
                f"with --images PATH. It can be {FORMS}."
            )
        return Photographs(self._images)
