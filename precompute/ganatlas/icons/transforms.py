"""Random views of an icon, one draw an icon and step: what keeps an inversion from finding patterns that only pixels see.

Pad, jitter, scale, rotate, jitter, crop, as one bilinear sampling of the whole batch (one affine map an icon). What lies
beyond the image is mid-grey. Lengths are said for an input of 224 px and scaled to the network's.

Source: the list of "Visualizing & Evaluating Image Synthesis GANs", which widens that of Carter et al. 2019, "Activation
Atlas"; the transforms themselves are Lucid's: a jitter of d px crops d px at a place drawn uniformly, a shift of -d/2 …
d/2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .keys import IconKey, generator

REFERENCE_INPUT = 224
FIRST_JITTER = 16
SECOND_JITTER = 8
SHRINK = 0.995
SHRINK_POWERS = (-5, 79)  # both included: 1.025 … 0.673
DEGREES = (-20, 19)
MID_GREY = 0.5


@dataclass(frozen=True)
class Draws:
    """The transforms of some icons at every step. All (icons, steps); jitters (icons, steps, 2), x then y, in px of a 224
    px input.

    scale: of the image, below 1 smaller. degrees: counter-clockwise. first, second: the jitters before and after.
    """

    first: NDArray[np.float32]
    scale: NDArray[np.float32]
    degrees: NDArray[np.float32]
    second: NDArray[np.float32]


def draw_transforms(keys: Sequence[IconKey], steps: int, jitter: float = FIRST_JITTER) -> Draws:
    """Draw every step's transforms, each icon's from its own key (a longer run begins with the draws of a shorter one).

    Args:
        jitter: px of the first jitter, of a 224 px input; the second is half as large.
    """
    strength = jitter / FIRST_JITTER
    low = (0, 0, SHRINK_POWERS[0], DEGREES[0], 0, 0)
    high = (FIRST_JITTER, FIRST_JITTER, SHRINK_POWERS[1], DEGREES[1], SECOND_JITTER, SECOND_JITTER)
    raw = np.stack([generator(key, "transforms").integers(low, high, size=(steps, 6), endpoint=True) for key in keys])
    return Draws(
        first=(strength * (raw[..., 0:2] - FIRST_JITTER / 2)).astype(np.float32),
        scale=(SHRINK ** raw[..., 2].astype(np.float64)).astype(np.float32),
        degrees=raw[..., 3].astype(np.float32),
        second=(strength * (raw[..., 4:6] - SECOND_JITTER / 2)).astype(np.float32),
    )


def affine_maps(draws: Draws, input_size: int, side: int, first: int = 0, length: int | None = None) -> Tensor:
    """The sampling maps of all steps: float32 (steps, icons, 2, 3), for `affine_grid` on images of `side` px.

    Args:
        input_size: px of the classifier's input; jitters are px of a 224 px input times input_size / 224.
        side: px of the image that is transformed.
        first, length: px of the square of each view that is wanted, by row and by column alike; None: all from the first px.
    """
    unit = input_size / REFERENCE_INPUT * 2 / side  # one reference px in grid_sample's [-1, 1]
    angle = np.deg2rad(draws.degrees.astype(np.float64))
    cos, sin = np.cos(angle) / draws.scale, np.sin(angle) / draws.scale
    linear = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    # A point of the view goes back through the second jitter, the rotation and scale, then the first jitter.
    shift = np.einsum("...ij,...j->...i", linear, draws.second * unit) + draws.first * unit
    length = side - first if length is None else length
    shift, linear = shift + linear.sum(-1) * ((2 * first + length) / side - 1), linear * (length / side)
    maps = np.concatenate([linear, shift[..., None]], -1)
    return torch.from_numpy(maps.swapaxes(0, 1).astype(np.float32))


def transform(images: Tensor, maps: Tensor, side: int | None = None) -> Tensor:
    """One view of each image. Differentiable.

    Args:
        images: (icons, 3, height, height) in [0, 1]. maps: (icons, 2, 3), one step of `affine_maps`. side: px of its window;
        None: the images' own.

    Returns:
        float32 (icons, 3, side, side); mid-grey where the view looks beyond the image.
    """
    side = side or images.shape[-1]
    grid = F.affine_grid(maps.to(images.device), [len(images), 3, side, side], align_corners=False)
    seen = F.grid_sample(images - MID_GREY, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return seen + MID_GREY
