"""The null of each design: its draws keep what they must keep; its p-values are valid where points of an image go together."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from ganatlas.errors import InputError
from ganatlas.pipeline.divergence.null import PointNull, by_image
from ganatlas.pipeline.divergence.statistics import jensen_shannon

CELLS = 12


def clustered(images: int, positions: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Cell and image of every point: an image's points crowd around a place of its own."""
    home = rng.integers(0, CELLS, images)
    cell = (home[:, None] + (rng.random((images, positions)) < 0.3) * rng.integers(0, CELLS, (images, positions))) % CELLS
    return cell.ravel(), np.repeat(np.arange(images), positions).astype(np.uint32)


def two_sets(images: int, positions: int, rng: np.random.Generator):
    """Cells, side and image of two sets of images drawn alike."""
    cell, image = clustered(2 * images, positions, rng)
    first = image < images
    return cell, first, np.where(first, image, image - images).astype(np.uint32)


def drawn(null, permutations=50, seed=0):
    parts = list(null.draw(permutations, np.random.default_rng(seed)))
    return np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts])


@pytest.mark.parametrize("design", ["points", "images", "pairs"])
def test_draws_keep_the_pooled_counts_and_the_sizes(design):
    cell, first, image = two_sets(40, 6, np.random.default_rng(0))
    a, b = np.bincount(cell[first], minlength=CELLS), np.bincount(cell[~first], minlength=CELLS)
    null = PointNull(a, b) if design == "points" else by_image(cell, first, image, CELLS, design == "pairs")
    np.testing.assert_array_equal(null.a, a)
    np.testing.assert_array_equal(null.b, b)
    x, y = drawn(null)
    assert x.shape == y.shape == (50, CELLS)
    assert (x >= 0).all()
    assert (y >= 0).all()
    np.testing.assert_array_equal(x + y, np.broadcast_to(a + b, x.shape))
    np.testing.assert_array_equal(x.sum(axis=1), a.sum())
    np.testing.assert_array_equal(drawn(null)[0], x)


def test_points_are_drawn_from_the_hypergeometric():
    a, b = np.array([30, 5, 65]), np.array([20, 15, 65])
    x, _ = drawn(PointNull(a, b), 4000)
    np.testing.assert_allclose(x.mean(axis=0), (a + b) / 2, rtol=0.02)
    np.testing.assert_allclose(x.var(axis=0), hypergeom(200, 100, a + b).var(), rtol=0.1)


@pytest.mark.parametrize("paired", [False, True])
def test_coarsening_and_drawing_commute(paired):
    cell, first, image = two_sets(30, 4, np.random.default_rng(1))
    parent = np.arange(CELLS) // 4
    null = by_image(cell, first, image, CELLS, paired)
    fine, coarse = drawn(null)[0], drawn(null.coarsen(parent, 3))[0]
    np.testing.assert_array_equal(np.add.reduceat(fine, [0, 4, 8], axis=1), coarse)


@pytest.mark.parametrize("paired", [False, True])
def test_a_coarsened_design_tests_as_one_made_coarse(paired):
    cell, first, image = two_sets(40, 5, np.random.default_rng(2))
    parent = np.random.default_rng(0).permutation(CELLS) % 4
    everywhere = np.ones(4, bool)
    coarsened = by_image(cell, first, image, CELLS, paired).coarsen(parent, 4)
    direct = by_image(parent[cell], first, image, 4, paired)
    np.testing.assert_allclose(coarsened.p_values(everywhere), direct.p_values(everywhere), rtol=1e-6)
    assert coarsened.standard_error() == pytest.approx(direct.standard_error())


def test_copies_change_places_only_with_each_other():
    rng = np.random.default_rng(0)
    cell, image = clustered(50, 3, rng)
    twice = np.r_[cell, cell]
    first = np.arange(300) < 150
    x, y = drawn(by_image(twice, first, np.r_[image, image], CELLS, True))
    np.testing.assert_array_equal(x, y)
    assert by_image(twice, first, np.r_[image, image], CELLS, True).standard_error() == 0


def test_images_without_a_copy_stay_where_they_are():
    cell, first, image = two_sets(30, 2, np.random.default_rng(0))
    image = np.where(first & (image < 10), image + 1000, image).astype(np.uint32)
    null = by_image(cell, first, image, CELLS, True)
    assert null.paired.sum() == 20
    alone = np.bincount(cell[first & (image >= 1000)], minlength=CELLS)
    assert (drawn(null)[0] >= alone).all()


def test_sets_without_a_common_image_are_no_copies():
    with pytest.raises(InputError, match="no image index is in both"):
        by_image(np.array([0, 1]), np.array([True, False]), np.array([0, 1], np.uint32), 2, True)


@pytest.mark.parametrize("paired", [False, True])
def test_with_several_positions_per_image_p_is_uniform_by_image_and_far_too_small_by_point(paired):
    """300 comparisons of sets that do not differ."""
    rng = np.random.default_rng(5)
    by_images, by_points, js = [], [], []
    for _ in range(300):
        cell, first, image = two_sets(60, 8, rng)
        null = by_image(cell, first, image, CELLS, paired)
        everywhere = np.ones(CELLS, bool)
        by_images.append(null.p_values(everywhere))
        by_points.append(PointNull(null.a, null.b).p_values(everywhere))
        permuted = np.concatenate([jensen_shannon(a, b) for a, b in null.draw(39, rng)])
        js.append((1 + np.count_nonzero(permuted >= jensen_shannon(null.a, null.b) - 1e-12)) / 40)
    assert 0.025 < np.mean(np.array(by_images) < 0.05) < 0.065
    assert 0.4 < np.median(by_images) < 0.6
    assert np.mean(np.array(by_points) < 0.05) > 0.2
    assert 0.02 < np.mean(np.array(js) <= 0.05) < 0.09


def test_the_standard_error_by_image_is_the_spread_of_js_over_samples_of_images():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(CELLS), 2)

    def sample(images: int, mixture: np.ndarray) -> np.ndarray:
        home = rng.choice(CELLS, images, p=mixture)
        return np.where(rng.random((images, 6)) < 0.7, home[:, None], rng.integers(0, CELLS, (images, 6))).ravel()

    values, claimed, naive = [], [], []
    for _ in range(150):
        cell = np.r_[sample(300, weights[0]), sample(200, weights[1])]
        first = np.arange(len(cell)) < 1800
        image = np.r_[np.repeat(np.arange(300), 6), np.repeat(np.arange(200), 6)].astype(np.uint32)
        null = by_image(cell, first, image, CELLS, False)
        values.append(float(jensen_shannon(null.a, null.b)))
        claimed.append(null.standard_error())
        naive.append(PointNull(null.a, null.b).standard_error())
    assert np.mean(claimed) == pytest.approx(np.std(values), rel=0.2)
    assert np.mean(naive) < 0.75 * np.std(values)
