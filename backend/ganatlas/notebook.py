"""The viewer in a notebook: `from ganatlas.notebook import show; show("X.atlas")`.

One server a process, in a thread, on 127.0.0.1 and a port that the system chooses; further atlases are added to it, and it
stops with the interpreter. Needs no torch, and IPython only when something is shown.
"""

import atexit
import importlib.util
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from IPython.display import IFrame

    from ganatlas.server.catalogue import Catalogue

HEIGHT = 720
NEAR = ("'self'", "http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*")
"""Who may show the viewer in a frame: notebooks on this machine, at any port."""
COLAB = ("https://colab.research.google.com", "https://*.googleusercontent.com")
STOP_SECONDS = 3.0


class NotebookServer:
    """A server in a thread of this process."""

    def __init__(self, frame_ancestors: Sequence[str]) -> None:
        """Start it; returns when it answers."""
        import uvicorn

        from ganatlas.commands.serve import bind
        from ganatlas.server.app import create_app
        from ganatlas.server.protocol import BoundedProtocol
        from ganatlas.server.settings import Settings

        self.frame_ancestors = tuple(frame_ancestors)
        self.process = os.getpid()
        # Nothing of the environment: GANATLAS_PATHS and a token are for the server that one starts by hand.
        settings = Settings.model_construct(**_defaults() | {"frame_ancestors": self.frame_ancestors})
        app = create_app(settings)
        self.catalogue: Catalogue = app.state.services.catalogue
        listener = bind("127.0.0.1", 0)
        self.port: int = listener.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
        self._server: uvicorn.Server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="ganatlas-notebook", daemon=True
        )
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it still serves this process (a fork has the object without its thread)."""
        return self.process == os.getpid() and self._thread.is_alive()

    def stop(self) -> None:
        """End it; requests under way have a second."""
        if self.alive:
            self._server.should_exit = True
            self._thread.join(STOP_SECONDS)


class _Process:
    """What this process has: its one server."""

    lock = threading.Lock()
    server: NotebookServer | None = None


def show(path: str | os.PathLike[str], *, height: int = HEIGHT, **view: object) -> None:
    """Show an atlas, or a folder of atlases, below the cell.

    Args:
        path: an atlas, or a folder that holds atlases.
        height: of the frame, px.
        view: what a link says (docs/viewer.md), such as `layer="mixed5b", cell="20:3,4"`.

    Raises:
        InputError: the path does not exist or is a file.
    """
    if "google.colab" in sys.modules:
        server, page = _serve(path, view, (*NEAR, *COLAB))
        from google.colab import output

        output.serve_kernel_port_as_iframe(server.port, path=f"/{page}", height=str(height))
        return
    from IPython.display import display

    display(frame(path, height=height, **view))  # type: ignore[no-untyped-call]  # IPython has no types


def frame(path: str | os.PathLike[str], *, height: int = HEIGHT, **view: object) -> "IFrame":
    """The same as an object, for who lays several out.

    Raises:
        InputError: the path does not exist or is a file.
    """
    from IPython.display import IFrame

    return IFrame(address(path, **view), width="100%", height=height)


def address(path: str | os.PathLike[str], **view: object) -> str:
    """Where the browser finds an atlas: this machine, or JupyterHub's way to it where `jupyter-server-proxy` is installed.

    Raises:
        InputError: the path does not exist or is a file.
    """
    server, page = _serve(path, view, NEAR)
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if prefix and importlib.util.find_spec("jupyter_server_proxy"):
        return f"{prefix.rstrip('/')}/proxy/{server.port}/{page}"
    return f"http://127.0.0.1:{server.port}/{page}"


def stop() -> None:
    """Stop the server of this process; the next `show` starts another."""
    with _Process.lock:
        if _Process.server is not None:
            _Process.server.stop()
        _Process.server = None


def _serve(path: str | os.PathLike[str], view: dict[str, object], frame_ancestors: Sequence[str]) -> tuple[NotebookServer, str]:
    """(the server, started where there is none; the page of the atlas on it)."""
    with _Process.lock:
        server = _Process.server
        if server is None or not server.alive or server.frame_ancestors != tuple(frame_ancestors):
            if server is not None:
                server.stop()
            server = _Process.server = NotebookServer(frame_ancestors)
    name = server.catalogue.add(Path(path).resolve())
    query = urlencode({key: str(value) for key, value in view.items()}, safe=":,~;")
    return server, ("" if name is None else f"a/{quote(name)}") + (f"?{query}" if query else "")


def _defaults() -> dict[str, Any]:
    from ganatlas.server.settings import Settings

    return {name: field.get_default() for name, field in Settings.model_fields.items()}


atexit.register(stop)
