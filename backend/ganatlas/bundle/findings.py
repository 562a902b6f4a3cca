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


@dataclass(frozen=True)
class Finding:
    """What one cell says of a pair. first, second: samples of each; effect: log2 ratio of shares, + for more of the first."""

    first: int
    second: int
    effect: float
    contribution: float
    q: float
    """NaN where the cell was not tested."""

    @property
    def more(self) -> More:
        """Which set has more, in proportion."""
        if self.first and self.second and 2 ** abs(self.effect) < 1.05:
            return "equal"
        return "first" if self.effect > 0 else "second"

    def words(self, first: str, second: str) -> str:
        """Such as "3.1× more in real", with the sets' titles."""
        if self.first and not self.second:
            return f"only in {first}"
        if self.second and not self.first:
            return f"only in {second}"
        if self.more == "equal":
            return "about as much in both"
        return f"{self.ratio} more in {first if self.more == 'first' else second}"

    @property
    def ratio(self) -> str:
        """The larger share over the smaller, such as 3.1×."""
        ratio = 2 ** abs(self.effect)
        return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.1f}×".replace(".0×", "×")


def finding(grid: GridReader, index: int, pair: int, first: int, second: int) -> Finding:
    """What row `index` of cells.arrow says of a pair, whose datasets are `first` and `second` of the manifest."""
    count = grid.cells("count")[index]
    effect, contribution, q = (float(grid.cells(name)[index, pair]) for name in ("effect", "contribution", "q"))
    return Finding(int(count[first]), int(count[second]), effect, contribution, q)


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
