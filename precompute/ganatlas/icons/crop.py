"""From an inverted image to the icon on the map: the patch that the centre position saw, at the size of a cell.

Only the receptive field of the centre position is optimised; around it an inverted image is what it started as. An early
layer's icon is therefore a small patch, enlarged, as its exemplars are; a late layer's is the whole image.

Data flow: `invert_cells` -> this -> `write_pyramid`.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

AT_ONCE = 256


def crop_icons(images: NDArray[np.uint8], centre: float | None, field: float | None, px: int) -> NDArray[np.uint8]:
    """The square patch of side `field` about `centre`, resized.

    Args:
        images: uint8 (icons, side, side, 3), as `invert_cells` returns them.
        centre: px (in both directions) of the middle of the map's centre position in such an image; None: the middle of the
        image.
        field: side of the receptive field, px; None: the whole image. px: side of the icons.

    Returns:
        uint8 (icons, px, px, 3).
    """
    side = images.shape[1]
    length = min(max(field or side, 1.0), side)
    start = min(max((side / 2 if centre is None else centre) - length / 2, 0.0), side - length)
    first, stop = int(np.floor(start)), int(np.ceil(start + length))
    parts = []
    for begin in range(0, len(images), AT_ONCE):
        cut = torch.from_numpy(images[begin : begin + AT_ONCE, first:stop, first:stop]).permute(0, 3, 1, 2).float()
        if cut.shape[-1] != px:
            cut = F.interpolate(cut, size=(px, px), mode="bicubic", align_corners=False, antialias=True)
        parts.append(cut.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy())
    return np.concatenate(parts) if parts else np.zeros((0, px, px, 3), np.uint8)
