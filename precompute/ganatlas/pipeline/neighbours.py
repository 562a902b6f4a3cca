"""Nearest neighbours of activations: where a naive layout loses most of its time.

Data flow: activations of a layer → this step → `layout`, `quality`.

Up to some 100,000 points exact neighbours from blocked matrix products are both faster and better than approximate ones (they
run at the speed of the processor's or GPU's matrix unit); beyond, their n² cost loses to NN-descent (Dong et al. 2011).
"""

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.errors import InputError

Metric = Literal["cosine", "euclidean"]

BLOCK = 1024
"""Rows of the distance matrix in memory at a time."""


def exact_neighbours(
    x: NDArray[np.floating],
    k: int,
    metric: Metric = "cosine",
    device: torch.device | str = "cpu",
    block: int = BLOCK,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The k nearest points of each point, itself included and first.

    Args:
        x: (n, C) float16 or float32.
        k: neighbours, itself included, 1 … n.
        metric: "cosine" (1 − cosine; two zero vectors are at 0, a zero vector and another at 1) or "euclidean".
        block: rows compared at a time; memory is block × n × 4 bytes.

    Returns:
        indices (n, k) int32 and distances (n, k) float32, nearest first; of equally distant neighbours the lower index first.

    Raises:
        InputError: fewer than k points, or values that are not finite.
    """
    points = prepare(x, metric, device)
    if metric == "cosine" and not bool(points[:, -1].any()):
        points = points[:, :-1].contiguous()  # no zero vector: a product of an even width is faster
    if metric == "euclidean":
        points = points - points.mean(0)  # against cancellation in |x|² − 2xy + |y|²
    n = len(points)
    if not 1 <= k <= n:
        raise InputError(f"{k} neighbours were asked for among {n} points; ask for at most {n}, or give more images.")
    indices, distances = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
    norms = (points * points).sum(1)
    for begin in range(0, n, block):
        rows = slice(begin, min(begin + block, n))
        own = torch.arange(rows.stop - begin, device=points.device)
        near = points[rows] @ points.T
        if metric == "euclidean":
            near.mul_(2).sub_(norms)
        near[own, own + begin] = torch.inf
        value, index = near.topk(k, dim=1, sorted=True)
        distance = _to_distance(value, norms[rows], metric)
        others, away = _break_ties(index[:, 1:], distance[:, 1:])
        indices[rows, 0], distances[rows, 0] = np.arange(begin, rows.stop), 0
        indices[rows, 1:], distances[rows, 1:] = others.cpu().numpy(), away.cpu().numpy()
    return indices, distances


def neighbours_among(
    x: NDArray[np.floating],
    landmarks: NDArray[np.floating],
    k: int,
    metric: Metric = "cosine",
    device: torch.device | str = "cpu",
    block: int = BLOCK,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The k nearest of `landmarks` (m, C) for each of `x` (n, C), none of which is one; otherwise as `exact_neighbours`."""
    targets = prepare(landmarks, metric, device)
    if not 1 <= k <= len(targets):
        raise InputError(f"{k} neighbours were asked for among {len(targets)} landmarks; ask for at most {len(targets)}.")
    centre = targets.mean(0) if metric == "euclidean" else torch.zeros(1, device=targets.device)
    targets = targets - centre
    target_norms = (targets * targets).sum(1)
    indices, distances = np.empty((len(x), k), np.int32), np.empty((len(x), k), np.float32)
    for begin in range(0, len(x), block):
        rows = slice(begin, min(begin + block, len(x)))
        points = prepare(x[rows], metric, device) - centre
        near = points @ targets.T
        if metric == "euclidean":
            near.mul_(2).sub_(target_norms)
        value, index = near.topk(k, dim=1, sorted=True)
        index, distance = _break_ties(index, _to_distance(value, (points * points).sum(1), metric))
        indices[rows], distances[rows] = index.cpu().numpy(), distance.cpu().numpy()
    return indices, distances


def approximate_neighbours(
    x: NDArray[np.floating], k: int, metric: Metric = "cosine", seed: int = 0
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """As `exact_neighbours`, by NN-descent: n·log n, some neighbours missed. Seeded; for hundreds of thousands of points."""
    from pynndescent import NNDescent

    points = prepare(x, metric, "cpu").numpy()
    # Of the prepared vectors (unit length, zero vectors on an axis of their own) cosine and euclidean rank alike.
    index = NNDescent(points, metric="euclidean", n_neighbors=k, random_state=seed, compressed=True)
    indices, distances = index.neighbor_graph
    if metric == "cosine":
        distances = distances**2 / 2
    own = np.arange(len(points), dtype=np.int32)
    # A duplicate may come before the point itself.
    is_own = indices == own[:, None]
    place = np.where(is_own.any(axis=1), is_own.argmax(axis=1), k - 1)
    for array, head in ((indices, own), (distances, np.zeros(len(points), np.float32))):
        rows = np.flatnonzero(place)
        for row in rows:
            array[row, 1 : place[row] + 1] = array[row, : place[row]]
        array[:, 0] = head
    return indices.astype(np.int32), distances.astype(np.float32)


def prepare(x: NDArray[np.floating], metric: Metric, device: torch.device | str) -> Tensor:
    """float32 vectors (n, C, for cosine C + 1) whose euclidean distances rank as the metric does.

    For cosine: unit length, with one more coordinate in which zero vectors (all channels dead) lie, all at one place.
    """
    points = torch.from_numpy(np.array(x)).to(device).float()
    if not bool(torch.isfinite(points).all()):
        raise InputError(
            f"{int((~torch.isfinite(points)).any(1).sum())} of {len(points)} activations are not finite; "
            "float16 holds up to 65504: choose a layer after a normalisation, or another precision."
        )
    if metric == "cosine":
        norms = points.norm(dim=1, keepdim=True)
        zero = (norms == 0).float()
        points = torch.cat([points / (norms + zero), zero], dim=1)
    return points


def _to_distance(near: Tensor, norms: Tensor, metric: Metric) -> Tensor:
    """Distances from what was ranked: a cosine, or 2xy − |y|²."""
    if metric == "cosine":
        return (1 - near).clamp_(0, 2)
    return (norms[:, None] - near).clamp_(min=0).sqrt_()


def _break_ties(index: Tensor, distance: Tensor) -> tuple[Tensor, Tensor]:
    """Order neighbours by distance, and those of equal distance by index."""
    by_index, order = index.sort(dim=1, stable=True)
    distance, again = distance.gather(1, order).sort(dim=1, stable=True)
    return by_index.gather(1, again), distance
