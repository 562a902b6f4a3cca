"""The inner parts of UMAP, made deterministic *and* parallel: the fuzzy graph of neighbours and its optimisation in 2-D.

Data flow: `neighbours` → this → `layout`.

The model is UMAP's (McInnes, Healy & Melville 2018): the same membership strengths, the same fuzzy union, the same attraction
and repulsion. The optimiser differs in one thing. umap-learn moves both ends of an edge in place, so a seeded run must use one
thread. Here every vertex moves only itself, reading the positions that the others had at the end of the last epoch, and draws
its negative samples from a generator of its own: the result is the same on any number of threads. An edge stands in the graph
in both directions, so that both of its ends move; the attraction is doubled because umap-learn moves both for each direction.
"""

import os
from pathlib import Path

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import curve_fit

NEGATIVES = 5
"""Negative samples per positive one."""
LOWEST, OCTAVES, FRACTION = -24, 48, 6
"""The tables of forces reach from squared distances of 2^LOWEST over OCTAVES doublings of 2^FRACTION entries each."""
SHIFT = 23 - FRACTION
CACHED = os.access(Path(__file__).parent, os.W_OK)
"""Whether compiled code can be kept beside this file; where it cannot, each process compiles for a few seconds."""
TOLERANCE, BISECTIONS, MIN_SCALE = 1e-5, 64, 1e-3


def fuzzy_graph(indices: NDArray[np.int32], distances: NDArray[np.float32]) -> sp.csr_array:
    """The fuzzy union of the neighbourhoods of points, symmetric float32 (n, n), without the diagonal.

    Args:
        indices, distances: (n, k), the point itself first.
    """
    n, k = indices.shape
    weights = membership(distances)
    own = indices == np.arange(n, dtype=np.int32)[:, None]
    weights[own] = 0
    directed = sp.csr_array((weights.ravel(), indices.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
    directed.sum_duplicates()
    directed.eliminate_zeros()
    reverse = directed.T.tocsr()
    union = sp.csr_array(directed + reverse - directed.multiply(reverse))
    union.sort_indices()
    return union


def membership(distances: NDArray[np.float32], own: bool = True) -> NDArray[np.float32]:
    """UMAP's membership strengths exp(−(d − ρ)/σ) of each point's neighbours, Σ = log₂ k, float32 (n, k).

    Args:
        distances: (n, k), ascending. own: whether the first column is the point itself (not counted in the sum).
    """
    return np.asarray(_membership(np.ascontiguousarray(distances, np.float32), own, np.float32(distances.mean())))


def curve_parameters(min_dist: float, spread: float = 1.0) -> tuple[float, float]:
    """a and b of 1/(1 + a·d^(2b)), fitted to 1 up to `min_dist` and exp(−(d − min_dist)/spread) beyond."""
    d = np.linspace(0, spread * 3, 300)
    wanted = np.where(d < min_dist, 1.0, np.exp(-(d - min_dist) / spread))
    (a, b), _ = curve_fit(lambda d, a, b: 1.0 / (1.0 + a * d ** (2 * b)), d, wanted)
    return float(a), float(b)


def optimise(
    start: NDArray[np.float32],
    graph: sp.csr_array,
    epochs: int,
    curve: tuple[float, float],
    seed: int | tuple[int, ...],
    fixed: NDArray[np.float32] | None = None,
    rate: float = 0.5,
) -> NDArray[np.float32]:
    """Move points so that neighbours attract and others repel each other.

    Args:
        start: (n, 2).
        graph: (n, m) membership strengths; m = n, or the number of `fixed` points.
        epochs: sweeps over the graph; an edge is sampled in proportion to its strength, the strongest in every epoch.
        curve: of `curve_parameters`.
        fixed: (m, 2) points that do not move, to which the edges lead, or None where the points are each other's neighbours.
        rate: first learning rate; falls linearly to 0. UMAP's 1 helps only where the start is poor.

    Returns:
        (n, 2) float32.
    """
    weights = graph.data
    kept = graph.copy()
    kept.data = np.where(weights >= weights.max() / epochs, weights, 0).astype(np.float32) if len(weights) else weights
    kept.eliminate_zeros()
    if not kept.nnz:
        return start.astype(np.float32)
    period = (kept.data.max() / kept.data).astype(np.float32)
    states = np.random.default_rng(seed).integers(1, 2**63, size=len(start), dtype=np.uint64)
    due = period.copy()
    here = np.ascontiguousarray(start, np.float32)
    there = np.empty_like(here)
    attraction, repulsion = _forces(*curve)
    if fixed is None:
        attraction *= 2
    for epoch in range(epochs):
        step = np.float32(rate * (1 - epoch / epochs))
        targets = here if fixed is None else fixed
        _sweep(
            here, there, targets, kept.indptr, kept.indices, period, due, states, np.float32(epoch), step, attraction, repulsion
        )
        here, there = there, here
    return here


def _forces(a: float, b: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Attraction and repulsion per unit of difference, by squared distance: looked up, as powers take most of the time.

    An entry stands for the floats that share exponent and the first mantissa bits, and is right to 1 %.
    """
    middle = ((np.arange(OCTAVES << FRACTION) << SHIFT) + ((LOWEST + 127) << 23) + (1 << (SHIFT - 1))).astype(np.int32)
    square = middle.view(np.float32).astype(np.float64)
    power = square**b
    attraction = -2 * a * b * power / (square * (1 + a * power))
    repulsion = 2 * b / ((0.001 + square) * (1 + a * power))
    return attraction.astype(np.float32), repulsion.astype(np.float32)


@numba.njit(inline="always")
def _entry(square):  # type: ignore[no-untyped-def]
    """Where the force for a squared distance stands in the tables of `_forces`."""
    at = (np.float32(square).view(np.int32) >> np.int32(SHIFT)) - np.int32((LOWEST + 127) << FRACTION)
    return min(np.int32((OCTAVES << FRACTION) - 1), max(np.int32(0), at))


@numba.njit(inline="always")
def _clip(move):  # type: ignore[no-untyped-def]
    return min(np.float32(4), max(np.float32(-4), move))


@numba.njit(cache=CACHED, parallel=True, fastmath=True)
def _sweep(here, there, targets, starts, ends, period, due, states, epoch, step, attraction, repulsion):  # type: ignore[no-untyped-def]
    """One epoch: `there` ← `here` moved. Each vertex reads `targets` and writes itself, its edges' clocks and its generator."""
    amount = np.uint64(len(targets))
    for i in numba.prange(len(here)):
        x, y, state = here[i, 0], here[i, 1], states[i]
        for e in range(starts[i], starts[i + 1]):
            if due[e] > epoch:
                continue
            due[e] += period[e]
            j = ends[e]
            dx, dy = x - targets[j, 0], y - targets[j, 1]
            force = attraction[_entry(dx * dx + dy * dy)]
            x += step * _clip(force * dx)
            y += step * _clip(force * dy)
            for _ in range(NEGATIVES):
                # xorshift64 (Marsaglia 2003); its upper half, scaled to the number of points.
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                k = ((state >> np.uint64(32)) * amount) >> np.uint64(32)
                dx, dy = x - targets[k, 0], y - targets[k, 1]
                force = repulsion[_entry(dx * dx + dy * dy)]
                x += step * _clip(force * dx)
                y += step * _clip(force * dy)
        there[i, 0], there[i, 1], states[i] = x, y, state


@numba.njit(cache=CACHED, parallel=True)
def _membership(distances, own, mean):  # type: ignore[no-untyped-def]
    n, k = distances.shape
    out = np.empty((n, k), np.float32)
    target = np.log2(k)
    first = 1 if own else 0
    for i in numba.prange(n):
        nearest = 0.0
        for j in range(k):
            if distances[i, j] > 0:
                nearest = distances[i, j]
                break
        low, high, scale = 0.0, np.inf, 1.0
        for _ in range(BISECTIONS):
            total = 0.0
            for j in range(first, k):
                away = distances[i, j] - nearest
                total += np.exp(-away / scale) if away > 0 else 1.0
            if abs(total - target) < TOLERANCE:
                break
            if total > target:
                high = scale
                scale = (low + high) / 2
            else:
                low = scale
                scale = scale * 2 if high == np.inf else (low + high) / 2
        scale = max(scale, MIN_SCALE * (distances[i].mean() if nearest > 0 else mean))
        for j in range(k):
            away = distances[i, j] - nearest
            out[i, j] = np.exp(-away / scale) if away > 0 and scale > 0 else 1.0
    return out
