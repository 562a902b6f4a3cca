"""Answers that are ready, over real connections: the same as the application's, in order, and with their id and figures."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import API, GRID, Serve

from ganatlas.server.app import create_app
from ganatlas.server.settings import Settings

Ask = Callable[..., bytes]
HEADERS = b" HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n"


@pytest.fixture(scope="module")
def urls(whole: Path, serve: Serve) -> list[str]:
    """Immutable ones: a grid's cells, and all its tiles of the finest level."""
    layer = serve(whole).get(API).json()["layers"][0]
    (grid,) = [grid for grid in layer["grids"] if grid["size"] == 20]
    pyramid = grid["icons"][0]
    top = (max(pyramid["width"], pyramid["height"]) - 1).bit_length()
    tile = f"{GRID}/icons/{pyramid['kind']}/{pyramid['of']}_files/{top}/0_0.webp?v={pyramid['version']}"
    return [f"{GRID}/cells?v={grid['version']}", tile]


class Connection:
    """A connection that is kept, read answer by answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.reader = self.socket.makefile("rb")

    def send(self, url: str, more: bytes = b"", method: str = "GET") -> None:
        self.socket.sendall(f"{method} {url}".encode() + HEADERS + more + b"\r\n")

    def read(self, body: bool = True) -> tuple[int, dict[str, str], bytes]:
        status = int(self.reader.readline().split()[1])
        lines = iter(self.reader.readline, b"\r\n")
        headers = {name.decode(): value.decode().strip() for name, _, value in (line.partition(b":") for line in lines)}
        return status, headers, self.reader.read(int(headers["content-length"])) if body and status == 200 else b""

    def ask(self, url: str, more: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        self.send(url, more)
        return self.read()

    def close(self) -> None:
        self.reader.close()
        self.socket.close()


@pytest.fixture
def connection(port: int) -> Iterator[Connection]:
    made = Connection(port)
    yield made
    made.close()


def of_any_time(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in {"x-request-id", "date"}}


def counted(connection: Connection, route: str) -> int:
    text = connection.ask("/metrics")[2].decode()
    found = re.search(rf'ganatlas_requests_total{{method="GET",route="{re.escape(route)}",status="200"}} (\d+)', text)
    return int(found[1]) if found else 0


def test_an_answer_that_is_ready_is_that_of_the_application(connection: Connection, urls: list[str]) -> None:
    for url in urls:
        first, again, last = (connection.ask(url) for _ in range(3))
        assert first[0] == again[0] == 200
        assert of_any_time(again[1]) == of_any_time(first[1])
        assert "date" in again[1]
        assert "content-security-policy" in again[1]
        assert again[2] == last[2] == first[2] != b""
        assert len({first[1]["x-request-id"], again[1]["x-request-id"], last[1]["x-request-id"]}) == 3
        assert connection.ask(url, b"X-Request-ID: mine\r\n")[1]["x-request-id"] == "mine"


def test_answers_that_are_ready_are_counted_like_the_others(connection: Connection, urls: list[str]) -> None:
    route = "/api/v1/atlases/{atlas}/layers/{layer}/grids/{size}/cells"
    before = counted(connection, route)
    for _ in range(5):
        connection.ask(urls[0])
    assert counted(connection, route) == before + 5


def test_what_the_client_has_is_not_sent_again_and_a_head_has_no_body(connection: Connection, urls: list[str]) -> None:
    etag = [connection.ask(urls[1]) for _ in range(2)][1][1]["etag"]
    connection.send(urls[1], f"If-None-Match: {etag}\r\n".encode())
    assert connection.read()[0] == 304
    connection.send(urls[1], method="HEAD")
    assert connection.read(body=False)[0] in {200, 405}
    assert connection.ask(urls[1])[0] == 200, "and the connection goes on"


def test_a_connection_that_is_to_be_closed_is_closed(port: int, urls: list[str]) -> None:
    for _ in range(2):
        connection = Connection(port)
        assert connection.ask(urls[1], b"Connection: close\r\n")[0] == 200
        assert connection.reader.read() == b""
        connection.close()


def test_requests_sent_at_once_are_answered_in_their_order(connection: Connection, urls: list[str]) -> None:
    tile = [connection.ask(urls[1]) for _ in range(2)][1][2]
    request = {url: f"GET {url}".encode() + HEADERS + b"\r\n" for url in ("/healthz", urls[1])}
    order = ["/healthz", urls[1], urls[1], "/healthz", urls[1]] * 20
    connection.socket.sendall(b"".join(request[url] for url in order))
    for url in order:
        status, _, body = connection.read()
        assert status == 200
        assert (body == tile) == (url == urls[1])


def test_a_client_that_does_not_read_is_answered_once_it_does(connection: Connection, urls: list[str]) -> None:
    cells = [connection.ask(urls[0]) for _ in range(2)][1][2]
    many = 3000
    connection.socket.sendall((f"GET {urls[0]}".encode() + HEADERS + b"\r\n") * many)  # far more answers than buffers hold
    assert all(connection.read()[2] == cells for _ in range(many))


@pytest.mark.parametrize("guarded", [{"token": "secret"}, {"cors_origins": ("https://lab.example",)}, {"root_path": "/atlas"}])
def test_nothing_goes_past_a_token_other_origins_or_a_proxys_path(whole: Path, guarded: dict[str, object]) -> None:
    made = create_app(Settings.model_validate({"paths": (whole,)} | guarded))
    assert made.state.direct is None
    assert create_app(Settings(paths=(whole,))).state.direct is not None
