"""Bundles that are damaged and mended while they are served: the reason for what is damaged, the right bytes for all else."""

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from serving import SMALL, Serve
from synthetic import write_manifest, write_synthetic_bundle

from ganatlas.bundle import checks, files
from ganatlas.bundle.reader import Bundle
from ganatlas.server.openapi import openapi

API = "/api/v1/atlases/made-up"
PATH = {
    "atlas": "made-up", "layer": "early", "size": "10", "dataset": "real", "image": "3", "kind": "exemplar", "of": "joint",
    "level": "9",
}  # fmt: skip
QUERY = {"dataset": "real", "label": "boat", "layer": "early"}
"""What stands for the parameters of a route; its optional ones keep their defaults."""
CHANGES = {"/healthz", "/metrics"}
"""Routes whose answer is of the server and not of a bundle."""


@dataclass(frozen=True)
class Damage:
    """A way to spoil a file, given its content and another file of the bundle."""

    name: str
    spoil: Callable[[Path, bytes, Path], object]


def removed(path: Path) -> None:
    path.unlink()


def restamped(path: Path, content: bytes) -> None:
    """Written over where it lies, and the time of the last writing put back."""
    status = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (
    Damage("cut", lambda path, whole, other: path.write_bytes(whole[: len(whole) // 2])),
    Damage("emptied", lambda path, whole, other: path.write_bytes(b"")),
    Damage("longer", lambda path, whole, other: path.write_bytes(whole + b"\0")),
    Damage("flipped", lambda path, whole, other: path.write_bytes(flipped(whole))),
    Damage("restamped", lambda path, whole, other: restamped(path, flipped(whole))),
    Damage("swapped", lambda path, whole, other: path.write_bytes(other.read_bytes())),
    Damage("replaced", lambda path, whole, other: replaced(path, flipped(whole))),
    Damage("removed", lambda path, whole, other: removed(path)),
    Damage("unreadable", lambda path, whole, other: a_folder(path)),
)


def flipped(content: bytes) -> bytes:
    """One bit in the middle: the size is right."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def replaced(path: Path, content: bytes) -> None:
    """Another file under the same name, as a careless copy leaves it."""
    beside = path.with_name("beside")
    beside.write_bytes(content)
    beside.replace(path)


def mend(path: Path, content: bytes) -> None:
    if path.is_dir():
        path.rmdir()
    path.write_bytes(content)


def addresses(column: int, row: int) -> list[str]:
    """Every GET route of the API, about dataset real, layer early, grid 10 and one cell of it."""
    found = []
    for route, methods in openapi()["paths"].items():
        if "get" not in methods or route in CHANGES:
            continue
        place = {"column": "0", "row": "0"} if "_files" in route else {"column": str(column), "row": str(row)}
        needed = [p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query" and p["required"]]
        query = "&".join(f"{name}={QUERY[name]}" for name in needed)
        found.append(route.format(**PATH, **place) + (f"?{query}" if query else ""))
    return found


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged") / "made-up.atlas"
    write_synthetic_bundle(folder, replace(SMALL, datasets=("real", "gan"), images=60, layers=("early", "late"), sizes=(10,)))
    return folder


@pytest.fixture
def atlas(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "made-up.atlas"))


def files_of(atlas: Path) -> Iterator[str]:
    """Every file that the manifest names, and a tile."""
    bundle = Bundle.open(atlas)
    yield from bundle.manifest.files()
    yield bundle.tile(bundle.pyramid("early", 10, "exemplar", "joint"), 9, 0, 0)[0]


def answers(client: TestClient, asked: list[str]) -> dict[str, Response]:
    found = {address: client.get(address) for address in asked}
    found["selection"] = client.post(f"{API}/layers/early/selection", json={"polygon": [[0, 0], [1, 0], [1, 1]]})
    return found


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_whatever_file_is_damaged_no_answer_is_wrong_and_all_return_when_it_is_mended(
    serve: Serve, atlas: Path, damage: Damage
) -> None:
    grid = Bundle.open(atlas).grid("early", 10)
    column, row = int(grid.cells("column")[0]), int(grid.cells("row")[0])
    client, asked = serve(atlas, cache_mb=0), addresses(column, row)
    fresh = damage.name in {"flipped", "emptied"}
    right = answers(client, asked)
    assert {address: answer.status_code for address, answer in right.items() if answer.status_code != 200} == {}
    names, unseen = list(files_of(atlas)), set()
    for index, name in enumerate(names):
        path = atlas / name
        whole = path.read_bytes()
        damage.spoil(path, whole, atlas / names[index - 1])
        # One server had the file open; the other never saw it whole.
        for server in (client, serve(atlas, cache_mb=0)) if fresh else (client,):
            seen = answers(server, asked)
            for address, answer in seen.items():
                if answer.status_code == 200:
                    assert answer.content == right[address].content, (name, address)
                else:
                    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "damaged"), (name, address)
                    assert answer.json()["error"]["detail"]["file"] == name
            if all(answer.status_code == 200 for answer in seen.values()):
                unseen.add(name)
        mend(path, whole)
        assert {address: answer.content for address, answer in answers(client, asked).items()} == {
            address: answer.content for address, answer in right.items()
        }, name
    # Files that no address asked for: of the other layer, the other dataset, the other icons and pictures.
    assert not [name for name in unseen if name.startswith(("layers/early/points", "layers/early/rows", "datasets/real"))]
    assert not [name for name in unseen if name.startswith("layers/early/grids/10/") and "/icons/" not in name]


def test_a_damaged_manifest_takes_only_its_atlas_down_and_recovers(serve: Serve, atlas: Path, whole: Path) -> None:
    other = atlas.with_name("other.atlas")
    shutil.copytree(whole, other)
    client = serve(atlas.parent)
    path = atlas / "manifest.json"
    content = path.read_text()
    path.write_text(content[:-30])
    answer = client.get(API)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "damaged")
    listed = client.get("/api/v1/atlases").json()
    assert [each["name"] for each in listed["atlases"]] == ["other"]
    assert [(each["name"], each["code"]) for each in listed["unavailable"]] == [("made-up", "damaged")]
    assert client.get("/api/v1/atlases/other").status_code == 200
    assert client.get("/a/made-up").status_code == 503
    path.write_text(content)
    assert client.get(API).status_code == 200


def failing(path: Path, *_: object) -> bytes:
    raise OSError(errno.EIO, "Input/output error")


def test_a_disk_that_fails_is_said_and_tried_again(serve: Serve, atlas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve(atlas)
    with monkeypatch.context() as broken:
        broken.setattr(checks, "sha256_of", failing)
        answer = client.get(f"{API}/layers/early/grids/10/cells")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "damaged")
        assert "Input/output error" in answer.json()["error"]["message"]
        assert client.get(API).status_code == 200
    assert client.get(f"{API}/layers/early/grids/10/cells").status_code == 200
    write_manifest(atlas, Bundle.open(atlas).manifest.model_copy(update={"title": "Renamed"}))
    with monkeypatch.context() as broken:
        broken.setattr(files, "read_at_most", failing)
        assert client.get(API).status_code == 503
    assert client.get(API).json()["title"] == "Renamed", "though the file is the same"


def test_a_manifest_that_leads_nowhere_is_not_taken_for_a_build(serve: Serve, atlas: Path) -> None:
    client = serve(atlas)
    content = (atlas / "manifest.json").read_bytes()
    (atlas / "manifest.json").unlink()
    (atlas / "manifest.json").symlink_to("manifest.json")
    answer = client.get(API)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "damaged")
    (atlas / "manifest.json").unlink()
    (atlas / "manifest.json").write_bytes(content)
    assert client.get(API).status_code == 200


def test_while_a_large_file_is_checked_what_needs_it_is_503_and_the_rest_is_answered(
    serve: Serve, atlas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    ordinary = checks.sha256_of
    images = Bundle.open(atlas).manifest.datasets[0].images
    assert images is not None
    monkeypatch.setattr(checks, "LARGE", images.bytes - 1)
    monkeypatch.setattr(
        checks, "sha256_of", lambda path: (go_on.wait() if path.name.startswith("images") else True) and ordinary(path)
    )
    monkeypatch.setattr("ganatlas.server.catalogue.PATIENCE", 0.01)
    client = serve(atlas)
    answer = client.get(f"{API}/datasets/real/images/3")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"]
    assert client.get(f"{API}/layers/early/grids/10/cells").status_code == 200
    go_on.set()
    asked = (client.get(f"{API}/datasets/real/images/3").status_code for _ in range(1000))
    assert next(status for status in asked if status != 503) == 200
