"""Step 1: one image file, of whatever kind, to 8-bit upright RGB; and what the file was.

Everything that is not plainly one picture is refused with a reason, never guessed at: the job counts, lists and goes on.
Only raster formats are opened (no PostScript, no video), and nothing above Pillow's pixel limit is ever decoded.

Data flow: `Source.read` calls `decode_image` on a file's bytes.
"""

import io
from functools import cache, lru_cache

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from .base import RawImage, UnreadableImage

_ENDINGS = "jpg jpeg jpe jfif png webp gif bmp dib tif tiff ppm pgm pbm pnm jp2 j2k avif tga ico"
EXTENSIONS = frozenset(f".{ending}" for ending in _ENDINGS.split(" "))
"""File names with one of these endings (any case) count as images; other files are not looked at."""

SMALLEST_SIDE = 8
LARGEST_FILE = 512 * 2**20

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM", "JPEG2000", "AVIF", "TGA", "ICO")
_SPELLING = {"WEBP": "WebP", "MPO": "JPEG", "DIB": "BMP", "JPEG2000": "JPEG 2000"}

# Annex K of ITU-T T.81, luminance, in natural order: what libjpeg scales by its quality.
_LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
).ravel()


def decode_image(data: bytes) -> RawImage:
    """Decode the bytes of one image file.

    Grey, palette, CMYK (through its ICC profile where it has one), 16-bit and transparent images (on white) become 8-bit RGB,
    turned upright as EXIF says.

    Raises:
        UnreadableImage: not an image, truncated, animated, above Pillow's pixel limit or smaller than 8 px on a side.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_known_formats()) as image:
            _refuse_unsuitable(image)
            description = describe_format(image)
            image.load()
            upright = ImageOps.exif_transpose(image)
            return RawImage(to_rgb(upright), description)
    except UnreadableImage:
        raise
    except UnidentifiedImageError:
        raise UnreadableImage("empty file" if not data else "not an image of a known format") from None
    except Image.DecompressionBombError as error:
        raise UnreadableImage(f"too large: {error}") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, MemoryError, OverflowError) as error:
        # Pillow's plugins raise all of these on damaged files.
        raise UnreadableImage(f"damaged or truncated: {error}") from None
    except Exception as error:  # struct.error, zlib.error, ImageCms.PyCMSError: no common base
        raise UnreadableImage(f"damaged: {type(error).__name__}: {error}") from None


def describe_format(image: Image.Image) -> str:
    """The file format of an opened image, with an estimate of a JPEG's quality: 'PNG', 'JPEG quality 75'."""
    name = image.format or "unknown"
    name = _SPELLING.get(name, name)
    tables = getattr(image, "quantization", None)
    if name == "JPEG" and tables:
        return f"JPEG quality {estimate_quality(tuple(tables[min(tables)]))}"
    return name


@lru_cache(maxsize=256)  # a set of images has a handful of tables
def estimate_quality(table: tuple[int, ...]) -> int:
    """The libjpeg quality (1-100) whose luminance quantisation table is nearest to `table`, 64 values in natural order."""
    quality = np.arange(1, 101)
    scale = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    tables = np.clip((_LUMINANCE[None] * scale[:, None] + 50) // 100, 1, 255)
    return int(quality[np.abs(tables - np.asarray(table)).sum(1).argmin()])


def to_rgb(image: Image.Image) -> Image.Image:
    """Any Pillow image to 8-bit RGB. Transparency is laid on white; 16-bit grey is scaled, not clipped.

    Raises:
        UnreadableImage: its numbers have no agreed meaning as a picture (floats beyond [0, 1], negative integers).
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode == "CMYK":
        return _from_cmyk(image)
    if image.mode.startswith("I") or image.mode == "F":
        return _from_numbers(np.asarray(image))
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        opaque = image.convert("RGBA")
        white = Image.new("RGBA", opaque.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, opaque).convert("RGB")
    return image.convert("RGB")


@cache
def _known_formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _refuse_unsuitable(image: Image.Image) -> None:
    width, height = image.size
    if Image.MAX_IMAGE_PIXELS is not None and width * height > Image.MAX_IMAGE_PIXELS:
        raise UnreadableImage(f"too large: {width} x {height} px, Pillow's limit is {Image.MAX_IMAGE_PIXELS} pixels")
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":  # a phone's MPO is a photograph and its preview
        raise UnreadableImage(f"{'several pages' if image.format == 'TIFF' else 'animated'}: {frames} frames")
    if min(width, height) < SMALLEST_SIDE:
        raise UnreadableImage(f"too small: {width} x {height} px, at least {SMALLEST_SIDE} px a side are needed")


def _from_cmyk(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # an unusable profile leaves what a file without one gets
        if converted is not None:
            return converted
    return image.convert("RGB")


def _from_numbers(values: np.ndarray) -> Image.Image:
    low, high = values.min(), values.max()
    if values.dtype.kind == "f":
        if not (low >= 0 and high <= 1):  # NaN included
            raise UnreadableImage(f"floating-point pixels from {low:g} to {high:g}, expected 0 to 1")
        grey = np.round(values * 255)
    else:
        if low < 0 or high > 65535:
            raise UnreadableImage(f"integer pixels from {low} to {high}, expected 16 bit")
        grey = np.round(values.astype(np.float64) / 257)
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
