"""One table from exceptions to HTTP, and one shape for every error: `{"error": {"code", "message", "detail"}}`."""

import json
import logging
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ganatlas.errors import BundleError, BusyError, GanatlasError, InputError, NotCheckedError, NotFoundError

from .catalogue import NotReadyError
from .models import ErrorAnswer, ErrorBody

CHOICES_SHOWN = 50
LONGEST = 2000
"""Characters of a message: what was asked for may be in it, and may be long."""

# The first entry that an exception is an instance of counts.
STATUS: tuple[tuple[type[GanatlasError], int, str], ...] = (
    (NotFoundError, 404, "not_found"),
    (NotReadyError, 503, "not_ready"),
    (NotCheckedError, 503, "not_ready"),
    (BundleError, 503, "damaged"),
    (InputError, 422, "invalid"),
    (BusyError, 409, "busy"),
    (GanatlasError, 500, "internal"),
)
HTTP_CODES = {404: "no_such_route", 405: "method_not_allowed", 422: "invalid"}
MESSAGES = {
    400: "The body cannot be read as JSON.",
    404: "There is nothing at this address. The API is described at {docs}.",
    405: "{method} is not allowed here; the header Allow names what is.",
}

logger = logging.getLogger("ganatlas.server")


def install(app: FastAPI) -> None:
    """Answer every error of `app` in the one shape."""
    app.add_exception_handler(GanatlasError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def error_response(status: int, code: str, message: str, detail: dict[str, Any] | None = None) -> Response:
    """An error in the one shape. Never cached."""
    shown = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
    body = ErrorAnswer(error=ErrorBody(code=code, message=shown, detail=detail or {})).model_dump()
    try:
        content = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # halves of characters, which JSON can ask for and UTF-8 cannot say
        content = json.dumps(body, default=str).encode()
    headers = {"cache-control": "no-store"} | ({"retry-after": "2"} if status == 503 else {})
    return Response(content, status, headers, media_type="application/json")


def status_of(error: GanatlasError) -> tuple[int, str]:
    """HTTP status and code of one of our errors."""
    return next((status, code) for kind, status, code in STATUS if isinstance(error, kind))


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, GanatlasError)
    status, code = status_of(error)
    detail = dict(error.detail)
    choices = detail.get("choices")
    if isinstance(choices, list) and len(choices) > CHOICES_SHOWN:
        detail |= {"choices": choices[:CHOICES_SHOWN], "choices_left_out": len(choices) - CHOICES_SHOWN}
    if status >= 500 and not isinstance(error, (NotReadyError, NotCheckedError)):
        line = {"id": request.scope.get("request_id", ""), "level": "error", "path": request.url.path, "message": error.message}
        logger.error("%s", orjson.dumps(line).decode())
    return error_response(status, code, error.message, detail)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [
        {"in": str(item["loc"][0]), "field": ".".join(str(part) for part in item["loc"][1:]), "message": item["msg"]}
        for item in error.errors()[:CHOICES_SHOWN]
    ]
    first = fields[0]
    message = f"{first['field'] or 'The ' + first['in']}: {first['message']}."
    return error_response(422, "invalid", message, {"fields": fields})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = MESSAGES.get(error.status_code, f"{error.detail}.").format(
        method=request.method, docs=f"{request.scope.get('root_path', '')}/docs"
    )
    # A body that cannot be parsed at all is 400 to FastAPI; to who asks it is one more wrong parameter.
    status = 422 if error.status_code == 400 else error.status_code
    response = error_response(status, HTTP_CODES.get(status, "http_error"), message)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _unexpected(request: Request, error: Exception) -> Response:
    # Starlette raises it again after this answer, so that the log has the traceback.
    return _failure()


def _failure() -> Response:
    return error_response(500, "internal", "The server failed on this request; its log says how.")


class FailureMiddleware:
    """Answer a failure of the program inside the other middlewares, so that this answer has its id and headers, too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_know(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_know)
        except Exception:
            if scope["type"] == "http" and not started:
                await _failure()(scope, receive, send)
            raise  # for the log
