"""`ganatlas serve`, `info` and `verify` as a person runs them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from ganatlas.cli import COMMANDS, app, guard
from ganatlas.errors import InputError

RUN = [sys.executable, "-W", "ignore", "-m", "ganatlas.cli"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GANATLAS_")}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Run a command in this process, wide enough that tables do not break their words."""
    monkeypatch.setenv("COLUMNS", "200")

    def run_command(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as ended:
            app([str(argument) for argument in arguments], prog_name="ganatlas")
        captured = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run_command


@contextmanager
def serving(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address as it prints it."""
    command = [*RUN, "serve", *map(str, arguments), "--port", "0"]
    # A shell's background jobs ignore SIGINT, and so would what they start.
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "preexec_fn": _heed_interrupts}
    with subprocess.Popen(command, text=True, env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"}, **pipes) as process:  # type: ignore[call-overload]
        try:
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found, process.stderr.read()
            yield process, found[0]
        finally:
            process.kill()


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_serve_prints_its_address_answers_there_and_ends_on_sigterm(whole: Path) -> None:
    with serving(whole) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}healthz") as answer:
            assert json.load(answer) == {"status": "ok", "atlases": 1}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    host, port = re.fullmatch(r"http://(.+):(\d+)/", address).groups()  # type: ignore[union-attr]
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        yield connection


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_request_under_way_is_answered_after_sigterm(whole: Path, workers: str) -> None:
    body = b'{"polygon": [[0, 0], [1, 0], [1, 1]]}'
    head = (
        "POST /api/v1/atlases/made-up/layers/early/selection HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with serving(whole, "--workers", workers) as (process, address), connected(address) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100"), "the server has begun with it"
        process.send_signal(signal.SIGTERM)
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        assert process.wait(120) == 0


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.slow
def test_several_workers_answer_add_up_their_figures_and_end_together(whole: Path) -> None:
    with serving(whole, "--workers", "2") as (process, address):
        while len(workers_of(process)) < 2:
            assert process.poll() is None
        answered = set()
        for worker in workers_of(process):
            worker.suspend()  # so that the other answers
            with urllib.request.urlopen(f"{address}healthz") as answer:
                answered.add(answer.headers["x-request-id"][:8])  # an id begins with its worker's own
            worker.resume()
        assert len(answered) == 2
        # A worker writes its figures down after its answer.
        asked = (urllib.request.urlopen(f"{address}metrics").read().decode() for _ in range(1000))
        assert any('requests_total{method="GET",route="/healthz",status="200"} 2' in figures for figures in asked)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
        assert "Traceback" not in process.stderr.read()


def test_quiet_says_nothing(whole: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*RUN, "serve", str(whole), "--port", str(port), "--quiet"]
    with subprocess.Popen(command, text=True, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
                        break
                except OSError:
                    assert process.poll() is None
        finally:
            process.terminate()
        assert process.communicate(timeout=30) == ("", "")


def test_an_interrupt_ends_serve_without_a_traceback(whole: Path) -> None:
    with serving(whole) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read().strip() == "Interrupted."


def test_a_port_in_use_is_said_with_what_to_do(run: Callable[..., Ended], whole: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", whole, "--port", port)
    assert ended.code == 4
    assert f"Port {port} of 127.0.0.1 is in use" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "said"),
    [
        (["serve"], {}, 2, "nothing to serve"),
        (["serve", "/nowhere.atlas"], {}, 2, "--wait"),
        (["serve", "/tmp"], {"GANATLAS_PORT": "many"}, 2, "GANATLAS_PORT"),
        (["serve", "/tmp"], {"GANATLAS_LOG_LEVEL": "loud"}, 2, "GANATLAS_LOG_LEVEL"),
        (["serve", "/tmp", "--host", "203.0.113.1", "--port", "0"], {}, 2, "--host"),
        (["serve", "/tmp", "--port", "99999"], {}, 2, "65535"),
        (["info", "/nowhere.atlas"], {}, 3, "is not an atlas"),
        (["verify", "/nowhere.atlas"], {}, 3, "manifest.json"),
        (["nonsense"], {}, 2, "nonsense"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(
    run: Callable[..., Ended],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    settings: dict[str, str],
    code: int,
    said: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    ended = run(*arguments)
    assert ended.code == code
    assert said in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_info_tells_what_is_in_an_atlas(run: Callable[..., Ended], whole: Path) -> None:
    ended = run("info", whole)
    assert ended.code == 0
    for said in ("real (reference)", "gan-b", "early", "10 (", "exemplar", "JPEG", "broken.png", "Warning"):
        assert said in ended.stdout
    assert json.loads(run("info", whole, "--json").stdout)["reference"] == "real"


def test_verify_says_whole_or_names_the_damage_and_exits_3(run: Callable[..., Ended], whole: Path, atlas: Path) -> None:
    ended = run("verify", whole)
    assert (ended.code, "is whole" in ended.stdout) == (0, True)
    path = next(atlas.glob("metrics-*.json"))
    path.write_bytes(b"{}")
    ended = run("verify", atlas)
    assert ended.code == 3
    assert path.name in ended.stdout
    assert "one problem" in ended.stderr
    assert json.loads(run("verify", atlas, "--json").stdout)[0]["file"] == path.name


def test_the_server_and_its_commands_import_no_torch(whole: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from typer.testing import CliRunner
from ganatlas.cli import app
from ganatlas.bundle.verify import verify
from ganatlas.server.app import create_app
from ganatlas.server.settings import Settings
client = TestClient(create_app(Settings(paths=(Path({str(whole)!r}),))))
assert client.get("/api/v1/atlases/made-up/layers/early/grids/20/cells/outside").status_code == 200
assert verify(Path({str(whole)!r})) == []
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
heavy = {{"torch", "torchvision", "umap", "numba", "scipy", "sklearn", "pyvips", "matplotlib", "ray"}} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_output_that_cannot_be_written_is_said(whole: Path) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [*RUN, "info", str(whole), "--json"], stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, check=False
        )
    assert ended.returncode == 5
    assert "cannot write the output: no space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_ends_first_is_no_failure_of_the_program(whole: Path) -> None:
    command = [*RUN, "info", str(whole), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        process.stdout.close()  # type: ignore[union-attr]
        assert process.wait(60) == 141
        assert process.stderr.read() == ""  # type: ignore[union-attr]


def test_help_lists_every_command(run: Callable[..., Ended]) -> None:
    ended = run("--help")
    assert ended.code == 0
    assert all(name in ended.stdout for name in COMMANDS)


def test_a_command_whose_extra_is_missing_says_how_to_install_it(capsys: pytest.CaptureFixture[str]) -> None:
    def needs_torch() -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    with pytest.raises(SystemExit) as ended:
        guard(needs_torch, debug=False)()
    assert ended.value.code == 2
    assert "pip install 'ganatlas[precompute]'" in capsys.readouterr().err


def test_debugging_shows_the_error_itself() -> None:
    with pytest.raises(InputError):
        app(["--debug", "serve", "/nowhere.atlas"], prog_name="ganatlas", standalone_mode=False)
