"""Members of a cell as small pictures: those nearest to its mean."""

import numpy as np
from PIL import Image, ImageOps

from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.reader import Bundle
from ganatlas.server.members import order_members


def example_pictures(bundle: Bundle, grid: GridReader, index: int, dataset: int, number: int, side: int) -> list[Image.Image]:
    """The members of a cell that lie nearest to its mean.

    Args:
        index: row of cells.arrow. dataset: whose members. number: at most. side: px of each picture, a square.

    Returns:
        RGB pictures, the nearest first; none for a dataset without images.
    """
    info = bundle.manifest.datasets[dataset]
    if info.images is None:
        return []
    layer, reader = bundle.layer(grid.layer.name), bundle.dataset(info.name)
    rows = np.arange(*(int(grid.cells(name)[index]) for name in ("start", "stop")), dtype=np.int64)
    members = order_members(layer, rows, grid.weights(), dataset, "nearest", 0)
    pictures = []
    for image in layer.points("image")[members.rows[:number]].tolist():
        pictures.append(ImageOps.fit(reader.picture(image).convert("RGB"), (side, side), Image.Resampling.LANCZOS))
    return pictures
