"""The square of the input about one position of a layer: what a decoder learns to paint, and what the network then looks at.

A view is aligned with the network's grid: its centre position looks at the view as the position looked at the image, so that
the same activation is asked of both. Beyond the image's border its edge is repeated, and a mask says where.

Data flow: `ClassifierInputs`, samples -> :func:`cut_views` -> `train_decoder`.
"""

from dataclasses import dataclass
from math import ceil, lcm

import torch
from torch import Tensor

from ganatlas.errors import InputError

MARGIN = 1.25
"""The view's side, in sides of the receptive field: a tenth of what a position sees lies beyond the field."""
_COARSEST = 8
LARGEST = 96
"""Of the views that a decoder paints, px; larger ones are painted smaller and enlarged."""


@dataclass(frozen=True)
class View:
    """side: px of the input, a multiple of 8 and of the stride. stride: px from a position to the next. position: the one at
    the centre, its index in the view's map.
    """

    side: int
    stride: int

    @property
    def position(self) -> int:
        """Index, by row and by column alike, of the centre position in the view's map."""
        return self.side // self.stride // 2


def choose_view(size: int, positions: int, field: float | None, layer: str) -> View:
    """The view of a layer.

    Args:
        size: side of the network's input, px. positions: side of the layer's map. field: side of its receptive field, px.

    Raises:
        InputError: a layer without positions, or whose positions do not divide the input.
    """
    if positions < 2:
        raise InputError(
            f"icons: the layer {layer} has a single position; decoded icons need a map. Choose a layer before pooling."
        )
    if size % positions:
        raise InputError(
            f"icons: the layer {layer} has {positions} positions a side for an input of {size} px, which they do not divide; "
            "decoded icons need that. Choose inverted icons for it."
        )
    stride = size // positions
    unit = lcm(stride, _COARSEST)
    wanted = max(MARGIN * (field or size), 2.0 * stride, 2.0 * _COARSEST)
    side = min(ceil(wanted / unit) * unit, size // unit * unit) if size >= unit else size
    return View(side, stride)


def cut_views(images: Tensor, row: Tensor, column: Tensor, view: View) -> tuple[Tensor, Tensor]:
    """The view about a position of each image.

    Args:
        images: (batch, 3, size, size), any type. row, column: int64 (batch,), in the layer's map.

    Returns:
        views (batch, 3, side, side), and whether each pixel is the image's own, bool (batch, 1, side, side).
    """
    size = images.shape[-1]
    along = torch.arange(view.side, device=images.device)
    rows = (row.to(images.device) - view.position)[:, None] * view.stride + along
    columns = (column.to(images.device) - view.position)[:, None] * view.stride + along
    inside_rows, inside_columns = ((place >= 0) & (place < size) for place in (rows, columns))
    which = torch.arange(len(images), device=images.device)[:, None, None]
    cut = images.permute(0, 2, 3, 1)[which, rows.clamp(0, size - 1)[:, :, None], columns.clamp(0, size - 1)[:, None, :]]
    return cut.permute(0, 3, 1, 2), (inside_rows[:, :, None] & inside_columns[:, None, :])[:, None]
