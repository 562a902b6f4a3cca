"""The kernel distance (as KID): unbiased squared MMD with a cubic kernel, as a mean over subsets, and tested by permutation.

Only Inception-V3's pool3 features make it a KID; elsewhere it is called "kernel distance (classifier, layer)".

Sources: Bińkowski et al. 2018, "Demystifying MMD GANs"; Gretton et al. 2012, "A kernel two-sample test".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import Features, feature_pair, permuted_labels, some_rows

FIGURE = "the kernel distance"
SUBSETS, SUBSET_SIZE, SUBSET_SEED = 100, 1000, 2020
PERMUTATIONS, TEST_ROWS = 199, 2000
_BLOCK = 1024


@dataclass(frozen=True)
class KernelDistance:
    """An unbiased squared MMD: around 0 for equal distributions, and as often below it as above.

    Attributes:
        value: mean over subsets, which is what is published as KID.
        spread: standard deviation over subsets. It is no standard error: subsets share samples, and more of them do not
            narrow it.
        unbiased: the U-statistic on the rows that were tested.
        standard_error: of that, over other samples.
        p: share of permuted labels with a U-statistic at least as large; never below 1 / (permutations + 1).
        n, m: samples. tested: rows a set in the test. subset_size: rows a set in a subset.
        warnings: what to know before quoting it.
    """

    value: float
    spread: float
    unbiased: float
    standard_error: float
    p: float
    n: int
    m: int
    tested: int
    subset_size: int
    permutations: int
    warnings: tuple[str, ...]


def kernel_distance(
    real: ArrayLike,
    generated: ArrayLike,
    *,
    subsets: int = SUBSETS,
    subset_size: int = SUBSET_SIZE,
    subset_seed: int = SUBSET_SEED,
    permutations: int = PERMUTATIONS,
    test_rows: int = TEST_ROWS,
    paired: bool = False,
    seed: int = 0,
) -> KernelDistance:
    """Squared MMD with the kernel (x·y/d + 1)³, in float64.

    Args:
        real, generated: features, shape (n, d) and (m, d).
        subsets: drawn of each set; subset_size: rows of one, without replacement; at most all there are.
        subset_seed: of numpy's RandomState, which draws the generated rows first: torch-fidelity's seed and order.
        permutations: of the labels. test_rows: rows a set that are tested, at most; drawn with `seed`.
        paired: row i of one set is a copy of row i of the other; copies are then exchanged.

    Raises:
        InputError: other shapes, fewer than two rows, values that are not finite.
    """
    x, y = feature_pair(real, generated, FIGURE)
    n, m, size = len(x), len(y), min(subset_size, len(x), len(y))
    draw = np.random.RandomState(subset_seed)  # the published draws
    rows = [(draw.choice(m, size, replace=False), draw.choice(n, size, replace=False)) for _ in range(subsets)]
    # Multiplications; of a set with itself one half is enough.
    direct = 2 * subsets * size**2 * x.shape[1]
    through_all = (n**2 / 2 + m**2 / 2 + n * m) * (x.shape[1] + subsets)
    values = _by_subset(x, y, rows) if direct <= through_all else _through_all(x, y, rows)
    random = np.random.default_rng([seed, 0x6B6964])
    if paired and n == m:
        chosen = np.sort(random.choice(n, min(test_rows, n), replace=False))
        tested = x[chosen], y[chosen]
    else:
        tested = some_rows(x, test_rows, random), some_rows(y, test_rows, random)
    unbiased, error, p = _test(*tested, permutations, paired and n == m, random)
    warnings = []
    if min(n, m) < subset_size:
        warnings.append(
            f"{FIGURE} is published over subsets of {subset_size:,} and needs that many samples a set; with {min(n, m):,} a "
            "subset is a whole set, and the spread over subsets says nothing"
        )
    return KernelDistance(
        float(values.mean()),
        float(values.std()),
        unbiased,
        error,
        p,
        n,
        m,
        len(tested[0]),
        size,
        permutations,
        tuple(warnings),
    )


def _kernel(x: Features, y: Features) -> NDArray[np.float64]:
    similarity = x @ y.T
    similarity /= x.shape[1]
    similarity += 1
    cubed: NDArray[np.float64] = similarity * similarity
    cubed *= similarity
    return cubed


def _unbiased(within_x: ArrayLike, within_y: ArrayLike, across: ArrayLike, n: int, m: int) -> NDArray[np.float64]:
    """MMD² from sums of the kernel, the diagonals left out."""
    a, b, c = (np.asarray(total, np.float64) for total in (within_x, within_y, across))
    found: NDArray[np.float64] = a / (n * (n - 1)) + b / (m * (m - 1)) - 2 * c / (n * m)
    return found


Rows = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


def _by_subset(x: Features, y: Features, rows: Rows) -> NDArray[np.float64]:
    """The MMD² of each subset, each with its own kernels."""
    found = []
    for of_y, of_x in rows:
        a, b = x[of_x], y[of_y]
        of_a, of_b = (kernel.sum() - np.trace(kernel) for kernel in (_kernel(a, a), _kernel(b, b)))
        found.append(_unbiased(of_a, of_b, _kernel(a, b).sum(), len(a), len(b)))
    return np.array(found)


def _through_all(x: Features, y: Features, rows: Rows) -> NDArray[np.float64]:
    """The same from the kernels of all rows: the sum over a subset is a product with its indicator. Cheaper for few rows."""
    in_x, in_y = np.zeros((len(x), len(rows))), np.zeros((len(y), len(rows)))
    for column, (rows_y, rows_x) in enumerate(rows):
        in_x[rows_x, column] = 1
        in_y[rows_y, column] = 1
    of_x, of_y = _sums_within(x, in_x), _sums_within(y, in_y)
    across = _sums_across(x, y, in_x, in_y)
    size = len(rows[0][0])
    return _unbiased(of_x, of_y, across, size, size)


def _sums_across(x: Features, y: Features, left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """lᵀ K(x, y) r for each pair of columns, in blocks of rows."""
    total = np.zeros(left.shape[1])
    for begin in range(0, len(x), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        total += (left[block] * (_kernel(x[block], y) @ right)).sum(0)
    return total


def _sums_within(x: Features, inside: NDArray[np.float64]) -> NDArray[np.float64]:
    """lᵀ K(x, x) l for each column without the diagonal; what lies right of a block on the diagonal counts twice."""
    total = np.zeros(inside.shape[1])
    for begin in range(0, len(x), _BLOCK):
        block, rest = slice(begin, begin + _BLOCK), slice(begin + _BLOCK, None)
        kernel = _kernel(x[block], x[block])
        np.fill_diagonal(kernel, 0)
        of_rows = kernel @ inside[block]
        if begin + _BLOCK < len(x):
            of_rows += 2 * (_kernel(x[block], x[rest]) @ inside[rest])
        total += (inside[block] * of_rows).sum(0)
    return total


def _test(x: Features, y: Features, permutations: int, paired: bool, random: np.random.Generator) -> tuple[float, float, float]:
    """The U-statistic, its standard error, and its permutation p."""
    n, m = len(x), len(y)
    pooled = np.concatenate([x, y])
    labels = np.zeros((n + m, permutations + 2))
    labels[:n, 0] = 1
    for column in range(permutations):
        labels[:, column + 1] = permuted_labels(n, m, paired, random)
    labels[:, -1] = 1
    product = np.empty_like(labels)
    for begin in range(0, n + m, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        kernel = _kernel(pooled[block], pooled)
        own = np.arange(len(kernel))
        kernel[own, own + begin] = 0
        product[block] = kernel @ labels
    whole, label = product[:, -1], labels[:, :-1]
    within = (label * product[:, :-1]).sum(0)
    across = label.T @ whole - within
    found = _unbiased(within, whole.sum() - 2 * across - within, across, n, m)
    observed, drawn = float(found[0]), found[1:]
    p = (1 + np.count_nonzero(drawn >= observed - 1e-12 * max(1.0, abs(observed)))) / (permutations + 1)
    # Each row's part: its mean kernel with its own set less that with the other; the variance of U is four times theirs.
    of_x = product[:n, 0] / (n - 1) - (whole[:n] - product[:n, 0]) / m
    of_y = (whole[n:] - product[n:, 0]) / (m - 1) - product[n:, 0] / n
    parts = [of_x + of_y] if paired else [of_x, of_y]
    variance = sum(4 * float(np.var(part, ddof=1)) / len(part) for part in parts)
    if permutations > 1:
        variance += float(np.var(drawn, ddof=1))  # what is left where the sets are equal and the parts vanish
    return observed, float(np.sqrt(variance)), float(p)
