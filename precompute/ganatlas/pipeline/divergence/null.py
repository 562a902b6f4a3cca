"""What may be exchanged if the labels of two datasets mean nothing, and what follows from it.

Three designs:
- points (one position per image): the counts of the first dataset are multivariate hypergeometric given the pooled counts;
- images (several positions per image, which are not independent): whole images change sides;
- pairs (two sets are copies of the same images): an image and its copy change places, or not.

Each gives draws of the counts (the null of Jensen–Shannon), a p-value per cell and a standard error that respect it. Draws are
made on the finest grid and summed upward, so that one set of draws serves every size and the grids nest in every draw.

Source: Good 2005, "Permutation, Parametric and Bootstrap Tests of Hypotheses", on exchanging independent units.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ganatlas.errors import InputError

from .cells import hypergeometric_p, image_p, pair_p
from .statistics import Counts, Values, influence, standard_error, sum_to

BATCH = 4
"""Draws in memory at a time: few, so that the arrays of the finest grid stay in the processor's cache."""


class Null(ABC):
    """Two datasets on one grid, and which of their labels may be exchanged. a, b: (cells,) int64 counts observed."""

    a: Counts
    b: Counts

    @abstractmethod
    def draw(self, permutations: int, rng: np.random.Generator) -> Iterator[tuple[Counts, Counts]]:
        """Counts (a, b) under exchanged labels, int64 (draws, cells) each, a few draws at a time, `permutations` in all."""

    @abstractmethod
    def coarsen(self, parent: NDArray[np.int64], cells: int) -> "Null":
        """The same on a coarser grid of `cells` cells; parent: (cells of this,) the coarse cell that holds each."""

    @abstractmethod
    def p_values(self, tested: NDArray[np.bool_]) -> Values:
        """Two-sided mid-p of each cell, (cells,); NaN where not `tested`."""

    @abstractmethod
    def standard_error(self) -> float:
        """Of Jensen–Shannon, in bits, by the delta method over independent units."""


@dataclass(frozen=True)
class PointNull(Null):
    """Points change sides."""

    a: Counts
    b: Counts

    def draw(self, permutations: int, rng: np.random.Generator) -> Iterator[tuple[Counts, Counts]]:
        pooled, n = self.a + self.b, int(self.a.sum())
        for size in _batches(permutations):
            drawn = rng.multivariate_hypergeometric(pooled, n, size=size, method="marginals").astype(np.int64)
            yield drawn, pooled - drawn

    def coarsen(self, parent: NDArray[np.int64], cells: int) -> "PointNull":
        return PointNull(sum_to(self.a, parent, cells), sum_to(self.b, parent, cells))

    def p_values(self, tested: NDArray[np.bool_]) -> Values:
        out = np.full(len(self.a), np.nan)
        out[tested] = hypergeometric_p(self.a[tested], self.b[tested], int(self.a.sum()), int(self.b.sum()))
        return out

    def standard_error(self) -> float:
        return standard_error(self.a, self.b)


@dataclass(frozen=True)
class ImageNull(Null):
    """Whole images change sides. counts: sparse int64 (images of both, cells); first: (images,) bool, which are the first's."""

    counts: sp.csr_array
    first: NDArray[np.bool_]

    @property
    def a(self) -> Counts:  # type: ignore[override]  # a field in the base, derived here
        return np.asarray(self.counts.T @ self.first.astype(np.int64), dtype=np.int64)

    @property
    def b(self) -> Counts:  # type: ignore[override]  # a field in the base, derived here
        return np.asarray(self.counts.T @ (~self.first).astype(np.int64), dtype=np.int64)

    def draw(self, permutations: int, rng: np.random.Generator) -> Iterator[tuple[Counts, Counts]]:
        pooled, by_cell = self.a + self.b, self.counts.T.tocsr()
        for size in _batches(permutations):
            labels = np.stack([rng.permutation(self.first) for _ in range(size)], axis=1).astype(np.int64)
            drawn = np.ascontiguousarray((by_cell @ labels).T)
            yield drawn, pooled - drawn

    def coarsen(self, parent: NDArray[np.int64], cells: int) -> "ImageNull":
        return ImageNull(_coarsen(self.counts, parent, cells), self.first)

    def p_values(self, tested: NDArray[np.bool_]) -> Values:
        out = np.full(self.counts.shape[1], np.nan)
        out[tested] = image_p(self.counts[:, tested], self.first)
        return out

    def standard_error(self) -> float:
        a, b = self.a, self.b
        by_a, by_b = influence(a, b)
        g, h = self.counts[self.first] @ by_a / a.sum(), self.counts[~self.first] @ by_b / b.sum()
        return float(np.sqrt(((g - g.mean()) ** 2).sum() + ((h - h.mean()) ** 2).sum()))


@dataclass(frozen=True)
class PairNull(Null):
    """Copies of an image change places. first, second: sparse int64 (images, cells), image by image.

    Images that are in one dataset only (their row in the other is empty) stay where they are: the permutations are a subgroup,
    and the test is conditional on them.
    """

    first: sp.csr_array
    second: sp.csr_array

    @property
    def a(self) -> Counts:  # type: ignore[override]  # a field in the base, derived here
        return np.asarray(self.first.sum(axis=0), dtype=np.int64).ravel()

    @property
    def b(self) -> Counts:  # type: ignore[override]  # a field in the base, derived here
        return np.asarray(self.second.sum(axis=0), dtype=np.int64).ravel()

    @property
    def paired(self) -> NDArray[np.bool_]:
        """(images,) which are in both datasets."""
        return np.asarray((np.diff(self.first.indptr) > 0) & (np.diff(self.second.indptr) > 0), dtype=np.bool_)

    def draw(self, permutations: int, rng: np.random.Generator) -> Iterator[tuple[Counts, Counts]]:
        a, b, gain = self.a, self.b, self._gain().T.tocsr()
        for size in _batches(permutations):
            swapped = rng.integers(0, 2, size=(gain.shape[1], size), dtype=np.int64)
            moved = np.ascontiguousarray((gain @ swapped).T)
            yield a - moved, b + moved

    def coarsen(self, parent: NDArray[np.int64], cells: int) -> "PairNull":
        return PairNull(_coarsen(self.first, parent, cells), _coarsen(self.second, parent, cells))

    def p_values(self, tested: NDArray[np.bool_]) -> Values:
        out = np.full(self.first.shape[1], np.nan)
        out[tested] = pair_p(self._gain()[:, tested])
        return out

    def standard_error(self) -> float:
        a, b = self.a, self.b
        by_a, by_b = influence(a, b)
        g = self.first @ by_a / a.sum() + self.second @ by_b / b.sum()
        in_first = np.diff(self.first.indptr) > 0
        groups = (self.paired, in_first & ~self.paired, ~in_first)
        return float(np.sqrt(sum(((g[group] - g[group].mean()) ** 2).sum() for group in groups if group.any())))

    def _gain(self) -> sp.csr_array:
        return sp.csr_array((self.first - self.second)[self.paired])


def by_image(
    cell: NDArray[np.int64], first: NDArray[np.bool_], image: NDArray[np.uint32], cells: int, paired: bool
) -> ImageNull | PairNull:
    """The design of images, or of pairs, from points.

    Args:
        cell: (points,) each point's cell. first: (points,) whether it is of the first dataset. image: (points,) its image's
            index into its dataset.
        paired: whether image i of the first dataset and image i of the second are copies of one image.

    Raises:
        InputError: `paired`, and the two have no image in common.
    """
    ones = np.ones(len(cell), np.int64)
    if not paired:
        units, unit = np.unique(image.astype(np.int64) * 2 + ~first, return_inverse=True)
        return ImageNull(sp.csr_array((ones, (unit, cell)), shape=(len(units), cells)), units % 2 == 0)
    units, unit = np.unique(image, return_inverse=True)
    sides = [sp.csr_array((ones[side], (unit[side], cell[side])), shape=(len(units), cells)) for side in (first, ~first)]
    null = PairNull(sides[0], sides[1])
    if not null.paired.any():
        raise InputError(
            "The two datasets are said to be copies of the same images, but no image index is in both; "
            "compare them as independent sets."
        )
    return null


def _coarsen(counts: sp.csr_array, parent: NDArray[np.int64], cells: int) -> sp.csr_array:
    member = sp.csr_array((np.ones(len(parent), np.int64), (np.arange(len(parent)), parent)), shape=(len(parent), cells))
    return sp.csr_array(counts @ member)


def _batches(permutations: int) -> Iterator[int]:
    for begin in range(0, permutations, BATCH):
        yield min(BATCH, permutations - begin)
