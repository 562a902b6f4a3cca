"""How well a layout keeps neighbourhoods, and how far it depends on the seed: shown with every map.

Data flow: activations and a layout → these numbers → the manifest.

Sources: Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods" (trustworthiness, continuity).
"""

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from .neighbours import Metric, exact_neighbours, prepare

if TYPE_CHECKING:
    from .layout import LayoutSettings

K = 15
SUBSAMPLE = 2000


def trustworthiness_continuity(
    x: NDArray[np.floating],
    layout: NDArray[np.float32],
    k: int = K,
    subsample: int = SUBSAMPLE,
    seed: int = 0,
    metric: Metric = "cosine",
) -> tuple[float, float]:
    """Trustworthiness (no strangers among neighbours on the map) and continuity (no neighbours torn apart), each in [0, 1].

    Args:
        x: (n, C) activations. layout: (n, 2).
        k: neighbours; reduced where there are fewer than 3k/2 points, as the measure is defined below that only.
        subsample: points looked at, drawn with `seed`.

    Returns:
        Both 1 where there are too few points to have any strangers (n < 4).
    """
    rows = choose(len(x), subsample, seed)
    k = min(k, (2 * len(rows) - 2) // 3, len(rows) // 2 - 1)
    if k < 1:
        return 1.0, 1.0
    high = _ranks(prepare(x[rows], metric, "cpu"))
    low = _ranks(torch.from_numpy(np.array(layout[rows], dtype=np.float32)))
    return _kept(high, low, k), _kept(low, high, k)


def stability(
    x: NDArray[np.float16],
    settings: "LayoutSettings",
    seed: int,
    seeds: int = 3,
    subsample: int = SUBSAMPLE,
    device: torch.device | str = "cpu",
) -> float:
    """Mean overlap of the 15 nearest neighbours on the map between layouts of `seeds` seeds, in [0, 1].

    A fixed subsample is laid out `seeds` times with the same settings; what differs is the seed alone.
    """
    from .layout import embed

    rows = choose(len(x), subsample, seed)
    k = min(K, len(rows) - 1)
    near = [exact_neighbours(embed(x[rows], settings, seed + i, device), k + 1, "euclidean")[0][:, 1:] for i in range(seeds)]
    overlaps = [
        np.mean([len(np.intersect1d(p, q, assume_unique=True)) for p, q in zip(near[i], near[j], strict=True)]) / k
        for i in range(seeds)
        for j in range(i)
    ]
    return float(np.mean(overlaps))


def choose(n: int, subsample: int, seed: int) -> NDArray[np.int64]:
    """Rows of a subsample without replacement, ascending; all where there are no more."""
    if n <= subsample:
        return np.arange(n)
    return np.sort(np.random.default_rng([seed, n]).choice(n, subsample, replace=False))


def _ranks(points: torch.Tensor) -> NDArray[np.int64]:
    """rank[i, j]: how many-th neighbour of i is j, 0 for i itself. (n, n)."""
    distances = torch.cdist(points.double(), points.double(), compute_mode="donot_use_mm_for_euclid_dist")
    distances.fill_diagonal_(-1)
    order = distances.argsort(dim=1, stable=True).numpy()
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(len(order)), order.shape), axis=1)
    return ranks


def _kept(reference: NDArray[np.int64], other: NDArray[np.int64], k: int) -> float:
    """1 minus the scaled excess rank in `reference` of the k nearest in `other`."""
    n = len(reference)
    strangers = (other >= 1) & (other <= k) & (reference > k)
    excess = float((reference[strangers] - k).sum())
    return 1 - 2 * excess / (n * k * (2 * n - 3 * k - 1))
