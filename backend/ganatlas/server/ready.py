"""Answers that are ready to send: what a URL with a version said once is said again without any other work.

A 200 that is immutable (its URL carries the version of what it names) is kept with its headers, until the catalogue sees
another manifest; then nothing that was kept is given any more, so that what no manifest names is not there. Tiles and cells,
which a viewer asks for most, cost one look into a dictionary that way. Where nothing stands before them (no token, no other
origins, no path of a proxy), `protocol` gives them before the application is asked.
"""

from dataclasses import dataclass
from functools import cached_property

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .caching import ByteCache
from .catalogue import Catalogue

Header = tuple[bytes, bytes]
OVERHEAD, OF_A_HEADER = 700, 130
"""Bytes that an answer takes beside its texts, and each of its headers, about: objects, and its place in the cache."""
NOT_IN_304 = {b"content-length", b"content-type", b"content-encoding"}


@dataclass(frozen=True)
class ReadyAnswer:
    """An answer as it is sent. route: what the router found, for the figures."""

    headers: tuple[Header, ...]
    etag: bytes
    body: bytes
    route: object

    @cached_property
    def head(self) -> bytes:
        """The status and the headers as they are sent over HTTP/1.1; headers of the moment and an empty line follow."""
        return b"HTTP/1.1 200 OK\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in self.headers)

    @property
    def weight(self) -> int:
        """Bytes in memory, about; headers are there twice, apart and as they are sent."""
        texts = sum(len(name) + len(value) for name, value in self.headers)
        return len(self.body) + 2 * texts + OF_A_HEADER * len(self.headers) + OVERHEAD


class Ready:
    """Answers by the address as it was sent, path and query."""

    def __init__(self, cache: ByteCache, catalogue: Catalogue) -> None:
        self.cache = cache
        self.catalogue = catalogue

    def key(self, url: bytes, gzip: bool) -> tuple[object, ...]:
        """Under which an answer is kept: not the same after another manifest."""
        self.catalogue.refresh()
        return self.catalogue.generation, url, gzip

    def find(self, key: tuple[object, ...], *, again: bool = False) -> ReadyAnswer | None:
        """What was kept under a key. again: it will be looked for once more, so its absence does not count yet."""
        answer: ReadyAnswer | None = self.cache.find(key, again=again)
        return answer


class ReadyMiddleware:
    """Keep immutable answers, and give them again."""

    def __init__(self, app: ASGIApp, ready: Ready) -> None:
        self.app = app
        self.ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or b"v=" not in scope["query_string"]:
            await self.app(scope, receive, send)
            return
        gzip, held = False, b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                gzip = b"gzip" in value
            elif name == b"if-none-match":
                held = value
        key = self.ready.key(scope["raw_path"] + b"?" + scope["query_string"], gzip)
        answer = self.ready.find(key)
        if answer is None:
            await self.app(scope, receive, _Keeper(self.ready.cache, key, scope, send))
            return
        scope["route"] = answer.route
        if held and (answer.etag in held or held == b"*"):
            headers = [header for header in answer.headers if header[0] not in NOT_IN_304]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": list(answer.headers)})
        await send({"type": "http.response.body", "body": answer.body})


class _Keeper:
    """Sends an answer on, and keeps it where it is whole and immutable."""

    def __init__(self, cache: ByteCache, key: tuple[object, ...], scope: Scope, send: Send) -> None:
        self.cache = cache
        self.key = key
        self.scope = scope
        self.send = send
        self.headers: tuple[Header, ...] = ()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = tuple(message["headers"])
            if any(name == b"cache-control" and b"immutable" in value for name, value in headers):
                self.headers = headers
        elif message["type"] == "http.response.body" and self.headers and not message.get("more_body"):
            etag = next((value for name, value in self.headers if name == b"etag"), b"")
            body = message.get("body", b"")
            if etag:
                answer = ReadyAnswer(self.headers, etag, body, self.scope.get("route"))
                self.cache.put(self.key, answer, answer.weight)
        else:
            self.headers = ()  # an answer in pieces
        await self.send(message)
