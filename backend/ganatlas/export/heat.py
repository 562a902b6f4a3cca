"""What colours the cells of a map: values, how sure each is, the scale, and the paint over the icons.

The rules are the viewer's (frontend/src/lib/heat.ts and scale.ts), so that a poster and the page beside it agree.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.tables import OUTSIDE

ColorMode = Literal["effect", "contribution", "density", "none"]
COLOR_MODES: tuple[ColorMode, ...] = get_args(ColorMode)
FADED = 0.12
"""How much of its opacity a cell keeps that is not significant."""
STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Round numbers near enough to each other that a scale ends little above its greatest value."""


@dataclass(frozen=True)
class Scale:
    """From a value to a place on a ramp. limit: value at its end; signed: −limit … limit; power: ½ opens up small values."""

    limit: float
    signed: bool
    power: float

    def place(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Place on the ramp, 0 to 1; ½ is zero where signed."""
        at: NDArray[np.float64] = np.minimum(1, np.abs(values) / self.limit) ** self.power
        if self.signed:
            at = 0.5 + 0.5 * np.sign(values) * at
            return at
        return np.where(values <= 0, 0, at)

    def ticks(self) -> list[float]:
        """Values for the ticks of one side, zero included, the limit last."""
        return [float(f"{each * self.limit:.3g}") for each in ((0, 0.1, 0.4, 1) if self.power < 1 else (0, 0.5, 1))]


@dataclass(frozen=True)
class Heat:
    """values, certainty (0 to 1): float64 (cells,) of the cells on the map."""

    values: NDArray[np.float64]
    certainty: NDArray[np.float64]
    scale: Scale


def heat_of(
    grid: GridReader, mode: ColorMode, *, pair: int, dataset: int, fdr: float, min_test: int, significance: bool = True
) -> Heat | None:
    """Values, certainty and scale of a colour mode; None for `none`.

    Args:
        pair: of effect and contribution. dataset: of density.
        fdr: q below which a cell is significant. min_test: pooled points from which a cell counts for the scale.
        significance: fade what is not significant.
    """
    if mode == "none":
        return None
    on_map = grid.cells("column") != OUTSIDE
    count = grid.cells("count")[on_map]
    if mode == "density":
        values = count[:, dataset].astype(np.float64)
        return Heat(values, np.ones(len(values)), Scale(nice_ceil(_quantile(values, 0.995)), signed=False, power=0.5))
    values = grid.cells(mode)[on_map, pair].astype(np.float64)
    significant = grid.cells("q")[on_map, pair] < fdr
    sizes = np.abs(values)[count.sum(axis=1, dtype=np.int64) >= min_test]
    if mode == "effect":
        # Significant effects must be told apart; the full colour stands for a ratio of 4 to 16.
        widest = max(_quantile(sizes, 0.97), _quantile(np.abs(values)[significant], 0.5))
        scale = Scale(min(4, max(2, np.ceil(widest - 0.1))), signed=True, power=1)
    else:
        scale = Scale(nice_ceil(_quantile(sizes, 0.995)), signed=True, power=0.5)
    return Heat(values, np.where(significant | (not significance), 1, FADED), scale)


def paint(heat: Heat, ramp: NDArray[np.uint8], opacity: float) -> NDArray[np.uint8]:
    """RGBA of each cell, uint8 (cells, 4): strong values are more opaque than weak ones, so that other icons stay clear."""
    at = heat.scale.place(heat.values)
    strength = np.abs(2 * at - 1) if heat.scale.signed else at
    alpha = opacity ** (1 + 3 * (1 - strength)) * heat.certainty
    color = ramp[np.floor(at * 255 + 0.5).astype(np.int64)]
    return np.column_stack([color, np.rint(255 * alpha).astype(np.uint8)])


def nice_ceil(value: float) -> float:
    """The smallest round number (`STEPS` × 10ⁿ) at or above a value; 1 for what is not above 0."""
    if not value > 0 or not np.isfinite(value):
        return 1.0
    unit = 10.0 ** np.floor(np.log10(value))
    return float(f"{next(step for step in STEPS if step * unit >= value * (1 - 1e-9)) * unit:.6g}")


def _quantile(values: NDArray[np.floating], share: float) -> float:
    """By nearest rank; 0 for none."""
    if len(values) == 0:
        return 0.0
    ranked = np.sort(values)
    return float(ranked[min(len(ranked) - 1, int(share * len(ranked)))])
