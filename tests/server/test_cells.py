"""Cells: all of a grid, one in full, and the members of one."""

import numpy as np
import pytest
from fastapi.testclient import TestClient
from serving import API, GRID

from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.shares import wilson
from ganatlas.server.models import CellColumns, CellView, ExamplePage


def test_all_cells_come_column_wise_as_the_bundle_has_them(client: TestClient, bundle: Bundle) -> None:
    cells = CellColumns.model_validate(client.get(f"{GRID}/cells").json())
    grid = bundle.grid("early", 20)
    assert cells.column == grid.cells("column").tolist()
    assert cells.row == grid.cells("row").tolist()
    assert (cells.column[-1], cells.row[-1]) == (-1, -1)
    for index, dataset in enumerate(bundle.manifest.datasets):
        assert cells.count[dataset.name] == grid.cells("count")[:, index].tolist()
    for index, pair in enumerate(cells.pairs):
        assert (pair.first, pair.second) == bundle.manifest.pairs[index]
        assert np.allclose(pair.effect, grid.cells("effect")[:, index])
        p = grid.cells("p")[:, index]
        assert [value is None for value in pair.p] == np.isnan(p).tolist()
        assert any(value is not None for value in pair.p)
    lengths = {len(values) for values in (cells.row, cells.label, cells.spread, cells.pairs[0].q, cells.faithfulness[0].values)}
    assert lengths == {len(cells.column)}


def test_a_cell_is_labelled_by_its_highest_attribution(client: TestClient, bundle: Bundle) -> None:
    cells = CellColumns.model_validate(client.get(f"{GRID}/cells").json())
    grid = bundle.grid("early", 20)
    for column, row, label in zip(cells.column, cells.row, cells.label, strict=True):
        table = grid.attribution_of(column, row)
        assert table is not None
        assert label == max(table.to_pylist(), key=lambda each: each["effect"])["label"]


def test_faithfulness_is_that_of_the_icon_at_each_cell(client: TestClient, bundle: Bundle) -> None:
    cells = CellColumns.model_validate(client.get(f"{GRID}/cells").json())
    pyramid = bundle.pyramid("early", 20, "exemplar", "gan-b")
    table = bundle.grid("early", 20).icons_table(pyramid)
    assert table is not None
    values = next(each.values for each in cells.faithfulness if each.of == "gan-b")
    found = {(c, r): v for c, r, v in zip(cells.column, cells.row, values, strict=True) if v is not None}
    assert found == {(each["column"], each["row"]): pytest.approx(each["faithfulness"]) for each in table.to_pylist()}


def test_one_cell_tells_what_each_dataset_has_in_it(client: TestClient, bundle: Bundle, busy_cell: tuple[int, int]) -> None:
    column, row = busy_cell
    view = CellView.model_validate(client.get(f"{GRID}/cells/{column}/{row}").json())
    grid, layer = bundle.grid("early", 20), bundle.layer("early")
    cell = grid.cell(column, row)
    assert view.total == cell.stop - cell.start
    datasets, tops = (layer.points_between(name, cell.start, cell.stop) for name in ("dataset", "top"))
    for index, part in enumerate(view.datasets):
        members = tops[datasets == index]
        assert part.count == len(members)
        assert part.share == pytest.approx(len(members) / 300)
        assert part.low <= part.share <= part.high
        predicted = [label for label in part.labels if label.source == "predicted"]
        for label in predicted:
            code = bundle.manifest.classifier.classes.index(label.name)  # type: ignore[union-attr]
            overall = layer.points("top")[layer.points("dataset") == index]
            assert label.count == (members == code).sum()
            assert label.lift == pytest.approx((members == code).mean() / (overall == code).mean())
        assert sum(label.count for label in predicted) == len(members)
        if part.exemplar:
            assert part.exemplar.dataset == part.dataset
            assert cell.start <= part.exemplar.point < cell.stop
    given = {label.source for part in view.datasets[1:] for label in part.labels}
    assert given == {"predicted"}
    assert any(label.source == "given" for label in view.datasets[0].labels)


def test_parents_and_children_lead_to_each_other(client: TestClient, busy_cell: tuple[int, int]) -> None:
    column, row = busy_cell
    child = CellView.model_validate(client.get(f"{GRID}/cells/{column}/{row}").json())
    assert child.parent == (column // 2, row // 2)
    assert child.children == []
    parent = CellView.model_validate(client.get(f"{API}/layers/early/grids/10/cells/{column // 2}/{row // 2}").json())
    assert parent.parent is None
    assert (column, row) in parent.children
    totals = [client.get(f"{GRID}/cells/{c}/{r}").json()["total"] for c, r in parent.children]
    assert sum(totals) == parent.total


def test_outside_is_a_cell_like_any_other(client: TestClient, bundle: Bundle) -> None:
    view = CellView.model_validate(client.get(f"{GRID}/cells/outside").json())
    assert (view.column, view.row, view.total) == (-1, -1, bundle.manifest.layers[0].outside_count)
    assert view == CellView.model_validate(client.get(f"{GRID}/cells/-1/-1").json())
    assert (view.parent, view.children) == (None, [])
    page = ExamplePage.model_validate(client.get(f"{GRID}/cells/outside/examples?dataset=gan-b").json())
    assert page.items
    assert all(not (0 <= item.x < 1 and 0 <= item.y < 1) for item in page.items)


@pytest.mark.parametrize("order", ["nearest", "random", "stored"])
def test_pages_of_examples_are_every_member_once(
    client: TestClient, bundle: Bundle, busy_cell: tuple[int, int], order: str
) -> None:
    column, row = busy_cell
    url = f"{GRID}/cells/{column}/{row}/examples?dataset=real&order={order}&limit=3"
    pages = [ExamplePage.model_validate(client.get(url).json())]
    while pages[-1].next_cursor:
        pages.append(ExamplePage.model_validate(client.get(f"{url}&cursor={pages[-1].next_cursor}").json()))
    points = [item.point for page in pages for item in page.items]
    cell = bundle.grid("early", 20).cell(column, row)
    members = np.arange(cell.start, cell.stop)[bundle.layer("early").points_between("dataset", cell.start, cell.stop) == 0]
    assert sorted(points) == members.tolist()
    assert {page.total for page in pages} == {len(members)}
    nearness = [item.nearness for page in pages for item in page.items]
    if order == "nearest":
        assert nearness == sorted(nearness, reverse=True)
    elif order == "stored":
        assert points == sorted(points)
    else:
        assert points != sorted(points)


def test_nearness_is_the_cosine_with_the_balanced_mean(client: TestClient, bundle: Bundle, busy_cell: tuple[int, int]) -> None:
    column, row = busy_cell
    layer, grid = bundle.layer("early"), bundle.grid("early", 20)
    cell = grid.cell(column, row)
    reduced = layer.points_between("reduced", cell.start, cell.stop).astype(float)
    datasets = layer.points_between("dataset", cell.start, cell.stop)
    on_map = grid.cells("count")[:-1].sum(axis=0)
    weights = (1 / on_map)[datasets]
    mean = weights @ reduced / weights.sum()
    page = ExamplePage.model_validate(client.get(f"{GRID}/cells/{column}/{row}/examples?dataset=gan-b&limit=200").json())
    for item in page.items:
        vector = reduced[item.point - cell.start]
        cosine = vector @ mean / np.linalg.norm(vector) / np.linalg.norm(mean)
        assert item.nearness == pytest.approx(cosine, abs=1e-4)


def test_the_box_of_an_example_is_inside_its_image(client: TestClient) -> None:
    for layer in ("early", "late"):
        grid = f"{API}/layers/{layer}/grids/10"
        cells = client.get(f"{grid}/cells").json()
        place = f"{cells['column'][0]}/{cells['row'][0]}"
        for item in ExamplePage.model_validate(client.get(f"{grid}/cells/{place}/examples?dataset=real").json()).items:
            assert item.box is not None
            assert 0 <= item.box.x0 < item.box.x1 <= 1
            assert 0 <= item.box.y0 < item.box.y1 <= 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("dataset=real&limit=0", 422),
        ("dataset=real&limit=201", 422),
        ("dataset=real&order=best", 422),
        ("", 422),
        ("dataset=nobody", 404),
        ("dataset=real&cursor=zzz", 422),
        ("dataset=real&cursor=MC5hYmM", 422),
        ("dataset=real&cursor=%00%ff", 422),
    ],
)
def test_wrong_parameters_of_examples_are_refused(
    client: TestClient, busy_cell: tuple[int, int], query: str, status: int
) -> None:
    answer = client.get(f"{GRID}/cells/{busy_cell[0]}/{busy_cell[1]}/examples?{query}")
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_cursor_of_one_list_is_refused_by_another(client: TestClient, busy_cell: tuple[int, int]) -> None:
    base = f"{GRID}/cells/{busy_cell[0]}/{busy_cell[1]}/examples?limit=1"
    cursor = client.get(f"{base}&dataset=real").json()["next_cursor"]
    assert client.get(f"{base}&dataset=real&cursor={cursor}").status_code == 200
    for other in (f"{base}&dataset=gan-b&cursor={cursor}", f"{base}&dataset=real&order=random&cursor={cursor}"):
        assert client.get(other).status_code == 422


def test_wilson_is_the_known_interval() -> None:
    # Newcombe 1998, table I: 81 of 263.
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert wilson(0, 0) == (0, 1)
