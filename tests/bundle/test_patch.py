"""The patch of a sample lies in its image, around the place that the position looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganatlas.bundle.manifest import ClassifierInfo, FileRef, Layer, LayoutInfo
from ganatlas.bundle.patch import Box, crop_origin, patch_box, resized_size

FILE = FileRef(path="x", bytes=0, sha256="0" * 64)


def classifier(resize: int = 256, size: int = 224) -> ClassifierInfo:
    return ClassifierInfo(
        name="n", digest="d", input_size=size, resize=resize, interpolation="bicubic", mean=(0, 0, 0), std=(1, 1, 1), classes=()
    )


def layer(stride: float | None, offset: float | None, field: float | None, side: int = 14) -> Layer:
    layout = LayoutInfo(
        method="m",
        parameters={},
        trustworthiness=None,
        continuity=None,
        stability=None,
        extent=(0, 0, 1),
        alignment=(1, 0, 0, 1),
    )
    return Layer(
        name="l", channels=4, height=side, width=side, stride=stride, offset=offset, receptive_field=field, points=FILE,
        rows=FILE, point_count=0, outside_count=0, layout=layout, grids=(),
    )  # fmt: skip


def test_an_image_of_the_inputs_size_is_cut_where_the_position_lies() -> None:
    box = patch_box(classifier(224, 224), layer(16, 8, 32), row=3, column=5, width=224, height=224)
    assert box == Box(8 + 5 * 16 - 16, 8 + 3 * 16 - 16, 8 + 5 * 16 + 16, 8 + 3 * 16 + 16)


def test_a_wide_image_is_cut_where_the_centre_crop_saw_it() -> None:
    box = patch_box(classifier(256, 224), layer(None, None, None), row=0, column=0, width=1024, height=512)
    assert box == Box((512 - 224) / 2 * 2, 16 * 2, (512 + 224) / 2 * 2, 240 * 2)


@given(
    width=st.integers(8, 3000), height=st.integers(8, 3000), row=st.integers(0, 13), column=st.integers(0, 13),
    field=st.floats(0.1, 600), offset=st.floats(-8, 16), resize=st.integers(224, 300),
)  # fmt: skip
def test_a_patch_is_never_empty_and_never_outside_its_image(
    width: int, height: int, row: int, column: int, field: float, offset: float, resize: int
) -> None:
    box = patch_box(classifier(resize, 224), layer(16, offset, field), row, column, width, height)
    assert 0 <= box.x0 < box.x1 <= width
    assert 0 <= box.y0 < box.y1 <= height
    left, top, right, bottom = box.pixels(width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


@given(width=st.integers(1, 4000), height=st.integers(1, 4000), size=st.integers(8, 256), extra=st.integers(0, 64))
def test_the_centre_crop_fits_into_the_resized_image(width: int, height: int, size: int, extra: int) -> None:
    resized = resized_size(width, height, size + extra)
    left, top = crop_origin(*resized, size)
    assert min(resized) == size + extra
    assert 0 <= left <= resized[0] - size
    assert 0 <= top <= resized[1] - size


@pytest.mark.parametrize("scale", [0.25, 1.0, 3.0])
def test_a_box_scales_with_its_image(scale: float) -> None:
    assert Box(2, 4, 6, 8).scaled(scale, scale) == Box(2 * scale, 4 * scale, 6 * scale, 8 * scale)
