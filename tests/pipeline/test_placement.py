"""Alignment against a planted rotation, the extent, and the order in which points are stored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganatlas.errors import InputError
from ganatlas.pipeline.morton import OUTSIDE_CODE, codes_of, decode, encode
from ganatlas.pipeline.placement import find_extent, place, procrustes


def cloud(n: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, 2)) * [3, 1] + [0, 5]).astype(np.float32)


@given(angle=st.floats(-np.pi, np.pi), mirrored=st.booleans(), shift=st.floats(-50, 50))
def test_a_planted_rotation_or_reflection_is_undone(angle, mirrored, shift):
    target = cloud(60)
    planted = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1, -1 if mirrored else 1])
    points = (target @ planted + shift).astype(np.float32)
    rotation = procrustes(points, target)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(2), atol=1e-9)
    np.testing.assert_allclose(rotation, planted.T, atol=1e-4)
    aligned = place(points, target).aligned
    np.testing.assert_allclose(aligned, target - target.mean(axis=0), atol=1e-3)


def test_a_layer_keeps_its_distances_and_hands_on_what_it_aligned():
    first = place(cloud(100))
    points = cloud(100, seed=1)
    second = place(points, first.aligned)
    before = np.linalg.norm(points[:, None] - points[None], axis=-1)
    after = np.linalg.norm(second.aligned[:, None] - second.aligned[None], axis=-1)
    np.testing.assert_allclose(after, before, atol=1e-4)
    assert np.trace(second.aligned.T @ first.aligned) >= np.trace((points - points.mean(axis=0)).T @ first.aligned)


def test_the_map_can_be_computed_back_from_the_extent():
    placed = place(cloud(500))
    x0, y0, side = placed.placement.extent
    raw = placed.placement.xy * side + np.array([x0, y0])
    np.testing.assert_allclose(raw, placed.aligned[placed.placement.order], atol=1e-4)


def test_the_extent_is_a_square_around_the_central_points_with_a_margin():
    points = cloud(10_000)
    x0, y0, side = find_extent(points)
    low, high = np.percentile(points, [0.5, 99.5], axis=0)
    assert side == pytest.approx((high - low).max() * 1.04, rel=1e-6)
    np.testing.assert_allclose([x0 + side / 2, y0 + side / 2], (low + high) / 2, atol=1e-5)


def test_a_far_island_is_outside_and_not_pressed_onto_the_border():
    points = cloud(1000)
    points[:4] += 1000
    placement = place(points).placement
    assert placement.outside >= 4
    assert set(range(4)) <= set(placement.order[-placement.outside :].tolist())
    island = np.isin(placement.order, range(4))
    assert (placement.xy[island] > 10).all()
    inside = placement.xy[: len(points) - placement.outside]
    assert ((inside >= 0) & (inside < 1)).all()


def test_equal_places_keep_the_order_of_samples_and_make_a_map():
    placement = place(np.full((20, 2), 7, np.float32)).placement
    np.testing.assert_array_equal(placement.order, np.arange(20))
    assert placement.outside == 0
    assert len(np.unique(codes_of(placement.xy))) == 1


def test_rows_follow_the_base_cells_row_by_row_and_outside_comes_last():
    placement = place(cloud(3000)).placement
    inside = len(placement.xy) - placement.outside
    cell = np.floor(placement.xy[:inside].astype(np.float64) * 10).astype(int)
    base = cell[:, 1] * 10 + cell[:, 0]
    assert (np.diff(base) >= 0).all()
    assert sorted(placement.order.tolist()) == list(range(3000))


@given(column=st.integers(0, 319), row=st.integers(0, 319))
def test_a_code_decodes_to_its_cell_at_every_size(column, row):
    code = encode(np.array([column]), np.array([row]))
    assert 0 <= code[0] < OUTSIDE_CODE
    for level, size in enumerate((320, 160, 80, 40, 20, 10)):
        found = decode(code >> (2 * level), size)
        assert (found[0][0], found[1][0]) == (column >> level, row >> level)


def test_coordinates_that_are_not_finite_are_refused():
    points = cloud(20)
    points[3, 1] = np.nan
    with pytest.raises(InputError, match="1 values that are not finite"):
        place(points)


def test_layers_of_other_samples_cannot_be_aligned():
    with pytest.raises(InputError, match="has 19 samples, this one 20"):
        place(cloud(20), cloud(19))
