"""What may be kept: versions, ETags, gzip, and the cache of prepared bytes."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from serving import API, GRID, Serve
from synthetic import write_manifest

from ganatlas.bundle.manifest import Manifest
from ganatlas.server.caching import ByteCache, to_json

YEAR = "public, max-age=31536000, immutable"


def versioned(client: TestClient) -> dict[str, str]:
    """URLs that carry a version, with the version that is theirs."""
    view = client.get(API).json()
    layer = view["layers"][0]
    grid = layer["grids"][1]
    icon = grid["icons"][0]
    points = layer["points_version"]
    return {
        f"{GRID}/cells": grid["version"],
        f"{GRID}/attribution?label=boat": grid["attribution_version"],
        f"{GRID}/icons/exemplar/joint.dzi": icon["version"],
        f"{GRID}/icons/exemplar/joint_files/0/0_0.webp": icon["version"],
        f"{API}/layers/early/points?limit=10": points,
        f"{GRID}/cells/outside/examples?dataset=gan-b": points,
        f"{GRID}/search?label=boat&dataset=real": points,
        f"{API}/datasets/real/images/1": view["datasets"][0]["version"],
        f"{API}/datasets/real/images/1/patch?layer=early": points,
        f"{API}/datasets/real/images/1/trace": view["digest"],
        f"{GRID}/cells/outside": view["digest"],
        f"{API}/labels?q=b": view["digest"],
        f"{API}/divergence": view["divergence_version"],
        f"{API}/divergence.png?measure=js": view["divergence_pictures"]["js"],
        API: view["digest"],
    }


def test_a_url_with_its_version_is_kept_for_a_year(client: TestClient) -> None:
    for url, version in versioned(client).items():
        answer = client.get(f"{url}{'&' if '?' in url else '?'}v={version}")
        assert answer.status_code == 200, url
        assert answer.headers["cache-control"] == YEAR, url


def test_a_url_without_or_with_another_version_lives_shortly(client: TestClient) -> None:
    for url in versioned(client):
        for version in ("", "v=0123456789abcdef"):
            answer = client.get(f"{url}{'&' if '?' in url else '?'}{version}")
            assert answer.status_code == 200
            assert "immutable" not in answer.headers["cache-control"]
            assert answer.headers["cache-control"] in {"no-cache", "public, max-age=5, must-revalidate"}


def test_a_client_that_has_the_answer_gets_304_and_no_body(client: TestClient) -> None:
    for url in versioned(client):
        etag = client.get(url).headers["etag"]
        for held in (etag, f'"other", {etag}', "*"):
            answer = client.get(url, headers={"if-none-match": held})
            assert (answer.status_code, answer.content) == (304, b""), url
            assert answer.headers["etag"] == etag
        assert client.get(url, headers={"if-none-match": '"other"'}).status_code == 200


def test_etags_of_different_answers_differ(client: TestClient) -> None:
    urls = [*versioned(client), f"{API}/datasets/real/images/2", f"{API}/layers/early/points?limit=11", f"{API}/labels?q=c"]
    urls += [f"{API}/layers/late/grids/20/cells", f"{API}/layers/early/grids/10/cells", f"{GRID}/attribution?label=barn"]
    etags = [client.get(url).headers["etag"] for url in urls]
    # One cell and the trace of one image follow from the digest alone, which is all that an ETag must tell at one URL.
    assert len(set(etags)) >= len(urls) - 1


def test_an_error_is_never_kept(client: TestClient) -> None:
    for url in ("/nope", f"{API}/layers/nope/points", f"{GRID}/cells/a/b"):
        assert client.get(url).headers["cache-control"] == "no-store"


def test_json_is_zipped_for_who_takes_it(client: TestClient) -> None:
    zipped = client.get(f"{GRID}/cells")
    plain = client.get(f"{GRID}/cells", headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.json() == plain.json()
    assert int(zipped.headers["content-length"]) < len(plain.content) / 2
    assert zipped.headers["vary"] == plain.headers["vary"] == "accept-encoding"


def test_what_a_url_with_its_version_said_is_said_again_with_all_its_headers(serve: Serve, whole: Path) -> None:
    client = serve(whole)
    for url, version in versioned(client).items():
        asked = f"{url}{'&' if '?' in url else '?'}v={version}"
        for encoding in ("gzip", "identity"):
            first, again = (client.get(asked, headers={"accept-encoding": encoding}) for _ in range(2))
            assert again.content == first.content, url
            assert without_id(again) == without_id(first), url
            assert "content-security-policy" in again.headers
            assert client.get(asked, headers={"if-none-match": first.headers["etag"]}).status_code == 304
            other = client.get(asked, headers={"if-none-match": '"other"', "accept-encoding": encoding})
            assert other.content == first.content
    held = int(re.search(r'ganatlas_cache_hits_total{cache="ready"} (\d+)', client.get("/metrics").text)[1])  # type: ignore[index]
    assert held >= 3 * 2 * len(versioned(client))


def without_id(answer: Response) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.headers.items() if name != "x-request-id"]


def test_an_answer_that_is_ready_is_not_given_without_the_token(serve: Serve, whole: Path) -> None:
    client = serve(whole, token="secret", cors_origins=("https://lab.example",))
    mine = {"authorization": "Bearer secret", "origin": "https://lab.example"}
    url = f"{GRID}/cells?v={client.get(API, headers=mine).json()['layers'][0]['grids'][1]['version']}"
    for _ in range(3):
        answer = client.get(url, headers=mine)
        assert answer.headers["access-control-allow-origin"] == "https://lab.example"
        assert client.get(url).status_code == 401
        assert "access-control-allow-origin" not in client.get(url, headers={"authorization": "Bearer secret"}).headers


def test_ready_answers_go_with_the_manifest_that_named_them(serve: Serve, atlas: Path) -> None:
    client = serve(atlas)
    url = f"{GRID}/icons/exemplar/joint.dzi?v={client.get(API).json()['layers'][0]['grids'][1]['icons'][0]['version']}"
    assert [client.get(url).status_code for _ in range(2)] == [200, 200]
    path = atlas / "manifest.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert client.get(url).status_code == 503
    manifest = Manifest.model_validate_json(whole)
    layer = manifest.layers[0]
    bare = layer.model_copy(update={"grids": tuple(grid.model_copy(update={"icons": ()}) for grid in layer.grids)})
    write_manifest(atlas, manifest.model_copy(update={"layers": (bare, *manifest.layers[1:])}))
    assert client.get(url).status_code == 404
    path.write_bytes(whole)
    assert client.get(url).status_code == 200


def test_cells_are_made_once(serve: Serve, whole: Path) -> None:
    client = serve(whole)
    first = client.get(f"{GRID}/cells")
    figures = client.get("/metrics").text
    assert 'ganatlas_cache_hits_total{cache="answers"} 0' in figures
    assert client.get(f"{GRID}/cells").content == first.content
    assert 'ganatlas_cache_hits_total{cache="answers"} 1' in client.get("/metrics").text


def test_with_a_token_only_the_person_keeps_answers(serve: Serve, whole: Path) -> None:
    client = serve(whole, token="secret")
    client.headers["authorization"] = "Bearer secret"
    url = f"{GRID}/cells"
    version = client.get(API).json()["layers"][0]["grids"][1]["version"]
    assert client.get(f"{url}?v={version}").headers["cache-control"] == YEAR.replace("public", "private")
    assert client.get(url).headers["cache-control"].startswith("private")


def test_the_cache_stays_within_its_limit_and_drops_what_was_not_used() -> None:
    cache = ByteCache(limit=10_000)
    for number in range(50):
        assert cache.get(("item", number), lambda: b"x" * 800) == b"x" * 800
        cache.get(("item", 0), lambda: b"x" * 800)
        assert cache.held <= 10_000
    made = []
    cache.get(("item", 0), lambda: made.append(0) or b"")  # type: ignore[func-returns-value]
    cache.get(("item", 1), lambda: made.append(1) or b"")  # type: ignore[func-returns-value]
    assert made == [1]


def test_what_is_too_large_for_the_cache_is_made_each_time_and_pushes_nothing_out() -> None:
    cache = ByteCache(limit=10_000)
    cache.get(("small",), lambda: b"x")
    for _ in range(2):
        cache.get(("large",), lambda: b"x" * 9_000)
    assert (cache.hits, cache.misses) == (0, 3)
    cache.get(("small",), lambda: pytest.fail("it was held"))
    assert cache.hits == 1


def test_what_is_not_a_number_becomes_null() -> None:
    assert to_json({"a": [float("nan"), float("inf"), 1.5]}) == b'{"a":[null,null,1.5]}'
