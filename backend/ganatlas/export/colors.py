"""The colours of the map, the viewer's (frontend/src/lib/color.ts): ramps even in OKLab, blue for more of the first set.

Source: Ottosson 2020, "A perceptual color space for image processing" (OKLab).
"""

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Theme = Literal["light", "dark"]
Color = tuple[int, int, int]
STEPS = 256

_TO_LMS = np.array([[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]])
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)
# (lightness in the middle, at the ends; chroma at the ends)
_DIVERGING = {"light": (0.95, 0.56, 0.15), "dark": (0.3, 0.68, 0.16)}
_HUES = (252, 52, 165, 330, 100, 205)


@cache
def diverging(theme: Theme) -> NDArray[np.uint8]:
    """Orange (0), neutral (middle), blue (255): uint8 (256, 3)."""
    middle, end, chroma = _DIVERGING[theme]
    sides = np.abs(2 * np.linspace(0, 1, STEPS) - 1)
    rows = [_shown(middle + (end - middle) * side, chroma * side, 52 if i < STEPS / 2 else 252) for i, side in enumerate(sides)]
    return np.array(rows, np.uint8)


@cache
def sequential(theme: Theme) -> NDArray[np.uint8]:
    """Near the ground (0) to strong (255): uint8 (256, 3)."""
    steps = np.linspace(0, 1, STEPS)
    if theme == "light":
        rows = [_shown(0.965 - 0.565 * t, 0.02 + 0.13 * t, 195 + 90 * t) for t in steps]
    else:
        rows = [_shown(0.27 + 0.63 * t, 0.06 + 0.075 * t, 285 - 105 * t) for t in steps]
    return np.array(rows, np.uint8)


def dataset_color(index: int, theme: Theme) -> Color:
    """Colour of a dataset: the first is blue, the second orange, as on the map."""
    red, green, blue = _shown(0.56 if theme == "light" else 0.74, 0.14, _HUES[index % len(_HUES)]).tolist()
    return red, green, blue


def ink_on(color: NDArray[np.uint8]) -> Color:
    """Black or white, whichever reads better on a colour (contrast of WCAG 2)."""
    share = color.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return (0, 0, 0) if (luminance + 0.05) ** 2 > 0.05 * 1.05 else (255, 255, 255)


def _shown(lightness: float, chroma: float, hue: float) -> NDArray[np.uint8]:
    """8-bit sRGB, with the chroma lowered until sRGB can show the colour (hue in degrees)."""
    for lowered in np.append(np.arange(chroma, 0, -0.002), 0.0):
        rgb = _rgb(lightness, float(lowered), hue)
        if np.all((rgb >= -0.5) & (rgb <= 255.5)):
            break
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def _rgb(lightness: float, chroma: float, hue: float) -> NDArray[np.float64]:
    angle = np.deg2rad(hue)
    lms = (_TO_LMS @ [lightness, chroma * np.cos(angle), chroma * np.sin(angle)]) ** 3
    linear = _TO_RGB @ lms
    rgb: NDArray[np.float64] = 255 * np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    )
    return rgb
