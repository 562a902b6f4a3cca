"""Exemplars: the patch of a real member of each cell, cut out of the stored images. They stand in until an icon exists, and
beside it.

Data flow: exemplar rows of a grid's cells (`ganatlas.pipeline.grid.exemplars`), images.arrow -> this step -> tiles. An image is
decoded once however many cells show a patch of it; threads decode and resize.

Source: the member whose activation has the highest cosine with the cell vector, METHODS of "Visualizing & Evaluating Image
Synthesis GANs"; patches are those of `ganatlas.bundle.patch.patch_box`, made square.
"""

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ganatlas.bundle.patch import Box
from ganatlas.pipeline.samples import Placement, Samples

CACHE_BYTES = 256 << 20
PatchOf = Callable[[int, int, int, int], Box]
"""(row, column, width, height) of a position and of the original image -> its patch, in original px.

Such as `functools.partial(patch_box, classifier_info, layer)`.
"""


class StoredImages:
    """The images of one dataset, decoded from its images.arrow, the latest ones kept. Safe to use from threads."""

    def __init__(self, path: Path, cache_bytes: int = CACHE_BYTES) -> None:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        self._webp = table["webp"]
        self.width: NDArray[np.int32] = table["width"].to_numpy()
        self.height: NDArray[np.int32] = table["height"].to_numpy()
        self._room = cache_bytes
        self._kept: OrderedDict[int, Image.Image] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, image: int) -> Image.Image:
        """One image, RGB, at the size it is stored in (`width` and `height` are the original's)."""
        with self._lock:
            if image in self._kept:
                self._kept.move_to_end(image)
                return self._kept[image]
        decoded = Image.open(io.BytesIO(self._webp[image].as_py())).convert("RGB")
        with self._lock:
            if image not in self._kept:
                self._kept[image] = decoded
                self._room -= _bytes(decoded)
            while self._room < 0 and len(self._kept) > 1:
                self._room += _bytes(self._kept.popitem(last=False)[1])
        return decoded


def _bytes(image: Image.Image) -> int:
    return 4 * image.width * image.height  # Pillow keeps RGB in 32 bits


@dataclass(frozen=True)
class ExemplarIcons:
    """Patches of a grid's exemplars.

    images: uint8 (patches, px, px, 3). index: int64 (cells, D + 1) into images, -1 for none; the last column is joint.
    """

    images: NDArray[np.uint8]
    index: NDArray[np.int64]

    def of(self, column: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """The cells that have an exemplar of a dataset (its index) or jointly (D), and their patches."""
        cells = np.flatnonzero(self.index[:, column] >= 0)
        return cells, self.images[self.index[cells, column]]


def joint_exemplars(
    x: NDArray[np.float16], placement: Placement, exemplar: NDArray[np.int64], vectors: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The member of each cell nearest to its vector whatever its dataset: the nearest of the datasets' exemplars.

    Args:
        x: (n, C) activations, in the order of Samples. exemplar: (cells, D) rows of the sorted points, -1 for none.
        vectors: (cells, C) cell vectors.

    Returns:
        (cells,) rows of the sorted points; -1 where no dataset has an exemplar.
    """
    best = np.full(len(exemplar), -np.inf)
    joint = np.full(len(exemplar), -1, np.int64)
    for rows in exemplar.T:
        present = np.flatnonzero(rows >= 0)
        member = x[placement.order[rows[present]]].astype(np.float64)
        vector = vectors[present].astype(np.float64)
        norms = np.linalg.norm(member, axis=1) * np.linalg.norm(vector, axis=1)
        cosine = (member * vector).sum(axis=1) / np.where(norms > 0, norms, 1)
        better = cosine > best[present]
        best[present[better]], joint[present[better]] = cosine[better], rows[present[better]]
    return joint


def exemplar_icons(
    exemplar: NDArray[np.int64],
    joint: NDArray[np.int64],
    samples: Samples,
    placement: Placement,
    images: Sequence[StoredImages],
    patch: PatchOf,
    px: int,
    workers: int = 2,
) -> ExemplarIcons:
    """Cut the patches of all exemplars of a grid.

    Args:
        exemplar: (cells, D) rows of the sorted points, -1 for none. joint: (cells,) the same, of `joint_exemplars`.
        samples, placement: of the layer. images: of each dataset, in the order of the datasets.
        patch: where a position's patch lies. px: side of a patch in the pyramid.
    """
    wanted = np.concatenate([exemplar, joint[:, None]], axis=1)
    rows, inverse = np.unique(wanted, return_inverse=True)
    none = int((rows < 0).sum())  # -1 sorts first
    sample = placement.order[rows[none:]]
    patches = cut_patches(
        samples.dataset[sample], samples.image[sample], samples.row[sample], samples.column[sample], images, patch, px, workers
    )
    return ExemplarIcons(patches, inverse.reshape(wanted.shape).astype(np.int64) - none)


def cut_patches(
    dataset: NDArray[np.integer],
    image: NDArray[np.integer],
    row: NDArray[np.integer],
    column: NDArray[np.integer],
    images: Sequence[StoredImages],
    patch: PatchOf,
    px: int,
    workers: int = 2,
) -> NDArray[np.uint8]:
    """Cut and resize patches: uint8 (patches, px, px, 3). The four arrays, (patches,), say whose position each one is."""
    out = np.zeros((len(image), px, px, 3), np.uint8)
    by_image = np.lexsort((image, dataset))

    def cut(places: NDArray[np.int64]) -> None:
        for place in places:
            source = images[int(dataset[place])]
            which = int(image[place])
            picture = source.read(which)
            width, height = int(source.width[which]), int(source.height[which])
            box = patch(int(row[place]), int(column[place]), width, height).scaled(
                picture.width / width, picture.height / height
            )
            out[place] = resized_patch(picture, box, px)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(cut, np.array_split(by_image, max(1, min(len(by_image), workers * 8)))))
    return out


def resized_patch(picture: Image.Image, box: Box, px: int) -> NDArray[np.uint8]:
    """A square patch of a picture, uint8 (px, px, 3): the box, made square and moved inside the picture."""
    left, top, side = _square_inside(box, picture.width, picture.height)
    return np.asarray(picture.resize((px, px), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)))


def _square_inside(box: Box, width: int, height: int) -> tuple[float, float, float]:
    """(left, top, side) of the square about the box's centre, as long as its longer side, inside a width x height picture."""
    side = min(max(box.x1 - box.x0, box.y1 - box.y0), width, height)
    left = min(max((box.x0 + box.x1 - side) / 2, 0.0), width - side)
    top = min(max((box.y0 + box.y1 - side) / 2, 0.0), height - side)
    return left, top, side
