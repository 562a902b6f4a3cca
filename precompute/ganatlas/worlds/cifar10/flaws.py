"""Planted flaws: what is wrong with the ``flawed`` variant, as a known truth for an atlas to find.

The same three kinds as those of the drawn scenes: a missing mode (a class), a shifted share (half of another class), and a
change of quality everywhere (a slight blur).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter


@dataclass(frozen=True)
class PlantedFlaws:
    """How a set of photographs differs from the real ones.

    Attributes:
        missing_class: none of its images is in the set; those of other classes take their place.
        halved_class: half as large a share of the set as it is of the real ones; the other classes take its place.
        blur_sigma: standard deviation of a Gaussian blur of every image, in its pixels (of 32); 0 for none. Half a pixel takes
            a fifth of the difference between neighbouring pixels away, which is hardly to be seen by eye.
    """

    missing_class: str | None = "dog"
    halved_class: str | None = "horse"
    blur_sigma: float = 0.5


NO_FLAWS = PlantedFlaws(missing_class=None, halved_class=None, blur_sigma=0.0)


def blurred(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """uint8 (height, width, 3), each channel through a Gaussian of ``sigma`` pixels; unchanged at 0."""
    if sigma == 0:
        return pixels
    soft = gaussian_filter(pixels.astype(np.float32), (sigma, sigma, 0), mode="nearest")
    return np.clip(np.rint(soft), 0, 255).astype(np.uint8)
