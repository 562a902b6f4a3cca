"""The list of atlases, one atlas, its heat maps and its metrics."""

from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient
from serving import API, SMALL, Serve
from synthetic import write_synthetic_bundle

from ganatlas.bundle.divergence import Divergence
from ganatlas.bundle.metrics import Metrics
from ganatlas.bundle.reader import Bundle
from ganatlas.server.models import AtlasList, AtlasView


def test_the_list_names_every_atlas_with_what_it_holds(client: TestClient, bundle: Bundle) -> None:
    found = AtlasList.model_validate(client.get("/api/v1/atlases").json())
    assert [atlas.name for atlas in found.atlases] == ["made-up"]
    assert found.atlases[0].digest == bundle.manifest.digest
    assert found.atlases[0].images == 450
    assert found.unavailable == []


def test_an_atlas_says_all_that_the_viewer_needs(client: TestClient, bundle: Bundle) -> None:
    view = AtlasView.model_validate(client.get(API).json())
    assert [dataset.name for dataset in view.datasets if dataset.reference] == ["real"]
    assert view.pairs == [("real", "gan-a"), ("real", "gan-b")]
    assert [layer.name for layer in view.layers] == ["early", "late"]
    assert [grid.size for grid in view.layers[0].grids] == [10, 20]
    assert (view.layers[0].grids[0].icons[0].kind, view.layers[0].grids[0].icons[0].of) == ("exemplar", "joint")
    assert view.layers[1].point_count == bundle.manifest.layers[1].point_count


def test_an_atlas_says_which_datasets_are_of_a_series(client: TestClient) -> None:
    shown = AtlasView.model_validate(client.get(API).json()).datasets
    assert [(each.series.name, each.series.value) if each.series else None for each in shown] == [
        None,
        ("step", 1000.0),
        ("step", 2000.0),
    ]


def test_an_atlas_says_what_was_skipped_and_what_the_files_were(client: TestClient, bundle: Bundle) -> None:
    view = AtlasView.model_validate(client.get(API).json())
    for shown, dataset in zip(view.datasets, bundle.manifest.datasets, strict=True):
        assert shown.skipped_count == dataset.skipped_count
        assert [skip.name for skip in shown.skipped] == [skip.name for skip in dataset.skipped[:20]]
        assert all(skip.reason for skip in shown.skipped)
        assert (shown.formats, shown.sizes) == (dataset.formats, dataset.sizes)
    assert any(dataset.skipped for dataset in view.datasets)


def test_versions_of_different_things_differ(client: TestClient) -> None:
    view = AtlasView.model_validate(client.get(API).json())
    versions = [view.divergence_version, view.metrics_version, *view.divergence_pictures.values()]
    for layer in view.layers:
        versions.append(layer.points_version)
        for grid in layer.grids:
            versions += [grid.version, grid.attribution_version, *(icon.version for icon in grid.icons)]
    assert len(set(versions)) == len(versions)


def test_two_bundles_of_one_name_are_both_served(serve: Serve, whole: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "made-up.atlas"
    write_synthetic_bundle(other, replace(SMALL, seed=1, images=20, layers=("late",), sizes=(10,), pyramids=False))
    client = serve(whole, other)
    assert [atlas["name"] for atlas in client.get("/api/v1/atlases").json()["atlases"]] == ["made-up", "made-up-2"]
    assert [layer["name"] for layer in client.get("/api/v1/atlases/made-up-2").json()["layers"]] == ["late"]


def test_the_heat_maps_come_as_data_and_as_pictures(client: TestClient, bundle: Bundle) -> None:
    divergence = Divergence.model_validate(client.get(f"{API}/divergence").json())
    assert {(entry.layer, entry.size) for entry in divergence.entries} == {
        (layer, size) for layer in ("early", "late") for size in (10, 20)
    }
    pictures = {measure: client.get(f"{API}/divergence.png?measure={measure}") for measure in ("kl", "js")}
    for measure, answer in pictures.items():
        ref = bundle.manifest.divergence_pictures[measure]  # type: ignore[index]
        assert answer.headers["content-type"] == "image/png"
        assert answer.content == (bundle.path / ref.path).read_bytes()
    assert client.get(f"{API}/divergence.png?measure=mmd").status_code == 422


def test_metrics_come_whole_with_null_for_what_a_figure_does_not_have(client: TestClient, bundle: Bundle) -> None:
    answer = client.get(f"{API}/metrics").json()
    assert Metrics.model_validate(answer) == bundle.metrics()
    distance = answer["entries"][0]["figures"]["frechet_distance"]
    assert (distance["value"], distance["floor"], distance["n"], distance["p"]) == (13.5, 2.0, 150, None)
    missing = answer["entries"][0]["figures"]["recall"]
    assert missing["value"] is None
    assert "better 300" in missing["warnings"][0]


def test_metrics_under_their_version_may_be_kept_for_a_year(client: TestClient) -> None:
    version = AtlasView.model_validate(client.get(API).json()).metrics_version
    assert "immutable" in client.get(f"{API}/metrics?v={version}").headers["cache-control"]


def test_metrics_that_an_atlas_does_not_have_are_404(serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "bare.atlas"
    plan = replace(SMALL, images=20, layers=("late",), sizes=(10,), pyramids=False, metrics=False)
    write_synthetic_bundle(folder, plan)
    answer = serve(folder).get("/api/v1/atlases/bare/metrics")
    assert answer.status_code == 404
    assert "without image-set metrics" in answer.json()["error"]["message"]
