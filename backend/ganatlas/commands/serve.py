"""`ganatlas serve`: serve one or many atlases until interrupted."""

import contextlib
import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import socket

    from ganatlas.server.settings import Settings


M_ARENA_MAX = -8
"""glibc's name for the number of heaps (malloc.h)."""
PATIENCE = 120
"""Seconds in which a worker must say that it lives. uvicorn's five are not enough to import everything on a busy machine."""


def serve(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Atlases, or folders that hold atlases.", show_default=False)
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to bind: 127.0.0.1 unless told otherwise.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to bind: 8000 unless told otherwise; 0: any.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Ask for this token. Better set as GANATLAS_TOKEN: options are seen by others.")
    ] = None,
    root_path: Annotated[str | None, typer.Option(help="Path under which a proxy shows the server.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Serve an atlas that does not exist yet, and follow its build.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes that answer: 1 unless told otherwise.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say warnings and errors only.")] = False,
    log_level: Annotated[str | None, typer.Option(help="debug, info (a line a request), warning or error.")] = None,
) -> None:
    """Serve atlases. Every option is also a setting GANATLAS_…; see docs/server.md."""
    given: dict[str, object] = {"host": host, "port": port, "token": token, "root_path": root_path, "log_level": log_level}
    given |= {"paths": paths or None, "wait": wait or None, "workers": workers}
    run_server(read_settings({name: value for name, value in given.items() if value is not None}), quiet=quiet)


def read_settings(given: dict[str, object]) -> "Settings":
    """Settings from options and environment.

    Raises:
        InputError: one of them is wrong, or there is nothing to serve.
    """
    from pydantic import ValidationError

    from ganatlas.errors import InputError
    from ganatlas.server.settings import Settings

    try:
        settings = Settings.model_validate({**Settings().model_dump(), **given}) if given else Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"GANATLAS_{item['loc'][0]}".upper() + f": {item['msg']}" for item in error.errors(include_input=False)
        )
        raise InputError(f"A setting is wrong: {wrong}. docs/server.md has them all.") from error
    if not settings.paths:
        raise InputError("There is nothing to serve: give an atlas or a folder of atlases.")
    return settings


def run_server(settings: "Settings", *, quiet: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are then answered first.

    Raises:
        InputError: a path is missing.
        BusyError: the port is taken.
    """
    from ganatlas.server.catalogue import check_paths

    _hold_few_arenas()
    check_paths(settings.paths, wait=settings.wait)
    listener = bind(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host
    hint = " (with ?token=…)" if settings.token else ""
    if not quiet:
        typer.echo(f"Serving at http://{shown}:{port}{settings.root_path}/{hint}  ·  Ctrl-C to stop")
    if settings.workers == 1:
        _run_one(settings, listener)
    else:
        _run_several(settings, listener)


def _hold_few_arenas() -> None:
    """Let all threads share two heaps of the C library. With one each, memory creeps up: what each has freed stays with it."""
    import ctypes

    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # workers read it as they start
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, int(os.environ["MALLOC_ARENA_MAX"]))


def _run_one(settings: "Settings", listener: "socket.socket") -> None:
    import signal
    import sys

    import uvicorn

    from ganatlas.server.app import create_app

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again when all is answered: that is no failure
    uvicorn.Server(uvicorn.Config(create_app(settings), **_uvicorn_options(settings))).run(sockets=[listener])


def _run_several(settings: "Settings", listener: "socket.socket") -> None:
    """Workers that share the socket. One that ends is started again; they keep their figures for each other in a folder."""
    import tempfile

    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from ganatlas.server.app import create_app

    class Supervisor(Multiprocess):
        interrupted = False

        def handle_int(self) -> None:
            self.interrupted = True
            super().handle_int()

    with tempfile.TemporaryDirectory(prefix="ganatlas-figures-") as folder:
        app = functools.partial(create_app, settings, None, Path(folder))
        options = _uvicorn_options(settings) | {"workers": settings.workers, "timeout_worker_healthcheck": PATIENCE}
        config = uvicorn.Config(app, factory=True, **options)
        supervisor = Supervisor(config, [listener])
        supervisor.run()
    if supervisor.interrupted:
        raise KeyboardInterrupt


def _uvicorn_options(settings: "Settings") -> dict[str, Any]:
    from ganatlas.server.monitor import LOG_CONFIG
    from ganatlas.server.protocol import BoundedProtocol

    return {
        "http": BoundedProtocol,
        "log_config": LOG_CONFIG,
        "log_level": "warning",
        "access_log": False,  # its lines carry the query, which may hold the token; ours do not
        "server_header": False,
        "timeout_keep_alive": 65,  # longer than a person's pauses, and than a proxy in front keeps its own
        "timeout_graceful_shutdown": settings.shutdown_seconds,
        "lifespan": "off",
    }


def bind(host: str, port: int) -> "socket.socket":
    """A listening socket.

    Raises:
        BusyError: another program has the port.
        InputError: the address is not this machine's, or the port is not allowed.
    """
    import errno
    import socket

    from ganatlas.errors import BusyError, InputError

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else 0
            raise BusyError(
                f"Port {port} of {host} is in use by another program. Choose another with --port {other}, or --port 0 for any."
            ) from error
        reason = error.strerror or error
        raise InputError(f"Cannot listen on {host}:{port} ({reason}). Choose others with --host and --port.") from error
    return listener
