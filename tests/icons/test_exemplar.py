import io
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from ganatlas.bundle.patch import Box
from ganatlas.bundle.tables import IMAGES
from ganatlas.icons.exemplar import StoredImages, cut_patches, exemplar_icons, joint_exemplars, resized_patch
from ganatlas.pipeline.samples import Placement, Samples


def store(path: Path, pictures: list[np.ndarray], original: tuple[int, int] | None = None) -> StoredImages:
    rows = []
    for number, pixels in enumerate(pictures):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "WEBP", lossless=True, exact=True)
        width, height = original or (pixels.shape[1], pixels.shape[0])
        rows.append({"name": str(number), "label": -1, "width": width, "height": height, "webp": buffer.getvalue()})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, IMAGES) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema=IMAGES), max_chunksize=3)
    return StoredImages(path)


def pictures(count: int, seed: int, side: int = 32) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), dtype=np.uint8))


def eight_px(row: int, column: int, width: int, height: int) -> Box:
    """Patches of 8 px, one every 8 px."""
    return Box(column * 8, row * 8, column * 8 + 8, row * 8 + 8)


@pytest.fixture
def world(tmp_path: Path) -> tuple[list[list[np.ndarray]], list[StoredImages]]:
    made = [pictures(7, 0), pictures(5, 1)]
    return made, [store(tmp_path / f"{d}.arrow", p) for d, p in enumerate(made)]


def test_a_patch_is_the_crop_of_its_image(world: tuple[list[list[np.ndarray]], list[StoredImages]]) -> None:
    made, images = world
    dataset, image, row, column = np.array([1, 0, 0, 1]), np.array([4, 6, 6, 0]), np.array([0, 3, 1, 2]), np.array([2, 3, 0, 1])
    patches = cut_patches(dataset, image, row, column, images, eight_px, 8)
    for patch, d, i, r, c in zip(patches, dataset, image, row, column, strict=True):
        assert np.array_equal(patch, made[d][i][r * 8 : r * 8 + 8, c * 8 : c * 8 + 8])


def test_a_patch_of_an_image_stored_smaller_is_scaled_with_it(tmp_path: Path) -> None:
    pixels = pictures(1, 2)
    images = store(tmp_path / "a.arrow", pixels, original=(128, 128))

    def patch(row: int, column: int, width: int, height: int) -> Box:
        assert (width, height) == (128, 128)
        return Box(32, 64, 64, 96)

    zero = np.zeros(1, np.int64)
    assert np.array_equal(cut_patches(zero, zero, zero, zero, [images], patch, 8)[0], pixels[0][16:24, 8:16])


def test_a_patch_cut_by_the_border_is_made_square_inside_the_image() -> None:
    pixels = pictures(1, 3)[0]
    cut = resized_patch(Image.fromarray(pixels), Box(28, 8, 32, 16), 8)  # 4 wide, 8 high, at the right edge
    assert np.array_equal(cut, pixels[8:16, 24:32])
    wide = resized_patch(Image.fromarray(pixels[:16]), Box(0, 0, 32, 16), 16)
    assert np.array_equal(wide, pixels[:16, 8:24])


def test_the_joint_exemplar_is_the_nearest_of_all_datasets() -> None:
    x = np.array([[1, 0], [0.9, 0.5], [0, 1], [0.1, 1]], np.float16)
    placement = Placement(np.zeros((4, 2), np.float32), np.array([3, 2, 1, 0]), 0, (0, 0, 1), (1, 0, 0, 1))
    # Sorted rows: 0 is sample 3, 1 is sample 2, 2 is sample 1, 3 is sample 0.
    exemplar = np.array([[3, 2], [0, 1], [-1, 1], [-1, -1]])
    vectors = np.array([[5, 0.1], [0, 2], [1, 0], [1, 1]], np.float32)
    assert joint_exemplars(x, placement, exemplar, vectors).tolist() == [3, 1, 1, -1]


def test_each_dataset_has_the_icons_of_its_own_members(world: tuple[list[list[np.ndarray]], list[StoredImages]]) -> None:
    made, images = world
    dataset = np.repeat([0, 1], [7, 5]).astype(np.uint8)
    image = np.r_[np.arange(7), np.arange(5)].astype(np.uint32)
    position = np.arange(12).astype(np.uint16) % 4
    samples = Samples(dataset, image, np.zeros(12, np.uint16), position, position, np.full(12, -1, np.int32))
    order = np.random.default_rng(0).permutation(12)
    placement = Placement(np.zeros((12, 2), np.float32), order, 0, (0, 0, 1), (1, 0, 0, 1))
    at = np.argsort(order)  # sample -> sorted row
    exemplar = np.array([[at[2], at[8]], [-1, at[11]], [at[0], -1]])
    joint = np.array([at[8], at[11], at[0]])
    icons = exemplar_icons(exemplar, joint, samples, placement, images, eight_px, 8)
    assert len(icons.images) == 4  # what is joint is not cut again
    for column, expected in enumerate(([(0, 2), (2, 0)], [(0, 8), (1, 11)], [(0, 8), (1, 11), (2, 0)])):
        cells, patches = icons.of(column)
        assert cells.tolist() == [cell for cell, _ in expected]
        for patch, (_, sample) in zip(patches, expected, strict=True):
            p = int(position[sample])
            assert np.array_equal(patch, made[dataset[sample]][image[sample]][p * 8 : p * 8 + 8, p * 8 : p * 8 + 8])


def test_an_image_is_decoded_once_however_many_cells_show_it(
    world: tuple[list[list[np.ndarray]], list[StoredImages]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    real = Image.open
    monkeypatch.setattr(Image, "open", lambda *a, **k: (opened.append(a), real(*a, **k))[1])
    zeros, rows = np.zeros(8, np.int64), np.arange(8) % 4
    for _ in range(2):
        cut_patches(zeros, zeros + 3, rows, rows[::-1], world[1], eight_px, 8, workers=1)
    assert len(opened) == 1


def test_the_cache_keeps_to_its_size(tmp_path: Path) -> None:
    store(tmp_path / "a.arrow", pictures(6, 0))
    images = StoredImages(tmp_path / "a.arrow", cache_bytes=2 * 4 * 32 * 32)
    first = images.read(0)
    assert images.read(0) is first
    for number in range(1, 6):
        images.read(number)
    assert images.read(5) is images.read(5)
    assert images.read(0) is not first


def test_no_exemplars_give_no_patches(world: tuple[list[list[np.ndarray]], list[StoredImages]]) -> None:
    none = np.zeros(0, np.int64)
    assert cut_patches(none, none, none, none, world[1], partial(eight_px), 8).shape == (0, 8, 8, 3)
