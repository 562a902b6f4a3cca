"""What the cells of a grid have to say of two datasets: which differ most, and that in words.

Data flow: cells.arrow → here → the poster (`ganatlas.export`) and the report (`ganatlas.server.report`). The words are the
viewer's (frontend/src/lib/format.ts).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .divergence import Divergence, DivergenceEntry
from .grids import GridReader
from .manifest import Layer

More = Literal["first", "second", "equal"]
TAIL = 0.025


@dataclass(frozen=True)
class Finding:
    """What one cell says of a pair.

    first, second: samples of each there; effect: log2 ratio of shares, + for more of the first; sums: all samples of each on
    the layer.
    """

    first: int
    second: int
    effect: float
    contribution: float
    q: float
    """NaN where the cell was not tested."""
    sums: tuple[int, int]

    @property
    def more(self) -> More:
        """Which set has more, in proportion."""
        if self.first and self.second and 2 ** abs(self.effect) < 1.05:
            return "equal"
        return "first" if self.effect > 0 else "second"

    @property
    def least(self) -> float | None:
        """Where one set has none, and the other surely more: the ratio of their shares, at least; else None."""
        if (self.first > 0) == (self.second > 0):
            return None
        of, other = self.sums if self.first else self.sums[::-1]
        ratio = least_ratio(self.first or self.second, of, other)
        return ratio if ratio > 1 else None

    def words(self, first: str, second: str) -> str:
        """Such as "3.1× more in real", or "only in real, at least 4.2×", with the sets' titles."""
        if (self.first > 0) != (self.second > 0):
            only = f"only in {first if self.first else second}"
            return only if self.least is None else f"{only}, at least {_times(self.least)}"
        if self.more == "equal":
            return "about as much in both"
        return f"{self.ratio} more in {first if self.more == 'first' else second}"

    @property
    def short(self) -> str:
        """The same where there is no room for a title."""
        if self.first and self.second:
            return f"{self.ratio} more"
        return "only there" if self.least is None else f"only there, ≥ {_times(self.least)}"

    @property
    def ratio(self) -> str:
        """The larger share over the smaller, such as 3.1×."""
        return _times(2 ** abs(self.effect))


def _times(ratio: float) -> str:
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.1f}×".replace(".0×", "×")


def least_ratio(count: int, of: int, other: int) -> float:
    """How many times more there is at least, where one set has `count` samples in a cell and the other none.

    Args:
        count: samples in the cell. of, other: all samples on the layer of the set that has them, and of the one that has none.

    Returns:
        The lower end of the exact 95 % interval of the ratio of shares, whose upper end is infinite; 0 where nothing is known.
        Given the samples in the cell, the chance that all are of one set is πᶜᵒᵘⁿᵗ with π = ρ·of / (ρ·of + other) at a ratio ρ.

    Source: Clopper & Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial".
    """
    if count <= 0 or of <= 0:
        return 0.0
    share: float = TAIL ** (1 / count)
    return share / (1 - share) * other / of


def finding(grid: GridReader, index: int, pair: int, first: int, second: int) -> Finding:
    """What row `index` of cells.arrow says of a pair, whose datasets are `first` and `second` of the manifest."""
    count = grid.cells("count")[index]
    effect, contribution, q = (float(grid.cells(name)[index, pair]) for name in ("effect", "contribution", "q"))
    sums = grid.cells("count").sum(axis=0, dtype=np.int64)
    return Finding(int(count[first]), int(count[second]), effect, contribution, q, (int(sums[first]), int(sums[second])))


def most_different(grid: GridReader, pair: int, fdr: float) -> NDArray[np.int64]:
    """Rows of cells.arrow that differ significantly, the largest contributions to the divergence first; *outside* too."""
    size = np.abs(grid.cells("contribution")[:, pair])
    significant = np.flatnonzero(grid.cells("q")[:, pair] < fdr)  # NaN: not tested
    ranked: NDArray[np.int64] = significant[np.argsort(-size[significant], kind="stable")]
    return ranked


def both_ways(ranked: NDArray[np.int64], more_of_first: NDArray[np.bool_], number: int) -> NDArray[np.int64]:
    """The first `number` of a ranking, half of each way where there are as many: what is missing, then what is too much.

    Args:
        ranked: rows, the most different first. more_of_first: bool, as long: whether the first set has more there.
    """
    missing, surplus = ranked[more_of_first], ranked[~more_of_first]
    of_first = min(len(missing), max(number // 2, number - len(surplus)))
    return np.concatenate([missing[:of_first], surplus[: number - of_first]])


def entry_of(divergence: Divergence, layer: str, size: int, pair: tuple[str, str]) -> DivergenceEntry | None:
    """The heat maps' entry of a pair on a grid."""
    return next(
        (
            entry
            for entry in divergence.entries
            if (entry.layer, entry.size, entry.first, entry.second) == (layer, size, *pair) and not entry.is_self
        ),
        None,
    )


def trusted_grid(divergence: Divergence, layer: Layer, pair: tuple[str, str], at_most: int = 320) -> int | None:
    """The finest grid of a layer, of at most so many cells a side, whose cells hold enough points; else its coarsest."""
    sizes = sorted(grid.size for grid in layer.grids)
    valid = [
        size
        for size in sizes
        if size <= at_most and (entry := entry_of(divergence, layer.name, size, pair)) is not None and entry.valid
    ]
    return valid[-1] if valid else sizes[0] if sizes else None


def worst_layer(divergence: Divergence, layers: tuple[Layer, ...], pair: tuple[str, str], at_most: int = 320) -> str | None:
    """The layer with the greatest corrected JS of a pair on its finest trusted grid; None where there is no divergence."""
    found: list[tuple[float, str]] = []
    for layer in layers:
        size = trusted_grid(divergence, layer, pair, at_most)
        entry = None if size is None else entry_of(divergence, layer.name, size, pair)
        if entry is not None:
            found.append((entry.js_corrected, layer.name))
    return max(found)[1] if found else None
