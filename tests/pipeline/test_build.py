"""A build by the real pipeline: what comes out is whole, the same each time, and survives being killed at any step."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from ganatlas.bundle.manifest import Manifest
from ganatlas.bundle.verify import verify
from ganatlas.errors import InputError
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build

STEPS = (  # in the order in which a build comes to them
    "images/real",
    "images/flawed",
    "activations",
    "layout/mixed3b",
    "receptive_fields/mixed3b",
    "placement/mixed3b",
    "cells/mixed3b",
    "exemplars/mixed3b-20",
    "placement/mixed4c",
    "exemplars/mixed5b-20",
    "attribution",
    "moments/mixed4c",
    "icons/mixed5b-10",
    "metrics/pooled-mixed5b",
    "metrics/logits",
)

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build
from ganatlas.pipeline.workspace import Workspace
import json

if __name__ == "__main__":
    config, out, fatal = json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    ordinary = Workspace.step

    def step(self, name, key, make):
        def fatally(folder):
            make(folder)
            os.kill(os.getpid(), signal.SIGKILL)  # all written, but not yet said to be whole
        return ordinary(self, name, key, fatally if name == fatal else make)

    # Layouts are made in processes of their own: there the parent is killed while they work.
    if fatal.startswith("layout/"):
        def listener(step, done, total):
            if step == "laying out layers":
                os.kill(os.getpid(), signal.SIGKILL)
        build(parse_config(config), out, Reporter(quiet=True, listener=listener))
    Workspace.step = step
    build(parse_config(config), out, Reporter(quiet=True))
"""


def manifest_of(bundle: Path) -> Manifest:
    return Manifest.model_validate_json((bundle / "manifest.json").read_text())


def files_of(bundle: Path) -> dict[str, bytes]:
    return {str(p.relative_to(bundle)): p.read_bytes() for p in sorted(bundle.rglob("*")) if p.is_file()}


def test_a_build_passes_verification(tiny_atlas: Path) -> None:
    assert verify(tiny_atlas) == []


def test_a_build_says_what_it_is(tiny_atlas: Path) -> None:
    manifest = manifest_of(tiny_atlas)
    assert manifest.status == "complete"
    assert manifest.progress is None
    assert [d.count for d in manifest.datasets] == [240, 200]
    assert [d.series and (d.series.name, d.series.value) for d in manifest.datasets] == [None, ("step", 2.0)]
    assert manifest.pairs == (("real", "flawed"),)
    assert [layer.name for layer in manifest.layers] == ["mixed3b", "mixed4c", "mixed5b"]
    assert all(layer.point_count == 440 for layer in manifest.layers)
    assert all(grid.attribution for layer in manifest.layers for grid in layer.grids)
    kinds = {(p.kind, p.of) for p in manifest.layers[0].grids[0].icons}
    assert kinds == {(kind, of) for kind in ("exemplar", "inverted") for of in ("joint", "real", "flawed")}


def test_an_icon_of_a_datasets_own_mean_is_there_where_it_has_enough_points(tiny_atlas: Path) -> None:
    manifest = manifest_of(tiny_atlas)
    grid = manifest.layers[0].grids[0]
    with pa.memory_map(str(tiny_atlas / grid.cells.path)) as mapped:
        cells = pa.ipc.open_file(mapped).read_all()
    counts = np.stack(cells["count"].to_pylist())
    enough = (counts >= manifest.parameters["grids"]["min_count"]) & (cells["column"].to_numpy() >= 0)[:, None]
    made = {pyramid.of: pyramid for pyramid in grid.icons if pyramid.kind == "inverted"}
    assert [made[of].icons for of in ("real", "flawed")] == enough.sum(0).tolist()
    assert all(-1 <= pyramid.median_faithfulness <= 1 and pyramid.fallbacks == 0 for pyramid in made.values())
    assert made["real"].tiles.sha256 != made["joint"].tiles.sha256


def test_decoded_icons_are_reconstructions_of_the_cells_patches(tmp_path: Path) -> None:
    config = small(
        [{"name": name, "source": f"world:scenes/{name}", "limit": 80} for name in ("real", "flawed")],
        classifier={"name": "world:scenes", "layers": ["mixed3a", "mixed4c"]},
        preset="preview",
    )
    decoder = {"steps": 12, "pairs": 100, "refine": 4, "adversarial": 0.5}
    config["icons"] |= {"inverted": False, "decoded": True, "each_dataset": True, "decoder": decoder}
    manifest = build(parse_config(config), tmp_path / "decoded.atlas", Reporter(quiet=True))
    for layer in manifest.layers:
        made = {pyramid.of: pyramid for pyramid in layer.grids[0].icons if pyramid.kind == "decoded"}
        assert set(made) == {"joint", "real", "flawed"}
        assert made["joint"].median_faithfulness is not None
    assert verify(tmp_path / "decoded.atlas") == []


def test_decoders_are_learnt_where_that_is_asked_for_and_after_the_metrics(tmp_path: Path) -> None:
    config = small(
        [{"name": name, "source": f"world:scenes/{name}", "limit": 60} for name in ("real", "flawed")],
        classifier={"name": "world:scenes", "layers": ["mixed4c"]},
        device="cpu",
    )
    decoder = {"shipped": False, "steps": 4, "pairs": 64, "refine": 1, "grids": [10]}
    config["icons"] = {"inverted": False, "each_dataset": False, "decoder": decoder}
    out = tmp_path / "learnt.atlas"

    def steps() -> tuple[Manifest, list[str]]:
        told: list[str] = []
        reporter = Reporter(quiet=True, listener=lambda step, done, total: told.append(step))
        return build(parse_config(config), out, reporter), list(dict.fromkeys(told))

    without, _ = steps()
    assert any(one.what == "decoded icons" and "--decoded" in one.reason for one in without.missing)
    config["icons"]["decoded"] = True
    whole, told = steps()
    assert [icon.kind for icon in whole.layers[0].grids[0].icons if icon.of == "joint"] == ["exemplar", "decoded"]
    assert all(one.what != "decoded icons" for one in whole.missing)
    assert told[-2:] == ["learning to decode mixed4c", "decoding icons of mixed4c"]
    assert verify(out) == []


def test_an_icon_that_cannot_be_made_is_the_exemplar_and_counted(tmp_path: Path) -> None:
    config = small(
        [{"name": name, "source": f"world:scenes/{name}", "limit": 60} for name in ("real", "flawed")],
        classifier={"name": "world:scenes", "layers": ["mixed5b"]},
        preset="preview",
    )
    config["icons"] |= {"learning_rate": 1e37}
    manifest = build(parse_config(config), tmp_path / "wild.atlas", Reporter(quiet=True))
    (pyramid,) = [icon for icon in manifest.layers[0].grids[0].icons if icon.kind == "inverted"]
    assert pyramid.fallbacks == pyramid.icons > 0
    assert pyramid.median_faithfulness is None
    assert verify(tmp_path / "wild.atlas") == []


def test_nothing_lies_in_the_bundle_that_the_manifest_does_not_name(tiny_atlas: Path) -> None:
    manifest = manifest_of(tiny_atlas)
    named = {"manifest.json", *manifest.files()}
    folders = tuple(str(Path(p.tiles.path).parent) for layer in manifest.layers for g in layer.grids for p in g.icons)
    assert [name for name in files_of(tiny_atlas) if name not in named and not name.startswith(folders)] == []


def test_an_early_layer_sees_a_smaller_patch_than_a_late_one(tiny_atlas: Path) -> None:
    fields = [layer.receptive_field for layer in manifest_of(tiny_atlas).layers]
    assert fields[0] is not None
    assert fields[-1] is not None
    assert fields[0] < fields[-1]


@pytest.mark.slow
def test_killed_once_in_each_step_a_build_goes_on_and_ends_the_same(
    tiny_atlas: Path, tiny_configuration: dict[str, Any], tmp_path: Path
) -> None:
    script, out = tmp_path / "killed.py", tmp_path / "tiny.atlas"
    script.write_text(KILLED_AT)
    for step in STEPS:
        done = subprocess.run(
            [sys.executable, str(script), json.dumps(tiny_configuration), str(out), step], check=False, capture_output=True
        )
        assert done.returncode == -signal.SIGKILL, f"{step}: {done.stderr.decode()[-2000:]}"
        if (out / "manifest.json").exists():
            assert verify(out) == [], f"after a kill in {step}"
    build(parse_config(tiny_configuration), out, Reporter(quiet=True))
    assert files_of(out) == files_of(tiny_atlas)


@pytest.mark.slow
def test_the_same_inputs_and_seed_give_the_same_bundle_whatever_the_number_of_processes(
    tiny_atlas: Path, tiny_configuration: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "tiny.atlas"
    build(parse_config(tiny_configuration | {"workers": 1}), out, Reporter(quiet=True))
    assert files_of(out) == files_of(tiny_atlas)


def colours(folder: Path, count: int, seed: int, offset: int = 0) -> Path:
    """Folders by class of small pictures: class a is reddish, class b bluish."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        label = "ab"[i % 2]
        (folder / label).mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 120, (40, 48, 3))
        pixels[:, :, 0 if label == "a" else 2] += 100 + offset
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / label / f"{i:03d}.png")
    return folder


def small(sets: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "datasets": sets,
        "layout": {"n_neighbors": 10, "epochs": 30, "stability_seeds": 0},
        "grids": {"sizes": [10], "min_count": 2},
        "icons": {"grids": [10], "steps": 2, "size": 16, "decoded": False},
    } | more


NETWORK = """
import torch
from torch import nn


class Net(nn.Module):
    input_size, resize = 32, 32
    mean = std = (0.5, 0.5, 0.5)

    def __init__(self, logits):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(8, 12, 3, 2, 1), nn.ReLU())
        self.logits = logits
        if logits:
            self.classes = ("warm", "cold", "neither")
            self.head = nn.Linear(12, 3)

    def forward(self, x):
        x = self.second(self.first(x))
        return self.head(x.mean((2, 3))) if self.logits else x


def make(logits=True):
    torch.manual_seed(0)
    return Net(logits)


def without_logits():
    return make(False)
"""


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "users_network.py").write_text(NETWORK)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    sys.modules.pop("users_network", None)
    return "users_network"


def test_folders_by_class_become_an_atlas_with_the_users_own_network(tmp_path: Path, network: str) -> None:
    real, made = colours(tmp_path / "real", 40, 0), colours(tmp_path / "made", 40, 1, offset=30)
    sets = [{"name": "real", "source": str(real)}, {"name": "made", "source": str(made)}]
    config = small(sets, classifier={"name": f"{network}:make", "layers": ["first", "second"]})
    build(parse_config(config), tmp_path / "own.atlas", Reporter(quiet=True))
    manifest = manifest_of(tmp_path / "own.atlas")
    assert verify(tmp_path / "own.atlas") == []
    assert manifest.labels == ("a", "b")
    assert manifest.classifier is not None
    assert manifest.classifier.classes == ("warm", "cold", "neither")
    assert manifest.missing == ()


def test_a_grid_that_is_too_fine_for_the_images_is_warned_of(tmp_path: Path, network: str) -> None:
    sets = [{"name": n, "source": str(colours(tmp_path / n, 30, i))} for i, n in enumerate(("real", "made"))]
    config = small(sets, classifier={"name": f"{network}:make", "layers": ["second"]}, grids={"sizes": [10, 160]})
    build(
        parse_config(config | {"icons": {"inverted": False, "decoded": False}}), tmp_path / "fine.atlas", Reporter(quiet=True)
    )
    warnings = manifest_of(tmp_path / "fine.atlas").warnings
    assert any("The 160 grid has fewer than 5 points an occupied cell in all layers" in w for w in warnings)


def test_a_network_without_logits_has_no_attribution_and_the_atlas_says_so(tmp_path: Path, network: str) -> None:
    sets = [{"name": "real", "source": str(colours(tmp_path / "real", 30, 0))}]
    config = small(sets, classifier={"name": f"{network}:without_logits", "layers": ["second"]})
    build(parse_config(config), tmp_path / "own.atlas", Reporter(quiet=True))
    manifest = manifest_of(tmp_path / "own.atlas")
    assert verify(tmp_path / "own.atlas") == []
    assert {skip.what: skip.reason for skip in manifest.missing} == {"attribution": "the network has no logits"}
    assert manifest.layers[0].grids[0].attribution is None


def activations(path: Path, count: int, seed: int, shift: float = 0.0) -> str:
    rng = np.random.default_rng(seed)
    np.savez(path, **{"activations/deep": rng.random((count, 20)) + shift, "activations/wide": rng.random((count, 6, 5, 5))})
    return str(path)


def test_activations_computed_elsewhere_become_an_atlas_without_a_network(tmp_path: Path) -> None:
    sets = [
        {"name": "real", "source": activations(tmp_path / "a.npz", 50, 0)},
        {"name": "made", "source": activations(tmp_path / "b.npz", 45, 1, 0.2)},
    ]
    build(parse_config(small(sets)), tmp_path / "given.atlas", Reporter(quiet=True))
    manifest = manifest_of(tmp_path / "given.atlas")
    assert verify(tmp_path / "given.atlas") == []
    assert [layer.name for layer in manifest.layers] == ["deep", "wide"]
    assert [d.count for d in manifest.datasets] == [50, 45]
    assert {skip.what for skip in manifest.missing} == {"exemplars", "attribution", "icons"}


def test_activations_beside_images_are_refused(tmp_path: Path) -> None:
    sets = [
        {"name": "real", "source": str(colours(tmp_path / "real", 30, 0))},
        {"name": "made", "source": activations(tmp_path / "b.npz", 45, 1)},
    ]
    with pytest.raises(InputError, match="activations for every dataset, or images for every dataset"):
        build(parse_config(small(sets)), tmp_path / "x.atlas", Reporter(quiet=True))


def test_an_output_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    sets = [{"name": "real", "source": str(tmp_path)}]
    with pytest.raises(InputError, match="not an atlas"):
        build(parse_config(small(sets)), tmp_path / "notes", Reporter(quiet=True))
    assert (tmp_path / "notes" / "a.txt").read_text() == "mine"


def test_too_few_images_for_a_layout_are_refused_with_how_many_are_needed(tmp_path: Path, network: str) -> None:
    sets = [{"name": "real", "source": str(colours(tmp_path / "real", 6, 0))}]
    config = small(sets, classifier={"name": f"{network}:make", "layers": ["second"]})
    with pytest.raises(InputError, match="at least"):
        build(parse_config(config), tmp_path / "x.atlas", Reporter(quiet=True))
