"""Decoding what an atlas stores as WebP: icons' tiles and images, whose bytes may be made up like everything else in it."""

import io

from PIL import Image

from ganatlas.errors import BundleError

MOST_PIXELS = 89_478_485
"""Pillow's own limit, from which it only warns."""


def decode_webp(content: bytes, path: str) -> Image.Image:
    """A stored picture, decoded.

    Args:
        content: its bytes.
        path: the file of the bundle that they are from, for the message.

    Raises:
        BundleError: they are no WebP, or one of too many pixels.
    """
    try:
        picture = Image.open(io.BytesIO(content), formats=("WEBP",))
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"{picture.width} × {picture.height} px are too many")
        picture.load()
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        message = f"{path} is damaged: a picture in it cannot be decoded ({error}). Build the atlas again to mend it."
        raise BundleError(message, file=path) from error
    return picture
