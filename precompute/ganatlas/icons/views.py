"""The square of the input about one position of a layer: what a decoder learns to paint, and what the network looks at while
an icon is optimised.

A view is aligned with the network's grid: its position looks at the view as the position looked at the image, so that the same
activation is asked of both. Its side is one in whose middle a position looks, by the measured offset. Beyond the image's border
its edge is repeated, and a mask says where.

Data flow: `ClassifierInputs`, samples -> :func:`cut_views` -> `train_decoder`; `ReceptiveField` -> :func:`field_view` ->
`invert_cells`.
"""

from dataclasses import dataclass
from math import lcm

import torch
from torch import Tensor

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError

MARGIN = 1.25
"""The view's side, in sides of the receptive field: a tenth of what a position sees lies beyond the field."""
_COARSEST = 4  # a decoder doubles its first map at least twice
LARGEST = 96
"""Of the views that a decoder paints, px; larger ones are painted smaller and enlarged."""


@dataclass(frozen=True)
class View:
    """side: px of the input, a multiple of 4 and of the stride. stride: px from a position to the next. position: the one that
    looks at the middle, its index in the view's map, by row and by column alike.
    """

    side: int
    stride: int
    position: int


def choose_view(size: int, positions: int, field: float | None, offset: float | None, layer: str) -> View:
    """The view of a layer: the smallest in whose middle, to a px or an eighth of the stride, a position looks.

    Where none has that, the one that comes nearest; ties go to the smaller.

    Args:
        size: side of the network's input, px. positions: side of the layer's map. field: side of its receptive field, px; None:
        the whole input. offset: px at which position 0 looks (`ReceptiveField.offset`); None: the middle of its stride.

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
    wanted = min(max(MARGIN * (field or size), 2.0 * stride, 2.0 * _COARSEST), size // unit * unit or size)
    sides = [side for side in range(unit, size + 1, unit) if side >= wanted] or [size]
    looks = stride / 2 if offset is None else offset
    close = max(1.0, stride / 8)
    views = [_middle_of(side, stride, looks) for side in sides]
    return min(views, key=lambda view: max(_miss(view, looks), close))


def whole_view(size: int, positions: int, offset: float | None) -> View:
    """The whole input as a view, for networks that take no other size. Arguments as those of `choose_view`."""
    stride = size // positions
    return _middle_of(size, stride, stride / 2 if offset is None else offset)


def field_view(size: int, positions: int, field: float | None, offset: float | None) -> View | None:
    """The smallest view, no smaller than the receptive field, that holds the field of its position to a px or a quarter of the
    stride.

    Arguments as those of `choose_view`.

    Returns:
        None where only the whole input does, where the field was not measured, and for layers whose positions do not divide the
        input.
    """
    if field is None or offset is None or positions < 2 or size % positions:
        return None
    stride = size // positions
    sides = [count * stride for count in range(1, positions) if count * stride >= field]
    views = [View(side, stride, position) for side in sides for position in range(side // stride)]
    close = max(1.0, stride / 4)
    holding = [view for view in views if field / 2 + _miss(view, offset) - view.side / 2 <= close]
    return min(holding, key=lambda view: (view.side, _miss(view, offset)), default=None)


def takes_side(network: Classifier, layer: str, side: int) -> bool:
    """Whether a network looks at squares of this side too; transformers mostly know one size."""
    try:
        with torch.no_grad():
            network.maps(torch.zeros(1, 3, side, side, device=network.device), [layer])
    except (RuntimeError, AssertionError, ValueError):
        return False
    return True


def _middle_of(side: int, stride: int, looks: float) -> View:
    return View(side, stride, min(max(round((side / 2 - looks) / stride), 0), side // stride - 1))


def _miss(view: View, looks: float) -> float:
    """Px from where the view's position looks to the view's middle."""
    return abs(view.position * view.stride + looks - view.side / 2)


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
