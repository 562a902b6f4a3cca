"""`ganatlas train-world NAME decoders`: files that a build of that world's sets takes in place of training."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ganatlas.cli import app
from ganatlas.icons.decoder_files import load_decoder
from ganatlas.pipeline import decoder_step
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.demo import demo_configuration
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build


def train(out: Path, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["train-world", "scenes", "decoders", "-o", str(out), "-q", *map(str, words)])
    return result.exit_code, result.output


@pytest.mark.slow
def test_a_worlds_decoders_are_trained_and_taken_by_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = train(tmp_path, "--count", 100, "--steps", 2, "--layers", "mixed4c")
    assert code == 0, said
    path = tmp_path / "decoders" / "mixed4c.safetensors"
    report = json.loads((tmp_path / "decoders.json").read_text())
    assert [one["layer"] for one in report["decoders"]] == ["mixed4c"]
    assert report["decoders"][0]["bytes"] == path.stat().st_size < 0.5e6
    assert load_decoder(path).sha256 == report["decoders"][0]["sha256"]
    before = path.read_bytes()
    assert train(tmp_path, "--count", 100, "--steps", 2, "--layers", "mixed4c")[0] == 0
    assert path.read_bytes() == before

    monkeypatch.setattr(decoder_step, "decoder_file", lambda world, layer: path if layer == "mixed4c" else None)
    monkeypatch.setattr(decoder_step, "train_decoder", None)  # it would fail
    sets = [{"name": name, "source": f"world:scenes/{name}", "limit": 60} for name in ("real", "flawed")]
    config: dict[str, Any] = {
        "preset": "preview",
        "datasets": sets,
        "classifier": {"name": "world:scenes", "layers": ["mixed4c"]},
        "layout": {"n_neighbors": 10, "epochs": 20},
        "grids": {"sizes": [10, 20], "min_count": 2},
        "icons": {"grids": [10, 20], "inverted": False, "decoded": True, "decoder": {"refine": 1, "refine_child": 1}},
    }
    manifest = build(parse_config(config), tmp_path / "x.atlas", Reporter(quiet=True))
    made = [icon for grid in manifest.layers[0].grids for icon in grid.icons if icon.kind == "decoded"]
    assert [icon.of for icon in made] == ["joint", "joint"]
    assert all(icon.icons > 0 and icon.fallbacks == 0 for icon in made)


@pytest.mark.parametrize(
    ("words", "said"),
    [(("decoders", "--epochs", "3"), "decoders take --steps"), (("classifier", "--steps", "3"), "are for decoders")],
)
def test_options_of_another_part_are_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, ["train-world", "scenes", *words, "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_the_demo_decodes_where_all_of_a_worlds_decoders_are_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ganatlas.pipeline.demo.decoder_file", lambda world, layer: tmp_path)
    with_them = parse_config(demo_configuration("scenes", 100)).icons
    assert (with_them.decoded, with_them.inverted, with_them.grids) == (True, False, (20,))
    some = {"mixed4a", "mixed4b"}
    monkeypatch.setattr("ganatlas.pipeline.demo.decoder_file", lambda world, layer: tmp_path if layer in some else None)
    without = parse_config(demo_configuration("scenes", 100)).icons
    assert (without.decoded, without.inverted) == (False, True)
