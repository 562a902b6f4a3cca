"""The whole comparison of a layer: every pair of datasets on every grid, and the reference against itself as the noise floor.

Data flow: `grid.bin_cells` (all sizes) → this step → divergence.json (entries) and the cells' tables
(contribution, effect, p, q).
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    threads: int = 1,
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
        threads: comparisons made at a time; the result is the same with any number.

    Returns:
        Entries and cells. An entry of the reference against itself has as `js_null_sd` its null's sd scaled to the sizes
        compared (sd ∝ 1/n + 1/m; the largest over `pairs`), the noise floor; its z is in units of its own, unscaled sd.
        There is none where the reference has fewer than two images. `outside` is a cell like any other throughout.

    Raises:
        InputError: a dataset without points, or copies without an image in common.
    """
    reported = sorted(cells_by_size if sizes is None else sizes)
    nest = _nest(cells_by_size)
    for pair in pairs:
        _require(dataset, pair, names)
    comparison = _Comparison(nest, reported, dataset, image, settings, seed, layer, names, positions_per_image)
    totals = np.bincount(dataset, minlength=len(names)).tolist()
    factor = max((1 / totals[first] + 1 / totals[second] for first, second in pairs), default=0.0)
    with ThreadPoolExecutor(threads, "divergence") as pool:
        itself = pool.submit(comparison.reference_with_itself, reference, factor)
        found = list(pool.map(lambda pair: comparison.pair(*pair, paired=pair in paired), pairs))
        entries = [entry for own, _ in found for entry in own] + itself.result()
    stacked = {size: _stack([columns[size] for _, columns in found], nest.amount[size]) for size in reported}
    return LayerDivergence(entries, stacked)


_Columns = tuple[NDArray[np.float64], ...]


@dataclass(frozen=True)
class _Comparison:
    """What all comparisons of a layer share; arguments as `compare_layer`. Each has a generator of its own."""

    nest: _Nest
    sizes: Sequence[int]
    dataset: NDArray[np.uint8]
    image: NDArray[np.uint32]
    settings: DivergenceSettings
    seed: int
    layer: str
    names: Sequence[str]
    positions_per_image: int

    def pair(self, first: int, second: int, *, paired: bool) -> tuple[list[DivergenceEntry], dict[int, _Columns]]:
        """Entries of a pair, coarse to fine, and the columns of its cells (contribution, effect, p, q) by grid size."""
        nest, settings, names, seed = self.nest, self.settings, self.names, [self.seed, self._sub, first, second]
        of_first = self.dataset == first
        chosen = of_first | (self.dataset == second)
        finest = self._design(chosen, of_first, paired)
        nulls, results = self._measured(finest, np.random.default_rng(seed))
        n, m = int(of_first.sum()), int((chosen & ~of_first).sum())
        entries: list[DivergenceEntry] = []
        columns: dict[int, _Columns] = {}
        before, coarser = 0.0, None
        for size in self.sizes:
            null = nulls[size]
            tested = null.a + null.b >= settings.min_test
            p = null.p_values(tested)
            q = adjust(p)
            signed = contributions(null.a, null.b) * np.sign(null.a / n - null.b / m)
            columns[size] = (signed, effects(null.a, null.b), p, q)
            entry = _entry(self.layer, size, names[first], names[second], null, results[size], before, settings.permutations)
            counts = {"tested": int(tested.sum()), "significant": int((q <= settings.fdr).sum())}
            scale = _scale(nest, nulls, size, coarser, settings, np.random.default_rng([*seed, size]))
            entries.append(entry.model_copy(update={**counts, **scale, "needed": _needed(null, tested, settings)}))
            before, coarser = entry.js, size
        return entries, columns

    def reference_with_itself(self, reference: int, factor: float) -> list[DivergenceEntry]:
        """A random half of the reference's images against the other half, on each grid; its sd scaled to `factor`."""
        chosen = self.dataset == reference
        images = np.unique(self.image[chosen])
        if len(images) < 2:
            return []
        shuffled = np.random.default_rng([self.seed, reference]).permutation(images)
        first = chosen & np.isin(self.image, shuffled[: len(images) // 2])
        rng = np.random.default_rng([self.seed, self._sub, reference, reference])
        nulls, results = self._measured(self._design(chosen, first, False), rng)
        own = 1 / int(first.sum()) + 1 / int((chosen & ~first).sum())
        scale, name = factor / own if factor else 1.0, self.names[reference]
        entries: list[DivergenceEntry] = []
        before = 0.0
        for size in self.sizes:
            entry = _entry(self.layer, size, name, name, nulls[size], results[size], before, self.settings.permutations)
            entries.append(entry.model_copy(update={"is_self": True, "js_null_sd": entry.js_null_sd * scale}))
            before = entry.js
        return entries

    @property
    def _sub(self) -> int:
        """Of the seed, the layer's own part."""
        return zlib.crc32(self.layer.encode())

    def _design(self, chosen: NDArray[np.bool_], first: NDArray[np.bool_], paired: bool) -> Null:
        """What may be exchanged between the chosen points that are `first` and those that are not; all masks (points,)."""
        cell, amount = self.nest.cell, self.nest.amount[max(self.nest.amount)]
        if paired or self.positions_per_image > 1:
            return by_image(cell[chosen], first[chosen], self.image[chosen], amount, paired)
        counts = (np.bincount(cell[mask], minlength=amount).astype(np.int64) for mask in (chosen & first, chosen & ~first))
        return PointNull(*counts)

    def _measured(self, finest: Null, rng: np.random.Generator) -> tuple[dict[int, Null], dict[int, NDArray[np.float64]]]:
        """The null on each grid, and JS, KL and reverse KL of its draws, each (permutations, 3)."""
        nulls = {size: finest.coarsen(self.nest.parent[size], self.nest.amount[size]) for size in self.sizes}
        return nulls, _measure(self.nest, finest, self.sizes, self.settings, rng)


def _stack(columns: Sequence[_Columns], cells: int) -> CellDivergence:
    """The columns of all pairs, each (cells,), side by side."""
    if not columns:
        return CellDivergence(*(np.zeros((cells, 0), np.float32) for _ in range(4)))
    return CellDivergence(*(np.stack(same, axis=1).astype(np.float32) for same in zip(*columns, strict=True)))


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


def _measure(
    nest: _Nest, finest: Null, sizes: Sequence[int], settings: DivergenceSettings, rng: np.random.Generator
) -> dict[int, NDArray[np.float64]]:
    """JS, KL and reverse KL of the permuted labels by size, each (permutations, 3)."""
    results: dict[int, list[NDArray[np.float64]]] = {size: [] for size in sizes}
    # Finest cells in stored order: the children of a cell of any size are neighbours there.
    runs = {}
    for size in sizes:
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
