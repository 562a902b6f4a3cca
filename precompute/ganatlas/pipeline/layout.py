"""Step 2: all datasets' activations of a layer on one map.

Data flow: activations (n, C) of all datasets pooled → this step → `placement`.

UMAP (McInnes, Healy & Melville 2018) on exact neighbours, started from the first two principal components (Kobak & Linderman
2021: the start decides how faithful the large-scale arrangement is). The layout never sees which dataset a sample is of. Above
`landmarks` points, landmarks are drawn without regard to the dataset and laid out; every other point starts at the mean of its
nearest landmarks, weighted by UMAP's membership strengths, and is then optimised against them, as UMAP's own transform does.
"""

from typing import Literal

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ganatlas.errors import InputError

from . import embedding
from .neighbours import Metric, approximate_neighbours, exact_neighbours, neighbours_among
from .quality import stability, trustworthiness_continuity
from .reduction import principal_components
from .samples import Layout

EXACT_UP_TO = 100_000
SPREAD = 10.0
"""Side of the square in which the optimisation starts, in units of UMAP's own coordinates."""
MIN_POINTS = 10
AT_ONCE = 50_000
"""Points placed among landmarks at a time: memory does not grow with their number."""


class LayoutSettings(BaseModel):
    """How a layer is laid out. The two that matter most are n_neighbors and min_dist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_neighbors: int = Field(default=50, ge=2, description="neighbours of each point, itself included")
    min_dist: float = Field(default=0.05, ge=0, le=1, description="how close neighbours may lie on the map")
    metric: Metric = Field(default="cosine", description="cosine, or euclidean (for the earliest layers)")
    epochs: int | None = Field(
        default=None, ge=1, description="sweeps of the optimisation; by the number of points if not given"
    )
    landmarks: int = Field(default=100_000, ge=100, description="points laid out jointly; more are placed among these")
    stability_seeds: int = Field(default=3, ge=0, description="layouts compared for stability; 0 or 1: not measured")
    init: Literal["pca", "random"] = Field(default="pca", description="where the optimisation starts")


def lay_out(x: NDArray[np.float16], settings: LayoutSettings, seed: int, device: torch.device | str = "cpu") -> Layout:
    """Lay out a layer and measure the result.

    Args:
        x: (n, C) activations of all datasets, pooled; may be memory-mapped.
        device: where neighbours are computed.

    Returns:
        Coordinates of any scale and orientation; the same for the same input, settings, seed and device.

    Raises:
        InputError: fewer than 10 points, or activations that are not finite.
    """
    points = embed(x, settings, seed, device)
    trust, continuity = trustworthiness_continuity(x, points, seed=seed, metric=settings.metric)
    stable = stability(x, settings, seed, settings.stability_seeds, device=device) if settings.stability_seeds > 1 else None
    parameters: dict[str, object] = settings.model_dump(exclude={"stability_seeds"})
    used = {"seed": seed, "n_neighbors": _neighbours(len(x), settings), "epochs": _epochs(len(x), settings)}
    return Layout(points, "umap", parameters | used, trust, continuity, stable)


def embed(
    x: NDArray[np.float16], settings: LayoutSettings, seed: int, device: torch.device | str = "cpu"
) -> NDArray[np.float32]:
    """The coordinates alone: float32 (n, 2). Arguments and errors as for `lay_out`."""
    if len(x) < MIN_POINTS:
        raise InputError(
            f"A layer cannot be laid out from {len(x)} points; at least {MIN_POINTS} are needed: give more images, "
            "or more positions per image."
        )
    # As many threads as torch was given: the result is the same, but other processes may be at work beside this one.
    numba.set_num_threads(min(torch.get_num_threads(), numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    if len(x) <= settings.landmarks:
        return _embed_jointly(x, settings, seed, device)
    chosen = np.zeros(len(x), bool)
    chosen[np.random.default_rng([seed, len(x)]).choice(len(x), settings.landmarks, replace=False)] = True
    landmarks = x[chosen]
    out = np.empty((len(x), 2), np.float32)
    out[chosen] = _embed_jointly(landmarks, settings, seed, device)
    placed, others = out[chosen], np.flatnonzero(~chosen)
    for number, begin in enumerate(range(0, len(others), AT_ONCE)):  # they do not look at each other
        rows = others[begin : begin + AT_ONCE]
        out[rows] = _embed_among(x[rows], landmarks, placed, settings, (seed, number), device)
    return out


def _embed_jointly(
    x: NDArray[np.float16], settings: LayoutSettings, seed: int, device: torch.device | str
) -> NDArray[np.float32]:
    """UMAP of all points at once."""
    k = _neighbours(len(x), settings)
    if len(x) <= EXACT_UP_TO:
        indices, distances = exact_neighbours(x, k, settings.metric, device)
    else:
        indices, distances = approximate_neighbours(x, k, settings.metric, seed)
    graph = embedding.fuzzy_graph(indices, distances)
    start = _start(x, settings, seed)
    return embedding.optimise(start, graph, _epochs(len(x), settings), embedding.curve_parameters(settings.min_dist), seed)


def _embed_among(
    x: NDArray[np.float16],
    landmarks: NDArray[np.float16],
    placed: NDArray[np.float32],
    settings: LayoutSettings,
    seed: tuple[int, int],
    device: torch.device | str,
) -> NDArray[np.float32]:
    """Points (n, C) among landmarks (m, C) that are at `placed` (m, 2)."""
    import scipy.sparse as sp

    k = _neighbours(len(landmarks), settings)
    indices, distances = neighbours_among(x, landmarks, k, settings.metric, device)
    weights = embedding.membership(distances, own=False)
    start = (placed[indices] * weights[:, :, None]).sum(axis=1) / weights.sum(axis=1, keepdims=True)
    graph = sp.csr_array((weights.ravel(), indices.ravel(), np.arange(0, weights.size + 1, k)), shape=(len(x), len(landmarks)))
    epochs = max(1, _epochs(len(landmarks), settings) // 3)
    curve = embedding.curve_parameters(settings.min_dist)
    return embedding.optimise(start.astype(np.float32), graph, epochs, curve, seed, fixed=placed, rate=0.25)


def _start(x: NDArray[np.float16], settings: LayoutSettings, seed: int) -> NDArray[np.float32]:
    """Where the optimisation starts, float32 (n, 2): principal components, each scaled to the same extent.

    A little noise parts duplicates.
    """
    rng = np.random.default_rng([seed, 1])
    if settings.init == "random":
        return rng.uniform(0, SPREAD, (len(x), 2)).astype(np.float32)
    start = principal_components(x, 2)
    extent = np.ptp(start, axis=0)
    scaled = (start - start.min(axis=0)) / np.where(extent > 0, extent, 1) * SPREAD
    noisy: NDArray[np.float32] = (scaled + rng.normal(0, 1e-4 * SPREAD, start.shape)).astype(np.float32)
    return noisy


def _neighbours(n: int, settings: LayoutSettings) -> int:
    return min(settings.n_neighbors, n - 1)


def _epochs(n: int, settings: LayoutSettings) -> int:
    """Half of UMAP's own choice: from principal components, at half its rate, half the sweeps give as trustworthy a map."""
    if settings.epochs is not None:
        return settings.epochs
    return 250 if min(n, settings.landmarks) <= 10_000 else 100
