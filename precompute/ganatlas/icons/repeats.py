"""Fine differences that repeat: the grid that doubled maps leave, and motifs at one place of all pictures."""

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

_PERIOD = 8
"""Px of the grid that a decoder of three doublings can leave."""


def fine(pictures: Tensor) -> Tensor:
    """Pictures without what changes slowly, over a block or more: (batch, 3, side, side) -> the same, around 0.

    What is taken away is the mean of the block around each pixel, the edge repeated beyond the picture.
    """
    means = _block_means(pictures.shape[-1], pictures.device)
    return pictures - means @ (pictures @ means.T)


@cache
def _block_means(side: int, device: torch.device) -> Tensor:
    """Each value of a row -> the mean of the block around it, as a matrix (side, side): seven times as fast as pooling."""
    around = torch.arange(side)[:, None] + torch.arange(-(_PERIOD // 2), (_PERIOD + 1) // 2)
    return F.one_hot(around.clamp(0, side - 1), side).float().mean(1).to(device)


def repeated(pictures: Tensor) -> Tensor:
    """What each picture has in common from block to block: (batch, 3, side, side) -> (batch, 3, period, period).

    A picture of things has next to none of it; maps that are doubled leave it as a grid. The period is 8 px, or 4 where 8
    does not divide the side; shorter ones that divide it are within.
    """
    period = _PERIOD if pictures.shape[-1] % _PERIOD == 0 else _PERIOD // 2
    count = pictures.shape[-1] // period
    return pictures.reshape(*pictures.shape[:2], count, period, count, period).mean((2, 4))
