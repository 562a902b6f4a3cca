"""Golden values, and agreement with the reference implementations on their own functions of arrays."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent))
from fidelity import torch_fidelity_at_hand
from metric_sets import X, Y

from ganatlas.metrics import (
    NeighbourSettings,
    authenticity,
    classifier_score,
    density_coverage,
    frechet_distance,
    kernel_distance,
    precision_recall,
)

BARE = NeighbourSettings(permutations=0, test_rows=50, baseline=False)
REAL, GENERATED = X[:700, :20] ** 2, 1.2 * Y[:640, :20] ** 2 + 0.1


@pytest.mark.parametrize(
    ("k", "precision", "recall", "density", "coverage"),
    [(3, 0.2705, 0.8870, 0.2051667, 0.4230), (5, 0.3620, 0.9310, 0.2108, 0.5925)],
)
def test_neighbour_figures_are_the_golden_ones(
    k: int, precision: float, recall: float, density: float, coverage: float
) -> None:
    shares, fill = precision_recall(X, Y, k=k, settings=BARE), density_coverage(X, Y, k=k, settings=BARE)
    assert (shares.precision.value, shares.recall.value, fill.coverage.value) == (precision, recall, coverage)
    assert fill.density.value == pytest.approx(density, abs=5e-8)
    assert fill.density.value * 2000 * k == pytest.approx(round(fill.density.value * 2000 * k), abs=1e-9)


def test_the_kernel_distance_is_the_golden_one() -> None:
    found = kernel_distance(X, Y, permutations=19)
    assert found.value == pytest.approx(0.0350742892, abs=1e-9)
    assert found.spread == pytest.approx(0.0028654264, abs=1e-9)
    assert found.unbiased == pytest.approx(0.0347205437, abs=1e-9)


def test_the_classifier_score_is_the_golden_one() -> None:
    found = classifier_score(3 * X[:, :10])
    assert found.value == pytest.approx(3.7749101523, abs=1e-9)
    assert found.spread == pytest.approx(0.1143868801, abs=1e-9)


def test_authenticity_is_the_golden_one() -> None:
    assert authenticity(X, Y, settings=BARE).percent.value == pytest.approx(94.90, abs=1e-9)


def test_prdc_finds_the_same() -> None:
    prdc = pytest.importorskip("prdc")
    theirs = prdc.compute_prdc(REAL, GENERATED, nearest_k=4)
    shares, fill = (measure(REAL, GENERATED, k=4, settings=BARE) for measure in (precision_recall, density_coverage))
    assert (shares.precision.value, shares.recall.value) == (theirs["precision"], theirs["recall"])
    assert fill.density.value == pytest.approx(theirs["density"], rel=1e-12)
    assert fill.coverage.value == theirs["coverage"]


@pytest.fixture(scope="module")
def fidelity() -> Iterator[SimpleNamespace]:
    """torch-fidelity's modules of the metrics."""
    with torch_fidelity_at_hand():
        names = ("fid", "kid", "isc", "prc")
        yield SimpleNamespace(**{name: importlib.import_module(f"torch_fidelity.metric_{name}") for name in names})


def tensor(x: np.ndarray) -> object:
    import torch

    return torch.from_numpy(np.array(x))


def test_torch_fidelity_finds_the_same_frechet_distance(fidelity: SimpleNamespace) -> None:
    statistics = [fidelity.fid.fid_features_to_statistics(tensor(x)) for x in (GENERATED, REAL)]
    theirs = fidelity.fid.fid_statistics_to_metric(*statistics, verbose=False)["frechet_inception_distance"]
    assert frechet_distance(REAL, GENERATED).value == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("size", [30, 500])  # few rows a subset: each with its own kernels; many: through those of all rows
def test_torch_fidelity_finds_the_same_kernel_distance(fidelity: SimpleNamespace, size: int) -> None:
    theirs = fidelity.kid.kid_features_to_metric(
        tensor(GENERATED), tensor(REAL), kid_subset_size=size, kid_subsets=20, rng_seed=7, verbose=False
    )
    ours = kernel_distance(REAL, GENERATED, subsets=20, subset_size=size, subset_seed=7, permutations=19, test_rows=50)
    assert ours.value == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-9)
    assert ours.spread == pytest.approx(theirs["kernel_inception_distance_std"], rel=1e-9)


def test_torch_fidelity_finds_the_same_classifier_score(fidelity: SimpleNamespace) -> None:
    theirs = fidelity.isc.isc_features_to_metric(tensor(GENERATED), splits=7, rng_seed=3)
    ours = classifier_score(GENERATED, splits=7, shuffle_seed=3)
    assert ours.value == pytest.approx(theirs["inception_score_mean"], rel=1e-9)
    assert ours.spread == pytest.approx(theirs["inception_score_std"], rel=1e-9)


def test_torch_fidelity_finds_the_same_precision_and_recall(fidelity: SimpleNamespace) -> None:
    theirs = fidelity.prc.prc_features_to_metric(tensor(GENERATED), tensor(REAL), verbose=False)
    ours = precision_recall(REAL, GENERATED, settings=BARE)
    assert ours.precision.value == pytest.approx(theirs["precision"], abs=1e-6)  # theirs are single-precision means
    assert ours.recall.value == pytest.approx(theirs["recall"], abs=1e-6)
