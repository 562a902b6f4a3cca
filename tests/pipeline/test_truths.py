"""What is planted in the drawn world, the whole job finds; where nothing is, it finds nothing."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from findings import entries_of, missing_cells  # helpers beside the tests, which are no package

from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build
from ganatlas.processes import worker_pool
from ganatlas.worlds.scenes.flaws import NO_FLAWS, PlantedFlaws
from ganatlas.worlds.scenes.sampler import SceneSampler

pytestmark = pytest.mark.slow

LAYERS = ["mixed3a", "mixed4c", "mixed5b"]


def scenes(path: Path, seed: int, count: int, flaws: PlantedFlaws = NO_FLAWS) -> str:
    """An .npz of scenes, with the landmark of each as its label."""
    sampler = SceneSampler(seed=seed, count=count, flaws=flaws)
    with worker_pool(2) as pool:
        images = np.stack([scene.image for scene in pool.map(sampler.__getitem__, range(count), chunksize=50)])
    labels = np.array([str(sampler.attributes(i).landmark.value) for i in range(count)])
    np.savez(path, images=images, labels=labels)
    return str(path)


def compare(folder: Path, real: str, other: str) -> Path:
    config: dict[str, Any] = {
        "preset": "preview",
        "datasets": [{"name": "real", "source": real}, {"name": "other", "source": other}],
        "classifier": {"name": "world:scenes", "layers": LAYERS},
        "grids": {"sizes": [10, 20, 40]},
        "attribution": {"enabled": False},
        "icons": {"inverted": False, "decoded": False},
        "metrics": {"enabled": False},
    }
    out = folder / "truth.atlas"
    build(parse_config(config), out, Reporter(quiet=True))
    return out


def test_two_random_halves_of_one_set_do_not_differ_in_any_layer_or_grid(tmp_path: Path) -> None:
    with np.load(scenes(tmp_path / "all.npz", 11, 2400)) as drawn:
        images, labels = drawn["images"], drawn["labels"]
    halves = np.random.default_rng(0).permutation(len(images)).reshape(2, -1)
    for number, half in enumerate(halves):
        np.savez(tmp_path / f"{number}.npz", images=images[half], labels=labels[half])
    found = entries_of(compare(tmp_path, str(tmp_path / "0.npz"), str(tmp_path / "1.npz")))
    assert len(found) == 9
    for where, entry in found.items():
        assert entry.js_low <= 0 <= entry.js_high, where
        assert entry.p > 0.01, where


def test_a_blur_shows_more_in_early_layers_than_in_late_ones(tmp_path: Path) -> None:
    blurred = PlantedFlaws(missing_landmark=None, halved_season=None, blur_sigma=1.0)
    atlas = compare(tmp_path, scenes(tmp_path / "a.npz", 1, 1500), scenes(tmp_path / "b.npz", 2, 1500, blurred))
    found = entries_of(atlas)
    assert found["mixed3a", 20].p < 0.01
    assert found["mixed3a", 20].js_corrected > 2 * found["mixed5b", 20].js_corrected


def test_a_missing_landmark_tops_the_ranking_of_a_late_layer(tmp_path: Path) -> None:
    missing = PlantedFlaws(missing_landmark=PlantedFlaws().missing_landmark, halved_season=None, blur_sigma=0.0)
    assert missing.missing_landmark is not None
    atlas = compare(tmp_path, scenes(tmp_path / "a.npz", 1, 2000), scenes(tmp_path / "b.npz", 2, 2000, missing))
    ranked = missing_cells(atlas, "mixed5b", 20)
    assert ranked[0].label == missing.missing_landmark.value
    assert ranked[0].effect > 1.5
    found = entries_of(atlas)
    assert found["mixed5b", 20].p < 0.01
    assert found["mixed5b", 20].js_corrected > found["mixed3a", 20].js_corrected
