"""Seeded chance for the drawing: scalar draws by the hundred, several times cheaper than calling a Generator for each.

Every part of a scene throws dice of its own (``Dice(seed, stream, index, part)``), so that a change in how clouds are drawn
moves no tree.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 256


class Dice:
    """A stream of random choices fixed by its key (non-negative integers)."""

    def __init__(self, *key: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))
        self._block: list[float] = []

    def _unit(self) -> float:
        if not self._block:
            self._block = self._generator.random(_BLOCK).tolist()
        return self._block.pop()

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._unit()

    def chance(self, probability: float) -> bool:
        return self._unit() < probability

    def whole(self, low: int, high: int) -> int:
        """An integer in [low, high], both included."""
        return low + int(self._unit() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self._unit() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of (choice, weight) pairs in proportion to the weights."""
        at = self._unit() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            at -= weight
            if at < 0:
                return choice
        return choices[-1][0]

    def numbers(self, shape: tuple[int, ...]) -> np.ndarray:
        """float64 numbers in [0, 1) of the given shape."""
        return self._generator.random(shape)
