"""Grids against brute force: slices, nesting, vectors, exemplars; outside is a cell like any other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganatlas.bundle.tables import GRID_SIZES
from ganatlas.errors import InputError
from ganatlas.pipeline import grid as grid_module
from ganatlas.pipeline.grid import bin_cells, cell_means, dataset_vectors, exemplars, majority, parents
from ganatlas.pipeline.placement import place


def atlas(n: int = 800, seed: int = 0, channels: int = 6):
    """(activations, dataset, placement) of three datasets of unequal size, some points far outside, some activations dead."""
    rng = np.random.default_rng(seed)
    dataset = rng.choice(3, n, p=[0.6, 0.3, 0.1]).astype(np.uint8)
    points = (rng.normal(size=(n, 2)) + dataset[:, None] / 2).astype(np.float32)
    points[: n // 250] += 500
    x = np.maximum(rng.normal(size=(n, channels)) + points[:, :1], 0).astype(np.float16)
    x[n // 2 : n // 2 + 20] = 0
    return x, dataset, place(points).placement


def members(placement, size):
    """(column, row) → indices into Samples, in stored order, by brute force; outside is (−1, −1)."""
    out: dict[tuple[int, int], list[int]] = {}
    for (x, y), index in zip(placement.xy.astype(float), placement.order, strict=True):
        inside = 0 <= x < 1 and 0 <= y < 1
        out.setdefault((int(x * size), int(y * size)) if inside else (-1, -1), []).append(int(index))
    return out


@pytest.mark.parametrize("size", GRID_SIZES)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 300))
@settings(max_examples=15, deadline=None)
def test_every_cell_of_every_size_is_one_slice_with_the_right_members(size, seed, n):
    _, dataset, placement = atlas(n, seed)
    cells = bin_cells(placement, dataset, 3, size)
    expected = members(placement, size)
    assert len(cells.start) == len(expected)
    for i in range(len(cells.start)):
        own = placement.order[cells.start[i] : cells.stop[i]]
        assert own.tolist() == expected[int(cells.column[i]), int(cells.row[i])]
        np.testing.assert_array_equal(cells.count[i], np.bincount(dataset[own], minlength=3))
    assert (cells.column[:-1] >= 0).all()
    inner = cells.row[cells.row >= 0].astype(int) * size + cells.column[cells.row >= 0]
    assert (np.diff(inner) > 0).all()


@given(seed=st.integers(0, 10_000), n=st.integers(1, 500))
@settings(max_examples=20, deadline=None)
def test_coarse_counts_are_the_sums_of_their_children(seed, n):
    _, dataset, placement = atlas(n, seed)
    fine = bin_cells(placement, dataset, 3, 320)
    for size in GRID_SIZES:
        coarse = bin_cells(placement, dataset, 3, size)
        parent = parents(fine, coarse)
        sums = np.zeros_like(coarse.count)
        np.add.at(sums, parent, fine.count)
        np.testing.assert_array_equal(sums, coarse.count)
        inside = fine.column >= 0
        np.testing.assert_array_equal(coarse.column[parent[inside]], fine.column[inside] // (320 // size))
        np.testing.assert_array_equal(coarse.row[parent[inside]], fine.row[inside] // (320 // size))
        assert (coarse.column[parent[~inside]] == -1).all()


def test_outside_is_the_same_last_row_at_every_size():
    _, dataset, placement = atlas()
    assert placement.outside >= 3
    for size in GRID_SIZES:
        cells = bin_cells(placement, dataset, 3, size)
        assert (cells.column[-1], cells.row[-1]) == (-1, -1)
        assert cells.stop[-1] - cells.start[-1] == placement.outside
        assert cells.stop[-1] == len(dataset)


def test_a_grid_that_does_not_nest_is_refused():
    _, dataset, placement = atlas(20)
    with pytest.raises(InputError, match="30 × 30 does not nest; choose among 10, 20, 40, 80, 160, 320"):
        bin_cells(placement, dataset, 3, 30)


@pytest.mark.parametrize("block", [13, 16384])
def test_cell_vectors_weigh_datasets_alike_and_spread_is_the_mean_cosine_distance(monkeypatch, block):
    monkeypatch.setattr(grid_module, "BLOCK", block)
    x, dataset, placement = atlas()
    grids = {size: bin_cells(placement, dataset, 3, size) for size in (10, 40)}
    found = cell_means(x, dataset, placement, grids)
    total = np.bincount(dataset)
    for size, cells in grids.items():
        for i in range(len(cells.start)):
            own = placement.order[cells.start[i] : cells.stop[i]]
            values = x[own].astype(np.float64)
            weights = 1 / total[dataset[own]]
            mean = (values * weights[:, None]).sum(axis=0) / weights.sum()
            np.testing.assert_allclose(found[size].vectors[i], mean, rtol=1e-4, atol=1e-5)
            norms = np.linalg.norm(values, axis=1)
            both = norms * np.linalg.norm(mean)
            cosine = np.divide(values @ mean, both, out=np.full(len(own), float(not mean.any())), where=both > 0)
            if not mean.any():
                cosine[norms > 0] = 0
            assert found[size].spread[i] == pytest.approx((1 - cosine).mean(), abs=1e-4)


@pytest.mark.parametrize("block", [13, 16384])
def test_dataset_vectors_are_each_datasets_own_means(monkeypatch, block):
    monkeypatch.setattr(grid_module, "BLOCK", block)
    x, dataset, placement = atlas()
    cells = bin_cells(placement, dataset, 3, 20)
    means = dataset_vectors(x, dataset, placement, cells)
    for i in range(len(cells.start)):
        own = placement.order[cells.start[i] : cells.stop[i]]
        for d in range(3):
            chosen = own[dataset[own] == d]
            if len(chosen):
                np.testing.assert_allclose(means[i, d], x[chosen].astype(np.float64).mean(axis=0), rtol=1e-4, atol=1e-5)
            else:
                assert np.isnan(means[i, d]).all()


@pytest.mark.parametrize("block", [13, 16384])
def test_exemplars_are_the_members_most_like_the_cell_vector(monkeypatch, block):
    monkeypatch.setattr(grid_module, "BLOCK", block)
    x, dataset, placement = atlas()
    grids = {size: bin_cells(placement, dataset, 3, size) for size in (10, 20)}
    means = cell_means(x, dataset, placement, grids)
    found = exemplars(x, dataset, placement, grids, means)
    for size, i in [(size, i) for size, cells in grids.items() for i in range(len(cells.start))]:
        cells, rows, vectors = grids[size], found[size], means[size].vectors
        assert rows.dtype == np.int64
        own = np.arange(cells.start[i], cells.stop[i])
        for d in range(3):
            chosen = own[dataset[placement.order[own]] == d]
            if not len(chosen):
                assert rows[i, d] == -1
                continue
            values = x[placement.order[chosen]].astype(np.float64)
            cosine = values @ vectors[i] / np.maximum(np.linalg.norm(values, axis=1), 1e-12)
            assert rows[i, d] in chosen
            assert cosine[chosen == rows[i, d]][0] == pytest.approx(cosine.max(), abs=1e-4)


def test_the_majority_is_the_most_frequent_class_and_unknown_ones_do_not_vote():
    _, dataset, placement = atlas(400)
    top = np.random.default_rng(1).integers(-1, 4, 400).astype(np.int32)
    cells = bin_cells(placement, dataset, 3, 10)
    found = majority(top, placement, cells)
    for i in range(len(cells.start)):
        own = top[placement.order[cells.start[i] : cells.stop[i]]]
        own = own[own >= 0]
        assert found[i] == (np.bincount(own).argmax() if len(own) else -1)
    assert (majority(np.full(400, -1, np.int32), placement, cells) == -1).all()
