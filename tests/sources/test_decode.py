"""Whatever an image file is, it becomes upright 8-bit RGB or is refused with a reason."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from ganatlas.sources.base import UnreadableImage
from ganatlas.sources.decode import decode_image


def ramp(width: int = 64, height: int = 32) -> np.ndarray:
    return np.linspace(0, 255, width * height).reshape(height, width)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


GREY = Image.fromarray(ramp().astype(np.uint8))
COLOUR = Image.merge("RGB", [GREY, ImageOps.mirror(GREY), ImageOps.flip(GREY)])


def pixels(data: bytes) -> np.ndarray:
    raw = decode_image(data)
    assert raw.image.mode == "RGB"
    return np.asarray(raw.image).astype(int)


def test_a_png_is_read_exactly() -> None:
    assert (pixels(encoded(COLOUR)) == np.asarray(COLOUR)).all()


def test_a_grey_image_becomes_three_equal_channels() -> None:
    assert (pixels(encoded(GREY)) == np.asarray(GREY)[:, :, None]).all()


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    values = (ramp() * 257).astype(np.uint16)
    found = pixels(encoded(Image.fromarray(values)))
    assert np.abs(found - ramp()[:, :, None]).max() <= 1


def test_a_palette_keeps_its_colours() -> None:
    palette = COLOUR.quantize(200)
    assert (pixels(encoded(palette)) == np.asarray(palette.convert("RGB"))).all()


def test_transparency_is_laid_on_white() -> None:
    alpha = Image.new("L", COLOUR.size, 255)
    alpha.paste(0, (0, 0, 32, 32))
    image = COLOUR.copy()
    image.putalpha(alpha)
    found = pixels(encoded(image))
    assert (found[:, :32] == 255).all()
    assert (found[:, 32:] == np.asarray(COLOUR)[:, 32:]).all()


def test_a_transparent_palette_colour_is_laid_on_white() -> None:
    image = Image.new("P", (16, 16), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(0, (0, 0, 8, 16))
    found = pixels(encoded(image, transparency=0))
    assert (found[:, :8] == 255).all()
    assert (found[:, 8:] == (200, 100, 50)).all()


def test_cmyk_without_a_profile_is_converted() -> None:
    found = pixels(encoded(COLOUR.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(found - np.asarray(COLOUR)).mean() < 12


def test_an_unusable_profile_does_not_stop_a_cmyk_image() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # an RGB profile in a CMYK file
    found = pixels(encoded(COLOUR.convert("CMYK"), "JPEG", quality=95, icc_profile=profile))
    assert np.abs(found - np.asarray(COLOUR)).mean() < 12


def test_a_turned_photograph_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    raw = decode_image(encoded(COLOUR, "JPEG", exif=exif.tobytes()))
    assert raw.image.size == (COLOUR.height, COLOUR.width)


@pytest.mark.parametrize("quality", [30, 50, 75, 90, 95])
def test_the_quality_of_a_jpeg_is_recognised(quality: int) -> None:
    assert decode_image(encoded(COLOUR, "JPEG", quality=quality)).format == f"JPEG quality {quality}"


@pytest.mark.parametrize(("kind", "name"), [("PNG", "PNG"), ("WEBP", "WebP"), ("GIF", "GIF"), ("BMP", "BMP"), ("TIFF", "TIFF")])
def test_a_still_image_is_read_and_its_format_named(kind: str, name: str) -> None:
    assert decode_image(encoded(COLOUR, kind)).format == name


def animated(kind: str) -> bytes:
    return encoded(COLOUR, kind, save_all=True, append_images=[GREY.convert("RGB"), ImageOps.invert(COLOUR)])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "empty file", id="empty"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not an image", id="postscript"),
        pytest.param(b"hello, this is text", "not an image", id="text"),
        pytest.param(encoded(COLOUR, "JPEG")[:-400], "truncated", id="truncated jpeg"),
        pytest.param(encoded(COLOUR)[:-200], "truncated", id="truncated png"),
        pytest.param(encoded(COLOUR)[:40], "not an image|damaged", id="png of forty bytes"),
        pytest.param(encoded(COLOUR, "WEBP", lossless=True)[:60], "not an image|damaged", id="truncated webp"),
        pytest.param(animated("GIF"), "animated: 3 frames", id="animated gif"),
        pytest.param(animated("WEBP"), "animated: 3 frames", id="animated webp"),
        pytest.param(animated("PNG"), "animated: 3 frames", id="animated png"),
        pytest.param(animated("TIFF"), "several pages: 3 frames", id="tiff of three pages"),
        pytest.param(encoded(COLOUR.resize((1, 1))), "too small: 1 x 1 px", id="one pixel"),
        pytest.param(encoded(COLOUR.resize((7, 64))), "too small: 7 x 64 px", id="a strip"),
        pytest.param(encoded(Image.fromarray(ramp().astype(np.float32)), "TIFF"), "expected 0 to 1", id="floats to 255"),
    ],
)
def test_what_is_not_one_whole_picture_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=reason):
        decode_image(data)


def test_an_image_above_pillows_limit_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(COLOUR)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", COLOUR.width * COLOUR.height // 4)
    with pytest.raises(UnreadableImage, match="too large"):
        decode_image(data)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_an_image_just_above_pillows_limit_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(COLOUR)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", COLOUR.width * COLOUR.height - 1)
    with pytest.raises(UnreadableImage, match="too large"):
        decode_image(data)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_damage_anywhere_is_either_read_or_refused(kind: str) -> None:
    data = bytearray(encoded(COLOUR, kind))
    generator = np.random.default_rng(0)
    outcomes = set()
    for _ in range(60):
        damaged = data.copy()
        for place in generator.integers(0, len(data), 8):
            damaged[place] ^= int(generator.integers(1, 256))
        try:
            outcomes.add(decode_image(bytes(damaged)).image.mode)
        except UnreadableImage as problem:
            outcomes.add(bool(str(problem)))
    assert outcomes <= {"RGB", True}
