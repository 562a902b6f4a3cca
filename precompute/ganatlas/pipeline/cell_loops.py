"""The inner loops over the activations of a grid's cells, compiled: a million points pass through them twice a layer.

Data flow: blocks of sorted activations -> these -> `grid`. Each cell's run, and each row, is one thread's: results do not
depend on how many threads there are.
"""

import math

import numba
import numpy as np

from .embedding import CACHED


@numba.njit(cache=CACHED, parallel=True, fastmath=True)
def add_runs(values, weights, runs, cells, weighted, directions):  # type: ignore[no-untyped-def]  # numba finds the types
    """Add rows to the sums of their cells; returns the rows' norms, float32 (rows,).

    Args:
        values: float32 (rows, C). weights: float32 (rows,).
        runs: int64 (runs + 1,), where each run of rows of one cell begins, and the end. cells: (runs,), each run's cell.
        weighted, directions: float32 (cells, C); rows times their weight, and rows of length 1, are added.
    """
    norms = np.empty(len(values), np.float32)
    for run in numba.prange(len(cells)):
        cell = cells[run]
        for row in range(runs[run], runs[run + 1]):
            norm, weight = _norm(values[row]), weights[row]
            norms[row] = norm
            scale = np.float32(1) / norm if norm > 0 else np.float32(0)
            for channel in range(values.shape[1]):
                value = values[row, channel]
                weighted[cell, channel] += weight * value
                directions[cell, channel] += scale * value
    return norms


@numba.njit(cache=CACHED, parallel=True, fastmath=True)
def cosines(values, units, cells):  # type: ignore[no-untyped-def]  # numba finds the types
    """Cosine of each row with its cell's vector, float32 (rows,); 0 for a zero vector.

    values: float32 (rows, C). units: float32 (cells, C) of length 1 or 0. cells: (rows,).
    """
    found = np.empty(len(values), np.float32)
    for row in numba.prange(len(values)):
        norm, unit, product = _norm(values[row]), units[cells[row]], np.float32(0)
        for channel in range(values.shape[1]):
            product += values[row, channel] * unit[channel]
        found[row] = product / norm if norm > 0 else np.float32(0)
    return found


@numba.njit(cache=CACHED)
def keep_best(found, groups, begin, best, rows):  # type: ignore[no-untyped-def]  # numba finds the types
    """For each group the greatest of `found` so far in `best`, and in `rows` where it was met first, counted from `begin`."""
    for at in range(len(found)):
        group = groups[at]
        if found[at] > best[group]:
            best[group], rows[group] = found[at], begin + at


@numba.njit(cache=CACHED, fastmath=True)
def _norm(row):  # type: ignore[no-untyped-def]  # numba finds the types
    square = np.float32(0)
    for channel in range(len(row)):
        square += row[channel] * row[channel]
    return np.float32(math.sqrt(square))
