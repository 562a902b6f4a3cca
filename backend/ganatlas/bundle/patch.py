"""From a position of a feature map to the patch of the original image that it saw: pure geometry, no network.

Used on both sides of the bundle: the job prepares a network's input with `resized_size` and `crop_origin`, and the server
inverts just that to outline a sample's patch in the image. Coordinates are continuous: pixel i covers [i, i + 1).

Source: the effective receptive field of Luo et al. 2016, measured per layer by `ganatlas.pipeline.receptive_field`.
"""

from dataclasses import dataclass
from math import ceil, floor

from .manifest import ClassifierInfo, Layer


@dataclass(frozen=True)
class Box:
    """A rectangle in px, x to the right and y down; x1 and y1 are exclusive ends."""

    x0: float
    y0: float
    x1: float
    y1: float

    def scaled(self, x: float, y: float) -> "Box":
        """The same rectangle in an image that is `x` times as wide and `y` times as high."""
        return Box(self.x0 * x, self.y0 * y, self.x1 * x, self.y1 * y)

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) of the whole pixels touched, inside a width x height image, at least one pixel."""
        left = min(max(floor(self.x0), 0), width - 1)
        top = min(max(floor(self.y0), 0), height - 1)
        return left, top, min(max(ceil(self.x1), left + 1), width), min(max(ceil(self.y1), top + 1), height)


def resized_size(width: int, height: int, resize: int) -> tuple[int, int]:
    """(width, height) of an image whose shorter side was brought to `resize` px, as torchvision's `Resize` does it."""
    if width <= height:
        return resize, max(resize, int(resize * height / width))
    return max(resize, int(resize * width / height)), resize


def crop_origin(width: int, height: int, size: int) -> tuple[int, int]:
    """(left, top) of the centred size x size crop of a width x height image; all in px."""
    return round((width - size) / 2), round((height - size) / 2)


def patch_box(classifier: ClassifierInfo, layer: Layer, row: int, column: int, width: int, height: int) -> Box:
    """What one position of a layer's map saw, as a box in the original image.

    Args:
        classifier: how images became inputs.
        layer: with its stride, offset and receptive field (input px). Without them the patch is all that the network saw.
        row, column: position in the layer's map.
        width, height: of the original image, px.

    Returns:
        The box in original px, clipped to the part of the image that the network saw (the centre crop) and never empty.
    """
    resized = resized_size(width, height, classifier.resize)
    left, top = crop_origin(*resized, classifier.input_size)
    x0, x1 = _extent(layer, column, classifier.input_size)
    y0, y1 = _extent(layer, row, classifier.input_size)
    box = Box(x0 + left, y0 + top, x1 + left, y1 + top).scaled(width / resized[0], height / resized[1])
    return Box(max(box.x0, 0.0), max(box.y0, 0.0), min(box.x1, float(width)), min(box.y1, float(height)))


def _extent(layer: Layer, index: int, size: int) -> tuple[float, float]:
    if layer.stride is None or layer.offset is None or layer.receptive_field is None:
        return 0.0, float(size)
    half = max(layer.receptive_field, 1.0) / 2
    centre = min(max(layer.offset + layer.stride * index, 0.5), size - 0.5)
    return max(centre - half, 0.0), min(centre + half, float(size))
