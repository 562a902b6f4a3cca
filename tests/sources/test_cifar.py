"""CIFAR-10's own archives, in both versions: the same images in the original order, and no pickle is ever run."""

import io
import os
import pickle
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganatlas.errors import InputError
from ganatlas.sources.base import Entry, Source
from ganatlas.sources.cifar import LABELS
from ganatlas.sources.inert_pickle import InertArray, UnexpectedPickle, read_inert
from ganatlas.sources.registry import open_source

ROWS = 20
PIXELS = np.random.default_rng(0).integers(0, 256, (5, ROWS, 3072), dtype=np.uint8)
CLASSES = np.random.default_rng(1).integers(0, 10, (5, ROWS))
Encode = Callable[[np.ndarray, list[int]], bytes]


def python_2(pixels: np.ndarray, labels: list[int]) -> bytes:
    """A batch as Python 2's cPickle wrote the published ones (protocol 2), with every kind of opcode that they have."""

    def text(value: str) -> bytes:
        return b"U" + bytes([len(value)]) + value.encode()

    appended = [b"(" + b"".join(b"K" + bytes([one]) for one in labels[at : at + 7]) + b"e" for at in range(0, len(labels), 7)]
    raw = pixels.tobytes()
    parts = [
        b"\x80\x02}q\x01(",
        text("batch_label") + b"q\x02" + text("training batch 1 of 5") + b"q\x03",
        text("labels") + b"q\x04]q\x05" + b"".join(appended),
        text("data") + b"q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85" + text("b"),
        b"\x87Rq\x09(K\x01M" + struct.pack("<H", len(pixels)) + b"M\x00\x0c\x86cnumpy\ndtype\nq\x0a" + text("u1"),
        b"K\x00K\x01\x87Rq\x0b(K\x03" + text("|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
        b"T" + struct.pack("<I", len(raw)) + raw + b"tb",
        text("filenames") + b"q\x0c]q\x0d(" + text("leptodactylus_s_000004.png") + b"q\x0eh\x0ee",
        b"u.",
    ]
    return b"".join(parts)


def python_3(protocol: int, *, keys: type = str) -> Encode:
    def encode(pixels: np.ndarray, labels: list[int]) -> bytes:
        values = {"data": pixels, "filenames": ["a.png"] * len(labels), "labels": labels, "batch_label": "a"}
        return pickle.dumps(values if keys is str else {key.encode(): value for key, value in values.items()}, protocol)

    return encode


def binary(pixels: np.ndarray, labels: list[int]) -> bytes:
    return np.hstack([np.array(labels, np.uint8)[:, None], pixels]).tobytes()


def read_only(pixels: np.ndarray) -> np.ndarray:
    return np.frombuffer(pixels.tobytes(), np.uint8).reshape(pixels.shape)


ENCODINGS: dict[str, Encode] = {
    "python 2": python_2,
    **{f"python 3, protocol {number}": python_3(number) for number in (2, 3, 4, 5)},
    "python 3, keys of bytes": python_3(2, keys=bytes),
    "python 3, read-only array": lambda pixels, labels: python_3(5)(read_only(pixels), labels),
    "python 3, Fortran's order": lambda pixels, labels: python_3(4)(np.asfortranarray(pixels), labels),
    "python 3, Fortran's order, protocol 5": lambda pixels, labels: python_3(5)(np.asfortranarray(pixels), labels),
    "binary": binary,
}


def pack(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in {".gz", ".tgz"} else "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def files_of(form: str = "py", encode: Encode = python_2, *, rows: int = ROWS) -> dict[str, bytes]:
    """The files of an archive, in the published one's order (not that of the batches)."""
    folder, ending = f"cifar-10-batches-{form}", ".bin" if form == "bin" else ""
    files = {f"{folder}/readme.html": b"<html>", f"{folder}/test_batch{ending}": b"not to be read"}
    for number in (4, 3, 2, 5, 1):
        batch = encode(PIXELS[number - 1, :rows], CLASSES[number - 1, :rows].tolist())
        files[f"{folder}/data_batch_{number}{ending}"] = batch
    names = "\n".join(LABELS).encode() + b"\n\n" if form == "bin" else pickle.dumps({"label_names": list(LABELS)}, 2)
    return files | {f"{folder}/batches.meta{'.txt' if form == 'bin' else ''}": names}


def opened(path: Path, **options: int) -> Source:
    source = open_source(str(path), **options)
    assert isinstance(source, Source)
    return source


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return pack(tmp_path / "cifar-10-python.tar.gz", files_of())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", [".tar.gz", ".tgz", ".tar"])
def test_every_form_is_the_same_images_in_the_original_order(tmp_path: Path, encoding: str, ending: str) -> None:
    files = files_of("bin" if encoding == "binary" else "py", ENCODINGS[encoding])
    source = opened(pack(tmp_path / f"a{ending}", files))
    expected = [(f"data_batch_{b + 1}/{row:05d}", LABELS[CLASSES[b, row]]) for b in range(5) for row in range(ROWS)]
    assert [(entry.name, entry.label) for entry in source.entries()] == expected
    assert source.labels() == list(LABELS)
    for index in (0, ROWS - 1, ROWS, 5 * ROWS - 1):
        image = source.read(index).image
        assert (image.mode, image.size) == ("RGB", (32, 32))
        planes = PIXELS[index // ROWS, index % ROWS].reshape(3, 32, 32)
        assert (np.asarray(image) == planes.transpose(1, 2, 0)).all()
    assert source.read(0).format == "array"
    with pytest.raises(IndexError, match="image 100 of 100"):
        source.read(100)


def test_an_archive_without_its_list_of_names_has_the_ten_known_ones(tmp_path: Path) -> None:
    files = {name: data for name, data in files_of().items() if "meta" not in name}
    assert opened(pack(tmp_path / "a.tar", files)).labels() == list(LABELS)


def test_a_limit_takes_some_of_the_images(archive: Path) -> None:
    assert set(opened(archive, limit=7).entries()) < set(opened(archive).entries())


def test_what_is_sent_to_a_process_is_a_path(tmp_path: Path) -> None:
    source = opened(pack(tmp_path / "a.tar", files_of()))
    sent = pickle.dumps(source)
    assert len(sent) < 1000
    assert pickle.loads(sent).read(30).image.tobytes() == source.read(30).image.tobytes()


def test_another_version_of_the_file_has_another_fingerprint_and_its_own_images(archive: Path) -> None:
    source = opened(archive)
    before, pixels = source.fingerprint(), source.read(0).image.tobytes()
    assert source.fingerprint() == before
    pack(archive, files_of(encode=lambda pixels, labels: python_2(255 - pixels, labels)))
    os.utime(archive, ns=(1, 1))
    assert source.fingerprint() != before
    assert opened(archive).read(0).image.tobytes() != pixels


def test_a_tar_of_image_files_is_still_one(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    opened(pack(tmp_path / "a.tar", files_of())).read(0).image.save(buffer, "PNG")
    path = pack(tmp_path / "b.tar", {"x/dog/cifar-10-batches-py/1.png": buffer.getvalue()})
    assert opened(path).entries() == [Entry("dog/cifar-10-batches-py/1.png", "dog")]


class Hostile:
    """What runs when its pickle is loaded: it makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("place", ["all", "beside", "labels", "names"])
def test_no_code_in_a_pickle_is_run(tmp_path: Path, protocol: int, place: str) -> None:
    hostile, made = Hostile(tmp_path / "made"), tmp_path / "made"
    batch = {"labels": [0] * ROWS, "data": PIXELS[0]}
    values = {
        "all": hostile,
        "beside": {**batch, "more": hostile},
        "labels": {**batch, "labels": [hostile]},
        "names": {"label_names": hostile},
    }
    name = "batches.meta" if place == "names" else "data_batch_3"
    files = files_of() | {f"cifar-10-batches-py/{name}": pickle.dumps(values[place], protocol)}
    with pytest.raises(InputError, match=r"cifar-10-batches-py/.*is not as CIFAR-10's archives are: found"):
        opened(pack(tmp_path / "a.tar", files))
    assert not made.exists()
    pickle.loads(pickle.dumps(hostile, protocol))
    assert made.exists()  # it would have run


def changed(values: dict[str, object]) -> Encode:
    return lambda pixels, labels: pickle.dumps({"labels": labels, "data": pixels} | values, 4)


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        (changed({"labels": None}), "found none; expected the numbers of the classes in a list `labels`"),
        (changed({"labels": []}), "expected the numbers of the classes"),
        (changed({"labels": [1.5] * ROWS}), "expected the numbers of the classes"),
        (changed({"labels": [2**70] * ROWS}), "expected the numbers of the classes"),
        (changed({"labels": [10] * ROWS}), "an image of class 10; expected classes 0 to 9"),
        (changed({"labels": [1]}), r"pixels of shape \(20, 3072\); expected \(1, 3072\), as there are 1 labels"),
        (changed({"data": [1, 2]}), "found a list; expected the pixels in an array"),
        (changed({"data": PIXELS[0] / 255}), r"an array of shape \(20, 3072\) of another type than uint8"),
        (changed({"data": PIXELS[0, :, :1024]}), r"pixels of shape \(20, 1024\)"),
        (lambda pixels, _: pickle.dumps(pixels), "found an array; expected a pickled dictionary"),
        (lambda pixels, labels: python_2(pixels, labels)[:-5000], "found damage"),
        (lambda pixels, labels: python_2(pixels, labels)[:-1], "found damage"),
        (lambda *_: b"", "found damage"),
        (lambda *_: b"<html>404</html>", "found damage"),
        (lambda *_: b"\x80\x02}(U\x01au.", "found damage"),
        (lambda *_: b"\x80\x02t.", "items without a beginning"),
    ],
)
def test_a_batch_with_something_else_in_it_is_refused(tmp_path: Path, encode: Encode, message: str) -> None:
    with pytest.raises(InputError, match=message):
        opened(pack(tmp_path / "a.tar", files_of(encode=encode)))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {name: data for name, data in files_of().items() if "_batch_4" not in name},
            "found data_batch_1, data_batch_2, data_batch_3, data_batch_5; expected data_batch_1 to data_batch_5",
        ),
        ({"cifar-10-batches-py/test_batch": b""}, "found no training batch"),
        (files_of("bin", lambda *_: b"x" * 3074), "found 3074 bytes; expected one or more records of 3073 bytes"),
        (files_of("bin", lambda *_: b""), "found 0 bytes"),
        (files_of("bin", binary) | {"cifar-10-batches-bin/batches.meta.txt": b"dog\ndog\n"}, "2 names, 1 of them different"),
        (files_of("bin", binary) | {"cifar-10-batches-bin/batches.meta.txt": b"cat\ndog\n"}, "expected classes 0 to 1"),
        (files_of() | {"cifar-10-batches-py/batches.meta": pickle.dumps({})}, "expected the names of the classes"),
    ],
)
def test_an_archive_that_lacks_something_is_refused(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    with pytest.raises(InputError, match=message):
        opened(pack(tmp_path / "a.tar", files))


def test_a_file_that_unpacks_to_far_more_than_a_batch_is_refused_unread(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
        info.size = 2**40
        tar.addfile(info, None)
    with pytest.raises(InputError, match="found 1048576 MB; expected at most 64 MB"):
        opened(tmp_path / "a.tar.gz")


@pytest.mark.parametrize("form", ["py", "bin"])
@pytest.mark.parametrize("ending", [".tar", ".tar.gz"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_cut_archive_is_refused(tmp_path: Path, form: str, ending: str, kept: float) -> None:
    path = pack(tmp_path / f"a{ending}", files_of(form, python_2 if form == "py" else binary))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(InputError, match=r"cannot read the archive|is not as CIFAR-10's"):
        opened(path)


@given(st.integers(0, 2**31), st.integers(1, 6))
def test_a_damaged_pickle_is_read_or_refused_and_nothing_else(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray(python_2(PIXELS[0, :1], [3]))
    for place in rng.integers(0, len(data), count) % np.where(rng.random(count) < 0.8, 400, len(data)):
        data[place] = rng.integers(256)
    try:
        values = read_inert(bytes(data))
        array = values.get("data") if isinstance(values, dict) else None
        assert not isinstance(array, InertArray) or array.uint8().dtype == np.uint8
    except UnexpectedPickle:
        return


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text() | st.binary(min_size=1),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN, st.integers(2, 5))
def test_plain_data_is_what_was_pickled(value: object, protocol: int) -> None:
    assert read_inert(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("end", [b"K\x01s.", b"R.", b"\x93.", b"b."])
def test_a_pickle_whose_text_would_be_endless_is_refused_at_once(end: bytes) -> None:
    doubled = b")" + b"q\x00h\x00\x86" * 200
    with pytest.raises(UnexpectedPickle):
        read_inert(b"\x80\x02}" + doubled + end)
