"""In which cells do two datasets differ? Exact and saddlepoint tests of single cells.

A cell's p is a two-sided mid-p, min(1, 2·min(P(<a) + ½P(a), P(>a) + ½P(a))), a the points of the first dataset in it:
- points exchangeable: exact, a is hypergeometric given the pooled points;
- images exchangeable (several positions per image): a is the sum of the counts of a random sample of images without
  replacement. The hypergeometric is anti-conservative here. The double saddlepoint approximation is within 15 % of the exact
  p even for a dozen images, and far into the tails, where Monte Carlo would need 10⁵ permutations and a normal approximation
  fails for few images;
- pairs exchangeable: a is a sum of fair signs; single saddlepoint.

The tail on a lattice of spacing s less half its own mass, the mid-p, has the saddlepoint formula of a continuous variable with
(2/s)·tanh(s·v/2) in the place of v. Where a is at the end of its support, the probability is known exactly and is used instead.

Sources: Skovgaard 1987, "Saddlepoint expansions for conditional distributions"; Robinson 1982, "Saddlepoint approximations for
permutation tests"; Barndorff-Nielsen 1986 (r*); Butler 2007, "Saddlepoint approximations with applications", on
lattices.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from .statistics import Counts, Values

NEWTON_STEPS = 100
NEAR_CENTRE = 1e-3
"""|r| below which the two sides of the saddlepoint formula cancel: p is 1 there to three digits."""


def hypergeometric_p(a: Counts, b: Counts, n: int, m: int) -> Values:
    """Exact two-sided mid-p of each cell.

    Args:
        a, b: (cells,) points of the two datasets in the cells tested.
        n, m: points of the two datasets on the whole map.

    Returns:
        (cells,) in (0, 1].
    """
    out = np.ones(len(a))
    if not len(a):
        return out
    pooled = a + b
    # Cells of equal size share one distribution, and Σ over the distinct sizes is at most the number of points.
    by_total = np.argsort(pooled, kind="stable")
    totals, starts = np.unique(pooled[by_total], return_index=True)
    for total, members in zip(totals, np.split(by_total, starts[1:]), strict=True):
        lowest, highest = max(0, int(total) - m), min(int(total), n)
        k = np.arange(lowest, highest + 1)
        mass = np.exp(_log_choose(n, k) + _log_choose(m, total - k) - _log_choose(n + m, total))
        lower = np.cumsum(mass) - mass / 2
        upper = np.cumsum(mass[::-1])[::-1] - mass / 2
        out[members] = np.minimum(1, 2 * np.minimum(lower, upper))[a[members] - lowest]
    return out


def image_p(counts: sp.csr_array, first: NDArray[np.bool_]) -> Values:
    """Two-sided mid-p of each cell where whole images are exchangeable.

    Args:
        counts: sparse (images of both datasets, cells), points of each image in each cell.
        first: (images,) which images are of the first dataset.

    Returns:
        (cells,) in (0, 1].
    """
    images, cells = counts.shape
    if not cells:
        return np.ones(0)
    drawn = int(first.sum())
    a = np.asarray(counts.T @ first.astype(np.int64), dtype=np.float64)
    entries = counts.tocoo()
    # Images with equal counts in a cell are alike: one term (cell, count, how many images).
    most = 1 + int(entries.data.max(initial=0))
    key, multiplicity = np.unique(entries.col.astype(np.int64) * most + entries.data, return_counts=True)
    cell, value = key // most, (key % most).astype(np.float64)
    size = multiplicity.astype(np.float64)
    in_cell = np.bincount(cell, size, minlength=cells)
    low = np.bincount(cell, size * value, minlength=cells) - _support(cell, value, size, cells, images - drawn)
    high = _support(cell, value, size, cells, drawn)
    rest = np.asarray(images - in_cell, dtype=np.float64)
    # At the ends of the support: none, or all, of the cell's images are the first dataset's.
    none, every = _log_choose(rest, drawn), _log_choose(rest, drawn - in_cell)
    ends = np.where(a == low, none, np.where(a == high, every, 0)) - _log_choose(images, drawn)
    reachable = np.where(a == low, in_cell <= images - drawn, in_cell <= drawn)
    at_end = ((a == low) | (a == high)) & reachable
    target = np.clip(a, low + 0.5, high - 0.5)
    p = np.ones(cells)
    p[at_end] = np.exp(np.minimum(ends[at_end], 0))
    inner = np.flatnonzero(~at_end & (high - low > 1))
    if len(inner):
        chosen = np.isin(cell, inner)
        local = np.searchsorted(inner, cell[chosen])
        half_square, v, sd = _double_saddlepoint(local, value[chosen], size[chosen], rest[inner], target[inner], images, drawn)
        p[inner] = _two_sided(half_square, v, sd, _spacing(cell, value, cells)[inner])
    return p


def pair_p(gain: sp.csr_array) -> Values:
    """Two-sided mid-p of each cell where the two copies of an image may change places.

    Args:
        gain: sparse (pairs, cells), points of the first copy minus points of the second in each cell.

    Returns:
        (cells,) in (0, 1].
    """
    cells = gain.shape[1]
    if not cells:
        return np.ones(0)
    entries = gain.tocoo()
    nonzero = entries.data != 0
    cell, size = entries.col[nonzero].astype(np.int64), np.abs(entries.data[nonzero]).astype(np.float64)
    total = np.abs(np.bincount(cell, entries.data[nonzero], minlength=cells).astype(np.float64))
    most = np.bincount(cell, size, minlength=cells)
    signs = np.bincount(cell, minlength=cells)
    p = np.where(total == most, np.exp2(-signs.astype(np.float64)), 1.0)
    inner = np.flatnonzero((total > 0) & (total < most))
    if not len(inner):
        return p
    chosen = np.isin(cell, inner)
    local, size, total = np.searchsorted(inner, cell[chosen]), size[chosen], total[inner]

    def add(terms: Values) -> Values:
        return np.asarray(np.bincount(local, terms, minlength=len(inner)), dtype=np.float64)

    x = np.zeros(len(inner))
    # K'(x) = Σ d·tanh(x·d) is concave for x > 0, so Newton from 0 climbs to the root from the left and never passes it.
    for _ in range(NEWTON_STEPS):
        tanh = np.tanh(x[local] * size)
        step = (total - add(size * tanh)) / np.maximum(add(size**2 * (1 - tanh**2)), 1e-300)
        x += step
        if np.all(np.abs(step) <= 1e-10 * (1 + np.abs(x))):
            break
    log_cosh = np.logaddexp(x[local] * size, -x[local] * size) - np.log(2)
    curvature = add(size**2 * (1 - np.tanh(x[local] * size) ** 2))
    # A sign that changes moves the sum by twice its size.
    p[inner] = _two_sided(x * total - add(log_cosh), x, np.sqrt(curvature), 2 * _spacing(local, size, len(inner)))
    return p


def _double_saddlepoint(
    cell: NDArray[np.int64], value: Values, size: Values, rest: Values, target: Values, images: int, drawn: int
) -> tuple[Values, Values, Values]:
    """Where Σ value·label given Σ label = drawn has its saddlepoint: half r², v and the conditional sd, each (cells,).

    Terms (cell, value, size): `size` images with `value` points in `cell`; `rest`: images with none. Newton on the concave
    u·drawn + v·target − K(u, v) with K = Σ size·log(1 − θ + θ·exp(u + v·value)), halving steps that do not climb.
    """
    cells, theta = len(target), drawn / images
    offset = np.log(theta) - np.log1p(-theta)

    def add(terms: Values) -> Values:
        return np.asarray(np.bincount(cell, terms, minlength=cells), dtype=np.float64)

    def height(u: Values, v: Values) -> Values:
        terms = size * np.logaddexp(0, offset + u[cell] + v[cell] * value)
        k = add(terms) + rest * np.logaddexp(0, offset + u) + images * np.log1p(-theta)
        return np.asarray(u * drawn + v * target - k, dtype=np.float64)

    def curvature(u: Values, v: Values) -> tuple[Values, ...]:
        label = _logistic(offset + u[cell] + v[cell] * value)
        other = _logistic(offset + u)
        spread = size * label * (1 - label)
        return (
            drawn - add(size * label) - rest * other,
            target - add(size * value * label),
            add(spread) + rest * other * (1 - other),
            add(spread * value),
            add(spread * value**2),
        )

    u, v = np.zeros(cells), np.zeros(cells)
    best = height(u, v)
    for _ in range(NEWTON_STEPS):
        gu, gv, uu, uv, vv = curvature(u, v)
        determinant = np.maximum(uu * vv - uv**2, 1e-300)
        du, dv = (vv * gu - uv * gv) / determinant, (uu * gv - uv * gu) / determinant
        rate = np.ones(cells)
        for _ in range(30):
            trial = height(u + rate * du, v + rate * dv)
            worse = ~(trial >= best - 1e-12 * (1 + np.abs(best)))
            if not worse.any():
                break
            rate[worse] /= 2
        rate[worse] = 0
        u, v = u + rate * du, v + rate * dv
        best = height(u, v)
        if np.all(rate * (np.abs(du) + np.abs(dv)) < 1e-9):
            break
    _, _, uu, uv, vv = curvature(u, v)
    scale = images * theta * (1 - theta)
    return best, v, np.asarray(np.sqrt(np.maximum(uu * vv - uv**2, 0) / scale), dtype=np.float64)


def _spacing(cell: NDArray[np.int64], value: Values, cells: int) -> Values:
    """The greatest common divisor of each cell's values, (cells,); 1 where it has none."""
    spacing = np.zeros(cells, np.int64)
    np.gcd.at(spacing, cell, value.astype(np.int64))
    return np.maximum(spacing, 1).astype(np.float64)


def _two_sided(half_square: Values, v: Values, sd: Values, spacing: Values) -> Values:
    """Two-sided mid-p 2Φ(−|r*|), r = √(2·half_square), r* = r + log(w/r)/r, w = sd·(2/s)·tanh(s·|v|/2)."""
    r = np.sqrt(2 * np.maximum(half_square, 0))
    w = sd * 2 / spacing * np.tanh(spacing * np.abs(v) / 2)
    usable = (r > NEAR_CENTRE) & (w > 0)
    ratio = np.log(np.divide(w, r, out=np.ones_like(r), where=usable))
    star = r + np.divide(ratio, r, out=np.zeros_like(r), where=usable)
    p: Values = np.minimum(1, 2 * ndtr(-np.where(usable, star, 0)))
    return p


def _support(cell: NDArray[np.int64], value: Values, size: Values, cells: int, images: int) -> Values:
    """The most points of each cell that `images` images can have, (cells,). Terms ordered by cell, then value."""
    from_top = np.bincount(cell, size, minlength=cells)
    up_to = np.cumsum(size) - np.r_[0, np.cumsum(from_top)][cell]
    above = from_top[cell] - up_to
    taken = np.clip(images - above, 0, size)
    return np.asarray(np.bincount(cell, taken * value, minlength=cells), dtype=np.float64)


def _log_choose(n: NDArray[np.number] | float, k: NDArray[np.number] | float) -> Values:
    """log of the binomial coefficient; −inf outside 0 ≤ k ≤ n."""
    n_, k_ = np.broadcast_arrays(np.asarray(n, np.float64), np.asarray(k, np.float64))
    possible = (k_ >= 0) & (k_ <= n_)
    k_ = np.where(possible, k_, 0)
    n_ = np.maximum(n_, k_)
    value = gammaln(n_ + 1) - gammaln(k_ + 1) - gammaln(n_ - k_ + 1)
    return np.asarray(np.where(possible, value, -np.inf), dtype=np.float64)


def _logistic(x: Values) -> Values:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), dtype=np.float64)
