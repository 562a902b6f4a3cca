"""Balls around samples that reach to their k-th neighbour: who lies in whose. All neighbour figures follow.

A sample lies in a ball if it is nearer to the centre than the radius is long (`<`, as in prdc). It is authentic if it is
farther from the nearest real sample than that one is from its own nearest.

Sources: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models"; Naeem et al. 2020,
"Reliable fidelity and diversity metrics for generative models"; Alaa et al. 2022, "How faithful is your synthetic data?"
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .distances import Points, Squared, blocks, radii

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

    @property
    def empty(self) -> float:
        """Share of balls of the smallest k without any extent: their centres have that many exact copies."""
        return float((self.squared[:, 0] == 0).mean())


def overlap(first: Balls, second: Balls) -> tuple[Figures, Figures]:
    """The figures with the first set as the real one, and with the second as the real one, from one pass over the distances."""
    n, m, count = len(first.points), len(second.points), len(first.ks)
    of_first, of_second = first.reach, second.reach
    in_first, in_second = np.zeros((count, m), np.int64), np.zeros((count, m), np.int64)
    hit_first, hit_second = np.zeros((count, n), bool), np.zeros((count, n), bool)
    near_first = np.zeros(n, bool)  # of the first set: farther from the second than that sample is from its own set
    nearest, distance = np.zeros(m, np.int64), np.full(m, np.inf)
    slack = 1 + first.points.tie
    for block, squared in blocks(first.points, second.points):
        for index in range(count):
            inside = squared < of_first[block, index, None]
            in_first[index] += inside.sum(0)  # balls of the first set that each of the second lies in
            hit_first[index, block] = inside.any(1)
            inside = squared < of_second[:, index]
            in_second[index] += inside.sum(0)  # how many of the first set lie in each ball of the second
            hit_second[index, block] = inside.any(1)
        row = squared.argmin(0)
        least = squared[row, np.arange(m)]
        nearer = least < distance
        nearest[nearer], distance[nearer] = row[nearer] + block.start, least[nearer]
        column = squared.argmin(1)
        near_first[block] = squared[np.arange(len(column)), column] > second.gap[column] * slack
    ks = np.array(first.ks)
    precision, recall = (in_first > 0).mean(1), hit_second.mean(1)
    forward = np.stack([precision, recall, in_first.sum(1) / (ks * m), hit_first.mean(1)], 1).ravel()
    backward = np.stack([recall, precision, in_second.sum(1) / (ks * n), (in_second > 0).mean(1)], 1).ravel()
    authentic = (distance > first.gap[nearest] * slack).mean()
    return np.append(forward, authentic), np.append(backward, near_first.mean())
