"""Balls around samples that reach to their k-th neighbour: who lies in whose. All neighbour figures follow.

A sample lies in a ball if it is nearer to the centre than the radius is long (`<`, as in prdc). It is authentic if it is
farther from the nearest real sample than that one is from its own nearest.

Sources: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models"; Naeem et al. 2020,
"Reliable fidelity and diversity metrics for generative models"; Alaa et al. 2022, "How faithful is your synthetic data?"
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .distances import Points, Squared, map_blocks, radii

MOST_REAL = 1e6
"""Realism of an exact copy."""

Figures = NDArray[np.float64]
"""(4 len(ks) + 1,): precision, recall, density and coverage of each k, then the share of authentic samples."""


@dataclass(frozen=True)
class Balls:
    """Points with the squared radii of their balls, (n, len(ks)), and the squared distance to their nearest other, (n,)."""

    points: Points
    ks: tuple[int, ...]
    squared: Squared
    gap: Squared

    @classmethod
    def around(cls, points: Points, ks: tuple[int, ...]) -> "Balls":
        """The balls of every point. Every k must be below the number of points."""
        found = radii(points, (1, *ks))
        return cls(points, ks, found[:, 1:], found[:, 0])

    @property
    def reach(self) -> Squared:
        """Squared radii, less what rounding may have added: a point at the radius is not inside."""
        reach: Squared = self.squared * (1 - self.points.tie)
        return reach

    def trusted(self, k: int) -> NDArray[np.bool_]:
        """Which balls realism goes by: those no larger than the median, since large ones lie around outliers. (n,)"""
        of_k = self.squared[:, self.ks.index(k)]
        trusted: NDArray[np.bool_] = (of_k <= np.median(of_k)) & (of_k > 0)
        return trusted

    @property
    def empty(self) -> float:
        """Share of balls of the smallest k without any extent: their centres have that many exact copies."""
        return float((self.squared[:, 0] == 0).mean())


@dataclass(frozen=True)
class Overlap:
    """Who of two sets lies in whose balls, sample by sample. The first set has n samples, the second m.

    Attributes:
        ks: neighbours, one row each in what follows.
        holds: (len(ks), m) how many balls of the first set each of the second lies in. hit: (len(ks), n) whether the ball of
            each of the first holds any of the second.
        held, met: the same the other way round: (len(ks), n) balls of the second, and (len(ks), m).
        nearest, distance: (m,) the nearest of the first set to each of the second, and how far it is, squared.
        authentic, authentic_first: (m,) and (n,) whether each is farther from the nearest of the other set than that one from
            its own nearest.
        realism: (m,) of each of the second set; None where it was not asked for.
    """

    ks: tuple[int, ...]
    holds: NDArray[np.int64]
    hit: NDArray[np.bool_]
    held: NDArray[np.int64]
    met: NDArray[np.bool_]
    nearest: NDArray[np.int64]
    distance: Squared
    authentic: NDArray[np.bool_]
    authentic_first: NDArray[np.bool_]
    realism: Squared | None

    def figures(self) -> Figures:
        """With the first set as the real one."""
        return self._figures(self.holds, self.met, self.held, self.hit, self.authentic)

    def swapped(self) -> Figures:
        """With the second set as the real one."""
        return self._figures(self.held, self.hit, self.holds, self.met, self.authentic_first)

    def _figures(
        self,
        inside: NDArray[np.int64],
        met: NDArray[np.bool_],
        held: NDArray[np.int64],
        hit: NDArray[np.bool_],
        authentic: NDArray[np.bool_],
    ) -> Figures:
        density = inside.sum(1) / (np.array(self.ks) * inside.shape[1])
        of_each_k = np.stack([(inside > 0).mean(1), (held > 0).mean(1), density, hit.mean(1)], 1)
        return np.append(of_each_k.ravel(), authentic.mean())


def overlap(first: Balls, second: Balls, *, realism: int | None = None) -> Overlap:
    """Who lies in whose balls, from one pass over the distances.

    Args:
        realism: the k whose balls say how real each of the second set is: the largest radius over distance, above 1 inside of
            one; None where that is not wanted.
    """
    n, m, count = len(first.points), len(second.points), len(first.ks)
    of_first, of_second = first.reach, second.reach
    widest_first, widest_second = of_first.max(1), of_second.max(1)
    slack = 1 + first.points.tie
    trusted = None if realism is None else first.trusted(realism)
    radius = None if realism is None else first.squared[:, first.ks.index(realism)]
    holds, held = np.zeros((count, m), np.int64), np.zeros((count, n), np.int64)
    hit, met = np.zeros((count, n), bool), np.zeros((count, m), bool)
    near, least = np.zeros(m, np.int64), np.full(m, np.inf, first.squared.dtype)
    authentic_first = np.zeros(n, bool)
    scale = np.full(m, np.inf, first.squared.dtype)

    def work(part: slice, squared: Squared) -> "_Part":
        column = squared.argmin(1)
        return _Part(
            part,
            _Near.of(squared, widest_first[part, None]),
            _Near.of(squared, widest_second),
            squared[np.arange(len(column)), column] > second.gap[column] * slack,
            *_nearest_rows(squared),
            None if trusted is None or radius is None else _scale(squared[trusted[part]], radius[part][trusted[part]]),
        )

    for found in map_blocks(first.points, second.points, work):
        begin = found.part.start
        for k in range(count):
            row, column = found.in_first.below(of_first[found.in_first.row + begin, k])
            holds[k] += np.bincount(column, minlength=m)
            hit[k, row + begin] = True
            row, column = found.in_second.below(of_second[found.in_second.column, k])
            held[k, found.part] += np.bincount(row, minlength=found.part.stop - begin)
            met[k, column] = True
        authentic_first[found.part] = found.authentic
        nearer = found.distance < least
        near[nearer], least[nearer] = found.nearest[nearer] + begin, found.distance[nearer]
        if found.scale is not None:
            np.minimum(scale, found.scale, out=scale)
    authentic = least > first.gap[near] * slack
    real = None if realism is None else _realism(scale)
    return Overlap(first.ks, holds, hit, held, met, near, least, authentic, authentic_first, real)


@dataclass(frozen=True)
class Own:
    """How samples lie among the others of their own set: what theirs is to be compared with.

    nearest: (n,) nearest other. held: (len(ks), n) balls of others that each lies in. realism: (n,).
    """

    nearest: NDArray[np.int64]
    held: NDArray[np.int64]
    realism: Squared


def among_own(balls: Balls, realism: int) -> Own:
    """Each sample of a set as if it came from elsewhere: its own ball is left out.

    Without the sample the balls that reach to it just would reach a little farther, so it lies in these, too (`<=`).

    Args:
        realism: the k whose balls say how real each is.
    """
    n, reach = len(balls.points), balls.squared * (1 + balls.points.tie)
    widest, trusted, radius = reach.max(1), balls.trusted(realism), balls.squared[:, balls.ks.index(realism)]
    held, near = np.zeros((len(balls.ks), n), np.int64), np.zeros(n, np.int64)
    scale = np.full(n, np.inf, balls.squared.dtype)

    def work(part: slice, squared: Squared) -> tuple[slice, _Near, NDArray[np.int64], Squared]:
        own = np.arange(part.stop - part.start)
        squared[own, own + part.start] = np.inf
        of_part = squared[:, trusted] / radius[trusted]
        return part, _Near.of(squared, widest), squared.argmin(1), of_part.min(1, initial=np.inf)

    for part, found, nearest, of_part in map_blocks(balls.points, balls.points, work):
        near[part], scale[part] = nearest, of_part
        for k in range(len(balls.ks)):
            row, _ = found.below(reach[found.column, k])
            held[k, part] += np.bincount(row, minlength=part.stop - part.start)
    return Own(near, held, _realism(scale))


@dataclass(frozen=True)
class _Near:
    """Pairs of one block that are near enough to matter: few of all. row: within the block."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    squared: Squared

    @classmethod
    def of(cls, squared: Squared, limit: Squared) -> "_Near":
        row, column = np.divmod(np.flatnonzero(squared < limit), squared.shape[1])
        return cls(row, column, squared[row, column])

    def below(self, limit: Squared) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the pairs below a limit each, (pairs,)."""
        inside = self.squared < limit
        return self.row[inside], self.column[inside]


@dataclass(frozen=True)
class _Part:
    """What `overlap` needs of one block. nearest, distance: of each column, nearest row within the block."""

    part: slice
    in_first: _Near
    in_second: _Near
    authentic: NDArray[np.bool_]
    nearest: NDArray[np.int64]
    distance: Squared
    scale: Squared | None


def _nearest_rows(squared: Squared) -> tuple[NDArray[np.int64], Squared]:
    """The first nearest row of each column, and how far it is. (`argmin` along columns would copy the block.)"""
    least = squared.min(0)
    row, column = np.divmod(np.flatnonzero(squared == least), squared.shape[1])
    index = np.zeros(squared.shape[1], np.int64)
    index[column[::-1]] = row[::-1]  # of equal ones the first is written last
    return index, least


def _scale(squared: Squared, radius: Squared) -> Squared:
    """Least squared distance over squared radius of each column, over some rows; infinite where there are none."""
    scale: Squared = (squared / radius[:, None]).min(0, initial=np.inf)
    return scale


def _realism(scale: Squared) -> Squared:
    real: Squared = 1 / np.sqrt(np.maximum(scale, MOST_REAL**-2))
    return real
