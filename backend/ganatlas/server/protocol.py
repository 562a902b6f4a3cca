"""HTTP as uvicorn reads it: ready answers are given at once, the head of a request has a limit, refusals have our shape.

uvicorn's parser (httptools) keeps whatever address and headers it is sent; nothing after it could refuse what never ends.

What a tile costs is mostly the way from here through the application and back: a task, a scope, a chain of middlewares. An
answer that is ready needs nothing of it, so it is written here, with the headers, the id, the figures and the log line that it
would have had.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .errors import error_response
from .monitor import Monitor, logger, new_request_id
from .ready import Ready

HEAD_LIMIT = 512 << 10
"""Bytes of the address and headers of a request, about: whole pieces as they arrive are counted."""


NOT_DIRECT = {b"if-none-match", b"content-length", b"transfer-encoding", b"expect", b"upgrade"}
"""Headers of a request that the application is to look at."""


@dataclass(frozen=True)
class Direct:
    """What gives answers without the application; `app.state.direct`, None where something stands before them."""

    ready: Ready
    monitor: Monitor


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    _in_head = True
    _head_bytes = 0
    _done = False
    """The request that is being read has its answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app: Any = self.app
        while app is not None and not hasattr(app, "state"):  # uvicorn puts others around it
            app = getattr(app, "app", None)
        self._direct: Direct | None = getattr(getattr(app, "state", None), "direct", None)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_LIMIT:
            self._refuse(
                431, "too_large", f"The address and headers have more than {HEAD_LIMIT >> 10} kB; ask for less at once."
            )

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes, self._done = True, 0, False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._done = b"v=" in self.url and self._answered()
        if not self._done:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self._done:
            super().on_message_complete()

    def _answered(self) -> bool:
        """Write the answer if it is ready, nothing else is under way on this connection, and its buffer has room."""
        direct, parser = self._direct, self.parser
        if direct is None or parser.get_method() != b"GET" or parser.get_http_version() != "1.1":
            return False
        if (self.cycle is not None and not self.cycle.response_complete) or self.flow.write_paused:
            return False
        if not parser.should_keep_alive() or self.transport.is_closing():
            return False
        began, gzip, sent_id = time.perf_counter(), False, b""
        for name, value in self.headers:
            if name in NOT_DIRECT:
                return False
            if name == b"accept-encoding":
                gzip = b"gzip" in value
            elif name == b"x-request-id":
                sent_id = value
        answer = direct.ready.find(direct.ready.key(self.url, gzip), again=True)
        if answer is None:
            return False
        request_id = direct.monitor.id_of(sent_id)
        now = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        self.transport.write(b"".join((answer.head, now, b"x-request-id: ", request_id, b"\r\n\r\n", answer.body)))
        path = unquote(self.url.partition(b"?")[0].decode("latin-1"))
        direct.monitor.note(request_id, "GET", path, answer.route, 200, time.perf_counter() - began)
        self.on_response_complete()
        return True

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "invalid", "This is not a proper HTTP request.")

    def _refuse(self, status: int, code: str, message: str) -> None:
        answer = error_response(status, code, message)
        request_id = new_request_id()
        headers = [*answer.raw_headers, (b"x-request-id", request_id)]
        head = [f"HTTP/1.1 {status} Refused".encode(), *(name + b": " + value for name, value in headers)]
        line = {"id": request_id.decode(), "status": status, "message": message}
        logger.info("%s", orjson.dumps(line).decode())
        self.transport.write(b"\r\n".join([*head, b"connection: close", b"", bytes(answer.body)]))
        self.transport.close()
