"""Reading a bundle: by name, through the manifest only, and never believing what is not checked."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from synthetic import Plan, write_manifest, write_synthetic_bundle

from ganatlas.bundle.manifest import MANIFEST_NAME, SCHEMA_VERSION, FileRef, Manifest
from ganatlas.bundle.reader import Bundle, parse_sums
from ganatlas.bundle.tables import OUTSIDE
from ganatlas.errors import BundleError, NotFoundError


def test_a_manifest_from_before_series_is_read(tmp_path: Path) -> None:
    write_synthetic_bundle(tmp_path, Plan(layers=("late",), sizes=(10,), images=20, pyramids=False))
    old = json.loads((tmp_path / "manifest.json").read_text())
    for dataset in old["datasets"]:
        del dataset["series"]
    body = Manifest.model_validate(old | {"digest": ""}).model_dump_json(exclude_unset=True)
    old["digest"] = hashlib.sha256(body.encode()).hexdigest()
    (tmp_path / "manifest.json").write_text(json.dumps(old))
    assert [dataset.series for dataset in Bundle.open(tmp_path).manifest.datasets] == [None, None, None]


def test_every_cell_is_found_and_its_slice_holds_its_members(whole: Path) -> None:
    bundle = Bundle.open(whole)
    layer = bundle.layer("early")
    x, y = layer.points("x"), layer.points("y")
    for size in (10, 20):
        grid = bundle.grid("early", size)
        for column, row, start, stop in zip(
            *(grid.cells(name).tolist() for name in ("column", "row", "start", "stop")), strict=True
        ):
            cell = grid.cell(column, row)
            assert (cell.start, cell.stop) == (start, stop)
            if column != OUTSIDE:
                assert (np.floor(x[start:stop].astype(float) * size) == column).all()
                assert (np.floor(y[start:stop].astype(float) * size) == row).all()


def test_a_cell_without_points_is_refused_with_the_nearest_occupied_ones(whole: Path) -> None:
    grid = Bundle.open(whole).grid("late", 20)
    taken = set(zip(grid.cells("column").tolist(), grid.cells("row").tolist(), strict=True))
    column, row = next((c, r) for c in range(20) for r in range(20) if (c, r) not in taken)
    with pytest.raises(NotFoundError, match="holds no point") as caught:
        grid.cell(column, row)
    choices = caught.value.detail["choices"]
    assert {tuple(choice) for choice in choices} <= taken
    distances = [(c - column) ** 2 + (r - row) ** 2 for c, r in choices]
    assert distances == sorted(distances)
    assert distances[0] == min((c - column) ** 2 + (r - row) ** 2 for c, r in taken if c != OUTSIDE)


@pytest.mark.parametrize(
    "place", [(20, 0), (0, 20), (-1, 0), (0, -1), (-2, -2), (1 << 15, 0), (1 << 70, -(1 << 70)), (65535, 65535)]
)
def test_a_place_beyond_the_grid_is_refused(whole: Path, place: tuple[int, int]) -> None:
    with pytest.raises(NotFoundError, match="beyond the 20 × 20 grid"):
        Bundle.open(whole).grid("late", 20).cell(*place)


def test_rows_lead_from_every_image_back_to_its_points(whole: Path) -> None:
    bundle = Bundle.open(whole)
    layer = bundle.layer("late")
    dataset, image, position = (layer.points(name) for name in ("dataset", "image", "position"))
    for index, info in enumerate(bundle.manifest.datasets):
        for number in (0, 1, info.count - 1):
            rows = layer.rows_of_image(index, number)
            assert position[rows].tolist() == [0, 1]
            assert set(dataset[rows].tolist()) == {index}
            assert set(image[rows].tolist()) == {number}
    everything = layer.rows_of_samples(dataset, image, position)
    assert np.array_equal(everything, np.arange(layer.info.point_count))
    assert layer.rows_of_samples(dataset[:1], image[:1], np.array([9])).tolist() == [-1]
    assert layer.rows_of_image(0, 10**6).tolist() == []


def test_points_are_views_of_the_file_and_not_copies(whole: Path) -> None:
    layer = Bundle.open(whole).layer("early")
    for name in ("x", "dataset", "reduced"):
        values = layer.points(name)
        assert not values.flags.owndata
        assert not values.flags.writeable
    assert layer.points("reduced").shape == (layer.info.point_count, 32)


def test_unknown_names_are_refused_with_those_there_are(whole: Path) -> None:
    bundle = Bundle.open(whole)
    for ask, choices in (
        (lambda: bundle.layer("nope"), ["early", "late"]),
        (lambda: bundle.grid("early", 40), [10, 20]),
        (lambda: bundle.dataset("nope"), ["real", "gan-a", "gan-b"]),
    ):
        with pytest.raises(NotFoundError) as caught:
            ask()
        assert caught.value.detail["choices"] == choices
    with pytest.raises(NotFoundError, match="exemplar/joint"):
        bundle.pyramid("early", 10, "inverted", "joint")
    with pytest.raises(NotFoundError, match="0 to 149"):
        bundle.dataset("real").image(150)


def test_a_newer_schema_is_refused_naming_both_versions(atlas: Path) -> None:
    path = atlas / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": SCHEMA_VERSION + 1, "novelty": 1}))
    with pytest.raises(BundleError, match=f"schema version {SCHEMA_VERSION + 1}.*up to {SCHEMA_VERSION}.*newer ganatlas"):
        Bundle.open(atlas)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b"{}", "damaged: name"),
        (b"\xff\xfe", "damaged"),
    ],
)
def test_a_manifest_that_is_none_is_refused(atlas: Path, content: bytes, said: str) -> None:
    (atlas / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(BundleError, match=said):
        Bundle.open(atlas)


def test_a_folder_without_a_manifest_is_no_atlas(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is not an atlas"):
        Bundle.open(tmp_path)


def test_a_manifest_changed_by_hand_is_refused(atlas: Path) -> None:
    path = atlas / MANIFEST_NAME
    path.write_text(path.read_text().replace('"A made-up atlas"', '"Another atlas"'))
    with pytest.raises(BundleError, match="digest"):
        Bundle.open(atlas)


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "layers/../../x", "a\\..\\b", ""])
def test_a_manifest_cannot_name_files_outside_the_bundle(atlas: Path, path: str) -> None:
    manifest = Bundle.open(atlas).manifest
    write_manifest(atlas, manifest.model_copy(update={"metrics": FileRef(path=path, bytes=1, sha256="0" * 64)}))
    with pytest.raises(BundleError, match="not inside the bundle"):
        Bundle.open(atlas)


def test_a_file_cut_while_it_is_open_is_noticed_before_it_is_read(atlas: Path) -> None:
    bundle = Bundle.open(atlas)
    layer = bundle.layer("early")
    assert len(layer.points("x"))
    path = atlas / layer.info.points.path
    whole = path.read_bytes()
    with path.open("r+b") as handle:
        handle.truncate(len(whole) // 2)
    with pytest.raises(BundleError, match=r"points-.*is damaged.*bytes"):
        layer.points("x")
    path.write_bytes(whole)
    assert len(layer.points("x")) == layer.info.point_count


def test_a_flipped_bit_in_a_table_is_noticed_when_it_is_opened(atlas: Path) -> None:
    ref = Bundle.open(atlas).manifest.layers[0].grids[0].cells
    content = bytearray((atlas / ref.path).read_bytes())
    content[len(content) // 2] ^= 1
    (atlas / ref.path).write_bytes(content)
    with pytest.raises(BundleError, match="SHA-256"):
        Bundle.open(atlas).grid("early", 10).cell(5, 5)


def test_tiles_are_only_those_that_their_sums_name(whole: Path) -> None:
    bundle = Bundle.open(whole)
    pyramid = bundle.pyramid("early", 10, "exemplar", "joint")
    path, sha256 = bundle.tile(pyramid, 0, 0, 0)
    assert bundle.files.checked(path, sha256)[8:12] == b"WEBP"
    with pytest.raises(NotFoundError, match="no tile"):
        bundle.tile(pyramid, 99, 0, 0)
    with pytest.raises(BundleError):
        parse_sums(b"0" * 64 + b"  ../../secret\n", "SHA256SUMS")
