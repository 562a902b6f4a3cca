"""Bytes that somebody made up, where a manifest or a table is expected: what they say or our error, and nothing else."""

import hashlib
import json
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import write_manifest

from ganatlas.bundle import checks
from ganatlas.bundle.checks import Checks
from ganatlas.bundle.columns import column
from ganatlas.bundle.files import Files, read_manifest
from ganatlas.bundle.manifest import MANIFEST_NAME, FileRef, Manifest
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import ATTRIBUTION, IMAGES, POINTS
from ganatlas.errors import BundleError, NotCheckedError
from mutation import MUTATIONS, mutated

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def named(path: Path) -> FileRef:
    """A reference that agrees with the file, as a hostile manifest would have it."""
    content = path.read_bytes()
    return FileRef(path=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def manifest_or_error(folder: Path, content: bytes) -> Manifest | None:
    (folder / MANIFEST_NAME).write_bytes(content)
    try:
        return read_manifest(folder)
    except BundleError:
        return None


@settings(max_examples=300)
@given(content=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_for_a_manifest_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert manifest_or_error(tmp_path_factory.getbasetemp(), content) is None


@settings(max_examples=150)
@given(data=st.data(), value=JSON)
def test_a_manifest_with_any_value_in_any_field_is_one_or_is_refused(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, value: object
) -> None:
    said = json.loads((whole / MANIFEST_NAME).read_text())
    place: object = said
    while True:
        assert isinstance(place, dict | list)
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]  # type: ignore[index]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            place[key] = value  # type: ignore[index]
            break
        place = inner
    found = manifest_or_error(tmp_path_factory.getbasetemp(), json.dumps(said).encode())
    assert found is None or found == read_manifest(whole), "the same value, written in another way"


@settings(max_examples=200)
@given(places=MUTATIONS)
def test_a_manifest_with_changed_bytes_is_refused(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]]
) -> None:
    original = (whole / MANIFEST_NAME).read_bytes()
    content = mutated(original, places)
    found = manifest_or_error(tmp_path_factory.getbasetemp(), content)
    assert found is None or found == read_manifest(whole), "only white space, or how a number is written"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["layers"][0]["grids"][0].update(size=15), "expected one of 10, 20"),
        (lambda m: m["layers"][0]["grids"][1].update(size=10), "two grids of early '10'"),
        (lambda m: m["layers"][1].update(name="early"), "two layers 'early'"),
        (lambda m: m["datasets"][1].update(name="real"), "two datasets 'real'"),
        (lambda m: m.update(reference="nobody"), "compares dataset 'nobody'"),
        (lambda m: m["layers"][0]["grids"][0]["icons"][0].update(tile_size=0), "tile_size"),
        (lambda m: m["layers"][0]["grids"][0]["icons"][0].update(icon_size=10**9), "icon_size"),
        (lambda m: m["layers"][0].update(point_count=2**64), "point_count"),
        (lambda m: m["layers"][0].update(stride=1e300), "stride"),
        (lambda m: m["classifier"].update(resize=0), "resize"),
        (lambda m: m.update(seed=-1), "seed"),
    ],
)
def test_a_manifest_that_says_what_cannot_be_is_refused_with_a_reason(
    atlas: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    content = json.loads((atlas / MANIFEST_NAME).read_text())
    change(content)
    content["digest"] = hashlib.sha256(json.dumps(content | {"digest": ""}, separators=(",", ":")).encode()).hexdigest()
    (atlas / MANIFEST_NAME).write_text(json.dumps(content))
    with pytest.raises(BundleError, match=said):
        read_manifest(atlas)


@pytest.mark.parametrize(
    "content", [b"[" * 1_000_000, b'{"a":' * 500_000, b"1" * 1_000_000, b'"' + b"\\u0000" * 100_000 + b'"']
)
def test_a_manifest_that_is_deep_or_long_is_refused(tmp_path: Path, content: bytes) -> None:
    assert manifest_or_error(tmp_path, content) is None


def test_a_manifest_of_64_mb_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / MANIFEST_NAME).open("wb") as handle:
        handle.truncate(10 << 30)  # sparse: ten gigabytes that nobody wrote
    with pytest.raises(BundleError, match="64 MB"):
        read_manifest(tmp_path)


def test_a_pipe_in_place_of_a_file_is_named_and_not_waited_for(atlas: Path) -> None:
    bundle = Bundle.open(atlas)
    layer = bundle.manifest.layers[0]
    tile, sha256 = bundle.tile(layer.grids[0].icons[0], 0, 0, 0)
    for name in (layer.points.path, tile, MANIFEST_NAME):
        (atlas / name).unlink()
        os.mkfifo(atlas / name)
    with pytest.raises(BundleError, match="plain file"):
        bundle.layer(layer.name).points("x")
    with pytest.raises(BundleError, match="plain file"):
        bundle.files.checked(tile, sha256)
    with pytest.raises(BundleError, match="plain file"):
        Bundle.open(atlas)


@settings(max_examples=300)
@given(content=st.binary(max_size=600) | st.binary(max_size=300).map(lambda inner: b"ARROW1\0\0" + inner + b"ARROW1"))
def test_any_bytes_for_a_table_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.arrow"
    path.write_bytes(content)
    with pytest.raises(BundleError, match=r"any.arrow is damaged"):
        Files(path.parent).table(named(path), POINTS)


def some_images() -> pa.Table:
    return pa.table(
        [["a", "b", "c"], [0, 1, -1], [8, 9, 10], [8, 9, 10], [b"RIFF", b"", b"WEBP" * 20]],
        schema=IMAGES,
    )


def arrow_bytes(table: pa.Table, compression: str | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


@settings(max_examples=600)
@given(places=MUTATIONS)
def test_a_table_of_changed_bytes_is_read_to_its_end_or_refused(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.arrow"
    path.write_bytes(mutated(arrow_bytes(some_images()), places))
    try:
        table = Files(path.parent).table(named(path), IMAGES)
    except BundleError:
        return
    assert table.schema.equals(IMAGES)
    for name in ("label", "width", "height"):
        assert column(table, name).shape == (table.num_rows,)
    for index in range(table.num_rows):
        bytes(table.column("webp")[index].as_buffer())
        table.column("name")[index].as_py()


def test_a_table_that_would_unpack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "packed.arrow"
    path.write_bytes(arrow_bytes(some_images().take([2] * 5000), "lz4"))
    with pytest.raises(BundleError, match="compressed"):
        Files(tmp_path).table(named(path), IMAGES)


def test_a_table_with_missing_values_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "holes.arrow"
    rows = {"column": [1, None], "row": [1, 1], "label": [0, 0], "effect": [1.0, 2.0], "members": [1, 1]}
    path.write_bytes(arrow_bytes(pa.table(rows, schema=ATTRIBUTION)))
    with pytest.raises(BundleError, match="missing values"):
        Files(tmp_path).table(named(path), ATTRIBUTION)


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LARGE", 0)


@pytest.mark.usefixtures("all_are_large")
def test_a_flipped_bit_in_a_large_file_is_noticed_too(atlas: Path) -> None:
    ref = Bundle.open(atlas).manifest.layers[0].points
    whole = (atlas / ref.path).read_bytes()
    (atlas / ref.path).write_bytes(mutated(whole, [(0.5, whole[len(whole) // 2] ^ 1)]))
    bundle = Bundle.open(atlas)
    for _ in range(2):
        with pytest.raises(BundleError, match="SHA-256"):
            bundle.layer("early").points("x")
    beside = atlas / "beside"
    beside.write_bytes(whole)
    beside.replace(atlas / ref.path)
    assert len(bundle.layer("early").points("x")) == bundle.manifest.layers[0].point_count


@pytest.mark.usefixtures("all_are_large")
def test_who_cannot_wait_for_a_large_file_is_told_to_ask_again(atlas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    ordinary = checks.sha256_of
    monkeypatch.setattr(checks, "sha256_of", lambda path: go_on.wait() and ordinary(path))
    bundle = Bundle.open(atlas, Checks(patience=0))
    with pytest.raises(NotCheckedError, match=r"points-.* is still being checked.*ask again"):
        bundle.layer("early").points("x")
    go_on.set()
    patient = Bundle.open(atlas)
    assert len(patient.layer("early").points("x"))


def test_a_file_is_hashed_once_for_all_manifests_that_name_it(atlas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    ordinary = checks.sha256_of
    monkeypatch.setattr(checks, "sha256_of", lambda path: hashed.append(path.name) or ordinary(path))  # type: ignore[func-returns-value]
    known = Checks()
    for title in ("one", "two", "three"):
        write_manifest(atlas, read_manifest(atlas).model_copy(update={"title": title}))
        bundle = Bundle.open(atlas, known)
        assert len(bundle.layer("early").points("x"))
        assert len(bundle.layer("early").points("y"))
    assert len(hashed) == 1


def test_bits_flipped_at_random_in_any_table_of_an_atlas_end_in_an_answer_or_our_error(atlas: Path) -> None:
    draw = random.Random(0)
    for ref in Bundle.open(atlas).manifest.files().values():
        if not ref.path.endswith(".arrow"):
            continue
        content = mutated((atlas / ref.path).read_bytes(), [(draw.random(), draw.randrange(256)) for _ in range(20)])
        (atlas / ref.path).write_bytes(content)
        with pytest.raises(BundleError, match="damaged"):
            Files(atlas).table(ref, POINTS)
