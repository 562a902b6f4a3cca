"""The arrays that pass between the steps of one layer. Plain dataclasses of arrays, each saved as one .npz in the workspace."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Samples:
    """Which sample each row of a layer's pooled activations is. Order: dataset, image, position. All of shape (points,).

    dataset: uint8 index. image: uint32 index into the dataset. position: uint16 draw. row, column: uint16 of the feature map.
    top: int32 most likely class of the image, -1 for none.
    """

    dataset: NDArray[np.uint8]
    image: NDArray[np.uint32]
    position: NDArray[np.uint16]
    row: NDArray[np.uint16]
    column: NDArray[np.uint16]
    top: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.dataset)


@dataclass(frozen=True)
class Layout:
    """A layer's raw layout and its measured quality. points: float32 (n, 2), raw UMAP coordinates, in the order of Samples."""

    points: NDArray[np.float32]
    method: str
    parameters: dict[str, object]
    trustworthiness: float | None
    continuity: float | None
    stability: float | None


@dataclass(frozen=True)
class Placement:
    """The map that a layout becomes: points in [0, 1)^2 after alignment and extent, sorted for slicing.

    xy: float32 (n, 2), in *sorted* order; outside points keep their true coordinates beyond [0, 1).
    order: int64 (n,), order[k] is the index into Samples of sorted row k. outside: how many of the last rows lie outside.
    extent: (x0, y0, side) in aligned raw coordinates. alignment: 2x2 row-major.
    """

    xy: NDArray[np.float32]
    order: NDArray[np.int64]
    outside: int
    extent: tuple[float, float, float]
    alignment: tuple[float, float, float, float]


@dataclass(frozen=True)
class GridCells:
    """The occupied cells of one grid size; *outside* is the last row (column = row = -1) where any point lies outside.

    column, row: int16 (cells,). start, stop: int64 slices of the sorted points. count: int64 (cells, datasets).
    """

    size: int
    column: NDArray[np.int16]
    row: NDArray[np.int16]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    count: NDArray[np.int64]
