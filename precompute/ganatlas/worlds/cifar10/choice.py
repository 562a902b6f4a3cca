"""Which photographs a set has: variants from two halves that share none, and the classifier's two splits.

A photograph is named by its class and its place among the images of its class, in the order of the copy: so the choice is the
same for every form of copy, and depends on nothing but how many images each class has.

Data flow: images of each class in the copy → :func:`choose_variant`, :func:`choose_split` → :class:`Photographs`.
"""

import numpy as np
from numpy.typing import NDArray

from ganatlas.errors import InputError

from .flaws import PlantedFlaws

Rows = NDArray[np.int32]
"""(n, 2): an image's class, and its place in the class."""

HELD_OUT = 10
"""One in so many images of a class, the last ones, are not trained on."""

VARIANTS = ("real", "flawed")
SPLITS = ("train", "held-out")


def choose_variant(
    counts: tuple[int, ...], labels: tuple[str, ...], variant: str, flaws: PlantedFlaws, n: int, seed: int
) -> Rows:
    """``n`` images of a variant, at random and none twice. The first m of them are the choice of m.

    The images with an even place in their class are the real ones, those with an odd place the flawed ones, whatever the seed.

    Args:
        counts: images of each class in the copy.
        labels: names of the classes.

    Raises:
        InputError: the half has fewer; the message says how many.
    """
    number = VARIANTS.index(variant)
    random = np.random.default_rng((seed, number))
    classes = [np.arange(number, count, len(VARIANTS)) for count in counts]
    every = sum(len(places) for places in classes)
    share = {label: len(places) / max(1, every) for label, places in zip(labels, classes, strict=True)}
    if flaws.missing_class is not None:
        classes[labels.index(flaws.missing_class)] = np.arange(0)
    if flaws.halved_class is not None:
        index, half = labels.index(flaws.halved_class), share[flaws.halved_class] / 2
        others = sum(len(places) for at, places in enumerate(classes) if at != index)
        # So many that of them and all the others together they are half of their share.
        classes[index] = random.permutation(classes[index])[: round(others * half / (1 - half))]
    return _draw(classes, n, random, f"world:cifar10/{variant}")


def choose_split(counts: tuple[int, ...], split: str, n: int, seed: int) -> Rows:
    """``n`` images to learn from ("train") or to test with ("held-out"), at random and none twice.

    Raises:
        InputError: the split has fewer; the message says how many.
    """
    number = SPLITS.index(split)
    kept = [count - count // HELD_OUT for count in counts]
    bounds = [(0, first) if split == "train" else (first, count) for first, count in zip(kept, counts, strict=True)]
    random = np.random.default_rng((seed, len(VARIANTS) + number))
    return _draw([np.arange(*ends) for ends in bounds], n, random, f"the {split} split of cifar10")


def _draw(classes: list[NDArray[np.int64]], n: int, random: np.random.Generator, what: str) -> Rows:
    rows = np.array([(label, place) for label, places in enumerate(classes) for place in places], np.int32).reshape(-1, 2)
    if n > len(rows):
        raise InputError(
            f"{n} images of {what} were asked for, but this copy of CIFAR-10 has {len(rows)} at most. Ask for fewer.",
            found=len(rows),
            asked=n,
        )
    return random.permutation(rows)[:n]
