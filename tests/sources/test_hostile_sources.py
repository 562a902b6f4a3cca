"""Images, archives and arrays that somebody made to do harm: read, or refused with a reason, in little memory."""

import io
import json
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from ganatlas.errors import InputError
from ganatlas.sources.base import Source, UnreadableImage
from ganatlas.sources.decode import decode_image
from ganatlas.sources.registry import open_source
from mutation import MUTATIONS, mutated


def picture(size: tuple[int, int] = (16, 16), kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it has this size, one bit a pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    """What Python and numpy ask for meanwhile."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("side", [50_000, 2**31 - 1])
def test_a_png_of_50000_px_a_side_is_refused_undecoded_and_the_limit_is_said(side: int) -> None:
    with at_most(8), pytest.raises(UnreadableImage, match=r"too large: .*limit"):
        decode_image(png_of(side, side, zlib.compress(bytes(1000))))


@pytest.mark.slow
def test_an_image_of_20000_px_is_read() -> None:
    rows = b"\0" + b"\xaa" * 2500
    raw = decode_image(png_of(20_000, 4_000, zlib.compress(rows * 4_000)))
    assert raw.image.size == (20_000, 4_000)
    assert raw.image.getpixel((0, 0)) == (255, 255, 255)


def test_an_image_of_20000_px_a_side_is_beyond_the_limit() -> None:
    with pytest.raises(UnreadableImage, match=r"20000 x 20000|400000000 pixels"):
        decode_image(png_of(20_000, 20_000))


def test_text_in_a_png_that_unpacks_to_far_more_than_the_picture_is_refused() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 40_000_000, zip=True)
    data = picture(pnginfo=info)
    assert len(data) < 100_000
    with at_most(16), pytest.raises(UnreadableImage, match=r"too large|damaged"):
        decode_image(data)


def opened(path: Path) -> Source | None:
    """The images of a file, all tried; None where it is refused."""
    try:
        source = open_source(str(path))
    except InputError:
        return None
    assert isinstance(source, Source)
    for index in range(min(3, len(source.entries()))):
        with suppress(UnreadableImage):
            source.read(index)
    return source


def tar_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def npz_of(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


EVIL = ("../up.png", "/absolute.png", "a/../../b.png", "..\\windows.png", "C:\\drive.png", "c\x01ontrol.png", "é\u202e.png")


@pytest.mark.parametrize(("ending", "pack"), [(".zip", zip_of), (".tar", tar_of)])
def test_names_that_climb_out_of_an_archive_are_names_and_nothing_is_written(
    tmp_path: Path, ending: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / f"evil{ending}").write_bytes(pack(dict.fromkeys(EVIL, picture())))
    source = opened(inside / f"evil{ending}")
    assert source is not None
    assert len(source.entries()) >= 5, "those with hidden or absolute names too: nothing is unpacked"
    assert [path.name for path in tmp_path.rglob("*")] == ["inside", f"evil{ending}"]


def test_a_file_without_a_name_in_a_zip_is_no_image(tmp_path: Path) -> None:
    packed = zip_of({"named.png": picture(), "x.png": picture()})
    (tmp_path / "odd.zip").write_bytes(packed.replace(b"x.png", b"\0.png"))  # names end at a zero byte
    source = opened(tmp_path / "odd.zip")
    assert source is not None
    assert [entry.name for entry in source.entries()] == ["named.png"]


def test_a_header_that_says_gigabytes_of_text_is_refused_unread(tmp_path: Path) -> None:
    import gzip

    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 4 << 30
    path = tmp_path / "long.tar.gz"
    with gzip.open(path, "wb", 1) as stream:
        stream.write(header.tobuf(tarfile.GNU_FORMAT))
        stream.write(bytes(64 << 20))
    with at_most(32), pytest.raises(InputError, match="4096 MB of text"):
        open_source(str(path))


def test_an_archive_of_endless_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganatlas.sources.tars.MOST_FILES", 50)
    (tmp_path / "many.tar").write_bytes(tar_of({f"{index}.png": b"" for index in range(51)}))
    with pytest.raises(InputError, match="more than 50 files"):
        open_source(str(tmp_path / "many.tar"))


def npy_header(shape: tuple[int, ...], descr: str = "|u1") -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"shape": shape, "fortran_order": False, "descr": descr})  # type: ignore[arg-type]
    return buffer.getvalue()


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["images", "activations/layer", "logits"])
def test_an_array_that_says_it_is_larger_than_it_is_is_refused_unread(tmp_path: Path, name: str, compression: int) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(f"{name}.npy", npy_header((10**9, 64, 64, 3)) + bytes(1000))
    with at_most(8), pytest.raises(InputError, match="Write it again"):
        open_source(str(path))


def test_an_array_that_unpacks_to_more_than_allowed_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganatlas.sources.arrays.LARGEST_UNPACKED", 2**20)
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, images=np.zeros((400, 32, 32, 3), np.uint8))
    with at_most(8), pytest.raises(InputError, match="savez_compressed"):
        open_source(str(path))


PACKED: dict[str, bytes] = {
    ".zip": zip_of({"a/1.png": picture(), "b/2.png": picture((20, 20))}),
    ".tar": tar_of({"a/1.png": picture(), "b/2.png": picture((20, 20))}),
    ".npz": npz_of(images=np.zeros((3, 16, 16, 3), np.uint8), labels=np.arange(3)),
}


@pytest.mark.slow
@pytest.mark.parametrize("ending", list(PACKED))
def test_an_archive_of_changed_bytes_is_read_or_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"changed{ending}"

    @settings(max_examples=400)
    @given(places=MUTATIONS, kept=st.just(1.0) | st.floats(0, 1))
    def check(places: list[tuple[float, int]], kept: float) -> None:
        content = mutated(PACKED[ending], places)
        path.write_bytes(content[: int(kept * len(content))])
        opened(path)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("ending", [*PACKED, ".tar.gz", ".tar.xz", ".tar.bz2"])
def test_any_bytes_under_any_ending_are_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"any{ending}"

    @settings(max_examples=100)
    @given(content=st.binary(max_size=2000))
    def check(content: bytes) -> None:
        path.write_bytes(content)
        assert opened(path) is None

    check()


@pytest.mark.slow
@settings(max_examples=300)
@given(places=MUTATIONS, text=st.text(max_size=300))
def test_headers_of_arrays_may_hold_any_text(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]], text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "text.npz"
    for header in (
        mutated(npy_header((3, 16, 16, 3)), places),
        b"\x93NUMPY\1\0" + struct.pack("<H", len(text.encode())) + text.encode(),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("images.npy", header + bytes(3 * 16 * 16 * 3))
        opened(path)


def test_a_name_of_any_text_in_a_zip_comes_back_as_json_can_carry_it(tmp_path: Path) -> None:
    (tmp_path / "names.zip").write_bytes(zip_of(dict.fromkeys(EVIL, picture())))
    source = opened(tmp_path / "names.zip")
    assert source is not None
    assert json.loads(json.dumps([entry.name for entry in source.entries()])) == [entry.name for entry in source.entries()]
