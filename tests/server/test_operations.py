"""Health, figures, request ids and the log."""

import json
import logging
import re
import shutil
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from serving import API, GRID, Serve

from ganatlas.server.caching import ByteCache
from ganatlas.server.monitor import Figures, JsonLines


def test_figures_count_requests_by_route_and_not_by_path(serve: Serve, whole: Path) -> None:
    client = serve(whole)
    for number in range(3):
        client.get(f"{API}/datasets/real/images/{number}")
    client.get(f"{API}/datasets/real/images/999")
    client.get("/wp-admin.php")
    client.request("BREW", "/coffee")
    text = client.get("/metrics").text
    route = "/api/v1/atlases/{atlas}/datasets/{dataset}/images/{image}"
    assert f'ganatlas_requests_total{{method="GET",route="{route}",status="200"}} 3' in text
    assert f'ganatlas_requests_total{{method="GET",route="{route}",status="404"}} 1' in text
    assert f'ganatlas_request_seconds_count{{route="{route}"}} 4' in text
    assert "wp-admin" not in text
    assert "BREW" not in text


def test_figures_are_in_the_text_format_of_prometheus(client: TestClient) -> None:
    client.get(f"{GRID}/cells")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    typed = set()
    for line in answer.text.splitlines():
        if line.startswith("# TYPE"):
            typed.add(line.split()[2])
        elif not line.startswith("#"):
            sample = re.fullmatch(r'([a-z_]+)\{([a-z]+="[^"]*",?)+\} [0-9.e+-]+', line)
            assert sample, line
            assert sample[1] in typed or re.sub(r"_(bucket|sum|count)$", "", sample[1]) in typed


def test_latencies_fall_into_rising_buckets(client: TestClient) -> None:
    client.get("/healthz")
    text = client.get("/metrics").text
    counts = [int(n) for n in re.findall(r'request_seconds_bucket\{route="/healthz",le="[^"]+"\} (\d+)', text)]
    assert counts == sorted(counts)
    assert counts[-1] >= 1


def test_alive_and_ready_are_two_things(serve: Serve, whole: Path, tmp_path: Path) -> None:
    coming = serve(tmp_path / "coming.atlas", wait=True)
    assert coming.get("/healthz").json() == {"status": "starting", "atlases": 0}
    assert coming.get("/healthz").status_code == 200, "alive: nobody should start it again"
    answer = coming.get("/healthz?ready=true")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_ready")
    shutil.copytree(whole, tmp_path / "coming.atlas")
    assert coming.get("/healthz?ready=true").json() == {"status": "ok", "atlases": 1}


def test_figures_of_several_workers_are_added_up_those_of_ended_ones_too(tmp_path: Path) -> None:
    workers = [Figures({"ready": ByteCache(1000)}, tmp_path) for _ in range(3)]
    for number, worker in enumerate(workers):
        for _ in range(number + 1):
            worker.count("GET", "/x", 200, 0.003)
        worker.share()
    text = Figures({"ready": ByteCache(1000)}, tmp_path).text()
    assert 'ganatlas_requests_total{method="GET",route="/x",status="200"} 6' in text
    assert 'ganatlas_request_seconds_bucket{route="/x",le="0.0025"} 0' in text
    assert 'ganatlas_request_seconds_bucket{route="/x",le="0.005"} 6' in text
    assert 'ganatlas_request_seconds_sum{route="/x"} 0.018000' in text


def test_figures_that_cannot_be_written_for_the_others_cost_no_answer(tmp_path: Path, log_lines: list[str]) -> None:
    lost = Figures({"ready": ByteCache(1000)}, tmp_path / "gone")
    lost.count("GET", "/x", 200, 0.003)
    assert 'ganatlas_requests_total{method="GET",route="/x",status="200"} 1' in lost.text()
    assert json.loads(log_lines[-1])["level"] == "warning"


def test_what_uvicorn_says_is_a_line_of_json() -> None:
    try:
        raise RuntimeError("a mistake of ours")
    except RuntimeError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "Exception in %s", ("ASGI",), sys.exc_info())
    line = JsonLines().format(record)
    said = json.loads(line)
    assert (said["level"], said["message"]) == ("error", "Exception in ASGI")
    assert "RuntimeError: a mistake of ours" in said["traceback"]
    assert "\n" not in line


def test_each_answer_has_a_request_id_the_askers_own_when_it_is_harmless(client: TestClient) -> None:
    first, second = (client.get("/healthz").headers["x-request-id"] for _ in range(2))
    assert first != second
    assert client.get("/nope", headers={"x-request-id": "trace-1.a_b"}).headers["x-request-id"] == "trace-1.a_b"
    for bad in ("a b", "x" * 65, '"', "é".encode("latin-1").decode("latin-1")):
        assert client.get("/healthz", headers={"x-request-id": bad.encode("latin-1")}).headers["x-request-id"] != bad


def test_a_request_is_one_line_of_json_in_the_log(serve: Serve, whole: Path, log_lines: list[str]) -> None:
    answer = serve(whole, log_level="info").get(f"{API}?v=1")
    assert len(log_lines) == 1
    line = json.loads(log_lines[0])
    assert (line["method"], line["path"], line["status"]) == ("GET", API, 200)
    assert line["id"] == answer.headers["x-request-id"]
    assert line["ms"] > 0


def test_what_goes_wrong_is_a_line_of_json_with_the_id_of_its_request(
    serve: Serve, atlas: Path, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve(atlas)
    damaged = next(atlas.glob("divergence-*.json"))
    damaged.write_bytes(b"{}")
    answer = client.get(f"{API}/divergence", headers={"x-request-id": "mine-1"})
    assert answer.status_code == 503
    line = json.loads(log_lines[-1])
    assert (line["id"], line["level"], line["path"]) == ("mine-1", "error", f"{API}/divergence")
    assert damaged.name in line["message"]

    def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("ganatlas.server.routers.atlases.view_of", fail)
    failed = client.get(API, headers={"x-request-id": "mine-2"})
    assert (failed.status_code, failed.headers["x-request-id"]) == (500, "mine-2")
    assert "default-src 'none'" in failed.headers["content-security-policy"]
    line = json.loads(log_lines[-1])
    assert (line["id"], line["message"]) == ("mine-2", "RuntimeError: a mistake of ours")


def test_unless_asked_for_requests_are_not_logged(client: TestClient, log_lines: list[str]) -> None:
    client.get(API)
    assert log_lines == []
