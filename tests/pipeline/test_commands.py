"""The commands as a user types them: what is wrong is said in one message, with an exit code and without a traceback."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganatlas.cli import main
from ganatlas.pipeline.commands import dataset_names


def run(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and what went to stderr."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["ganatlas", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return int(caught.value.code or 0), said


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(12):
        Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8)).save(folder / f"{i}.png")
    return folder


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (None, "does not exist"),
        ("empty", "no images"),
        ("text", "no images"),
    ],
)
def test_a_source_that_cannot_be_used_is_named(
    made: str | None, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "source"
    if made:
        source.mkdir()
    if made == "text":
        (source / "notes.txt").write_text("not a picture")
    code, said = run("compare", source, source, "-o", tmp_path / "x.atlas", "--classifier", "world:scenes", capsys=capsys)
    assert code == 2
    assert str(source) in said
    assert expected in said


def test_fewer_images_than_asked_for_says_how_many_there_are(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run("compare", pictures, pictures, "-o", tmp_path / "x.atlas", "--limit", "100", capsys=capsys)
    assert code == 2
    assert "has 12 images, fewer than the 100 asked for" in said


def test_a_layer_that_does_not_exist_is_answered_with_those_that_do(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--classifier", "world:scenes", "--layers", "mixed4z")
    code, said = run("compare", pictures, pictures, "-o", tmp_path / "x.atlas", *options, "--quiet", capsys=capsys)
    assert code == 2
    assert "mixed4z" in said
    assert "mixed4a" in said


def test_a_grid_that_is_not_one_is_answered_with_those_that_are(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run("compare", pictures, pictures, "-o", tmp_path / "x.atlas", "--grids", "10,25", capsys=capsys)
    assert code == 2
    assert "10, 20, 40, 80, 160, 320" in said


def test_a_gpu_that_is_not_there_is_said_before_any_work(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    code, said = run("compare", pictures, pictures, "-o", tmp_path / "x.atlas", "--device", "cuda", capsys=capsys)
    assert code == 2
    assert "no CUDA GPU" in said
    assert not (tmp_path / "x.atlas").exists()


def test_an_unknown_world_is_answered_with_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run("demo", "--world", "mars", "-o", tmp_path / "x.atlas", capsys=capsys)
    assert code == 2
    assert "scenes" in said


def test_a_port_in_use_is_said_before_the_demo_is_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, said = run("demo", "-o", tmp_path / "x.atlas", "--port", str(taken.getsockname()[1]), capsys=capsys)
    assert code == 4
    assert "--port" in said
    assert not (tmp_path / "x.atlas").exists()


def test_too_many_unreadable_images_stop_the_job_unless_allowed(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "broken.png").write_bytes((pictures / "0.png").read_bytes()[:200])
    options = ("-o", tmp_path / "x.atlas", "--classifier", "world:scenes", "--layers", "mixed5b", "--grids", "10", "--quiet")
    code, said = run("compare", pictures, pictures, *options, capsys=capsys)
    assert code == 2
    assert "broken.png" in said
    assert "--allow-skipped" in said
    preset = ("--preset", "preview", "--allow-skipped", "0.2")
    command = [
        sys.executable,
        "-m",
        "ganatlas.cli",
        "compare",
        str(pictures),
        str(pictures),
        *map(str, options),
        *preset,
        "--json",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["datasets"] == {"pictures": 12, "pictures-2": 12}
    manifest = json.loads((tmp_path / "x.atlas" / "manifest.json").read_text())
    assert manifest["datasets"][0]["skipped_count"] == 1
    assert manifest["datasets"][0]["skipped"][0]["name"] == "broken.png"


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["a/real/", "b/gan.tar.gz"], ["real", "gan"]),
        (["x/samples", "y/samples"], ["samples", "samples-2"]),
        (["world:scenes/real", "my images.zip"], ["real", "my-images"]),
        (["joint", "../.hidden"], ["joint-2", "hidden"]),
    ],
)
def test_datasets_are_named_after_their_sources(sources: list[str], names: list[str]) -> None:
    assert dataset_names(sources) == names
