"""What the server says of itself: a request id and one structured log line a request, and figures for Prometheus.

The format of `/metrics` is Prometheus' text exposition format 0.0.4. The log has the path without its query, which may carry a
token.
"""

import logging
import os
import re
import threading
import time
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .caching import ByteCache

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{1,64}$")
METHODS = {"GET", "POST", "HEAD", "OPTIONS"}
SHARED_SECONDS = 1.0
"""How often, at most, a worker writes its figures down for the others."""

Written = dict[str, list[list[Any]]]
"""One worker's figures: rows of labels and numbers."""

logger = logging.getLogger("ganatlas.server.access")


class Figures:
    """Counts of requests, their latencies and the use of the caches. Thread-safe.

    Several workers keep theirs in files of one folder, and whichever is asked adds them up, those of workers that ended too.
    """

    def __init__(self, caches: Mapping[str, ByteCache], shared: Path | None = None) -> None:
        self._caches = dict(caches)
        self._shared = shared
        self._lock = threading.Lock()
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._written = -float("inf")
        self._name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}.json"

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Add one request."""
        with self._lock:
            self._requests[method, route, status] += 1
            self._seconds[route] += seconds
            self._buckets[route][bisect_left(BUCKETS, seconds)] += 1
        if self._shared is not None and time.monotonic() - self._written > SHARED_SECONDS:
            self.share()

    def share(self) -> None:
        """Write this worker's figures down for the others."""
        if self._shared is None:
            return
        self._written = time.monotonic()
        part = self._shared / f".{self._name}.{threading.get_ident()}"
        try:
            part.write_bytes(orjson.dumps(self._own()))
            part.replace(self._shared / self._name)
        except OSError as error:  # a full disk, say: figures of the last time it went well stay, and answers go on
            said = {"level": "warning", "message": f"figures for the other workers cannot be written: {error}"}
            logger.warning("%s", orjson.dumps(said).decode())

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        self.share()
        return _text(self._all())

    def _own(self) -> Written:
        with self._lock:
            return {
                "requests": [[*key, number] for key, number in self._requests.items()],
                "buckets": [[route, *numbers] for route, numbers in self._buckets.items()],
                "seconds": [[route, seconds] for route, seconds in self._seconds.items()],
                "caches": [[name, cache.hits, cache.misses, cache.held] for name, cache in self._caches.items()],
            }

    def _all(self) -> list[Written]:
        if self._shared is None:
            return [self._own()]
        others = [_read(path) for path in sorted(self._shared.glob("*.json")) if path.name != self._name]
        return [self._own(), *others]


def _read(path: Path) -> Written:
    """What a worker wrote; of one that ended nothing is held any more."""
    written: Written = orjson.loads(path.read_bytes())
    if not Path(f"/proc/{path.name.partition('-')[0]}").exists() and Path("/proc").exists():
        written["caches"] = [[*row[:3], 0] for row in written["caches"]]
    return written


def _sum(workers: Iterable[Written], what: str, keys: int) -> dict[tuple[Any, ...], list[float]]:
    """Rows of some figures by their first columns, the others added up."""
    found: dict[tuple[Any, ...], list[float]] = {}
    for worker in workers:
        for row in worker[what]:
            held = found.setdefault(tuple(row[:keys]), [0.0] * (len(row) - keys))
            held[:] = [a + b for a, b in zip(held, row[keys:], strict=True)]
    return found


def _text(workers: list[Written]) -> str:
    requests, seconds = _sum(workers, "requests", 3), _sum(workers, "seconds", 1)
    lines = ["# HELP ganatlas_requests_total Requests answered.", "# TYPE ganatlas_requests_total counter"]
    for (method, route, status), (number,) in sorted(requests.items(), key=str):
        lines.append(f'ganatlas_requests_total{{method="{method}",route="{route}",status="{status}"}} {number:.0f}')
    lines += ["# HELP ganatlas_request_seconds Time to the end of the answer.", "# TYPE ganatlas_request_seconds histogram"]
    for (route,), numbers in sorted(_sum(workers, "buckets", 1).items(), key=str):
        below = 0.0
        for bound, number in zip([*(f"{bound:g}" for bound in BUCKETS), "+Inf"], numbers, strict=True):
            below += number
            lines.append(f'ganatlas_request_seconds_bucket{{route="{route}",le="{bound}"}} {below:.0f}')
        lines.append(f'ganatlas_request_seconds_sum{{route="{route}"}} {seconds[route,][0]:.6f}')
        lines.append(f'ganatlas_request_seconds_count{{route="{route}"}} {below:.0f}')
    caches = _sum(workers, "caches", 1)
    for index, (metric, kind, help_) in enumerate(
        (
            ("ganatlas_cache_hits_total", "counter", "Answers found ready."),
            ("ganatlas_cache_misses_total", "counter", "Answers made."),
            ("ganatlas_cache_held_bytes", "gauge", "Bytes held."),
        )
    ):
        lines += [f"# HELP {metric} {help_}", f"# TYPE {metric} {kind}"]
        lines += [f'{metric}{{cache="{name}"}} {values[index]:.0f}' for (name,), values in caches.items()]
    return "\n".join(lines) + "\n"


class JsonLines(logging.Formatter):
    """What uvicorn has to say, as lines of JSON like ours: level, message and, of a failure, its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said = {"level": record.levelname.lower(), "message": record.getMessage()}
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(said).decode()


LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "ganatlas.server.monitor.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "loggers": {"uvicorn": {"handlers": ["stderr"], "propagate": False}},
}
"""For uvicorn."""


def new_request_id() -> bytes:
    """16 hex digits at random."""
    return uuid.uuid4().hex[:16].encode()


class Monitor:
    """The id, the figures and the log line of each request."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self._ids = _Ids()

    def id_of(self, sent: bytes) -> bytes:
        """The id that a client sent, or one of our own where it sent none, or something else."""
        return sent if REQUEST_ID.match(sent) else self._ids.next()

    def note(self, request_id: bytes, method: str, path: str, route: object, status: int, seconds: float) -> None:
        """Count a request that was answered, and write its line. route: what the router found."""
        # The template, not the path: the number of series must not grow with the atlas, nor with what clients invent.
        counted = method if method in METHODS else "other"
        self.figures.count(counted, getattr(route, "path", "none"), status, seconds)
        if logger.isEnabledFor(logging.INFO):
            line = {"id": request_id.decode(), "method": counted, "path": path, "status": status}
            logger.info("%s", orjson.dumps(line | {"ms": round(seconds * 1000, 2)}).decode())


class MonitorMiddleware:
    """Give each request an id, time it, count it and write its line."""

    def __init__(self, app: ASGIApp, monitor: Monitor) -> None:
        self.app = app
        self.monitor = monitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = self.monitor.id_of(next((value for name, value in scope["headers"] if name == b"x-request-id"), b""))
        began, status = time.perf_counter(), 500
        scope["request_id"] = request_id.decode()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id)]}
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:
            said = {"path": scope["path"], "message": f"{type(error).__name__}: {error}"}
            logger.error("%s", orjson.dumps({"id": scope["request_id"], "level": "error"} | said).decode())
            raise  # uvicorn writes the traceback
        finally:
            seconds = time.perf_counter() - began
            self.monitor.note(request_id, scope["method"], scope["path"], scope.get("route"), status, seconds)


class _Ids:
    """16 hex digits that no other request has: eight of this server at random, eight that count."""

    def __init__(self) -> None:
        self._server = uuid.uuid4().hex[:8].encode()
        self._number = 0

    def next(self) -> bytes:
        self._number += 1
        return b"%s%08x" % (self._server, self._number & 0xFFFFFFFF)
