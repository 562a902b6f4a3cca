"""The points of a layer, thinned the same way each time."""

import numpy as np
import pyarrow as pa
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from serving import API

from ganatlas.bundle.reader import Bundle
from ganatlas.server.thinning import thin

URL = f"{API}/layers/early/points"


def read(client: TestClient, query: str = "") -> pa.Table:
    answer = client.get(f"{URL}?{query}")
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    return pa.ipc.open_stream(answer.content).read_all()


def test_all_points_come_in_one_batch_as_the_bundle_has_them(client: TestClient, bundle: Bundle) -> None:
    table = read(client)
    layer = bundle.layer("early")
    assert table.num_rows == layer.info.point_count
    assert len(table.to_batches()) == 1
    assert table.column("row").to_pylist() == list(range(table.num_rows))
    for name in ("x", "y", "dataset", "top"):
        assert np.array_equal(table.column(name).to_numpy(), layer.points(name))


def test_fewer_points_are_a_subset_of_more(client: TestClient) -> None:
    rows = [set(read(client, f"limit={limit}").column("row").to_pylist()) for limit in (10, 100, 500)]
    assert [len(each) for each in rows] == [10, 100, 500]
    assert rows[0] < rows[1] < rows[2]


def test_points_of_one_dataset_are_only_its_own(client: TestClient) -> None:
    table = read(client, "dataset=gan-a&limit=50")
    assert set(table.column("dataset").to_pylist()) == {1}
    assert table.num_rows == 50


def test_wrong_parameters_are_refused(client: TestClient) -> None:
    assert client.get(f"{URL}?limit=0").status_code == 422
    assert client.get(f"{URL}?dataset=nobody").status_code == 404
    assert client.get(f"{API}/layers/nope/points").status_code == 404


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 10**9))
def test_thinning_nests_and_keeps_the_order(small: int, large: int, offset: int) -> None:
    rows = np.arange(offset, offset + 250)
    small, large = min(small, large), max(small, large)
    few, many = thin(rows, small), thin(rows, large)
    assert len(few) == min(small, 250)
    assert set(few) <= set(many)
    assert (np.diff(few) > 0).all()


def test_thinning_takes_about_as_many_from_everywhere() -> None:
    chosen = thin(np.arange(100_000), 10_000)
    tenths = np.bincount(chosen // 10_000, minlength=10)
    # Binomial with mean 1000 and sd 30: five of them.
    assert (abs(tenths - 1000) < 150).all()
