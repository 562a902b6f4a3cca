"""Z-order (Morton) codes of grid cells: the order in which a layer's points are stored.

Sizes of grids are 10·2^k. Inside each of the 100 base cells (row by row) points follow the Z-order of the 320 grid, so that the
members of any cell of any size are one contiguous slice. A *code* is `base cell · 1024 + interleaved local (row, column)`; the
code of a cell of a coarser grid is the code of any of its points with the last two bits dropped per level.

Source: Morton 1966, "A computer oriented geodetic data base and a new technique in file sequencing".
"""

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.tables import BASE, FINEST, GRID_SIZES
from ganatlas.errors import InputError

LEVELS = len(GRID_SIZES) - 1
OUTSIDE_CODE = BASE * BASE << (2 * LEVELS)
"""Larger than the code of any cell: outside sorts last."""


def level_of(size: int) -> int:
    """How often a grid must be halved to reach the base grid: 0 for 10, 5 for 320.

    Raises:
        InputError: `size` is not one of 10·2^k, k = 0…5.
    """
    if size not in GRID_SIZES:
        raise InputError(f"A grid of {size} × {size} does not nest; choose among {', '.join(map(str, GRID_SIZES))}.", size=size)
    return GRID_SIZES.index(size)


def encode(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Codes of cells of the 320 grid. column, row: (n,) in 0…319. Returns (n,) int64 in 0…102399."""
    side = FINEST // BASE
    base = (row // side) * BASE + column // side
    local = _spread_bits(column % side) | (_spread_bits(row % side) << 1)
    return (base << (2 * LEVELS)) | local


def decode(code: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(column, row) of cells of the `size` grid from their codes at that size (see `at_size`)."""
    level = level_of(size)
    base, local = code >> (2 * level), code & ((1 << (2 * level)) - 1)
    column = (base % BASE << level) | _gather_bits(local)
    row = (base // BASE << level) | _gather_bits(local >> 1)
    return column, row


def at_size(code: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Codes of the cells of the `size` grid that hold cells of the 320 grid. *Outside* stays larger than all others."""
    return code >> (2 * (LEVELS - level_of(size)))


def codes_of(xy: NDArray[np.float32]) -> NDArray[np.int64]:
    """Code of each point. xy: (n, 2) float32; points beyond [0, 1)² get `OUTSIDE_CODE`.

    A float32 times 320 is exact in float64, so binning at 320 and halving agrees with binning at any coarser size.
    """
    inside = np.all((xy >= 0) & (xy < 1), axis=1)
    cell = np.floor(np.where(inside[:, None], xy, 0).astype(np.float64) * FINEST).astype(np.int64)
    return np.where(inside, encode(cell[:, 0], cell[:, 1]), OUTSIDE_CODE)


def _spread_bits(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """0b…cba → 0b…0c0b0a."""
    out = np.zeros_like(value)
    for bit in range(LEVELS):
        out |= (value >> bit & 1) << (2 * bit)
    return out


def _gather_bits(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """The inverse of `_spread_bits`; odd bits are ignored."""
    out = np.zeros_like(value)
    for bit in range(LEVELS):
        out |= (value >> (2 * bit) & 1) << bit
    return out
