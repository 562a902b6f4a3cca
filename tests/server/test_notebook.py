"""`ganatlas.notebook`: the viewer in a frame, with one server a process behind it."""

import shutil
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import API

from ganatlas import notebook
from ganatlas.errors import InputError
from ganatlas.server.settings import Settings


@pytest.fixture(autouse=True)
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GANATLAS_TOKEN", "of another server")
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    yield
    notebook.stop()


def test_an_atlas_is_shown_in_a_frame_by_a_server_on_this_machine(whole: Path) -> None:
    display = pytest.importorskip("IPython.display")
    shown = notebook.frame(whole, height=500, layer="early", cell="20:3,4")
    assert isinstance(shown, display.IFrame)
    assert (shown.width, shown.height) == ("100%", 500)
    assert shown.src.startswith("http://127.0.0.1:")
    assert shown.src.endswith("/a/made-up?layer=early&cell=20:3,4")
    page = httpx.get(shown.src)
    assert page.status_code == 200
    assert "ganatlas-data" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.endswith(
        "frame-ancestors 'self' http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:*"
    )


def test_only_the_notebooks_server_may_be_framed_by_others() -> None:
    assert Settings.model_fields["frame_ancestors"].get_default() == ("'self'",)


def test_show_displays_the_frame(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    with capture_output() as captured:
        assert notebook.show(whole) is None
    (output,) = captured.outputs
    assert "<iframe" in output.data["text/html"]
    assert "/a/made-up" in output.data["text/html"]


def test_one_server_shows_several_atlases_and_keeps_their_names(whole: Path, tmp_path: Path) -> None:
    first = notebook.address(whole)
    other = Path(shutil.copytree(whole, tmp_path / "made-up.atlas"))
    second = notebook.address(other)
    assert second == first + "-2"
    assert notebook.address(whole) == first
    listed = httpx.get(first.removesuffix("/a/made-up") + "/api/v1/atlases").json()["atlases"]
    assert [atlas["name"] for atlas in listed] == ["made-up", "made-up-2"]


def test_a_folder_of_atlases_opens_their_list(whole: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(whole, tmp_path / f"{name}.atlas")
    address = notebook.address(tmp_path)
    assert address.endswith("/")
    assert "a/two" in httpx.get(address).text


def test_a_missing_atlas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        notebook.address(tmp_path / "nowhere.atlas")


def test_a_stopped_server_is_started_again(whole: Path) -> None:
    first = notebook.address(whole)
    notebook.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(first)
    assert httpx.get(notebook.address(whole)).status_code == 200


def test_on_a_hub_with_a_proxy_the_browser_goes_through_it(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/me/")
    assert notebook.address(whole).startswith("http://127.0.0.1:"), "there is no proxy"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert notebook.address(whole).startswith("/user/me/proxy/")


def test_in_colab_its_own_proxy_shows_the_port(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, str, str]] = []
    output = types.SimpleNamespace(
        serve_kernel_port_as_iframe=lambda port, path, height: asked.append((port, path, height))  # as Colab's own
    )
    colab = types.ModuleType("google.colab")
    colab.output = output  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    notebook.show(whole, height=600, color="none")
    ((port, path, height),) = asked
    assert (path, height) == ("/a/made-up?color=none", "600")
    page = httpx.get(f"http://127.0.0.1:{port}{path}")
    assert "https://colab.research.google.com" in page.headers["content-security-policy"]


def test_the_interpreter_ends_by_itself_and_without_torch(whole: Path) -> None:
    code = (
        "import sys, httpx; from ganatlas import notebook\n"
        f"print(httpx.get(notebook.address({str(whole)!r}).replace('/a/made-up', {API!r})).status_code)\n"
        "print({'torch', 'IPython', 'matplotlib'} & set(sys.modules) or 'light')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == ["200", "light"]
