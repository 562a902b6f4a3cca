"""From a source to images.arrow: exact where small, counted where unusable, the same bytes however it is run."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from ganatlas.bundle.tables import IMAGES
from ganatlas.classifiers.base import InputSpec
from ganatlas.errors import InputError
from ganatlas.sources import ingest as ingesting
from ganatlas.sources.base import Source
from ganatlas.sources.ingest import Ingested, IngestSettings, dataset_differences, ingest, load_ingested
from ganatlas.sources.inputs import ClassifierInputs
from ganatlas.sources.matching import MatchSettings, common_size
from ganatlas.sources.registry import open_source

Folder = Callable[..., Path]


def picture(seed: int, width: int = 24, height: int = 24) -> Image.Image:
    """A smooth random picture, the same as in the fixtures: it survives encodings recognisably."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def source_of(path: Path) -> Source:
    source = open_source(str(path))
    assert isinstance(source, Source)
    return source


def take(path: Path, out: Path, settings: IngestSettings | None = None, **options: object) -> tuple[Ingested, pa.Table]:
    source = source_of(path)
    found = ingest(source, out, source.labels(), settings, workers=1, **options)  # type: ignore[arg-type]
    return found, pa.ipc.open_file(str(found.images)).read_all()


def stored(table: pa.Table, index: int) -> Image.Image:
    return Image.open(io.BytesIO(table["webp"][index].as_py()))


def test_small_images_are_stored_exactly_with_their_labels(by_class: Path, tmp_path: Path) -> None:
    found, table = take(by_class, tmp_path / "out")
    assert table.schema == IMAGES
    assert table["name"][5].as_py() == "church/1.png"
    assert table["label"].to_pylist() == [0] * 4 + [1] * 4 + [2] * 4
    assert stored(table, 5).convert("RGB").tobytes() == picture(11).tobytes()
    assert (found.count, found.has_labels, found.formats, found.sizes) == (12, True, {"PNG": 12}, {"24 x 24": 12})


def test_large_images_are_reduced_and_remember_their_size(make_folder: Folder, tmp_path: Path) -> None:
    _, table = take(make_folder("big", 2, size=(640, 480)), tmp_path / "out")
    assert stored(table, 0).size == (256, 192)
    assert (table["width"][0].as_py(), table["height"][0].as_py()) == (640, 480)


def test_unusable_images_are_skipped_counted_and_listed_up_to_what_is_allowed(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder("set", 8)
    (folder / "002.png").write_bytes(b"no image")
    (folder / "005.png").write_bytes(encoded(picture(0, 1, 1)))
    found, table = take(folder, tmp_path / "out", IngestSettings(allow_skipped=0.25))
    assert found.skipped_count == 2
    assert [name for name, _ in found.skipped] == ["002.png", "005.png"]
    assert "too small" in found.skipped[1][1]
    assert found.kept.tolist() == [0, 1, 3, 4, 6, 7]
    assert len(table) == 6
    with pytest.raises(InputError, match=r"2 of the first 8 images .*002.png: not an image.*--allow-skipped"):
        take(folder, tmp_path / "other")


def test_a_set_without_one_usable_image_is_refused_whatever_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.png").write_bytes(b"x")
    with pytest.raises(InputError, match="none of the 1 images"):
        take(tmp_path / "set", tmp_path / "out", IngestSettings(allow_skipped=1.0))


def test_the_bytes_do_not_depend_on_workers_or_shards(
    make_folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder("set", 9)
    source = source_of(folder)
    monkeypatch.setattr(ingesting, "_IN_PROCESS", 0)
    monkeypatch.setattr(ingesting, "SHARD", 4)
    two = ingest(source, tmp_path / "two", (), workers=2)
    monkeypatch.setattr(ingesting, "SHARD", 100)
    one = ingest(source, tmp_path / "one", (), workers=1)
    assert two.images.read_bytes() == one.images.read_bytes()
    assert (two.kept == one.kept).all()


def test_batches_have_one_length_whatever_was_skipped(
    make_folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder("set", 11)
    (folder / "001.png").write_bytes(b"x")
    monkeypatch.setattr(ingesting, "SHARD", 4)
    monkeypatch.setattr(ingesting, "BATCH", 3)
    found, table = take(folder, tmp_path / "out", IngestSettings(allow_skipped=0.2))
    assert [len(chunk) for chunk in table["webp"].chunks] == [3, 3, 3, 1]
    inputs = ClassifierInputs(found, source_of(folder), InputSpec(24, 24))
    assert [(inputs[index].transpose(1, 2, 0) == np.asarray(picture(int(found.kept[index])))).all() for index in range(10)] == [
        True
    ] * 10


def test_an_interrupted_ingest_goes_on_at_the_first_missing_shard(
    make_folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder("set", 9)
    monkeypatch.setattr(ingesting, "SHARD", 4)

    def stop(done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(folder, tmp_path / "out", progress=stop)
    assert load_ingested(tmp_path / "out") is None
    read = []
    monkeypatch.setattr(Source, "read", None)
    original = type(source_of(folder)).read
    monkeypatch.setattr(type(source_of(folder)), "read", lambda self, index: read.append(index) or original(self, index))
    found, table = take(folder, tmp_path / "out")
    assert read == [8]
    assert found.count == len(table) == 9


def test_a_second_ingest_returns_the_first_and_another_setting_does_not(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder("set")
    first, _ = take(folder, tmp_path / "out")
    before = first.images.stat().st_mtime_ns
    again, _ = take(folder, tmp_path / "out")
    assert again.images.stat().st_mtime_ns == before
    assert again.digest == first.digest
    assert (again.kept == first.kept).all()
    other, table = take(folder, tmp_path / "out", IngestSettings(max_side=16))
    assert other.digest != first.digest
    assert stored(table, 0).size == (16, 16)


def test_inputs_come_from_the_originals_where_the_stored_image_is_not_exact(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder("set", 3, size=(100, 80))
    found, _ = take(folder, tmp_path / "out")
    inputs = ClassifierInputs(found, source_of(folder), InputSpec(64, 72))
    expected = picture(1, 100, 80).resize((90, 72), Image.Resampling.BICUBIC).crop((13, 4, 77, 68))
    assert (inputs[1] == np.asarray(expected).transpose(2, 0, 1)).all()
    assert inputs.image(2).size == (100, 80)


def test_batches_are_the_images_in_the_order_asked_for(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder("set", 40)
    found, _ = take(folder, tmp_path / "out")
    inputs = ClassifierInputs(found, source_of(folder), InputSpec(24, 24))
    order = np.random.default_rng(0).permutation(40)
    batches = list(inputs.batches(order, 16))
    assert [batch.shape for batch in batches] == [(16, 3, 24, 24), (16, 3, 24, 24), (8, 3, 24, 24)]
    assert (np.concatenate(batches) == np.stack([inputs[index] for index in order])).all()


def test_a_reader_that_stops_early_leaves_no_thread_waiting(make_folder: Folder, tmp_path: Path) -> None:
    import threading

    folder = make_folder("set", 40)
    found, _ = take(folder, tmp_path / "out")
    batches = ClassifierInputs(found, source_of(folder), InputSpec(24, 24)).batches(range(40), 4)
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("inputs")]


def test_differing_formats_and_sizes_are_warned_of_and_equal_ones_are_not(make_folder: Folder, tmp_path: Path) -> None:
    png, _ = take(make_folder("png"), tmp_path / "a")
    jpeg, _ = take(make_folder("jpeg", kind="JPEG", quality=75, size=(48, 48)), tmp_path / "b")
    warnings = dataset_differences({"real": png, "fake": jpeg})
    assert len(warnings) == 2
    assert "real: PNG; fake: JPEG quality 75" in warnings[0]
    assert "real: 24 x 24; fake: 48 x 48" in warnings[1]
    assert dataset_differences({"real": png, "fake": png}) == []


def test_matched_sets_have_one_size_and_one_encoding(make_folder: Folder, tmp_path: Path) -> None:
    first, second = make_folder("a", 3, size=(48, 40)), make_folder("b", 3, kind="JPEG", size=(32, 64), quality=60)
    size = common_size([source_of(first), source_of(second)])
    assert size == 32
    settings = IngestSettings(match=MatchSettings(size, jpeg_quality=80))
    one, table = take(first, tmp_path / "one", settings)
    two, _ = take(second, tmp_path / "two", settings)
    assert dataset_differences({"a": one, "b": two}) == []
    assert table["width"].to_pylist() == table["height"].to_pylist() == [32] * 3
    inputs = ClassifierInputs(one, source_of(first), InputSpec(32, 32))
    assert (inputs[0].transpose(1, 2, 0) == np.asarray(settings.match.apply(picture(0, 48, 40)))).all()  # type: ignore[union-attr]


def test_small_images_of_several_sizes_are_read_from_what_is_stored(make_folder: Folder, tmp_path: Path) -> None:
    folder = make_folder("set", 3)
    (folder / "wide.png").write_bytes(encoded(picture(9, 60, 24)))
    found, _ = take(folder, tmp_path / "out")
    for path in folder.iterdir():
        path.write_bytes(b"gone")
    inputs = ClassifierInputs(found, source_of(folder), InputSpec(24, 24))
    assert inputs.image(3).tobytes() == picture(9, 60, 24).tobytes()
    assert (inputs[3].transpose(1, 2, 0) == np.asarray(picture(9, 60, 24))[:, 18:42]).all()
