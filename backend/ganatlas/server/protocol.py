"""HTTP as uvicorn reads it, with a limit on the head of a request, and with our own shape of what is refused there.

uvicorn's parser (httptools) keeps whatever address and headers it is sent; nothing after it could refuse what never ends.
"""

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .errors import error_response
from .monitor import logger, new_request_id

HEAD_LIMIT = 512 << 10
"""Bytes of the address and headers of a request, about: whole pieces as they arrive are counted."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    _in_head = True
    _head_bytes = 0

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
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

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
