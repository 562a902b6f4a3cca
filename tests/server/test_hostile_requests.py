"""Paths, encodings and parameters that somebody made up to do harm: each is 4xx in the one shape, and nothing leaks."""

import itertools
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from serving import API, Serve

from ganatlas.server.models import ErrorAnswer
from ganatlas.server.openapi import openapi

PASSWORDS = "root:x:0"
PLACES = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%252f..%252fetc%252fpasswd",  # encoded twice
    "..%c0%af..%c0%afetc%c0%afpasswd",  # a slash in more bytes than it needs
    "%c0%ae%c0%ae%c0%afetc",
    "..%5c..%5cetc%5cpasswd",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "%00",
    "early%00.arrow",
    "..%ef%bc%8f..%ef%bc%8fetc",  # a wide slash
    "%ef%bc%8e%ef%bc%8e%2fetc",  # wide dots
    "%e2%80%ae%e2%81%a6",  # turns the direction of writing
    "%ff%fe",
    "%",
    "%zz",
    "~root",
    "$(id)",
    "%7b%7b7*7%7d%7d",
    "'%20or%201=1--",
    "%3cscript%3ealert(1)%3c%2fscript%3e",
    "%0d%0aset-cookie:%20a=b",
    "e%cc%81arly",  # an accent that is a character of its own
    "EARLY",
    "early.",
    "early%20",
    "-" * 20_000,
    "%2e",
)
NUMBERS = (
    "-2",
    "9" * 30,
    "-" + "9" * 30,
    "9" * 5000,
    "1e3",
    "0x10",
    "1.5",
    "NaN",
    "Infinity",
    "%D9%A9%D9%A9%D9%A9%D9%A9",
    "9_9_9_9",
    "+9999",
    "",
)
REAL = {
    "atlas": "made-up", "layer": "early", "size": "20", "dataset": "real", "kind": "exemplar", "of": "joint",
    "image": "3", "level": "0", "column": "0", "row": "0",
}  # fmt: skip
NUMERIC = {"size", "image", "level", "column", "row"}
QUERY = {"dataset": "real", "label": "boat", "layer": "early"}
FREE = {"q"}
"""Parameters in which anybody may look for anything."""


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for route, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), route, operation


def address_of(route: str, operation: dict[str, Any], changed: dict[str, str]) -> str:
    needed = {p["name"]: QUERY[p["name"]] for p in operation.get("parameters", []) if p["in"] == "query" and p["required"]}
    asked = needed | {name: value for name, value in changed.items() if f"{{{name}}}" not in route}
    path = route.format(**REAL | changed)
    return path + ("?" + "&".join(f"{name}={value}" for name, value in asked.items()) if asked else "")


def is_one_error(answer: Any, address: str) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, address[:300])
    error = ErrorAnswer.model_validate(answer.json()).error
    assert error.code in {"not_found", "invalid", "no_such_route"}, address[:300]
    assert PASSWORDS not in answer.text
    assert "Traceback" not in answer.text
    assert len(answer.content) < 100_000, "an error is short, whatever was asked"
    assert "set-cookie" not in answer.headers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "route", "operation"), list(routes()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_route_follows_a_path_or_fails_on_an_encoding(
    client: TestClient, method: str, route: str, operation: dict[str, Any]
) -> None:
    names = re.findall(r"{(\w+)}", route)
    body = {"json": {"polygon": [[0, 0], [1, 0], [1, 1]]}} if method == "POST" else {}
    for name, value in itertools.product(names, PLACES):
        address = address_of(route, operation, {name: value})
        is_one_error(client.request(method, address, **body), address)
    for name, value in itertools.product(NUMERIC & set(names), NUMBERS):
        address = address_of(route, operation, {name: value})
        is_one_error(client.request(method, address, **body), address)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "route", "operation"), list(routes()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_parameters_of_any_size_and_kind_are_answered_or_refused(
    client: TestClient, method: str, route: str, operation: dict[str, Any]
) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] != "query":
            continue
        for value in (*PLACES, *NUMBERS, "a" * 30_000, "%00" * 1000, "&".join([f"{parameter['name']}=1"] * 2000)):
            address = address_of(route, operation, {parameter["name"]: value})
            answer = client.request(method, address)
            if answer.status_code == 200:
                assert PASSWORDS not in answer.text
                assert parameter["name"] in FREE or value in {*NUMBERS, "%", "%2e", "$(id)"} or len(value) > 1000, address[:300]
            else:
                is_one_error(answer, address)
    names = [*(f"x{number}=1" for number in range(3000)), "v=" + "f" * 20_000]
    answer = client.request(
        method, address_of(route, operation, {}) + ("&" if "?" in address_of(route, operation, {}) else "?") + "&".join(names)
    )
    assert answer.status_code < 500


@pytest.mark.parametrize("prefix", ["/", "/a/", "/static/", "/api/v1/", "/api/v1/atlases/", "/docs/", "/openapi.json/", "/./"])
def test_pages_and_files_of_the_viewer_lead_nowhere_else(client: TestClient, prefix: str) -> None:
    for place in PLACES:
        answer = client.get(prefix + place)
        # A page says it to a person; `.` and nothing are the start page.
        assert answer.status_code in {404, 422} or (prefix + place).strip("/.%2e") == "", (
            answer.status_code,
            (prefix + place)[:200],
        )
        assert PASSWORDS not in answer.text
        assert "html" not in answer.headers["content-type"] or "<script>alert" not in answer.text


def deep(levels: int) -> bytes:
    return b'{"polygon":' + b"[" * levels + b"]" * levels + b"}"


BODIES = {
    "deep": deep(100_000),
    "deeper than the parser goes": deep(900),
    "a number of digits": b'{"rows": [' + b"9" * 100_000 + b"]}",
    "huge numbers": b'{"polygon": [[1e308, 1e308], [-1e308, 1e308], [1e308, -1e308]], "limit": 1e308}',
    "not numbers": b'{"polygon": [[NaN, 0], [1, Infinity], [1, 1]]}',
    "endless keys": json.dumps({f"k{number}": 0 for number in range(100_000)}).encode(),
    "the same key": b'{"rows": [1], ' + b'"rows": [1], ' * 10_000 + b'"rows": "x"}',
    "a long name": json.dumps({"rows": [1], "layers": ["x" * 1_000_000]}).encode(),
    "many layers": json.dumps({"rows": [1], "layers": ["early"] * 10_000}).encode(),
    "lone surrogates": b'{"rows": [1], "dataset": "\\ud800"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "zeros": bytes(1_000_000),
    "zipped": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "a polygon of one corner": b'{"polygon": [[0, 0]]}',
    "cells without end": json.dumps({"size": 20, "cells": [{"column": 10**9, "row": -(10**9)}] * 10_000}).encode(),
}


@pytest.mark.parametrize("name", list(BODIES))
def test_no_body_of_a_request_fails_the_server(client: TestClient, name: str) -> None:
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = client.post(f"{API}/layers/early/selection", content=BODIES[name], headers={"content-type": kind})
        is_one_error(answer, name)


def test_a_body_beyond_the_limit_is_413_before_it_is_whole(serve: Serve, whole: Path) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 40 << 20:
            sent += 1 << 20
            yield bytes(1 << 20)

    answer = serve(whole).post(f"{API}/layers/early/selection", content=endless())
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def said_to(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))
        except OSError:  # cut off before all was said
            return b""


HOST = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
RAW = {
    "a path that climbs": b"GET /../../../../etc/passwd" + HOST + b"\r\n",
    "climbing from a real path": b"GET /static/../../../../../../etc/passwd" + HOST + b"\r\n",
    "an absolute address": b"GET file:///etc/passwd" + HOST + b"\r\n",
    "another's address": b"GET http://evil.example/etc/passwd" + HOST + b"\r\n",
    "bytes that are no text": b"GET /\xff\xfe\xc0\xaf" + HOST + b"\r\n",
    "a NUL": b"GET /a\x00b" + HOST + b"\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
    "a long path": b"GET /" + b"a" * 1_000_000 + HOST + b"\r\n",
    "a long header": b"GET /healthz" + HOST + b"X: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "many headers": b"GET /healthz" + HOST + b"".join(b"X-%d: 1\r\n" % number for number in range(200_000)) + b"\r\n",
    "two lengths": b"POST /api/v1/atlases" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a length and chunks": b"POST /api/v1/atlases" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length below nothing": b"POST /api/v1/atlases" + HOST + b"Content-Length: -5\r\n\r\n",
    "a chunk that says gigabytes": b"POST /api/v1/atlases" + HOST + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\nx",
    "headers without an end": b"GET /healthz" + HOST + b"X-And-On: 1\r\n" * 200_000,
    "no version": b"GET /healthz\r\n\r\n",
    "nothing": b"",
    "half a request": b"GET /heal",
    "a tunnel": b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", list(RAW))
def test_what_is_no_proper_request_is_refused_and_the_server_goes_on(port: int, name: str) -> None:
    answer = said_to(port, RAW[name])
    status = re.match(rb"HTTP/1\.\d (\d+)", answer)
    assert status is None or not status[1].startswith(b"5"), answer[:300]
    assert status is None or not status[1].startswith(b"2") or name in {"no version"}, answer[:300]
    assert PASSWORDS.encode() not in answer
    if status is not None and status[1].startswith(b"4"):
        assert set(json.loads(answer.partition(b"\r\n\r\n")[2])) == {"error"}
        assert b"\r\nx-request-id: " in answer
    assert said_to(port, b"GET /healthz" + HOST + b"\r\n").startswith(b"HTTP/1.1 200")
