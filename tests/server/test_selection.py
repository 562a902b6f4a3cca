"""Selections by cells, rows and polygons."""

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from serving import API

from ganatlas.bundle.reader import Bundle
from ganatlas.errors import InputError
from ganatlas.server import polygon
from ganatlas.server.models import SelectionView

URL = f"{API}/layers/early/selection"


def select(client: TestClient, **body: object) -> SelectionView:
    answer = client.post(URL, json=body)
    assert answer.status_code == 200, answer.text
    return SelectionView.model_validate(answer.json())


def all_points(client: TestClient, **body: object) -> list[int]:
    """Rows of every page."""
    view = select(client, **body)
    points = [item.point for item in view.items]
    while view.next_cursor:
        view = select(client, **body, cursor=view.next_cursor)
        points += [item.point for item in view.items]
    return points


def test_cells_select_their_members(client: TestClient, bundle: Bundle) -> None:
    grid, layer = bundle.grid("early", 10), bundle.layer("early")
    cells = [{"column": int(grid.cells("column")[i]), "row": int(grid.cells("row")[i])} for i in (3, 8, -1)]
    members = np.concatenate([np.arange(grid.cells("start")[i], grid.cells("stop")[i]) for i in (3, 8, -1)])
    view = select(client, size=10, cells=cells)
    assert view.total == len(members)
    expected = np.bincount(layer.points("dataset")[members], minlength=3)
    assert list(view.counts.values()) == expected.tolist()
    assert all_points(client, size=10, cells=cells, limit=7) == sorted(members.tolist())


def test_empty_cells_of_a_rectangle_select_nothing(client: TestClient, bundle: Bundle) -> None:
    everything = [{"column": column, "row": row} for column in range(20) for row in range(20)]
    layer = bundle.manifest.layers[0]
    assert select(client, size=20, cells=everything).total == layer.point_count - layer.outside_count
    assert select(client, size=20, cells=[]).total == 0


def test_rows_select_themselves_once(client: TestClient) -> None:
    assert all_points(client, rows=[5, 3, 3, 9], limit=2) == [3, 5, 9]


def test_a_polygon_selects_what_lies_in_it(client: TestClient, bundle: Bundle) -> None:
    layer = bundle.layer("early")
    x, y = layer.points("x"), layer.points("y")
    inside = np.flatnonzero((x > 0.2) & (x < 0.7) & (y > 0.1) & (y < 0.5))
    corners = [[0.2, 0.1], [0.7, 0.1], [0.7, 0.5], [0.2, 0.5]]
    assert all_points(client, polygon=corners, limit=500) == inside.tolist()


def test_one_datasets_members_are_paged_and_all_are_counted(client: TestClient) -> None:
    corners = [[0, 0], [1, 0], [1, 1], [0, 1]]
    view = select(client, polygon=corners, dataset="gan-a", order="nearest", limit=20)
    assert {item.dataset for item in view.items} == {"gan-a"}
    nearness = [item.nearness for item in view.items]
    assert nearness == sorted(nearness, reverse=True)  # type: ignore[type-var]
    assert view.total == sum(view.counts.values())
    assert len(all_points(client, polygon=corners, dataset="gan-a")) == view.counts["gan-a"]


def test_a_selection_is_followed_into_other_layers(client: TestClient, bundle: Bundle) -> None:
    view = select(client, rows=[0, 10, 20], layers=["late"])
    early, late = bundle.layer("early"), bundle.layer("late")
    names = ("dataset", "image", "position")
    there = view.elsewhere["late"]
    wanted = {tuple(int(early.points(name)[row]) for name in names) for row in (0, 10, 20)}
    assert {tuple(int(late.points(name)[row]) for name in names) for row in there} == wanted


def test_places_of_some_members_come_with_each_layer(client: TestClient, bundle: Bundle) -> None:
    body = {"size": 10, "cells": [{"column": c, "row": r} for c in range(10) for r in range(10)], "layers": ["early", "late"]}
    assert select(client, **body).places == {}
    view = select(client, **body, places=40)
    early, late = bundle.layer("early"), bundle.layer("late")
    assert len(view.places["early"].point) == len(view.places["late"].point) == 40
    for layer, places in ((early, view.places["early"]), (late, view.places["late"])):
        assert places.x == pytest.approx(layer.points("x")[places.point], abs=1e-5)
        assert places.y == pytest.approx(layer.points("y")[places.point], abs=1e-5)
        assert places.dataset == layer.points("dataset")[places.point].tolist()
    for name in ("dataset", "image", "position"):
        assert early.points(name)[view.places["early"].point].tolist() == late.points(name)[view.places["late"].point].tolist()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "exactly one"),
        ({"rows": [1], "polygon": [[0, 0], [1, 0], [1, 1]]}, "exactly one"),
        ({"cells": [{"column": 0, "row": 0}]}, "size"),
        ({"cells": [{"column": 10, "row": 0}], "size": 10}, "beyond the 10 × 10"),
        ({"rows": [10**9]}, "no point 1000000000"),
        ({"rows": [-1]}, "no point -1"),
        ({"rows": [10**30]}, "no point"),
        ({"polygon": [[0, 0], [1, 0]]}, "polygon"),
        ({"rows": [1], "cursor": "nope"}, "cursor"),
        ({"rows": [1], "limit": 0}, "limit"),
        ({"rows": [1], "colour": "red"}, "colour"),
        ({"rows": "all"}, "rows"),
    ],
)
def test_an_impossible_selection_is_refused(client: TestClient, body: dict[str, object], said: str) -> None:
    answer = client.post(URL, json=body)
    assert answer.status_code == 422
    assert said in answer.json()["error"]["message"]


def test_unknown_names_in_a_selection_are_404(client: TestClient) -> None:
    for body in ({"rows": [1], "layers": ["nope"]}, {"rows": [1], "dataset": "nobody"}, {"cells": [], "size": 30}):
        assert client.post(URL, json=body).status_code == 404


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post(URL, content=b" " * (17 << 20), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_numbers_that_json_does_not_have_are_refused(client: TestClient) -> None:
    body = b'{"polygon": [[0, 0], [1e999, 0], [1, 1]]}'
    assert client.post(URL, content=body, headers={"content-type": "application/json"}).status_code == 422


points = st.lists(st.tuples(st.floats(0, 1, width=32), st.floats(0, 1, width=32)), min_size=1, max_size=60)


@given(points, st.integers(3, 12), st.floats(0, 6))
def test_inside_a_convex_polygon_is_left_of_all_its_edges(xy: list[tuple[float, float]], corners: int, turn: float) -> None:
    x, y = np.array(xy, np.float32).T
    angle = turn + 2 * np.pi * np.arange(corners) / corners
    shape = np.stack([0.5 + 0.4 * np.cos(angle), 0.5 + 0.3 * np.sin(angle)], axis=1)
    edge = np.roll(shape, -1, axis=0) - shape
    side = edge[:, :1] * (y.astype(float) - shape[:, 1:]) - edge[:, 1:] * (x.astype(float) - shape[:, :1])
    clear = np.abs(side).min(axis=0) > 1e-9  # on the edge itself either answer is right
    found = np.isin(np.arange(len(x)), polygon.inside_polygon(x, y, shape))
    assert np.array_equal(found[clear], (side > 0).all(axis=0)[clear])


@given(points)
def test_inside_a_bow_tie_is_inside_one_of_its_triangles(xy: list[tuple[float, float]]) -> None:
    x, y = np.array(xy, np.float32).T
    whole = polygon.inside_polygon(x, y, np.array([[0, 0], [1, 1], [1, 0], [0, 1]], float))
    left = polygon.inside_polygon(x, y, np.array([[0, 0], [0.5, 0.5], [0, 1]], float))
    right = polygon.inside_polygon(x, y, np.array([[1, 0], [0.5, 0.5], [1, 1]], float))
    assert set(whole) == set(left) ^ set(right)


def test_a_polygon_that_would_take_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polygon, "MAX_CROSSINGS", 1000)
    zigzag = np.stack([np.linspace(0, 1, 101), np.arange(101) % 2], axis=1).astype(float)
    random = np.random.default_rng(0).random((2, 100), np.float32)
    with pytest.raises(InputError, match="simpler"):
        polygon.inside_polygon(random[0], random[1], zigzag)
