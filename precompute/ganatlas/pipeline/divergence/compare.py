"""The whole comparison of a layer: every pair of datasets on every grid, and the reference against itself as the noise floor.

Data flow: `grid.bin_cells` (all sizes) → this step → divergence.json (entries) and the cells' tables
(contribution, effect, p, q).
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.false_discovery import adjust
from ganatlas.bundle.power import MODE, samples_needed
from ganatlas.errors import InputError
from ganatlas.pipeline.grid import parents
from ganatlas.pipeline.samples import GridCells

from .null import Null, PointNull, by_image
from .scales import split_test
from .statistics import MIN_POINTS_PER_CELL, contributions, effects, jensen_shannon, kullback_leibler

MEASURES = {
    "js": "Balanced Jensen–Shannon divergence in bits, 0 to 1, plug-in estimate: biased upward where points are few.",
    "js_corrected": "Jensen–Shannon divergence in bits minus its mean over permuted labels: near 0 for identical sets.",
    "kl": "Kullback–Leibler divergence of the first from the second in nats (natural logarithm), with half a pseudo-count "
    "a cell, minus its mean over permuted labels.",
    "kl_reverse": "Kullback–Leibler divergence of the second from the first in nats, corrected in the same way.",
    "js_within": "Bits of Jensen–Shannon divergence that a grid adds to the next coarser one.",
}


class DivergenceSettings(BaseModel):
    """How datasets are compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permutations: int = Field(default=199, ge=19, description="draws of the null; the smallest p is 1/(permutations + 1)")
    fdr: float = Field(default=0.05, gt=0, lt=1, description="false discovery rate of the per-cell tests of a grid")
    min_test: int = Field(default=10, ge=1, description="pooled points of a pair from which a cell is tested")


@dataclass(frozen=True)
class CellDivergence:
    """One grid's cells, each array float32 (cells, pairs), rows as in its GridCells.

    contribution: to JS in bits, with the sign of p − q (+: more of the pair's first). effect: log₂ ratio, + likewise.
    p: two-sided mid-p, q: Benjamini–Hochberg adjusted over the grid; both NaN where not tested.
    """

    contribution: NDArray[np.float32]
    effect: NDArray[np.float32]
    p: NDArray[np.float32]
    q: NDArray[np.float32]


@dataclass(frozen=True)
class LayerDivergence:
    """entries: pair by pair, then the reference against itself, coarse to fine. cells: by grid size."""

    entries: list[DivergenceEntry]
    cells: dict[int, CellDivergence]


@dataclass(frozen=True)
class _Nest:
    """The cells of the finest size in stored order, and for each size the cell that holds each of them.

    cell: (points,) finest cell of each sorted point. parent: size → (finest cells,) row of that size's GridCells.
    """

    cell: NDArray[np.int64]
    parent: dict[int, NDArray[np.int64]]
    amount: dict[int, int]


def compare_layer(
    cells_by_size: Mapping[int, GridCells],
    pairs: Sequence[tuple[int, int]],
    reference: int,
    dataset: NDArray[np.uint8],
    image: NDArray[np.uint32],
    settings: DivergenceSettings,
    seed: int,
    *,
    layer: str,
    names: Sequence[str],
    positions_per_image: int = 1,
    paired: Collection[tuple[int, int]] = (),
    sizes: Sequence[int] | None = None,
) -> LayerDivergence:
    """Compare datasets on all grids of a layer.

    Args:
        cells_by_size: grids of one placement. The null is drawn on the finest of them: with 320 among them, results do not
            depend on which others are there.
        pairs: (first, second) indices of datasets.
        reference: the dataset that is split at random, by image and in the same way in every layer, and compared with itself.
        dataset, image: (points,) of the *sorted* points.
        positions_per_image: above 1, images and not points are exchanged.
        paired: which of `pairs` are copies of the same images (image i of one is image i of the other): copies are exchanged.
        sizes: the grids to report; all of `cells_by_size` if None.
        names: of the datasets, in order.

    Returns:
        Entries and cells. An entry of the reference against itself has as `js_null_sd` its null's sd scaled to the sizes
        compared (sd ∝ 1/n + 1/m; the largest over `pairs`), the noise floor; its z is in units of its own, unscaled sd.
        There is none where the reference has fewer than two images. `outside` is a cell like any other throughout.

    Raises:
        InputError: a dataset without points, or copies without an image in common.
    """
    reported = sorted(cells_by_size if sizes is None else sizes)
    nest = _nest(cells_by_size)
    sub = zlib.crc32(layer.encode())
    entries: list[DivergenceEntry] = []
    columns: dict[int, list[tuple[NDArray[np.float64], ...]]] = {size: [] for size in reported}
    factor = 0.0
    for first, second in pairs:
        _require(dataset, (first, second), names)
        chosen = (dataset == first) | (dataset == second)
        finest = _design(nest, chosen, dataset == first, image, positions_per_image, (first, second) in paired)
        rng = np.random.default_rng([seed, sub, first, second])
        n, m = int((dataset == first).sum()), int((dataset == second).sum())
        factor = max(factor, 1 / n + 1 / m)
        nulls = {size: finest.coarsen(nest.parent[size], nest.amount[size]) for size in reported}
        results = _measure(nest, finest, nulls, settings, rng)
        before, coarser = 0.0, None
        for size in reported:
            tested = nulls[size].a + nulls[size].b >= settings.min_test
            p = nulls[size].p_values(tested)
            q = adjust(p)
            a, b = nulls[size].a, nulls[size].b
            signed = contributions(a, b) * np.sign(a / n - b / m)
            columns[size].append((signed, effects(a, b), p, q))
            entry = _entry(layer, size, names[first], names[second], nulls[size], results[size], before, settings.permutations)
            counts = {"tested": int(tested.sum()), "significant": int((q <= settings.fdr).sum())}
            scale = _scale(nest, nulls, size, coarser, settings, np.random.default_rng([seed, sub, first, second, size]))
            entries.append(entry.model_copy(update={**counts, **scale, "needed": _needed(nulls[size], tested, settings)}))
            before, coarser = entry.js, size
    entries += _against_itself(
        nest, reported, reference, dataset, image, settings, seed, layer, names, positions_per_image, factor
    )
    stacked = {
        size: CellDivergence(*(np.stack(arrays, axis=1).astype(np.float32) for arrays in zip(*columns[size], strict=True)))
        if pairs
        else CellDivergence(*(np.zeros((nest.amount[size], 0), np.float32) for _ in range(4)))
        for size in reported
    }
    return LayerDivergence(entries, stacked)


def _scale(
    nest: _Nest,
    nulls: Mapping[int, Null],
    size: int,
    coarser: int | None,
    settings: DivergenceSettings,
    rng: np.random.Generator,
) -> dict[str, float | int]:
    """What a grid adds to the next coarser one, tested; nothing at the coarsest, and where points are not independent."""
    fine = nulls[size]
    if coarser is None or not isinstance(fine, PointNull):
        return {}
    cells, coarse_cells = nest.amount[size], nest.amount[coarser]
    parent = np.zeros(cells, np.int64)
    parent[nest.parent[size]] = nest.parent[coarser]
    found = split_test(
        fine.a,
        fine.b,
        parent,
        coarse_cells,
        permutations=settings.permutations,
        fdr=settings.fdr,
        min_test=settings.min_test,
        rng=rng,
    )
    return {
        "within_null_mean": found.null_mean,
        "within_p": found.p,
        "split_tested": found.tested,
        "split_significant": found.significant,
    }


def _needed(null: Null, tested: NDArray[np.bool_], settings: DivergenceSettings) -> int | None:
    """Points a set to see a halved mode of 5 % in one of the cells tested here, each at its share of the error."""
    if not isinstance(null, PointNull):
        return None
    return samples_needed(MODE, 0.5, settings.fdr / max(1, int(tested.sum())))


def _against_itself(
    nest: _Nest,
    sizes: Sequence[int],
    reference: int,
    dataset: NDArray[np.uint8],
    image: NDArray[np.uint32],
    settings: DivergenceSettings,
    seed: int,
    layer: str,
    names: Sequence[str],
    positions_per_image: int,
    factor: float,
) -> list[DivergenceEntry]:
    """A random half of the reference's images against the other half, on each grid."""
    chosen = dataset == reference
    images = np.unique(image[chosen])
    if len(images) < 2:
        return []
    shuffled = np.random.default_rng([seed, reference]).permutation(images)
    first = chosen & np.isin(image, shuffled[: len(images) // 2])
    finest = _design(nest, chosen, first, image, positions_per_image, False)
    nulls = {size: finest.coarsen(nest.parent[size], nest.amount[size]) for size in sizes}
    rng = np.random.default_rng([seed, zlib.crc32(layer.encode()), reference, reference])
    results = _measure(nest, finest, nulls, settings, rng)
    own = 1 / int(first.sum()) + 1 / int((chosen & ~first).sum())
    entries: list[DivergenceEntry] = []
    before = 0.0
    for size in sizes:
        name = names[reference]
        entry = _entry(layer, size, name, name, nulls[size], results[size], before, settings.permutations)
        scale = factor / own if factor else 1.0
        entries.append(entry.model_copy(update={"is_self": True, "js_null_sd": entry.js_null_sd * scale}))
        before = entry.js
    return entries


def _design(
    nest: _Nest,
    chosen: NDArray[np.bool_],
    first: NDArray[np.bool_],
    image: NDArray[np.uint32],
    positions_per_image: int,
    paired: bool,
) -> Null:
    """What may be exchanged between the chosen points that are `first` and those that are not; all masks (points,)."""
    amount = nest.amount[max(nest.amount)]
    if paired or positions_per_image > 1:
        return by_image(nest.cell[chosen], first[chosen], image[chosen], amount, paired)
    counts = (np.bincount(nest.cell[mask], minlength=amount).astype(np.int64) for mask in (chosen & first, chosen & ~first))
    return PointNull(*counts)


def _measure(
    nest: _Nest, finest: Null, nulls: Mapping[int, Null], settings: DivergenceSettings, rng: np.random.Generator
) -> dict[int, NDArray[np.float64]]:
    """JS, KL and reverse KL of the permuted labels by size, each (permutations, 3)."""
    results: dict[int, list[NDArray[np.float64]]] = {size: [] for size in nulls}
    # Finest cells in stored order: the children of a cell of any size are neighbours there.
    runs = {}
    for size in nulls:
        parent = nest.parent[size]
        runs[size] = np.flatnonzero(np.r_[True, parent[1:] != parent[:-1]])
    for a, b in finest.draw(settings.permutations, rng):
        for size, starts in runs.items():
            coarse_a, coarse_b = np.add.reduceat(a, starts, axis=1), np.add.reduceat(b, starts, axis=1)
            statistics = [jensen_shannon(coarse_a, coarse_b), *kullback_leibler(coarse_a, coarse_b)]
            results[size].append(np.stack(statistics, axis=1))
    return {size: np.concatenate(parts) for size, parts in results.items()}


def _entry(
    layer: str, size: int, first: str, second: str, null: Null, drawn: NDArray[np.float64], coarser: float, permutations: int
) -> DivergenceEntry:
    """What divergence.json says of one pair on one grid. drawn: (permutations, 3); coarser: JS on the next coarser grid."""
    a, b = null.a, null.b
    js = float(jensen_shannon(a, b))
    kl, kl_reverse = (float(value) for value in kullback_leibler(a, b))
    mean, sd = drawn.mean(axis=0), float(drawn[:, 0].std(ddof=1))
    occupied = int(np.count_nonzero(a + b))
    per_cell = float((a.sum() + b.sum()) / occupied)
    corrected, margin = js - float(mean[0]), 1.96 * null.standard_error()
    # Equal up to rounding counts as equal: a draw of the observed labels themselves must not be missed.
    as_large = int(np.count_nonzero(drawn[:, 0] >= js - 1e-12))
    return DivergenceEntry(
        layer=layer,
        size=size,
        first=first,
        second=second,
        is_self=False,
        n=int(a.sum()),
        m=int(b.sum()),
        occupied=occupied,
        points_per_cell=per_cell,
        valid=per_cell >= MIN_POINTS_PER_CELL,
        js=js,
        js_null_mean=float(mean[0]),
        js_null_sd=sd,
        js_corrected=corrected,
        js_low=corrected - margin,
        js_high=corrected + margin,
        z=corrected / sd if sd > 0 else 0.0,
        p=(1 + as_large) / (permutations + 1),
        permutations=permutations,
        kl=kl - float(mean[1]),
        kl_reverse=kl_reverse - float(mean[2]),
        js_within=js - coarser,
        significant=0,
        tested=0,
    )


def _nest(cells_by_size: Mapping[int, GridCells]) -> _Nest:
    finest = cells_by_size[max(cells_by_size)]
    stored = np.argsort(finest.start)
    cell = np.repeat(np.arange(len(stored)), (finest.stop - finest.start)[stored])
    parent = {size: parents(finest, cells)[stored] for size, cells in cells_by_size.items()}
    return _Nest(cell, parent, {size: len(cells.start) for size, cells in cells_by_size.items()})


def _require(dataset: NDArray[np.uint8], pair: tuple[int, int], names: Sequence[str]) -> None:
    for index in pair:
        if not np.any(dataset == index):
            raise InputError(
                f"The dataset '{names[index]}' has no point on the map, so it cannot be compared; give it at least one image."
            )
