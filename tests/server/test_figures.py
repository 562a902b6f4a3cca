"""Where figures come from, by cell, and images beside their nearest: what the tables hold, and nothing where there are none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from serving import API, GRID, SMALL, Serve
from synthetic import write_synthetic_bundle

from ganatlas.bundle.reader import Bundle
from ganatlas.server.models import CellFigures, ExamplePage, NearestPage


def test_the_parts_of_the_cells_add_up_to_the_figures(client: TestClient, bundle: Bundle) -> None:
    found = CellFigures.model_validate(client.get(f"{GRID}/figures").json())
    assert [(pair.first, pair.second) for pair in found.pairs] == [("real", "gan-a"), ("real", "gan-b")]
    said = {e.second: e.figures["precision"].value for e in bundle.metrics().entries if e.layer == "early" and not e.is_self}
    for pair in found.pairs:
        assert len(pair.n) == len(bundle.grid("early", 20).cells("column"))
        assert sum(pair.n) == sum(pair.m) == SMALL.images  # one position an image
        assert 1 - sum(pair.outside) / sum(pair.m) == pytest.approx(said[pair.second])
        assert pair.copying is None  # no held-out images


def test_a_part_is_counted_in_the_cell_that_holds_the_image(client: TestClient, bundle: Bundle) -> None:
    found = CellFigures.model_validate(client.get(f"{GRID}/figures").json()).pairs[0]
    layer, grid = bundle.layer("early"), bundle.grid("early", 20)
    index = int(np.argmax(found.uncovered))
    members = slice(int(grid.cells("start")[index]), int(grid.cells("stop")[index]))
    covered = layer.neighbours("covered")
    assert covered is not None
    assert found.uncovered[index] == int((covered[members, 1] == 0).sum()) > 0


def test_an_atlas_without_metrics_does_not_say_where_figures_come_from(serve: Serve, tmp_path: Path) -> None:
    write_synthetic_bundle(tmp_path / "made-up.atlas", replace(SMALL, metrics=False, pyramids=False))
    client = serve(tmp_path / "made-up.atlas")
    view = client.get(API).json()
    assert view["layers"][0]["grids"][0]["figures_version"] is None
    assert view["datasets"][0]["scores_version"] is None
    for url in (f"{GRID}/figures", f"{API}/datasets/gan-a/nearest"):
        answer = client.get(url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_images_come_beside_their_nearest_the_most_alike_first(client: TestClient, bundle: Bundle) -> None:
    page = NearestPage.model_validate(client.get(f"{API}/datasets/gan-a/nearest?limit=5").json())
    assert [item.image for item in page.items] == [0, 1, 2, 3, 4]
    assert [item.nearest for item in page.items] == [1, 2, 3, 4, 5]
    assert page.items[0].ratio == pytest.approx(0.1)
    assert page.items[0].nearest_name == bundle.dataset("real").image(1).name
    assert page.total == SMALL.images - 1  # one was not looked at
    following = client.get(f"{API}/datasets/gan-a/nearest?limit=5&cursor={page.next_cursor}").json()
    assert [item["image"] for item in following["items"]] == [5, 6, 7, 8, 9]


def test_by_pixels_the_order_is_another(client: TestClient) -> None:
    page = NearestPage.model_validate(client.get(f"{API}/datasets/gan-a/nearest?by=pixels&limit=3").json())
    assert [item.image for item in page.items] == [SMALL.images - 2, SMALL.images - 3, SMALL.images - 4]
    assert client.get(f"{API}/datasets/gan-a/nearest?by=taste").status_code == 422


@pytest.mark.parametrize(
    ("order", "name", "sign"), [("realism", "realism", -1), ("-realism", "realism", 1), ("copies", "ratio", 1)]
)
def test_examples_come_in_the_order_of_a_score(
    client: TestClient, busy_cell: tuple[int, int], order: str, name: str, sign: int
) -> None:
    column, row = busy_cell
    url = f"{GRID}/cells/{column}/{row}/examples?dataset=gan-a&limit=200&order={order}"
    page = ExamplePage.model_validate(client.get(url).json())
    scores = [getattr(item.scores, name) for item in page.items if item.scores]
    assert len(scores) > 1
    assert scores == sorted(scores, key=lambda score: sign * score)
    known = [item.scores is not None for item in page.items]
    assert known == sorted(known, reverse=True)  # those without a score last


def test_an_example_says_its_scores(client: TestClient, busy_cell: tuple[int, int], bundle: Bundle) -> None:
    column, row = busy_cell
    page = ExamplePage.model_validate(client.get(f"{GRID}/cells/{column}/{row}/examples?dataset=gan-a").json())
    realism = bundle.dataset("gan-a").scores("realism")
    assert realism is not None
    shown = next(item for item in page.items if item.scores)
    assert shown.scores
    assert shown.scores.realism == pytest.approx(float(realism[shown.image]))
