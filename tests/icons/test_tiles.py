import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from ganatlas.bundle.manifest import Pyramid, sha256_of
from ganatlas.bundle.tables import ICONS
from ganatlas.errors import InputError
from ganatlas.icons.crop import crop_icons
from ganatlas.icons.tiles import write_pyramid

PX = 64
FOLDER = "layers/mixed4a/grids/20/icons/inverted"


def flat_icons(count: int, px: int = PX) -> np.ndarray:
    """Icons of one colour each, all different."""
    colours = np.random.default_rng(0).integers(30, 226, (count, 1, 1, 3), dtype=np.uint8)
    return np.broadcast_to(colours, (count, px, px, 3)).copy()


def cells(count: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    at = np.sort(np.random.default_rng(1).choice(size * size, count, replace=False))
    return (at % size).astype(np.int16), (at // size).astype(np.int16)


def write(root: Path, count: int = 150, size: int = 20) -> tuple[Pyramid, np.ndarray, np.ndarray, np.ndarray]:
    icons, (column, row) = flat_icons(count), cells(count, size)
    faithfulness = np.linspace(0, 1, count, dtype=np.float32)
    pyramid = write_pyramid(
        icons, column, row, size, root=root, folder=FOLDER, kind="inverted", of="joint", faithfulness=faithfulness
    )
    return pyramid, icons, column, row


def tile_folder(root: Path, pyramid: Pyramid) -> Path:
    return (root / pyramid.tiles.path).parent


def test_a_pyramid_has_every_level_down_to_one_pixel_and_every_tile(tmp_path: Path) -> None:
    pyramid, *_ = write(tmp_path)
    assert (pyramid.width, pyramid.height, pyramid.tile_size, pyramid.icons) == (1280, 1280, 512, 150)
    folder = tile_folder(tmp_path, pyramid)
    assert sorted(int(p.name) for p in folder.iterdir() if p.is_dir()) == list(range(12))
    for level in range(12):
        side = -(-1280 // 2 ** (11 - level))
        tiles = {f"{c}_{r}.webp" for c in range(-(-side // 512)) for r in range(-(-side // 512))}
        assert {p.name for p in (folder / str(level)).iterdir()} == tiles
    assert Image.open(folder / "11" / "2_0.webp").size == (256, 512)
    assert Image.open(folder / "0" / "0_0.webp").size == (1, 1)


def test_the_pixels_of_a_cell_are_those_of_its_icon(tmp_path: Path) -> None:
    pyramid, icons, column, row = write(tmp_path)
    folder = tile_folder(tmp_path, pyramid)
    tiles = {
        (c, r): np.asarray(Image.open(folder / "11" / f"{c}_{r}.webp").convert("RGBA")) for c in range(3) for r in range(3)
    }
    for icon, c, r in zip(icons, column.tolist(), row.tolist(), strict=True):
        x, y = c * PX + PX // 2, r * PX + PX // 2
        pixel = tiles[x // 512, y // 512][y % 512, x % 512].astype(int)
        assert np.abs(pixel[:3] - icon[0, 0]).max() <= 6
        assert pixel[3] == 255


def test_a_cell_without_an_icon_is_transparent_and_leaves_no_dark_edge(tmp_path: Path) -> None:
    pyramid = write_pyramid(
        np.full((1, PX, PX, 3), 200, np.uint8),
        np.array([4]),
        np.array([7]),
        10,
        root=tmp_path,
        folder="x",
        kind="exemplar",
        of="real",
    )
    folder = tile_folder(tmp_path, pyramid)
    full = np.asarray(Image.open(folder / "10" / "0_0.webp").convert("RGBA"))
    assert full[7 * PX + 9, 4 * PX + 9, 3] == 255
    assert full[: 7 * PX, :, 3].max() == 0
    small = np.asarray(Image.open(folder / "6" / "0_0.webp").convert("RGBA"))
    opaque = small[..., 3] == 255
    assert opaque.any()
    assert np.abs(small[opaque][:, :3].astype(int) - 200).max() <= 6


def test_the_sums_are_right_and_name_every_tile(tmp_path: Path) -> None:
    pyramid, *_ = write(tmp_path)
    folder = tile_folder(tmp_path, pyramid)
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    named = [line.split("  ", 1)[1] for line in lines]
    assert named == sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS"
    )
    assert all(name.endswith(".webp") for name in named)
    for line in lines:
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_every_reference_is_true_and_every_name_carries_its_digest(tmp_path: Path) -> None:
    pyramid, *_ = write(tmp_path)
    assert pyramid.table is not None
    for reference in (pyramid.dzi, pyramid.tiles, pyramid.table):
        path = tmp_path / reference.path
        assert sha256_of(path) == reference.sha256
        assert path.stat().st_size == reference.bytes
    stem = f"joint-{pyramid.digest[:8]}"
    assert pyramid.dzi.path == f"{FOLDER}/{stem}.dzi"
    assert pyramid.tiles.path == f"{FOLDER}/{stem}_files/SHA256SUMS"
    assert pyramid.table.path == f"{FOLDER}/joint-{pyramid.table.sha256[:8]}.arrow"
    assert 'Format="webp"' in (tmp_path / pyramid.dzi.path).read_text()


def test_the_table_says_which_cells_have_icons(tmp_path: Path) -> None:
    pyramid, _, column, row = write(tmp_path)
    assert pyramid.table is not None
    table = pa.ipc.open_file(tmp_path / pyramid.table.path).read_all()
    assert table.schema == ICONS
    assert table["column"].to_pylist() == column.tolist()
    assert table["row"].to_pylist() == row.tolist()
    assert np.isclose(table["faithfulness"].to_numpy()[-1], 1)


def test_written_twice_the_files_are_the_same_and_nothing_else_is_left(tmp_path: Path) -> None:
    first, *_ = write(tmp_path / "a")
    second, *_ = write(tmp_path / "b")
    again, *_ = write(tmp_path / "a")
    assert first == second == again

    def files(root: Path) -> dict[str, bytes]:
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert len({p.removeprefix(f"{FOLDER}/").split("/")[0] for p in files(tmp_path / "a")}) == 3  # .dzi, _files, .arrow


def test_a_damaged_pyramid_is_mended(tmp_path: Path) -> None:
    pyramid, *_ = write(tmp_path)
    tile = tile_folder(tmp_path, pyramid) / "11" / "0_0.webp"
    whole = tile.read_bytes()
    tile.write_bytes(whole[:100])
    write(tmp_path)
    assert tile.read_bytes() == whole


def test_a_grid_without_icons_has_an_empty_picture(tmp_path: Path) -> None:
    nothing = np.zeros(0, np.int16)
    pyramid = write_pyramid(
        np.zeros((0, 16, 16, 3), np.uint8), nothing, nothing, 10, root=tmp_path, folder="x", kind="exemplar", of="joint"
    )
    assert (pyramid.icons, pyramid.width) == (0, 160)


@pytest.mark.parametrize(
    ("column", "row", "said"), [([-1, 2], [-1, 2], "beyond"), ([10, 2], [1, 2], "beyond"), ([3, 3], [1, 1], "different")]
)
def test_icons_that_have_no_place_are_refused(tmp_path: Path, column: list[int], row: list[int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        write_pyramid(
            flat_icons(2, 8), np.array(column), np.array(row), 10, root=tmp_path, folder="x", kind="inverted", of="joint"
        )


def test_a_crop_is_the_patch_about_the_centre() -> None:
    images = np.zeros((3, 32, 32, 3), np.uint8)
    images[:, 12:20, 14:22] = 255
    cut = crop_icons(images, 16.0, 8.0, 8)
    assert np.array_equal(cut, images[:, 12:20, 12:20])
    assert (crop_icons(images, 16.0, 8.0, 16)[:, :, 6:] > 200).all()


def test_a_crop_wider_than_the_image_is_the_image_and_one_at_the_edge_stays_inside() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    assert np.array_equal(crop_icons(images, 9.0, 200.0, 16), images)
    assert np.array_equal(crop_icons(images, None, None, 16), images)
    assert np.array_equal(crop_icons(images, 15.0, 8.0, 8), images[:, 8:, 8:])
