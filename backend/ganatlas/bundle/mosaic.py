"""Pictures out of a Deep Zoom pyramid of icons: the whole map at full size, or the icon of one cell.

Data flow: the tiles of a bundle → here → the poster (`ganatlas.export`) and the report (`ganatlas.server.report`).
"""

from PIL import Image

from .manifest import Pyramid
from .reader import Bundle
from .webp import decode_webp


def read_map(bundle: Bundle, pyramid: Pyramid) -> Image.Image:
    """All icons as one picture at full size, pyramid.width × pyramid.height px: RGBA, transparent where there is no icon.

    Raises:
        BundleError: a tile is missing or damaged.
    """
    picture = Image.new("RGBA", (pyramid.width, pyramid.height))
    side = pyramid.tile_size
    for row in range(-(-pyramid.height // side)):
        for column in range(-(-pyramid.width // side)):
            picture.paste(_tile(bundle, pyramid, column, row), (column * side, row * side))
    return picture


def read_icon(bundle: Bundle, pyramid: Pyramid, column: int, row: int) -> Image.Image:
    """The icon of one cell at full size: RGBA, pyramid.icon_size px a side; transparent where the cell has none.

    Raises:
        BundleError: a tile is missing or damaged.
    """
    size, side = pyramid.icon_size, pyramid.tile_size
    left, top = column * size, row * size
    icon = Image.new("RGBA", (size, size))
    for down in range(top // side, (top + size - 1) // side + 1):
        for across in range(left // side, (left + size - 1) // side + 1):
            icon.paste(_tile(bundle, pyramid, across, down), (across * side - left, down * side - top))
    return icon


def _tile(bundle: Bundle, pyramid: Pyramid, column: int, row: int) -> Image.Image:
    """A tile of the finest level."""
    level = (max(pyramid.width, pyramid.height) - 1).bit_length()
    path, sha256 = bundle.tile(pyramid, level, column, row)
    return decode_webp(bundle.files.checked(path, sha256), path).convert("RGBA")
