"""Bundles that grow, appear and go while they are served."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from serving import API, SMALL, Serve
from synthetic import write_manifest, write_synthetic_bundle

from ganatlas.bundle.manifest import Progress
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import InputError
from ganatlas.server.catalogue import Catalogue


def test_a_new_manifest_is_noticed_and_what_did_not_change_keeps_its_version(serve: Serve, atlas: Path) -> None:
    whole = Bundle.open(atlas).manifest
    early, late = whole.layers
    first = early.model_copy(update={"grids": early.grids[:1]})
    building = {"status": "building", "progress": Progress(step="icons", done=1, total=9)}
    write_manifest(atlas, whole.model_copy(update={"layers": (first,), **building}))
    client = serve(atlas)
    before = client.get(API).json()
    assert (before["status"], before["progress"]["done"], len(before["layers"])) == ("building", 1, 1)
    assert client.get(f"{API}/layers/late/points").status_code == 404
    write_manifest(atlas, whole)
    after = client.get(API, headers={"if-none-match": client.get(API).headers["etag"]})
    after = client.get(API).json()
    assert (after["status"], after["progress"], len(after["layers"])) == ("complete", None, 2)
    assert after["digest"] != before["digest"]
    assert after["layers"][0]["grids"][0] == before["layers"][0]["grids"][0]
    assert after["layers"][0]["points_version"] == before["layers"][0]["points_version"]
    assert client.get(f"{API}/layers/late/points").status_code == 200
    assert late.name == "late"


def test_an_old_etag_is_refreshed_after_a_new_manifest(serve: Serve, atlas: Path) -> None:
    client = serve(atlas)
    etag = client.get(API).headers["etag"]
    assert client.get(API, headers={"if-none-match": etag}).status_code == 304
    write_manifest(atlas, Bundle.open(atlas).manifest.model_copy(update={"title": "Renamed"}))
    answer = client.get(API, headers={"if-none-match": etag})
    assert (answer.status_code, answer.json()["title"]) == (200, "Renamed")


def test_a_manifest_is_looked_for_only_every_so_often(atlas: Path) -> None:
    now = [0.0]
    catalogue = Catalogue([atlas], interval=1.0, clock=lambda: now[0])
    manifest = catalogue.get("made-up").manifest
    write_manifest(atlas, manifest.model_copy(update={"title": "Renamed"}))
    now[0] = 0.9
    assert catalogue.get("made-up").manifest is manifest
    now[0] = 1.0
    assert catalogue.get("made-up").manifest.title == "Renamed"


def test_a_request_in_flight_keeps_the_bundle_it_began_with(atlas: Path) -> None:
    catalogue = Catalogue([atlas], interval=0)
    old = catalogue.get("made-up")
    x = old.layer("early").points("x")
    before = x.copy()
    shutil.rmtree(atlas)
    write_synthetic_bundle(atlas, replace(SMALL, seed=5, images=20, layers=("late",), sizes=(10,), pyramids=False))
    assert [layer.name for layer in catalogue.get("made-up").manifest.layers] == ["late"]
    assert (x == before).all()


def test_a_folder_is_followed_as_atlases_come_and_go(serve: Serve, whole: Path, tmp_path: Path) -> None:
    client = serve(tmp_path)
    assert client.get("/api/v1/atlases").json() == {"atlases": [], "unavailable": []}
    assert client.get("/healthz").json() == {"status": "starting", "atlases": 0}
    shutil.copytree(whole, tmp_path / "one.atlas")
    assert [atlas["name"] for atlas in client.get("/api/v1/atlases").json()["atlases"]] == ["one"]
    assert client.get("/healthz").json() == {"status": "ok", "atlases": 1}
    shutil.rmtree(tmp_path / "one.atlas")
    assert client.get("/api/v1/atlases").json()["atlases"] == []


def test_an_atlas_that_does_not_exist_yet_is_waited_for_when_told_so(serve: Serve, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "made-up.atlas"
    with pytest.raises(InputError, match="--wait"):
        serve(path)
    client = serve(path, wait=True)
    answer = client.get(API)
    assert (answer.status_code, answer.json()["error"]["code"], answer.headers["retry-after"]) == (503, "not_ready", "2")
    page = client.get("/")
    assert page.status_code == 200
    assert 'http-equiv="refresh"' in page.text
    work = tmp_path / "made-up.atlas.work"
    work.mkdir()
    (work / "progress.json").write_text('{"step": "activations of real", "done": 3, "total": 8}')
    assert "activations of real" in client.get("/").text
    assert client.get("/api/v1/atlases").json()["unavailable"][0]["progress"]["done"] == 3
    for nonsense in (
        "{half a",
        '{"step": "x", "done": -1, "total": 1e30}',
        '{"step": "' + "x" * 10**6 + '", "done": 1, "total": 2}',
    ):
        (work / "progress.json").write_text(nonsense)
        assert len(client.get("/").content) < 10_000
        assert client.get("/api/v1/atlases").json()["unavailable"][0]["progress"] is None
    (work / "progress.json").unlink()
    os.mkfifo(work / "progress.json")
    assert client.get("/").status_code == 200, "and nobody waits for a pipe"
    shutil.copytree(whole, path)
    assert client.get(API).status_code == 200
    assert "ganatlas-data" in client.get("/").text


def test_a_path_that_cannot_be_served_is_refused(tmp_path: Path, serve: Serve) -> None:
    with pytest.raises(InputError, match="does not exist"):
        serve(tmp_path / "nowhere")
    file = tmp_path / "file.atlas"
    file.touch()
    with pytest.raises(InputError, match="is a file"):
        serve(file, wait=True)
