"""The count behind docs/scale.md: the network has the published cost, and the way back costs what the way there does."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def flops() -> ModuleType:
    spec = importlib.util.spec_from_file_location("icon_flops", BENCHMARKS / "icon_flops.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_network_costs_what_was_published_of_it(flops: ModuleType) -> None:
    forward, backward = flops.count("inception5b", 224)
    assert forward / 2 == pytest.approx(1.5e9, rel=0.06)  # "1.5 billion multiply-adds at inference time"
    assert backward == forward
    # The first block by hand: 28×28 positions; 1×1, 3×3 and 5×5 with their reductions, and the projection after pooling.
    macs = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    stem = 112 * 112 * 147 * 64 + 56 * 56 * (64 * 64 + 9 * 64 * 192)
    assert flops.count("inception3a", 224)[0] == 2 * (28 * 28 * macs + stem)


def test_deeper_layers_cost_more_and_small_pictures_less(flops: ModuleType) -> None:
    costs = [flops.count(layer, 224)[0] for layer in flops.BLOCKS]
    assert costs == sorted(costs)
    assert all(7 < cost / flops.count(layer, 80)[0] < 9 for layer, cost in zip(flops.BLOCKS, costs, strict=True))
