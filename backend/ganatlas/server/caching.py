"""What may be kept, by whom and for how long.

A URL that carries the version of what it names as `?v=` is immutable for a year, and its whole answer is kept (`ready`).
Everything else has an ETag and is asked for again. Prepared bytes (JSON, also gzipped) are kept in memory up to a limit, under
the digest that they follow from, so that no request does work that a digest already answers.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

API_REVISION = "2"
"""Raised when an answer changes for the same bundle, so that no browser keeps the old one."""

GZIP_FROM = 1000
IMMUTABLE = "max-age=31536000, immutable"
SHORT = "max-age=5, must-revalidate"
REVALIDATE = "no-cache"


def version_of(*parts: object) -> str:
    """A version: 16 hex digits that change with any of the parts."""
    return hashlib.sha256(orjson.dumps([API_REVISION, *parts], default=str)).hexdigest()[:16]


class ByteCache:
    """Prepared bytes by key, the least recently used dropped beyond `limit` bytes. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0
        self.hits = 0
        self.misses = 0
        self._lock = threading.Lock()
        self._items: OrderedDict[tuple[object, ...], tuple[int, Any]] = OrderedDict()

    def get(self, key: tuple[object, ...], make: Callable[[], Any], size: Callable[[Any], int] = len) -> Any:
        """The value under `key`, made where it is not held. An error of `make` is not kept."""
        value = self.find(key)
        if value is None:
            value = make()
            self.put(key, value, size(value) + 200)
        return value

    def find(self, key: tuple[object, ...], *, again: bool = False) -> Any | None:
        """The value under `key`; None where it is not held, which counts as a miss if it is not to be looked for again."""
        with self._lock:
            item = self._items.get(key)
            if item is None:
                self.misses += not again
                return None
            self._items.move_to_end(key)
            self.hits += 1
            return item[1]

    def put(self, key: tuple[object, ...], value: Any, weight: int) -> None:
        """Hold a value of `weight` bytes, unless it would push out a quarter of the others."""
        if weight > self.limit // 4:
            return
        with self._lock:
            self.held += weight - (self._items.pop(key)[0] if key in self._items else 0)
            self._items[key] = (weight, value)
            while self.held > self.limit:
                self.held -= self._items.popitem(last=False)[1][0]


def etag_of(version: str) -> str:
    """A weak ETag: the gzipped and the plain answer are the same thing."""
    return f'W/"{version}"'


def headers_for(request: Request, version: str, accepted: tuple[str, ...] = (), otherwise: str = SHORT) -> dict[str, str]:
    """Caching headers of an answer.

    Args:
        version: of this answer.
        accepted: versions under which this URL never changes its answer.
        otherwise: how long the answer lives when the URL does not carry one of them.
    """
    scope = "private" if request.app.state.services.private else "public"
    life = IMMUTABLE if request.query_params.get("v") in accepted else otherwise
    control = life if life == REVALIDATE else f"{scope}, {life}"
    return {"etag": etag_of(version), "cache-control": control}


def not_modified(request: Request, version: str) -> bool:
    """Whether the client has this version."""
    held = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    return etag_of(version) in held or "*" in held


def bytes_answer(
    request: Request,
    make: Callable[[], bytes],
    *,
    version: str,
    media_type: str,
    accepted: tuple[str, ...] = (),
    otherwise: str = SHORT,
) -> Response:
    """Answer with bytes that follow from `version`, or with 304 where the client has them; `make` runs only when needed."""
    headers = headers_for(request, version, accepted, otherwise)
    if not_modified(request, version):
        return Response(status_code=304, headers=headers)
    return Response(make(), headers=headers, media_type=media_type)


def json_answer(
    request: Request,
    make: Callable[[], object],
    *,
    version: str,
    accepted: tuple[str, ...] = (),
    otherwise: str = SHORT,
    keep: tuple[object, ...] | None = None,
) -> Response:
    """Answer with JSON, gzipped where the client takes it.

    Args:
        make: builds the content: a model, or dictionaries and arrays (NaN becomes null).
        version: of the answer.
        accepted, otherwise: as in `headers_for`.
        keep: key under which the bytes are kept in memory; None to make them each time.
    """
    headers = headers_for(request, version, accepted, otherwise) | {"vary": "accept-encoding"}
    if not_modified(request, version):
        return Response(status_code=304, headers=headers)
    zipped = "gzip" in request.headers.get("accept-encoding", "")

    def prepare() -> tuple[bytes, bool]:
        content = to_json(make())
        worth = zipped and len(content) >= GZIP_FROM
        return (gzip.compress(content, compresslevel=6 if keep else 1, mtime=0) if worth else content), worth

    cache: ByteCache = request.app.state.services.answers
    content, is_zipped = (
        prepare() if keep is None else cache.get((*keep, version, zipped), prepare, lambda value: len(value[0]))
    )
    if is_zipped:
        headers["content-encoding"] = "gzip"
    return Response(content, headers=headers, media_type="application/json")


def to_json(value: object) -> bytes:
    """JSON of a model, or of dictionaries, lists and arrays. NaN and infinities become null."""
    plain = value.model_dump() if isinstance(value, BaseModel) else value
    return orjson.dumps(plain, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
