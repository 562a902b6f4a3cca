"""The comparison of a layer against planted truths: identical sets, a missing mode, copies, several positions per image."""

import numpy as np
import pytest

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.tables import GRID_SIZES
from ganatlas.errors import InputError
from ganatlas.pipeline.divergence.compare import MEASURES, DivergenceSettings, LayerDivergence, compare_layer
from ganatlas.pipeline.grid import bin_cells
from ganatlas.pipeline.placement import place
from ganatlas.pipeline.samples import GridCells, Placement

SETTINGS = DivergenceSettings(permutations=99)
SIZES = (10, 20, 40, 320)
MODES = 8


def on_the_map(points: np.ndarray, dataset: np.ndarray) -> tuple[Placement, dict[int, GridCells]]:
    placement = place(points.astype(np.float32)).placement
    datasets = int(dataset.max()) + 1
    return placement, {size: bin_cells(placement, dataset, datasets, size) for size in SIZES}


def modes(n: int, rng: np.random.Generator, missing: int | None = None) -> np.ndarray:
    """n points of eight modes on a circle, `missing` of them replaced by the others."""
    weights = np.array([float(mode != missing) for mode in range(MODES)])
    angle = 2 * np.pi * rng.choice(MODES, n, p=weights / weights.sum()) / MODES
    return 5 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.4 * rng.normal(size=(n, 2))


def compared(sets: list[np.ndarray], seed: int = 0, **options) -> tuple[LayerDivergence, Placement, dict[int, GridCells]]:
    dataset = np.repeat(np.arange(len(sets)), [len(points) for points in sets]).astype(np.uint8)
    image = np.concatenate([np.arange(len(points)) for points in sets]).astype(np.uint32)
    image //= np.uint32(options.get("positions_per_image", 1))
    placement, cells = on_the_map(np.concatenate(sets), dataset)
    options = {"settings": SETTINGS, "names": [f"set{i}" for i in range(len(sets))], "layer": "mixed4a"} | options
    pairs = options.pop("pairs", [(0, i) for i in range(1, len(sets))])
    order = placement.order
    return compare_layer(cells, pairs, 0, dataset[order], image[order], seed=seed, **options), placement, cells


def entry(result: LayerDivergence, size: int, first: str = "set0", second: str = "set1") -> DivergenceEntry:
    (found,) = [e for e in result.entries if (e.size, e.first, e.second) == (size, first, second)]
    return found


def test_a_missing_mode_is_found_in_its_cells_and_tops_the_ranking():
    rng = np.random.default_rng(0)
    result, _, cells = compared([modes(1500, rng), modes(1200, rng, missing=2)])
    for size in (10, 20):
        found = entry(result, size)
        assert found.p == pytest.approx(1 / 100)
        assert found.js_low > 0
        assert found.z > 10
        assert 0 < found.significant <= found.tested
        top = np.argsort(-np.abs(result.cells[size].contribution[:, 0]))[:2]
        # Mode 2 is at the top of the circle in raw coordinates; no alignment turns the first layer.
        assert (cells[size].row[top] >= 0.8 * size).all()
        assert (abs(cells[size].column[top] - size / 2) <= 0.1 * size).all()
        assert (result.cells[size].contribution[top, 0] > 0).all()
        assert (result.cells[size].effect[top, 0] > 3).all()
        assert (result.cells[size].q[top, 0] < 1e-6).all()


def test_identical_sets_are_near_0_and_within_their_noise_floor():
    rng = np.random.default_rng(1)
    result, _, _ = compared([modes(1500, rng), modes(1500, rng)])
    for size in SIZES:
        found, floor = entry(result, size), entry(result, size, second="set0")
        assert found.js > 0
        assert abs(found.js_corrected) < 4 * found.js_null_sd
        assert found.js_low <= 0 <= found.js_high
        assert floor.is_self
        assert abs(floor.z) < 4
        # The halves have half the points each: the null's sd is twice as large, and scaled back to the sizes compared.
        assert floor.js_null_sd == pytest.approx(found.js_null_sd, rel=0.5)


def test_comparisons_made_at_a_time_give_the_same_as_one_after_another():
    rng = np.random.default_rng(4)
    sets = [modes(300, rng), modes(300, rng, missing=1), modes(200, rng, missing=2)]
    alone, together = (compared(sets, threads=threads)[0] for threads in (1, 4))
    assert alone.entries == together.entries
    for size in SIZES:
        for name in ("contribution", "effect", "p", "q"):
            np.testing.assert_array_equal(getattr(alone.cells[size], name), getattr(together.cells[size], name))


def test_halves_of_one_set_have_every_p_as_often_as_the_next():
    points, one = modes(300, np.random.default_rng(2)), np.zeros(300, np.uint8)
    placement, cells = on_the_map(points, one)
    image = placement.order.astype(np.uint32)
    settings = DivergenceSettings(permutations=19)
    halved = [
        compare_layer(cells, [], 0, one, image, settings, seed, layer="mixed3b", names=["set0"], sizes=(10, 40)).entries
        for seed in range(400)
    ]
    p = np.array([[entry.p for entry in entries] for entries in halved])
    for level in (0.05, 0.25, 0.5):
        assert np.allclose((p <= level).mean(0), level, atol=3.5 * np.sqrt(level * (1 - level) / 400)), level


def test_over_permuted_labels_a_grid_shows_a_significant_cell_in_about_one_of_twenty():
    rng = np.random.default_rng(3)
    points = modes(2000, rng)
    quick = DivergenceSettings(permutations=19)
    shown = np.zeros(len(SIZES))
    js = []
    for _ in range(200):
        dataset = rng.permutation(np.arange(2000) % 2).astype(np.uint8)
        placement, cells = on_the_map(points, dataset)
        order = placement.order
        image = np.arange(2000, dtype=np.uint32)
        chosen = {size: cells[size] for size in (10, 20, 40)}
        result = compare_layer(chosen, [(0, 1)], 0, dataset[order], image[order], quick, 0, layer="a", names=["r", "g"])
        shown[:3] += [entry(result, size, "r", "g").significant > 0 for size in chosen]
        js.append([entry(result, size, "r", "g").p <= 0.05 for size in chosen])
    # Binomial(200, 0.05): 10 ± 3.1; 22 is beyond its 99.9th percentile.
    assert (shown[:3] <= 22).all()
    assert shown[:3].sum() >= 3
    assert (np.sum(js, axis=0) <= 22).all()


def test_contributions_sum_to_js_and_carry_the_sign_of_the_difference():
    rng = np.random.default_rng(0)
    result, _, cells = compared([modes(500, rng), modes(800, rng, missing=1)])
    for size in SIZES:
        found = entry(result, size)
        part = result.cells[size].contribution[:, 0].astype(float)
        assert np.abs(part).sum() == pytest.approx(found.js, abs=1e-5)
        difference = cells[size].count[:, 0] / found.n - cells[size].count[:, 1] / found.m
        np.testing.assert_array_equal(np.sign(part[part != 0]), np.sign(difference[part != 0]))


def test_scales_add_up_and_every_grid_finds_at_least_what_the_coarser_one_finds():
    rng = np.random.default_rng(0)
    result, _, _ = compared([modes(700, rng), modes(700, rng, missing=0)])
    found = [entry(result, size) for size in SIZES]
    assert found[0].js_within == found[0].js
    assert all(e.js_within >= 0 for e in found)
    assert sum(e.js_within for e in found) == pytest.approx(found[-1].js, abs=1e-10)


def test_an_island_outside_the_map_is_counted_tested_and_has_its_share():
    rng = np.random.default_rng(0)
    generated = modes(3000, rng)
    generated[:14] += 400
    result, placement, cells = compared([modes(3000, rng), generated])
    assert placement.outside >= 14
    for size in SIZES:
        assert cells[size].column[-1] == -1
        assert entry(result, size).n + entry(result, size).m == 6000
    layer = result.cells[10]
    assert layer.contribution[-1, 0] < 0
    assert not np.isnan(layer.p[-1, 0])


def test_cells_with_too_few_points_of_the_pair_are_not_tested():
    rng = np.random.default_rng(0)
    result, _, cells = compared([modes(300, rng), modes(300, rng), modes(2000, rng)])
    for size in SIZES:
        for pair, members in enumerate(((0, 1), (0, 2))):
            tested = cells[size].count[:, members].sum(axis=1) >= 10
            np.testing.assert_array_equal(~np.isnan(result.cells[size].p[:, pair]), tested)
            np.testing.assert_array_equal(~np.isnan(result.cells[size].q[:, pair]), tested)
            assert entry(result, size, second=f"set{members[1]}").tested == tested.sum()
    assert not np.isnan(result.cells[40].effect).any()
    assert not np.isnan(result.cells[40].contribution).any()


@pytest.mark.parametrize("options", [{}, {"positions_per_image": 2}, {"paired": [(0, 1)]}])
def test_a_map_on_which_no_cell_has_enough_points_tests_none(options):
    points = np.random.default_rng(0).uniform(size=(16, 2))
    result, _, _ = compared([points[:8], points[8:]], **options)
    assert [e.tested for e in result.entries if e.size == 320] == [0, 0]
    assert np.isnan(result.cells[320].q).all()


def test_few_points_a_cell_make_an_entry_invalid():
    rng = np.random.default_rng(0)
    result, _, _ = compared([modes(300, rng), modes(300, rng)])
    assert entry(result, 10).valid
    assert not entry(result, 320).valid


def test_a_grid_has_the_same_figures_whichever_others_are_reported():
    rng = np.random.default_rng(0)
    sets = [modes(300, rng), modes(400, rng, missing=3)]
    all_sizes, _, _ = compared(sets)
    one, _, _ = compared(sets, sizes=[20])
    assert one.cells.keys() == {20}
    for found in one.entries:
        same = entry(all_sizes, 20, found.first, found.second)
        # Beside the next coarser grid, of which there is one here and none there.
        relative = {"js_within": 0, "within_null_mean": None, "within_p": None, "split_tested": 0, "split_significant": 0}
        assert found.model_copy(update=relative) == same.model_copy(update=relative)


def test_the_same_seed_gives_the_same_figures_and_the_null_changes_with_the_seed():
    rng = np.random.default_rng(0)
    sets = [modes(200, rng), modes(200, rng)]
    assert compared(sets)[0].entries == compared(sets)[0].entries
    assert entry(compared(sets)[0], 10).js_null_mean != entry(compared(sets, seed=1)[0], 10).js_null_mean


def test_js_and_its_null_are_symmetric_and_kl_changes_direction():
    rng = np.random.default_rng(0)
    sets = [modes(600, rng), modes(900, rng, missing=5)]
    result, _, _ = compared(sets, pairs=[(0, 1), (1, 0)])
    one, other = entry(result, 10), entry(result, 10, "set1", "set0")
    assert one.js == pytest.approx(other.js, abs=1e-12)
    assert one.kl == pytest.approx(other.kl_reverse, abs=0.02)
    # What the second set lacks costs the first more.
    assert one.kl > one.kl_reverse > 0
    np.testing.assert_allclose(result.cells[10].effect[:, 0], -result.cells[10].effect[:, 1], atol=1e-6)


def test_positions_of_one_image_do_not_pass_for_independent_points():
    rng = np.random.default_rng(2)

    def crowded(images: int) -> np.ndarray:
        return np.repeat(modes(images, rng), 16, axis=0) + 0.05 * rng.normal(size=(16 * images, 2))

    sets = [crowded(80), crowded(80)]
    by_points, _, _ = compared(sets)
    by_images, _, _ = compared(sets, positions_per_image=16)
    assert entry(by_points, 20).significant > 5
    assert entry(by_images, 20).significant == 0
    assert entry(by_points, 20).p < 0.05 < entry(by_images, 20).p
    assert entry(by_images, 20).js == entry(by_points, 20).js


def test_copies_of_the_same_images_show_a_shift_that_independent_sets_would_hide():
    rng = np.random.default_rng(0)
    original = modes(400, rng)
    shifted = original + np.array([0.12, 0.1])
    independent, _, _ = compared([original, shifted])
    as_copies, _, _ = compared([original, shifted], paired=[(0, 1)])
    assert entry(as_copies, 20).p == pytest.approx(0.01)
    assert entry(as_copies, 20).z > entry(independent, 20).z + 2
    same, _, _ = compared([original, original.copy()], paired=[(0, 1)])
    assert entry(same, 20).p == 1
    assert entry(same, 20).js_corrected == 0


def test_one_image_cannot_be_halved_and_no_pair_leaves_the_noise_floor():
    rng = np.random.default_rng(0)
    lone, _, _ = compared([modes(1, rng), modes(50, rng)])
    assert not [e for e in lone.entries if e.is_self]
    alone, _, cells = compared([modes(200, rng)])
    assert {e.is_self for e in alone.entries} == {True}
    assert alone.cells[10].p.shape == (len(cells[10].start), 0)


def test_a_dataset_without_points_is_named():
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="'empty' has no point"):
        compared([modes(50, rng), modes(50, rng)], pairs=[(0, 2)], names=["a", "b", "empty"])


def test_every_measure_is_explained_and_every_size_can_be_compared():
    assert {"js", "js_corrected", "kl", "kl_reverse", "js_within"} <= MEASURES.keys()
    assert set(SIZES) <= set(GRID_SIZES)
