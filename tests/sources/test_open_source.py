"""Folders, archives and arrays all become the same ordered, labelled set of images."""

import io
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganatlas.errors import InputError
from ganatlas.sources.base import Entry, GivenActivations, Source, UnreadableImage
from ganatlas.sources.registry import open_source, vocabulary


def picture(seed: int, width: int = 24, height: int = 24) -> Image.Image:
    """A smooth random picture, the same as in the fixtures: it survives encodings recognisably."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def images_of(path: Path | str, **options: int) -> Source:
    source = open_source(str(path), **options)
    assert isinstance(source, Source)
    return source


def pixels(source: Source) -> list[bytes]:
    return [source.read(index).image.tobytes() for index in range(len(source.entries()))]


def pack(folder: Path, to: Path, prefix: str = "") -> Path:
    """The folder as an archive of the kind that `to` ends in, in an order that is not alphabetical."""
    files = sorted((path for path in folder.rglob("*") if path.is_file()), reverse=True)
    if to.suffix == ".zip":
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    else:
        modes = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}
        with tarfile.open(to, modes[to.suffix]) as tar:
            for file in files:
                tar.add(file, prefix + file.relative_to(folder).as_posix())
    return to


def test_a_folder_by_class_gives_labels_and_an_order_of_its_own(by_class: Path) -> None:
    source = images_of(by_class)
    assert source.entries()[0] == Entry("boat/0.png", "boat")
    assert [entry.name for entry in source.entries()] == sorted(entry.name for entry in source.entries())
    assert source.labels() == ["boat", "church", "none"]


def test_images_in_the_root_have_no_label_and_deeper_folders_do_not_make_more(by_class: Path) -> None:
    (by_class / "top.png").write_bytes(encoded(picture(1)))
    (by_class / "boat" / "deep" / "er").mkdir(parents=True)
    (by_class / "boat" / "deep" / "er" / "x.PNG").write_bytes(encoded(picture(2)))
    labels = {entry.name: entry.label for entry in images_of(by_class).entries()}
    assert labels["top.png"] is None
    assert labels["boat/deep/er/x.PNG"] == "boat"


def test_files_that_are_not_images_by_name_and_hidden_ones_are_not_looked_at(by_class: Path) -> None:
    before = images_of(by_class).entries()
    (by_class / "README.txt").write_text("x")
    (by_class / "._0.png").write_bytes(b"x")
    (by_class / "__MACOSX").mkdir()
    (by_class / "__MACOSX" / "a.png").write_bytes(b"x")
    assert images_of(by_class).entries() == before


def test_a_folder_that_links_to_itself_is_walked_once(by_class: Path) -> None:
    before = len(images_of(by_class).entries())
    (by_class / "boat" / "loop").symlink_to(by_class, target_is_directory=True)
    assert len(images_of(by_class).entries()) == before


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip"])
@pytest.mark.parametrize("prefix", ["", "dataset/", "./"])
def test_an_archive_is_the_same_set_as_its_folder(by_class: Path, tmp_path: Path, ending: str, prefix: str) -> None:
    packed, folder = images_of(pack(by_class, tmp_path / f"packed{ending}", prefix)), images_of(by_class)
    assert packed.entries() == folder.entries()
    assert pixels(packed) == pixels(folder)


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".zip"])
def test_an_archive_is_read_in_any_order_and_after_pickling(by_class: Path, tmp_path: Path, ending: str) -> None:
    source = images_of(pack(by_class, tmp_path / f"packed{ending}"))
    expected = pixels(source)
    copy = pickle.loads(pickle.dumps(source))
    assert [copy.read(index).image.tobytes() for index in reversed(range(12))] == expected[::-1]


def test_a_tar_with_a_path_that_climbs_out_links_and_devices_leaves_nothing_behind(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    data = encoded(picture(0))
    with tarfile.open(inside / "evil.tar", "w") as tar:
        for name in ("../escaped.png", "/escaped.png", "fine.png"):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for kind, name in ((tarfile.SYMTYPE, "link.png"), (tarfile.LNKTYPE, "hard.png"), (tarfile.CHRTYPE, "device.png")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    source = images_of(inside / "evil.tar")
    assert len(pixels(source)) == 3
    assert {entry.name.rsplit("/", 1)[-1] for entry in source.entries()} == {"escaped.png", "fine.png"}
    assert not list(tmp_path.glob("escaped.png"))
    assert os.listdir(inside) == ["evil.tar"]


def test_a_zip_bomb_is_one_refused_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganatlas.sources.archive.LARGEST_FILE", 2**24)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", encoded(picture(0)))
        with archive.open("b.png", "w", force_zip64=True) as member:
            member.write(bytes(2**24 + 2**20))
    source = images_of(tmp_path / "bomb.zip")
    assert source.read(0).format == "PNG"
    with pytest.raises(UnreadableImage, match="unpacks to 17 MB"):
        source.read(1)


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".zip"])
def test_a_cut_archive_is_refused(by_class: Path, tmp_path: Path, ending: str) -> None:
    path = pack(by_class, tmp_path / f"packed{ending}")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 100])
    with pytest.raises(InputError, match="cannot read the archive"):
        images_of(path)


@pytest.mark.parametrize("ending", [".tar", ".zip", ".npz", ".tar.gz"])
def test_a_file_that_is_not_what_its_ending_says_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"not at all" * 100)
    with pytest.raises(InputError, match="cannot read"):
        images_of(path)


def test_an_encrypted_zip_says_so_of_each_image(by_class: Path, tmp_path: Path) -> None:
    path = pack(by_class, tmp_path / "packed.zip")
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1  # the encryption flag of the last member in the directory
    path.write_bytes(data)
    source = images_of(path)
    with pytest.raises(UnreadableImage, match="encrypted"):
        source.read(0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "gone", "does not exist"),
        (lambda folder: folder / "gone" / "further", "does not exist either"),
        (lambda folder: folder, "no images in the folder .*found no file"),
        (lambda folder: (folder / "a.txt").write_text("x") and folder, "1 file, none of them an image"),
        (lambda folder: (folder / "a.txt").write_text("x") and folder / "a.txt", "unknown kind"),
        (lambda folder: pack(folder, folder.parent / "empty.zip"), "no images in the archive"),
        (lambda folder: pack(folder, folder.parent / "empty.tar"), "no images in the archive"),
    ],
)
def test_a_path_without_images_is_refused_with_what_to_do(tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(InputError, match=message):
        open_source(str(make(folder)))


def test_a_limit_takes_a_seeded_subset_in_order(by_class: Path) -> None:
    every = [entry.name for entry in images_of(by_class).entries()]
    chosen = [entry.name for entry in images_of(by_class, limit=7, seed=3).entries()]
    assert len(set(chosen)) == 7
    assert chosen == sorted(chosen)
    assert chosen == [entry.name for entry in images_of(by_class, limit=7, seed=3).entries()]
    assert len({tuple(entry.name for entry in images_of(by_class, limit=7, seed=seed).entries()) for seed in range(5)}) > 1
    source = images_of(by_class, limit=7, seed=3)
    assert source.read(2).image.tobytes() == images_of(by_class).read(every.index(chosen[2])).image.tobytes()


def test_more_images_than_there_are_is_refused_with_how_many_there_are(by_class: Path) -> None:
    with pytest.raises(InputError, match="has 12 images, fewer than the 13"):
        open_source(str(by_class), limit=13)
    with pytest.raises(InputError, match="at least 1"):
        open_source(str(by_class), limit=0)


def test_a_fingerprint_changes_with_an_image_the_limit_and_the_seed(by_class: Path) -> None:
    found = [images_of(by_class).fingerprint(), images_of(by_class, limit=5).fingerprint()]
    found += [images_of(by_class, limit=5, seed=1).fingerprint()]
    assert images_of(by_class).fingerprint() == found[0]
    (by_class / "boat" / "0.png").write_bytes(encoded(picture(99, 30, 30)))
    found.append(images_of(by_class).fingerprint())
    assert len(set(found)) == 4


IMAGES = np.random.default_rng(0).integers(0, 256, (6, 16, 12, 3), dtype=np.uint8)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    ("key", "array", "expected"),
    [
        ("images", IMAGES, IMAGES),
        ("arr_0", IMAGES, IMAGES),
        ("images", np.asfortranarray(IMAGES), IMAGES),
        ("images", IMAGES.transpose(0, 3, 1, 2), IMAGES),
        ("images", IMAGES / 255, IMAGES),
        ("images", (IMAGES / 255).astype(np.float16), IMAGES),
        ("images", IMAGES[..., 0], np.repeat(IMAGES[..., :1], 3, 3)),
        ("images", IMAGES[..., :1], np.repeat(IMAGES[..., :1], 3, 3)),
    ],
)
def test_arrays_of_every_layout_become_the_same_images(
    tmp_path: Path, save: Callable[..., None], key: str, array: np.ndarray, expected: np.ndarray
) -> None:
    save(tmp_path / "a.npz", **{key: array})
    source = pickle.loads(pickle.dumps(images_of(tmp_path / "a.npz")))
    found = np.stack([np.asarray(source.read(index).image) for index in range(6)])
    assert np.abs(found.astype(int) - expected).max() <= (1 if array.dtype == np.float16 else 0)
    assert source.read(0).format == "array"


def test_arrays_carry_labels_and_names(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.array([1, 1, 0, 2, 2, 2]), names=np.array(list("fedcba")))
    source = images_of(tmp_path / "a.npz", limit=5)
    assert {(entry.name, entry.label) for entry in source.entries()} < {*zip("fedcba", "110222", strict=True)} or (
        len(source.entries()) == 5
    )
    assert source.labels() == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": IMAGES.astype(np.int64)}, "Expected uint8"),
        ({"images": IMAGES[0, 0]}, "Expected uint8"),
        ({"images": IMAGES[:0]}, "empty"),
        ({"images": IMAGES / 1.0}, r"Expected floats in \[0, 1\]"),
        ({"images": IMAGES / 127.5 - 1}, r"save \(x \+ 1\) / 2"),
        ({"images": IMAGES, "labels": np.arange(5)}, "Expected 6 integers or strings"),
        ({"images": IMAGES, "labels": np.array([{}] * 6)}, "Python objects"),
        ({"images": np.array([{}] * 6)}, "Python objects"),
        ({"images": IMAGES, "names": np.array(["a"] * 6)}, "unique"),
        ({"images": IMAGES[:, :4]}, "at least 8 px"),
        ({"a": IMAGES, "b": IMAGES}, "holds the arrays a, b"),
        ({"activations/x": np.ones(5)}, "Expected floats of shape"),
        ({"activations/x": np.ones((5, 2)), "activations/y": np.ones((6, 2))}, "different numbers of rows"),
        ({"activations/x": np.full((5, 2), np.nan)}, "NaN"),
        ({"activations/x": np.ones((5, 2)), "logits": np.ones((4, 2))}, "Expected floats of shape"),
        ({"activations/x": np.ones((5, 2)), "images": IMAGES}, "6 `images` for 5 activations"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(InputError, match=message):
        open_source(str(tmp_path / "a.npz"))


def test_given_activations_are_read_and_limited_row_by_row(tmp_path: Path) -> None:
    values = np.arange(24, dtype=np.float32).reshape(6, 4)
    np.savez(tmp_path / "a.npz", **{"activations/mixed/1": values, "logits": values, "images": IMAGES}, labels=np.arange(6))
    given = open_source(str(tmp_path / "a.npz"), limit=3, seed=1)
    assert isinstance(given, GivenActivations)
    chosen = [int(label) for label in given.labels or []]
    assert (given.activations["mixed/1"] == values[chosen]).all()
    assert given.logits is not None
    assert (given.logits == values[chosen]).all()
    assert given.images is not None
    assert (given.images == IMAGES[chosen]).all()


@pytest.mark.parametrize("name", ["world:", "world:scenes", "world:/real", "world:scenes/"])
def test_a_world_without_its_variant_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="world:NAME/VARIANT"):
        open_source(name, limit=3)


def test_a_world_without_a_limit_is_refused() -> None:
    with pytest.raises(InputError, match="say how many"):
        open_source("world:scenes/real")


def test_the_vocabulary_is_the_union_in_the_order_of_the_sets(by_class: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.array(["zoo", "boat", "ant", "ant", "zoo", "boat"]))
    assert vocabulary([images_of(by_class), images_of(tmp_path / "a.npz")]) == ("boat", "church", "none", "ant", "zoo")
