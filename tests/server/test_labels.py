"""Labels by name, search and attribution."""

import numpy as np
import pytest
from fastapi.testclient import TestClient
from serving import API, GRID

from ganatlas.bundle.reader import Bundle
from ganatlas.server.models import AttributionMap, LabelList, SearchView


def test_labels_that_begin_with_the_query_come_before_those_that_contain_it(client: TestClient) -> None:
    found = LabelList.model_validate(client.get(f"{API}/labels?q=B").json())
    names = [label.name for label in found.labels]
    assert set(names) == {"barn", "bridge", "boat", "balloon", "tower block"}
    assert names[-1] == "tower block"
    assert all(label.source == "predicted" for label in found.labels)


def test_labels_count_the_images_of_each_dataset(client: TestClient, bundle: Bundle) -> None:
    found = LabelList.model_validate(client.get(f"{API}/labels?limit=1000").json())
    predicted = [label for label in found.labels if label.source == "predicted"]
    for dataset in bundle.manifest.datasets:
        assert sum(label.counts[dataset.name] for label in predicted) == dataset.count
    missing = next(label for label in predicted if label.name == "lighthouse")
    assert missing.counts["gan-a"] == 0
    assert missing.counts["real"] > 0
    given = [label for label in found.labels if label.source == "given"]
    assert {label.name for label in given} == {"spring", "summer", "autumn", "winter"}
    labels = bundle.dataset("real").labels()
    for label in given:
        assert label.counts == {"real": int((labels == bundle.manifest.labels.index(label.name)).sum())}


@pytest.mark.parametrize(("label", "source"), [("castle", "predicted"), ("winter", "given")])
def test_search_ranks_cells_by_the_share_of_a_label(client: TestClient, bundle: Bundle, label: str, source: str) -> None:
    found = SearchView.model_validate(client.get(f"{GRID}/search?label={label}&dataset=real&min_members=2&limit=1000").json())
    assert found.source == source
    layer, grid = bundle.layer("early"), bundle.grid("early", 20)
    if source == "predicted":
        has = layer.points("top") == bundle.manifest.classifier.classes.index(label)  # type: ignore[union-attr]
    else:
        has = bundle.dataset("real").labels()[layer.points("image")] == bundle.manifest.labels.index(label)
    mine = layer.points("dataset") == 0
    expected = {}
    for column, row, start, stop in zip(*(grid.cells(n).tolist() for n in ("column", "row", "start", "stop")), strict=True):
        members, hits = mine[start:stop].sum(), (mine & has)[start:stop].sum()
        if members >= 2 and hits:
            expected[column, row] = (int(hits), int(members))
    assert {(hit.column, hit.row): (hit.count, hit.members) for hit in found.hits} == expected
    shares = [hit.share for hit in found.hits]
    assert shares == sorted(shares, reverse=True)
    overall = (mine & has).sum() / mine.sum()
    assert found.hits[0].lift == pytest.approx(found.hits[0].share / overall)


def test_a_label_that_a_dataset_never_has_is_found_nowhere(client: TestClient) -> None:
    found = SearchView.model_validate(client.get(f"{GRID}/search?label=lighthouse&dataset=gan-a&min_members=1").json())
    assert found.hits == []


def test_attribution_of_a_class_is_that_of_the_bundle(client: TestClient, bundle: Bundle) -> None:
    found = AttributionMap.model_validate(client.get(f"{GRID}/attribution?label=boat").json())
    table = bundle.grid("early", 20).attribution()
    assert table is not None
    expected = [row for row in table.to_pylist() if row["label"] == 8]
    assert found.column == [row["column"] for row in expected]
    assert np.allclose(found.effect, [row["effect"] for row in expected])
    assert found.maximum == pytest.approx(max(row["effect"] for row in expected))


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"{GRID}/search?label=zebra&dataset=real", 404),
        (f"{GRID}/search?label=winter&dataset=real&source=predicted", 404),
        (f"{GRID}/search?label=winter&dataset=nobody", 404),
        (f"{GRID}/search?label=winter", 422),
        (f"{GRID}/search?dataset=real", 422),
        (f"{GRID}/search?label=winter&dataset=real&source=guessed", 422),
        (f"{GRID}/attribution?label=winter", 404),
        (f"{GRID}/attribution", 422),
        (f"{API}/labels?limit=0", 422),
    ],
)
def test_what_is_not_there_is_404_and_what_is_wrong_is_422(client: TestClient, url: str, status: int) -> None:
    assert client.get(url).status_code == status


def test_an_unknown_label_names_those_there_are_the_most_alike_first(client: TestClient) -> None:
    error = client.get(f"{GRID}/attribution?label=zebra").json()["error"]
    assert "lighthouse" in error["detail"]["choices"]
    meant = client.get(f"{GRID}/attribution?label=ligthouse").json()["error"]["detail"]["choices"]
    assert meant[0] == "lighthouse"
    assert sorted(meant) == sorted(error["detail"]["choices"])


def test_a_label_that_a_dataset_came_without_is_said_to_be_missing_there(client: TestClient) -> None:
    answer = client.get(f"{GRID}/search?label=winter&dataset=gan-a")
    error = answer.json()["error"]
    assert answer.status_code == 404
    assert "'gan-a' came without" in error["message"]
    assert "lighthouse" in error["detail"]["choices"]
    assert "winter" not in error["detail"]["choices"]
