"""What the server says of itself: a request id and one structured log line a request, and figures for Prometheus.

The format of `/metrics` is Prometheus' text exposition format 0.0.4. The log has the path without its query, which may carry a
token.
"""

import logging
import re
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .caching import ByteCache

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")

logger = logging.getLogger("ganatlas.server.access")


class Figures:
    """Counts of requests, their latencies and the use of the caches. Thread-safe."""

    def __init__(self, caches: Mapping[str, ByteCache]) -> None:
        self._caches = dict(caches)
        self._lock = threading.Lock()
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
        self._sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Add one request."""
        with self._lock:
            self._requests[method, route, status] += 1
            total = self._sums[route]
            total[0] += seconds
            total[1] += 1
            for index, bound in enumerate(BUCKETS):
                if seconds <= bound:
                    self._buckets[route][index] += 1

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        with self._lock:
            lines = ["# HELP ganatlas_requests_total Requests answered.", "# TYPE ganatlas_requests_total counter"]
            for (method, route, status), number in sorted(self._requests.items()):
                lines.append(f'ganatlas_requests_total{{method="{method}",route="{route}",status="{status}"}} {number}')
            lines += [
                "# HELP ganatlas_request_seconds Time to the end of the answer.",
                "# TYPE ganatlas_request_seconds histogram",
            ]
            for route, (seconds, number_) in sorted(self._sums.items()):
                for bound, count in zip(BUCKETS, self._buckets[route], strict=True):
                    lines.append(f'ganatlas_request_seconds_bucket{{route="{route}",le="{bound:g}"}} {count}')
                lines.append(f'ganatlas_request_seconds_bucket{{route="{route}",le="+Inf"}} {number_:.0f}')
                lines.append(f'ganatlas_request_seconds_sum{{route="{route}"}} {seconds:.6f}')
                lines.append(f'ganatlas_request_seconds_count{{route="{route}"}} {number_:.0f}')
        for name, kind, help_ in (
            ("hits", "_total", "Answers found ready."),
            ("misses", "_total", "Answers made."),
            ("held", "_bytes", "Bytes held."),
        ):
            metric = f"ganatlas_cache_{name}{kind}"
            lines += [f"# HELP {metric} {help_}", f"# TYPE {metric} {'gauge' if kind == '_bytes' else 'counter'}"]
            lines += [f'{metric}{{cache="{cache}"}} {getattr(held, name)}' for cache, held in self._caches.items()]
        return "\n".join(lines) + "\n"


class MonitorMiddleware:
    """Give each request an id, time it, count it and write its line."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self.figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.match(given) else uuid.uuid4().hex[:16]
        began, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - began
            # The template, not the path: the number of series must not grow with the atlas, nor with what clients invent.
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in {"GET", "POST", "HEAD", "OPTIONS"} else "other"
            self.figures.count(method, route, status, seconds)
            if logger.isEnabledFor(logging.INFO):
                line = {"id": request_id, "method": method, "path": scope["path"], "status": status}
                logger.info("%s", orjson.dumps(line | {"ms": round(seconds * 1000, 2)}).decode())
