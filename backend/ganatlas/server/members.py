"""The members of a cell or a selection, in the order asked for, and pages of them.

Nearness is the cosine with the balanced mean of all members (each point weighted by 1 / points of its dataset on the map, so
that no dataset dominates because it is larger), in the 32 principal components that the bundle keeps.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.layers import LayerReader
from ganatlas.bundle.tables import REDUCED
from ganatlas.errors import InputError

from .models import OrderName

Order = OrderName
Scores = Callable[[int, str], NDArray[np.float32] | None]
"""(dataset, column of scores.arrow) -> a number an image, None where there are none."""
BLOCK = 1 << 16
"""Rows converted to float32 at a time, so that memory does not grow with the selection."""


@dataclass(frozen=True)
class Members:
    """Points in an order. rows: int64 (n,) of points.arrow. nearness: float32 (n,), cosine with the mean."""

    rows: NDArray[np.int64]
    nearness: NDArray[np.float32]

    @property
    def bytes(self) -> int:
        """Memory that they take."""
        return self.rows.nbytes + self.nearness.nbytes


def order_members(
    layer: LayerReader,
    rows: NDArray[np.int64],
    weights: NDArray[np.float64],
    dataset: int | None,
    order: Order,
    seed: int | tuple[int, ...],
    scores: Scores | None = None,
) -> Members:
    """Put members in order.

    Args:
        rows: int64 (n,), rows of points.arrow, rising: all members.
        weights: of one point of each dataset, shape (datasets,); see `GridReader.weights`.
        dataset: keep only this one's, after the mean was taken over all; None for all.
        order: nearest to the mean first, at random, as stored, or by a score of their images (`-`: lowest first; copies: the
            nearest to an image of the reference first); those without a score last.
        seed: of the random order, so that pages fit together.
        scores: where the scores are; needed for an order by one.
    """
    datasets = take(layer, "dataset", rows)
    mean = _balanced_mean(layer, rows, weights[datasets])
    kept = rows if dataset is None else rows[datasets == dataset]
    nearness = _cosines(layer, kept, mean)
    if order == "nearest":
        permutation = np.argsort(-nearness, kind="stable")
    elif order == "random":
        permutation = np.random.default_rng(seed).permutation(len(kept))
    elif order == "stored" or scores is None:
        return Members(kept, nearness)
    else:
        permutation = np.argsort(_ranks(layer, kept, order, scores), kind="stable")
    return Members(kept[permutation], nearness[permutation])


def _ranks(layer: LayerReader, rows: NDArray[np.int64], order: Order, scores: Scores) -> NDArray[np.float32]:
    """What members are sorted by, rising; NaN, which is last, where an image has no score."""
    name = "ratio" if order == "copies" else order.removeprefix("-")
    datasets, images = take(layer, "dataset", rows), take(layer, "image", rows)
    ranks = np.full(len(rows), np.nan, np.float32)
    for dataset in np.unique(datasets):
        mine = datasets == dataset
        values = scores(int(dataset), name)
        if values is not None:
            ranks[mine] = values[images[mine]]
    return ranks if order == "copies" or order.startswith("-") else -ranks


def take(layer: LayerReader, name: str, rows: NDArray[np.int64]) -> NDArray[np.generic]:
    """A column of points.arrow at some rows; one slice where the rows are contiguous (a cell)."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows) and bool(np.all(np.diff(rows) == 1)):
        return layer.points_between(name, int(rows[0]), int(rows[-1]) + 1)
    values: NDArray[np.generic] = layer.points(name)[rows]
    return values


def encode_cursor(offset: int, key: str) -> str:
    """Where the next page begins, bound to the list it belongs to."""
    return base64.urlsafe_b64encode(f"{offset}.{key}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, key: str, total: int) -> int:
    """Offset of a page in a list of `total`.

    Raises:
        InputError: the cursor was not made for this list.
    """
    if cursor is None:
        return 0
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        offset, _, made_for = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(".")
    except (binascii.Error, UnicodeError):
        offset, made_for = "", ""
    if made_for != key or not offset.isdecimal() or len(offset) > 12 or int(offset) > total:
        raise InputError("This cursor does not belong to this list; ask for its first page without one.", cursor=cursor[:100])
    return int(offset)


def _balanced_mean(layer: LayerReader, rows: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    if not weights.any():
        weights = np.ones(len(rows))  # members of datasets that have no point on the map
    total = np.zeros(REDUCED)
    for begin in range(0, len(rows), BLOCK):
        block = take(layer, "reduced", rows[begin : begin + BLOCK]).astype(np.float32)
        total += weights[begin : begin + BLOCK] @ block
    return total.astype(np.float32) if len(rows) == 0 else (total / weights.sum()).astype(np.float32)


def _cosines(layer: LayerReader, rows: NDArray[np.int64], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of each row with `mean`; 0 where one of them has no length."""
    found = np.zeros(len(rows), np.float32)
    length = float(np.linalg.norm(mean))
    for begin in range(0, len(rows), BLOCK):
        block = take(layer, "reduced", rows[begin : begin + BLOCK]).astype(np.float32)
        norms = np.linalg.norm(block, axis=1) * length
        np.divide(block @ mean, norms, out=found[begin : begin + BLOCK], where=norms > 0)
    return np.clip(found, -1, 1)
