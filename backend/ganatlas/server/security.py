"""Who may ask, and what a browser may do with the answer: the token, and the headers of every response.

With a token set, a request needs it as `Authorization: Bearer`, or once as `?token=`, which becomes an HttpOnly, SameSite
cookie and is taken out of the address. The cookie carries a digest of the token, never the token.
"""

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import error_response

COOKIE = "ganatlas_session"
OPEN_PATHS = ("/healthz",)


def content_security_policy(frame_ancestors: tuple[str, ...]) -> str:
    """Everything from this server, nothing inline; `blob:` and `data:` only for pictures and workers that the page makes."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {' '.join(frame_ancestors)}"
    )


class HeadersMiddleware:
    """Put the security headers on every response."""

    def __init__(self, app: ASGIApp, frame_ancestors: tuple[str, ...]) -> None:
        self.app = app
        self.headers = (
            (b"content-security-policy", content_security_policy(frame_ancestors).encode("latin-1")),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class TokenMiddleware:
    """Let only those in who know the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token.encode()
        self.session = hmac.new(self.token, b"ganatlas session", hashlib.sha256).hexdigest().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or inner_path(scope) in OPEN_PATHS or self._allowed(scope):
            await self.app(scope, receive, send)
            return
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if given and hmac.compare_digest(given[0].encode(), self.token):
            rest = [(name, value) for name, value in query if name != "token"]
            await self._welcome(scope, rest, send)
            return
        response = error_response(
            401, "unauthorized", "This server needs its token: as 'Authorization: Bearer TOKEN', or once as '?token=TOKEN'."
        )
        response.headers["www-authenticate"] = "Bearer"
        await response(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(bearer.strip().encode(), self.token):
            return True
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self.session)

    async def _welcome(self, scope: Scope, rest: list[tuple[str, str]], send: Send) -> None:
        """Set the cookie and send the browser to the same address without the token, relative so that any proxy is fine."""
        last = scope["path"].rsplit("/", 1)[-1]
        location = "./" + quote(last) + ("?" + urlencode(rest) if rest else "")
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        # Lax, not Strict: the link with the token is often followed from another site (a chat, a mail).
        cookie = f"{COOKIE}={self.session.decode()}; HttpOnly; SameSite=Lax; Path=/{secure}"
        headers = [(b"location", location.encode()), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


class RootPathMiddleware:
    """Say under which path a proxy shows the server; requests are answered whether or not the proxy takes it off."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["root_path"] = self.root_path
        await self.app(scope, receive, send)


class BodyLimitMiddleware:
    """Refuse request bodies beyond a size before they are read into memory."""

    def __init__(self, app: ASGIApp, limit: int = 16 << 20) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self.limit:
                text = f"The body has more than {self.limit >> 20} MB; ask for less at once."
                await error_response(413, "too_large", text)(scope, receive, send)
                return
            if not message.get("more_body"):
                break
        whole: Message | None = {"type": "http.request", "body": b"".join(chunks), "more_body": False}

        async def receive_whole() -> Message:
            nonlocal whole
            message, whole = whole, None
            return message if message is not None else await receive()

        await self.app(scope, receive_whole, send)


def inner_path(scope: Scope) -> str:
    """The path of a request below the root path, whether or not the proxy took that off."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path
