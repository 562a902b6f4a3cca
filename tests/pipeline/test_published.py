"""Figures by published networks: every image at its own size, once, and refused where the images are no longer those."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from ganatlas.bundle.metrics import Metrics
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.verify import verify
from ganatlas.cli import app
from ganatlas.errors import InputError
from ganatlas.metrics import MEASURES, frechet_distance
from ganatlas.pipeline import published
from ganatlas.pipeline.config import MetricsConfig, parse_config
from ganatlas.pipeline.originals import Originals, originals_of
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.published import Comparison, collect_features, measure_published
from ganatlas.pipeline.run import build
from ganatlas.pipeline.workspace import Workspace
from ganatlas.published.network import PublishedNetwork
from ganatlas.sources.registry import open_source

COUNT, SIDE = 60, 80
QUIET = Reporter(quiet=True)


def mean_colours(*_: object, seen: list[tuple[int, int]] | None = None, warnings: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """Two networks whose features are an image's mean colour; `seen` gets the size of each image that is looked at."""

    def resize(image: Image.Image) -> np.ndarray:
        if seen is not None:
            seen.append(image.size)
        return np.asarray(image.resize((4, 4), Image.Resampling.BOX), np.float32).transpose(2, 0, 1)

    def look(pixels: torch.Tensor) -> torch.Tensor:
        return pixels.mean((2, 3))

    def network(kind: Any) -> PublishedNetwork:
        return PublishedNetwork(kind, f"{kind} 1", resize, look, torch.device("cpu"), warnings)

    return network("inception-tf"), network("inception-clean")


def write_pictures(folder: Path, seed: int, shift: int = 0) -> Path:
    """PNGs above the size up to which an atlas keeps them exactly, their colours around one."""
    folder.mkdir()
    random = np.random.default_rng(seed)
    for i in range(COUNT):
        colour = random.normal(110 + shift, 25, 3).clip(5, 250)
        pixels = (colour + random.normal(0, 5, (SIDE, SIDE, 3))).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:03d}.png")
    return folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """An atlas of two folders of large pictures, the second ones brighter, and what it was built from."""
    root = tmp_path_factory.mktemp("published")
    config = {
        "preset": "preview",
        "datasets": [
            {"name": "real", "source": str(write_pictures(root / "real", 0))},
            {"name": "bright", "source": str(write_pictures(root / "bright", 1, shift=40))},
        ],
        "classifier": {"name": "world:scenes", "layers": ["mixed5b"]},
        "layout": {"n_neighbors": 10, "epochs": 20, "stability_seeds": 0},
        "grids": {"sizes": [10], "min_count": 3},
        "attribution": {"enabled": False},
        "icons": {"inverted": False, "decoded": False},
        "metrics": {"permutations": 19, "test_images": 50, "subsets": 2, "figures": ["frechet_distance"]},
    }
    build(parse_config(config), root / "x.atlas", QUIET)
    return root / "x.atlas", config


@pytest.fixture
def inception(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The network of mean colours in the place of Inception-V3; the sizes of the images that it was shown."""
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr("ganatlas.published.inception.open_inception", lambda *_: mean_colours(seen=seen))
    return seen


def metrics(*arguments: object) -> tuple[int, str, str]:
    ended = CliRunner().invoke(app, ["metrics", *map(str, arguments)], env={"COLUMNS": "200"})
    return ended.exit_code, ended.stdout, ended.stderr


def test_large_images_are_looked_at_at_their_own_size_and_once(
    pictures: tuple[Path, dict[str, Any]], inception: list[tuple[int, int]], tmp_path: Path
) -> None:
    atlas, _ = pictures
    code, said, _ = metrics(atlas, "--fid-weights", "given.pth", "--json", "--work", tmp_path / "work")
    assert code == 0
    assert set(inception) == {(SIDE, SIDE)}
    assert len(inception) == 2 * 2 * COUNT  # two resizings of two sets
    found = {entry.features: entry for entry in Metrics.model_validate_json(said).entries if entry.layer is None}
    assert set(found) == {"inception-tf", "inception-clean"}
    colours = [
        np.array([np.asarray(Image.open(path), np.float64).mean((0, 1)) for path in sorted((atlas.parent / name).iterdir())])
        for name in ("real", "bright")
    ]
    figure = found["inception-tf"].figures["frechet_distance"]
    assert figure.value == pytest.approx(frechet_distance(*colours).value, rel=0.01)  # the resizing rounds
    assert figure.value > 3 * 30**2  # the planted shift of three channels
    assert (figure.n, figure.baseline_n) == (COUNT, COUNT // 2)
    assert set(found["inception-clean"].figures) == {"frechet_distance", "frechet_infinity", "kernel_distance"}
    again = metrics(atlas, "--fid-weights", "given.pth", "--work", tmp_path / "work")
    assert len(inception) == 2 * 2 * COUNT
    for part in ("FID (TF) ", "FID (clean)", "FID (TF), 3 dimensions", " FID ", "KID"):
        assert part in again[1], part
    assert verify(atlas) == []  # nothing was written into it


def test_images_that_are_gone_or_have_changed_are_refused(
    pictures: tuple[Path, dict[str, Any]], inception: list[tuple[int, int]], tmp_path: Path
) -> None:
    atlas, _ = pictures
    first = atlas.parent / "bright" / "000.png"
    kept = first.read_bytes()
    Image.new("RGB", (SIDE, SIDE)).save(first)
    code, _, error = metrics(atlas, "--fid-weights", "given.pth", "--work", tmp_path / "changed")
    assert code == 2
    assert "the images of bright" in error
    assert "are not those that the atlas was made of" in error
    shutil.move(atlas.parent / "bright", tmp_path / "away")
    code, _, error = metrics(atlas, "--fid-weights", "given.pth", "--work", tmp_path / "gone")
    assert code == 2
    assert "stores images above 64 px smaller than they were, and they cannot be read again" in error
    shutil.move(tmp_path / "away", atlas.parent / "bright")
    first.write_bytes(kept)
    assert inception == []


def test_a_build_with_weights_has_the_figures_in_its_metrics(
    pictures: tuple[Path, dict[str, Any]], inception: list[tuple[int, int]]
) -> None:
    atlas, config = pictures
    with_weights = config | {"metrics": config["metrics"] | {"fid_weights": "given.pth"}}
    build(parse_config(with_weights), atlas, QUIET)
    entries = Bundle.open(atlas).metrics().entries
    assert [entry.features for entry in entries if entry.layer is None] == ["inception-tf", "inception-clean"]
    assert verify(atlas) == []
    assert "FID (clean)" in metrics(atlas, "--markdown")[1]
    assert len(inception) == 2 * 2 * COUNT


def test_small_images_are_those_of_the_atlas_itself(tiny_atlas: Path, tmp_path: Path) -> None:
    found = originals_of(Bundle.open(tiny_atlas), tmp_path, QUIET)
    source = open_source("world:scenes/real", limit=240)
    assert [(each.name, each.count) for each in found] == [("real", 240), ("flawed", 200)]
    for index in (0, 239):
        np.testing.assert_array_equal(found[0].image(index), source.read(index).image)  # type: ignore[union-attr]
    assert list(tmp_path.iterdir()) == []


def plain(name: str, value: int, count: int) -> Originals:
    return Originals(name, f"{name} {value}", count, lambda index: Image.new("RGB", (9, 9), (value, index, 0)))


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "SHARD", 10)
    images = plain("real", 7, 25)

    def stops(index: int) -> Image.Image:
        if index == 12:
            raise KeyboardInterrupt
        return images.image(index)

    with pytest.raises(KeyboardInterrupt):
        collect_features(mean_colours()[0], Originals("real", images.digest, 25, stops), Workspace(tmp_path), QUIET)
    seen: list[tuple[int, int]] = []
    path = collect_features(mean_colours(seen=seen)[0], images, Workspace(tmp_path), QUIET)
    assert len(seen) == 15
    np.testing.assert_array_equal(np.load(path), [[7, index, 0] for index in range(25)])


def test_what_is_to_be_known_of_the_weights_stands_with_every_figure(tmp_path: Path) -> None:
    sets = [plain("real", 7, 25), plain("made", 9, 25)]
    comparison = Comparison(sets, 0, MetricsConfig(permutations=19, subsets=2, test_images=50), 0, False)
    networks = mean_colours(warnings=("no FID",))
    entries = list(measure_published(networks, comparison, Workspace(tmp_path), QUIET))
    assert [(entry.features, entry.second) for entry in entries] == [("inception-tf", "made"), ("inception-clean", "made")]
    assert all("no FID" in entry.warnings for entry in entries)
    assert entries[0].figures["frechet_distance"].value == pytest.approx(4, abs=1e-6)


def test_only_the_set_that_is_asked_for_is_looked_at(tmp_path: Path) -> None:
    def unseen(_: int) -> Image.Image:
        raise AssertionError

    sets = [plain("real", 7, 25), Originals("other", "other", 25, unseen), plain("made", 9, 25)]
    settings = MetricsConfig(permutations=19, subsets=2, test_images=50)
    comparison = Comparison(sets, 0, settings, 0, False, only="made")
    assert [e.second for e in measure_published(mean_colours()[:1], comparison, Workspace(tmp_path), QUIET)] == ["made"]


def test_on_dinov2_all_figures_are_given_and_copying_with_held_out_images(tmp_path: Path) -> None:
    sets = [plain("real", 7, 25), plain("made", 9, 25), plain("more", 8, 25)]
    comparison = Comparison(sets, 0, MetricsConfig(permutations=19, subsets=2, test_images=50), 0, False, held_out="more")
    network = replace(mean_colours()[0], features="dinov2")
    made, more = measure_published([network], comparison, Workspace(tmp_path), QUIET)
    assert set(made.figures) == set(MEASURES) - {"classifier_score"}
    assert set(more.figures) == set(MEASURES) - {"classifier_score", "data_copying"}
    assert made.figures["coverage"].value is not None


def test_activations_have_no_images_to_look_at(tmp_path: Path) -> None:
    paths = []
    for seed in range(2):
        paths.append(tmp_path / f"{seed}.npz")
        np.savez(paths[-1], **{"activations/deep": np.random.default_rng(seed).standard_normal((60, 5))})  # type: ignore[arg-type]
    config = {
        "datasets": [{"name": path.stem, "source": str(path)} for path in paths],
        "layout": {"n_neighbors": 10, "epochs": 20, "stability_seeds": 0},
        "grids": {"sizes": [10], "min_count": 2},
        "metrics": {"enabled": False},
    }
    build(parse_config(config), tmp_path / "x.atlas", QUIET)
    with pytest.raises(InputError, match="made of activations; another network has no images"):
        originals_of(Bundle.open(tmp_path / "x.atlas"), tmp_path / "work", QUIET)
