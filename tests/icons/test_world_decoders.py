"""`ganatlas train-world NAME decoders`: files that a build of that world's sets takes in place of training."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

import ganatlas.worlds
from ganatlas.bundle.manifest import Manifest, Pyramid
from ganatlas.classifiers.registry import open_classifier
from ganatlas.cli import app
from ganatlas.icons.decoder_files import load_decoder
from ganatlas.pipeline import decoder_step
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build
from ganatlas.worlds.inception import LAYERS
from ganatlas.worlds.registry import decoder_file


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
        "icons": {"inverted": False, "decoder": {"refine": 1, "refine_child": 1}},
    }
    manifest = build(parse_config(config), tmp_path / "x.atlas", Reporter(quiet=True))
    made = decoded(manifest)
    assert [icon.of for icon in made] == ["joint", "joint"]
    assert all(icon.icons > 0 and icon.fallbacks == 0 for icon in made)

    config["icons"] |= {"decoder": {"refine": 1, "grids": [20]}}
    assert len(decoded(build(parse_config(config), tmp_path / "y.atlas", Reporter(quiet=True)))) == 1
    config["icons"] |= {"inverted": True, "grids": [10], "steps": 1, "decoder": {"shipped": False}}
    without = build(parse_config(config), tmp_path / "z.atlas", Reporter(quiet=True))
    assert not decoded(without)
    assert "decoded icons" in [left.what for left in without.missing]


@pytest.mark.parametrize("world", ["scenes", "cifar10"])
def test_the_decoders_that_come_with_a_world_are_of_its_network_and_as_their_report_says(world: str) -> None:
    network = open_classifier(f"world:{world}", device="cpu")
    folder = Path(ganatlas.worlds.__path__[0])
    report = json.loads((folder / world / "decoders.json").read_text())
    assert tuple(one["layer"] for one in report["decoders"]) == LAYERS
    for one in report["decoders"]:
        path = decoder_file(world, one["layer"])
        assert path is not None
        stored = load_decoder(path)
        assert (stored.classifier, stored.layer, stored.sha256) == (network.digest, one["layer"], one["sha256"])
        assert path.stat().st_size == one["bytes"]
        pictures = torch.sigmoid(stored.decoder(stored.decoder.mean + torch.randn(4, stored.decoder.settings.channels)))
        assert pictures.shape == (4, 3, stored.view.side, stored.view.side)
        assert pictures.std() > 0.02
    weights = list(folder.rglob("*.safetensors"))
    assert sum(path.stat().st_size for path in weights) < 20e6


def decoded(manifest: Manifest) -> list[Pyramid]:
    return [icon for layer in manifest.layers for grid in layer.grids for icon in grid.icons if icon.kind == "decoded"]


@pytest.mark.parametrize(
    ("words", "said"),
    [(("decoders", "--epochs", "3"), "decoders take --steps"), (("classifier", "--steps", "3"), "are for decoders")],
)
def test_options_of_another_part_are_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, ["train-world", "scenes", *words, "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
