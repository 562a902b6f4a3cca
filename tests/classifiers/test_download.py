"""Weights from an address arrive whole and as they should be, or not at all."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ganatlas.classifiers.download import download
from ganatlas.classifiers.weights import local_file
from ganatlas.errors import InputError

DATA = bytes(range(256)) * 9000
SHA = hashlib.sha256(DATA).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """/whole.pth is there, /cut.pth breaks off, anything else is not found."""

    served = 0

    def do_GET(self) -> None:
        if self.path not in {"/whole.pth", "/cut.pth"}:
            self.send_error(404)
            return
        type(self).served += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(DATA)))
        self.end_headers()
        self.wfile.write(DATA if self.path == "/whole.pth" else DATA[:1000])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    Handler.served = 0
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_arrives_whole_with_its_progress_and_is_fetched_once(address: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    for _ in range(2):
        path = download(
            f"{address}/whole.pth", tmp_path / "deep" / "w.pth", SHA, lambda done, total: seen.append((done, total))
        )
    assert path.read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert Handler.served == 1


@pytest.mark.parametrize(
    ("name", "sha", "message"),
    [
        ("whole.pth", "0" * 64, "another file"),
        ("cut.pth", SHA, "broke off after 1000|IncompleteRead"),
        ("gone.pth", SHA, "404"),
    ],
)
def test_what_is_not_the_file_is_refused_and_leaves_nothing(
    address: str, tmp_path: Path, name: str, sha: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        download(f"{address}/{name}", tmp_path / "w.pth", sha)
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_weights_carries_its_digest_and_is_kept_in_the_cache(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = local_file(f"{address}/whole.pth#sha256={SHA}")
    assert path.read_bytes() == DATA
    assert path.is_relative_to(tmp_path)
    assert path.suffix == ".pth"
    with pytest.raises(InputError, match="need its SHA-256"):
        local_file(f"{address}/whole.pth")
