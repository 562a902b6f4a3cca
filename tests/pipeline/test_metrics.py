"""The metrics of a build: planted truths in given activations come out in metrics.json, by layer, pair and label."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from ganatlas.bundle.cell_figures import pair_figures
from ganatlas.bundle.manifest import Manifest
from ganatlas.bundle.metrics import Metrics, MetricsEntry
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.verify import verify
from ganatlas.errors import InputError
from ganatlas.metrics import MEASURES, Settings, evaluate
from ganatlas.pipeline import metrics as step
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build

LABELS = np.array(["a", "b", "c"])
FIGURES = {"permutations": 39, "test_images": 60, "subsets": 3, "min_label": 20}


def given(path: Path, seed: int, count: int, *, shift: float = 0.0, copies_of: int | None = None, maps: bool = True) -> str:
    """An .npz of activations of two layers with labels and logits; `shift` moves the label c alone, in the deep layer alone."""
    random = np.random.default_rng(seed if copies_of is None else copies_of)
    labels = LABELS[np.arange(count) % 3]
    deep = random.standard_normal((count, 6)) + 4 * np.eye(3, 6)[np.arange(count) % 3]
    deep[labels == "c"] += shift
    wide = random.standard_normal((count, 5, 4, 4)) + random.standard_normal((count, 5, 1, 1))
    values = {"activations/wide": wide, "activations/deep": deep} if maps else {"activations/deep": deep}
    np.savez(path, **values, labels=labels, logits=3 * deep[:, :3])  # type: ignore[arg-type]
    return str(path)


def built(folder: Path, sets: list[dict[str, Any]], **metrics: Any) -> Path:
    config = {
        "datasets": sets,
        "layout": {"n_neighbors": 10, "epochs": 20, "stability_seeds": 0},
        "grids": {"sizes": [10], "min_count": 2},
        "metrics": FIGURES | metrics,
    }
    build(parse_config(config), folder, Reporter(quiet=True))
    return folder


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real set, another sample, one whose label c is shifted, a copy of the real set, and a held-out one."""
    folder = tmp_path_factory.mktemp("measured")
    sets = [
        {"name": "real", "source": given(folder / "real.npz", 0, 120)},
        {"name": "same", "source": given(folder / "same.npz", 1, 120)},
        {"name": "shifted", "source": given(folder / "shifted.npz", 2, 120, shift=3.0)},
        {"name": "copied", "source": given(folder / "copied.npz", 0, 120, copies_of=0)},
        {"name": "held-out", "source": given(folder / "held.npz", 4, 90)},
    ]
    return built(folder / "x.atlas", sets, held_out="held-out")


@pytest.fixture(scope="module")
def metrics(atlas: Path) -> Metrics:
    return Bundle.open(atlas).metrics()


def find(metrics: Metrics, second: str, features: str, layer: str | None = None, label: str | None = None) -> MetricsEntry:
    wanted = (second, features, layer, label)
    return next(e for e in metrics.entries if (e.second, e.features, layer and e.layer, e.label) == wanted)


def test_the_metrics_of_an_atlas_are_whole(atlas: Path, metrics: Metrics) -> None:
    ref = Bundle.open(atlas).manifest.metrics
    assert ref is not None
    assert verify(atlas) == []
    assert metrics.held_out == "held-out"
    assert metrics.measures == MEASURES


def test_every_set_stands_against_the_reference_in_every_space(metrics: Metrics) -> None:
    spaces = {(e.features, e.layer) for e in metrics.entries}
    assert spaces == {("position", "wide"), ("position", "deep"), ("pooled", "deep"), ("logits", None)}
    for features, layer in spaces:
        whole = [e for e in metrics.entries if (e.features, e.layer, e.label) == (features, layer, None)]
        assert [e.second for e in whole] == ["same", "shifted", "copied", "held-out", "real"]
        assert [e.is_self for e in whole] == [False, False, False, False, True]
        assert whole[-1].figures
        assert all(figure.n == figure.m == 60 for figure in whole[-1].figures.values())


def test_a_shift_shows_in_its_layer_and_label_and_nowhere_else(metrics: Metrics) -> None:
    p = {e.label: e.figures["kernel_distance"].p for e in metrics.entries if (e.second, e.features) == ("shifted", "pooled")}
    assert p[None] == p["c"] == 0.025
    assert p["a"] is not None
    assert p["a"] > 0.05
    assert p["b"] is not None
    assert p["b"] > 0.05
    elsewhere = find(metrics, "shifted", "position", "wide").figures["kernel_distance"].p
    assert elsewhere is not None
    assert elsewhere > 0.05
    unchanged = find(metrics, "same", "pooled").figures["kernel_distance"].p
    assert unchanged is not None
    assert unchanged > 0.05


def test_the_labels_are_the_given_ones(metrics: Metrics) -> None:
    slices = [e for e in metrics.entries if e.label is not None and e.second == "same"]
    assert [e.label for e in slices] == ["a", "b", "c"]
    assert {e.label_source for e in slices} == {"given"}
    assert all(e.figures["precision"].n == 40 for e in slices)


def test_the_file_itself_has_the_p_of_labels_adjusted_for_their_number(atlas: Path) -> None:
    ref = Bundle.open(atlas).manifest.metrics
    assert ref is not None
    written = Metrics.model_validate_json((atlas / ref.path).read_bytes())
    slices = [e for e in written.entries if e.label is not None and e.second == "shifted"]
    for name in slices[0].figures:
        figures = [e.figures[name] for e in slices]
        p = [figure.p for figure in figures]
        assert [figure.p_adjusted for figure in figures] == (pytest.approx(false_discovery_control(p)) if None not in p else p)
    assert {figure.p_adjusted for e in written.entries if e.label is None for figure in e.figures.values()} == {None}


def test_labels_say_that_too_few_permutations_were_asked_for(metrics: Metrics) -> None:
    (said,) = {w for e in metrics.entries if e.label is not None for w in e.warnings}
    assert said.endswith("of 3 labels one alone cannot be marked; with metrics.permutations = 119 it can")
    assert not any("cannot be marked" in w for e in metrics.entries if e.label is None for w in e.warnings)


def test_copies_of_the_reference_are_found_with_held_out_images(metrics: Metrics) -> None:
    copied, same = (find(metrics, name, "pooled").figures for name in ("copied", "same"))
    assert copied["authenticity"].value == 0
    assert copied["data_copying"].value is not None
    assert copied["data_copying"].value < -5
    assert same["data_copying"].p is not None
    assert same["data_copying"].p > 0.01
    assert "data_copying" not in find(metrics, "held-out", "pooled").figures
    assert "data_copying" not in find(metrics, "real", "pooled").figures


def test_the_score_is_of_the_logits_and_stands_beside_the_references(metrics: Metrics) -> None:
    figures = find(metrics, "same", "logits").figures
    assert set(figures) == {"classifier_score"}
    assert figures["classifier_score"].value is not None
    assert 1 < figures["classifier_score"].value < 3
    assert figures["classifier_score"].baseline == pytest.approx(figures["classifier_score"].value, rel=0.3)
    assert "classifier_score" not in find(metrics, "same", "pooled").figures


def test_the_features_are_one_position_an_image_or_the_mean_over_all(atlas: Path, metrics: Metrics) -> None:
    with np.load(atlas.parent / "real.npz") as real, np.load(atlas.parent / "same.npz") as same:
        deep = [np.float32(part["activations/deep"]) for part in (real, same)]
    expected = evaluate(*deep, settings=Settings(("frechet_distance",)))["frechet_distance"].value
    assert find(metrics, "same", "pooled").figures["frechet_distance"].value == pytest.approx(expected, rel=1e-6)
    assert find(metrics, "same", "position", "wide").dimension == 5


def test_only_what_is_asked_for_is_measured_of_at_most_so_many_images(tmp_path: Path) -> None:
    sets = [{"name": name, "source": given(tmp_path / f"{name}.npz", i, 80, maps=False)} for i, name in enumerate("ab")]
    metrics = Bundle.open(built(tmp_path / "x.atlas", sets, figures=["density_coverage"], images=50, slices=False)).metrics()
    assert {name for e in metrics.entries for name in e.figures} == {"density", "coverage"}
    assert all(e.label is None for e in metrics.entries)
    assert {e.figures["density"].n for e in metrics.entries} == {50, 25}


def test_switched_off_the_atlas_says_so(tmp_path: Path) -> None:
    sets = [{"name": "a", "source": given(tmp_path / "a.npz", 0, 60, maps=False)}]
    manifest: Manifest = Bundle.open(built(tmp_path / "x.atlas", sets, enabled=False)).manifest
    assert manifest.metrics is None
    assert ("metrics", "switched off in the configuration") in {(skip.what, skip.reason) for skip in manifest.missing}


def test_one_set_is_measured_against_itself_alone(tmp_path: Path) -> None:
    sets = [{"name": "a", "source": given(tmp_path / "a.npz", 0, 60, maps=False)}]
    metrics = Bundle.open(built(tmp_path / "x.atlas", sets)).metrics()
    assert all(e.is_self for e in metrics.entries)
    assert metrics.entries[0].figures["precision"].baseline is None


def test_in_processes_the_figures_are_the_same_and_what_is_done_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = [{"name": name, "source": given(tmp_path / f"{name}.npz", i, 60, maps=False)} for i, name in enumerate("ab")]
    in_process = Bundle.open(built(tmp_path / "x.atlas", sets)).metrics()
    done = tmp_path / "x.atlas.work" / "metrics"
    kept = {path: path.stat().st_mtime_ns for path in done.rglob("entries.json") if "pooled" in str(path)}
    for path in done.iterdir():
        if "pooled" not in path.name:
            shutil.rmtree(path)
    monkeypatch.setattr(step, "IN_PROCESS", 0)
    assert Bundle.open(built(tmp_path / "x.atlas", sets)).metrics() == in_process
    assert {path: path.stat().st_mtime_ns for path in kept} == kept != {}


@pytest.mark.parametrize("name", ["nobody", "a"])
def test_a_held_out_set_that_is_none_is_refused(name: str) -> None:
    sets = [{"name": "a", "source": "a"}, {"name": "b", "source": "b"}]
    with pytest.raises(InputError, match=f"metrics.held_out is '{name}'"):
        parse_config({"datasets": sets, "metrics": {"held_out": name}})


def test_every_image_is_scored_beside_the_reference_and_copies_are_named(atlas: Path) -> None:
    bundle = Bundle.open(atlas)
    nearest, ratio = (bundle.dataset("copied").scores(name) for name in ("nearest", "ratio"))
    assert nearest is not None
    assert ratio is not None
    assert nearest.tolist() == list(range(120))  # each is the copy of one
    assert ratio.max() < 1e-6
    own, pixels = (bundle.dataset("real").scores(name) for name in ("nearest", "pixel_nearest"))
    assert own is not None
    assert pixels is not None
    assert (own != np.arange(120)).all()  # the nearest other
    assert (pixels == -1).all()  # activations were given, without images


def test_cells_say_where_a_figure_comes_from(atlas: Path, metrics: Metrics) -> None:
    bundle = Bundle.open(atlas)
    layer, grid = bundle.layer("deep"), bundle.grid("deep", 10)
    names = [dataset.name for dataset in bundle.manifest.datasets]
    held_out = names.index("held-out")
    for name in ("same", "shifted", "copied"):
        found = pair_figures(layer, grid, 0, names.index(name), held_out)
        assert found is not None
        figures = find(metrics, name, "position", "deep").figures
        shares = {"precision": (found.outside, found.second), "recall": (found.missed, found.first)}
        shares |= {"coverage": (found.uncovered, found.first), "authenticity": (found.close, found.second)}
        for figure, (part, whole) in shares.items():
            scale = 100 if figure == "authenticity" else 1
            assert scale * (1 - part.sum() / whole.sum()) == pytest.approx(figures[figure].value), figure
        assert found.density.sum() / found.second.sum() == pytest.approx(figures["density"].value, rel=1e-6)
    copying = pair_figures(layer, grid, 0, names.index("copied"), held_out)
    assert copying is not None
    assert copying.copying is not None
    tested = copying.copying[~np.isnan(copying.copying)]
    assert (tested < -2).all()
