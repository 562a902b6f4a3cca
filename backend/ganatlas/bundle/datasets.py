"""The images of one dataset: names, labels, sizes and the stored WebP bytes, by index."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ganatlas.errors import NotFoundError

from .columns import column
from .files import Files
from .manifest import Dataset, FileRef, Manifest
from .reach import images_reach, scores_reach
from .tables import IMAGES, SCORES
from .webp import decode_webp


@dataclass(frozen=True)
class ImageInfo:
    """One image: its name, its label (index into the manifest's labels, -1 for none) and its original size in px."""

    name: str
    label: int
    width: int
    height: int


class DatasetReader:
    """One dataset of an open bundle."""

    def __init__(self, files: Files, info: Dataset, manifest: Manifest) -> None:
        self.info = info
        self._manifest = manifest
        self._files = files

    def image(self, index: int) -> ImageInfo:
        """What is known of one image.

        Raises:
            NotFoundError: no such image, or the atlas was made from activations alone.
        """
        table, index = self._table(index), int(index)
        row = [table.column(name)[index].as_py() for name in ("name", "label", "width", "height")]
        return ImageInfo(*row)

    def longer_sides(self) -> NDArray[Any]:
        """Longer side of every image at its own size, px: int32 (images,); empty where the atlas has no images."""
        if self.info.images is None:
            return np.zeros(0, np.int32)
        table = self._images(self.info.images)
        longer: NDArray[Any] = np.maximum(column(table, "width"), column(table, "height"))
        return longer

    def webp(self, index: int) -> bytes:
        """The stored bytes of one image.

        Raises:
            NotFoundError: no such image, or the atlas was made from activations alone.
        """
        return bytes(self._table(index).column("webp")[index].as_buffer())

    def picture(self, index: int) -> Image.Image:
        """One stored image, decoded.

        Raises:
            NotFoundError: no such image, or the atlas was made from activations alone.
            BundleError: its bytes are no WebP.
        """
        content = self.webp(index)
        return decode_webp(content, self.info.images.path if self.info.images else "")

    def labels(self) -> NDArray[Any]:
        """Label of every image: int32 (images,), -1 for none; empty where the atlas has no images."""
        if self.info.images is None:
            return np.zeros(0, np.int32)
        return column(self._images(self.info.images), "label")

    def scores(self, name: str) -> NDArray[Any] | None:
        """A column of scores.arrow, (images,); None where this atlas has none."""
        if self.info.scores is None:
            return None
        table = self._files.table(self.info.scores, SCORES, lambda table: scores_reach(table, self.info, self._manifest))
        return column(table, name)

    def _images(self, ref: FileRef) -> pa.Table:
        return self._files.table(ref, IMAGES, lambda table: images_reach(table, self.info, self._manifest))

    def _table(self, index: int) -> pa.Table:
        if self.info.images is None:
            raise NotFoundError(
                f"Dataset '{self.info.name}' was given as activations, without images.", dataset=self.info.name, choices=[]
            )
        table = self._images(self.info.images)
        if not 0 <= index < table.num_rows:
            raise NotFoundError(
                f"There is no image {index} in dataset '{self.info.name}'; its images are 0 to {table.num_rows - 1}.",
                choices=[0, table.num_rows - 1] if table.num_rows else [],
            )
        return table
