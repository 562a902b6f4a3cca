"""A real server in a thread, on a port of its own, that can be stopped and started again on the same port."""

import socket
import threading
import time
from pathlib import Path
from types import TracebackType

import uvicorn

from ganatlas.server.app import create_app
from ganatlas.server.settings import Settings


class LiveServer:
    """Serves bundles over loopback as long as its `with` block lasts, or until stopped."""

    def __init__(self, *paths: Path) -> None:
        self.settings = Settings(paths=paths, follow_seconds=0, log_level="error")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        config = uvicorn.Config(
            create_app(self.settings), port=self.port, log_level="error", timeout_graceful_shutdown=1, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> "LiveServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
