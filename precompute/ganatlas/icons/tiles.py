"""Deep Zoom pyramids: one picture of size x size icons, cut into tiles that the viewer and any static host can serve.

`<stem>-<digest8>.dzi`, its tiles in `<stem>-<digest8>_files/<level>/<column>_<row>.webp`, their SHA256SUMS beside them, and
`<stem>-<digest8>.arrow`, one row an icon. The digest of the pyramid is that of SHA256SUMS, so that a pyramid is named by its
content; it is moved into place when it is whole. Cells without an icon are transparent.

Data flow: `crop_icons` or `exemplar_icons` -> this -> the bundle. Format: Deep Zoom, as OpenSeadragon reads it.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyvips
from numpy.typing import NDArray

from ganatlas.bundle.manifest import FileRef, IconKind, Pyramid, sha256_of
from ganatlas.bundle.tables import ICONS
from ganatlas.errors import InputError

TILE = 512
QUALITY = 85
EFFORT = 2
"""Of the encoder, 0 … 6: higher is a few per cent smaller and several times slower."""
SUMS = "SHA256SUMS"


def write_pyramid(
    icons: NDArray[np.uint8],
    column: NDArray[np.integer],
    row: NDArray[np.integer],
    size: int,
    *,
    root: Path,
    folder: str,
    kind: IconKind,
    of: str,
    faithfulness: NDArray[np.float32] | None = None,
    fallbacks: int = 0,
    quality: int = QUALITY,
) -> Pyramid:
    """Write the pyramid of one kind of icons of one grid.

    Args:
        icons: uint8 (icons, px, px, 3). column, row: (icons,), their cells, from the top left. size: cells a side.
        root: what the returned paths are relative to. folder: where the pyramid is written, relative to `root`, POSIX.
        kind, of: what the icons are; `of` is the stem of the files' names.
        faithfulness: float32 (icons,), or None: NaN.
        fallbacks: how many of the icons stand in for one that could not be made.
        quality: of the WebP tiles.

    Returns:
        The manifest's entry. Written again with the same icons, the files and the entry are the same.

    Raises:
        InputError: an icon lies beyond the grid, or two in one cell.
    """
    _check(icons, column, row, size)
    target = root / folder
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{of}-", dir=target) as made:
        temporary = Path(made)
        save_tiles(draw_canvas(icons, column, row, size), temporary / "picture", quality)
        tiles, dzi = temporary / "picture_files", temporary / "picture.dzi"
        sums = write_sums(tiles)
        table = temporary / "icons.arrow"
        _write_table(table, column, row, faithfulness)
        stem = f"{of}-{sha256_of(sums)[:8]}"
        table_name = f"{of}-{sha256_of(table)[:8]}.arrow"
        _move(tiles, target / f"{stem}_files")
        dzi.replace(target / f"{stem}.dzi")
        table.replace(target / table_name)
    return Pyramid(
        kind=kind,
        of=of,
        dzi=_reference(root, f"{folder}/{stem}.dzi"),
        tiles=_reference(root, f"{folder}/{stem}_files/{SUMS}"),
        table=_reference(root, f"{folder}/{table_name}"),
        width=size * icons.shape[1],
        height=size * icons.shape[1],
        tile_size=TILE,
        icon_size=icons.shape[1],
        icons=len(icons),
        fallbacks=fallbacks,
        median_faithfulness=_median(faithfulness),
    )


def _median(faithfulness: NDArray[np.float32] | None) -> float | None:
    known = faithfulness[np.isfinite(faithfulness)] if faithfulness is not None else np.zeros(0, np.float32)
    return round(float(np.median(known)), 4) if len(known) else None


def draw_canvas(
    icons: NDArray[np.uint8], column: NDArray[np.integer], row: NDArray[np.integer], size: int
) -> NDArray[np.uint8]:
    """All icons in their places: uint8 (size·px, size·px, 4), or 3 channels where every cell has an icon."""
    px = icons.shape[1]
    bands = 3 if len(icons) == size * size else 4
    canvas = np.zeros((size, px, size, px, bands), np.uint8)
    for icon, c, r in zip(icons, column, row, strict=True):
        canvas[r, :, c, :, :3] = icon
        canvas[r, :, c, :, 3:] = 255
    return canvas.reshape(size * px, size * px, bands)


def save_tiles(canvas: NDArray[np.uint8], stem: Path, quality: int) -> None:
    """Write `stem`.dzi and `stem`_files/. Nothing but pixels decides the bytes: no metadata, no time, no properties file."""
    picture = pyvips.Image.new_from_memory(canvas.data, canvas.shape[1], canvas.shape[0], canvas.shape[2], "uchar")
    picture = picture.copy(interpretation="srgb")
    suffix = f".webp[Q={quality},effort={EFFORT},keep=none]"
    picture.dzsave(str(stem), tile_size=TILE, overlap=0, suffix=suffix, skip_blanks=-1)
    (stem.with_name(f"{stem.name}_files") / "vips-properties.xml").unlink(missing_ok=True)  # it has the time in it


def write_sums(folder: Path) -> Path:
    """Write SHA256SUMS of all files below a folder, as `sha256sum` does, sorted by path."""
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in files]
    path = folder / SUMS
    path.write_text("".join(lines))
    return path


def _write_table(
    path: Path, column: NDArray[np.integer], row: NDArray[np.integer], faithfulness: NDArray[np.float32] | None
) -> None:
    values = np.full(len(column), np.nan, np.float32) if faithfulness is None else faithfulness
    table = pa.table([column.astype(np.int16), row.astype(np.int16), values.astype(np.float32)], schema=ICONS)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, ICONS) as writer:
        writer.write_table(table)


def _move(source: Path, target: Path) -> None:
    """Move a folder into place; what is there already has the same name, so the same content, unless somebody damaged it."""
    if target.exists() and _same(source, target):
        return
    if target.exists():
        shutil.rmtree(target)
    os.rename(source, target)


def _same(source: Path, target: Path) -> bool:
    names = sorted(p.relative_to(source) for p in source.rglob("*") if p.is_file())
    there = sorted(p.relative_to(target) for p in target.rglob("*") if p.is_file())
    return names == there and all((source / name).read_bytes() == (target / name).read_bytes() for name in names)


def _reference(root: Path, path: str) -> FileRef:
    return FileRef(path=path, bytes=(root / path).stat().st_size, sha256=sha256_of(root / path))


def _check(icons: NDArray[np.uint8], column: NDArray[np.integer], row: NDArray[np.integer], size: int) -> None:
    if len(icons) and (min(column.min(), row.min()) < 0 or max(column.max(), row.max()) >= size):
        raise InputError(f"icons: a cell lies beyond the {size} x {size} grid; *outside* has no place on the map, leave it out")
    if len(np.unique(np.asarray(row, np.int64) * size + column)) != len(icons):
        raise InputError(
            f"icons: {len(icons)} icons for {len(np.unique(np.asarray(row, np.int64) * size + column))} different cells"
        )
