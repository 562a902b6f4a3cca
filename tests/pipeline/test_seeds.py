"""The comparison on layouts from other seeds: entries say what came out there, and only where it was asked for."""

from pathlib import Path

import numpy as np
import pytest

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.verify import verify
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build
from ganatlas.pipeline.seeds import rank_correlation


def entries(folder: Path, seeds: int) -> list[DivergenceEntry]:
    """Of an atlas of two sets of five modes, of which the second lacks one."""
    random = np.random.default_rng(0)
    for name, modes in (("real", 5), ("gan", 4)):
        mode = np.arange(150) % modes
        np.savez(folder / f"{name}.npz", **{"activations/deep": 8 * np.eye(5, 6)[mode] + random.standard_normal((150, 6))})
    config = {
        "datasets": [{"name": name, "source": str(folder / f"{name}.npz")} for name in ("real", "gan")],
        "layout": {"n_neighbors": 10, "epochs": 30, "stability_seeds": 0},
        "grids": {"sizes": [10, 20], "min_count": 2},
        "divergence": {"permutations": 39, "seeds": seeds},
        "metrics": {"enabled": False},
    }
    build(parse_config(config), folder / "x.atlas", Reporter(quiet=True))
    assert verify(folder / "x.atlas") == []
    return list(Bundle.open(folder / "x.atlas").divergence().entries)


def test_a_missing_mode_is_found_from_every_seed_and_in_the_same_points(tmp_path: Path) -> None:
    pairs = [entry for entry in entries(tmp_path, 3) if not entry.is_self]
    for entry in pairs:
        assert len(entry.js_seeds) == len(entry.significant_seeds) == 2
        assert all(0.3 < value / entry.js_corrected < 3 for value in entry.js_seeds)
        assert entry.js_corrected not in entry.js_seeds  # other layouts, not this one again
        assert entry.agreement is not None
    assert pairs[0].agreement > 0.2
    assert (pairs[0].within_p, pairs[0].split_tested) == (None, 0)  # the coarsest grid refines nothing
    assert pairs[1].within_p is not None
    assert pairs[1].split_tested > 0


def test_with_one_seed_nothing_is_said_of_others(tmp_path: Path) -> None:
    assert {(entry.js_seeds, entry.agreement) for entry in entries(tmp_path, 1)} == {((), None)}


def test_ranks_agree_whatever_the_scale_and_not_for_a_constant() -> None:
    x = np.array([1.0, 2, 3, 5])
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1)
    assert rank_correlation(x, -x) == pytest.approx(-1)
    assert rank_correlation(x, np.ones(4)) is None
