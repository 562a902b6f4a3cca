"""All image-set metrics against the part of them that torch-fidelity has, on the same features in one run: time, peak memory.

Theirs are FID, KID, the Inception Score and precision/recall, by the functions of torch-fidelity that take features (its way
of saving memory where the whole matrix of distances would not fit). Ours are the same figures, with their intervals, baselines
and p; and then everything that `evaluate` gives, with the Fréchet distance at infinity, density, coverage and AuthPct. Each
works in a process of its own, so that peaks of memory are its own; they alternate. Figures to reach: at most 1.3 × the time for
the same figures, and for all; at most 4 GB; at 50,000 images: the distances of all pairs, which grow with the square, are then
most of the work on either side. With few images it is the Fréchet distance at infinity, 75 eigenproblems whatever the number of
images, which torch-fidelity has not.

    python benchmarks/metrics.py [--count 50000] [--dimension 1024] [--classes 10] [--threads 2] [--rounds 1] [--json FILE]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
from figures import Figure, add_json, report
from numpy.typing import NDArray

Table = NDArray[np.float32]
SLOWER, GIGABYTES = 1.3, 4.0
SIDES = {"theirs": "torch-fidelity", "same": "ganatlas, the same figures", "all": "ganatlas, all figures"}
WHOLE_MATRIX = 8000
"""Images up to which torch-fidelity may hold all distances of two sets."""


def sets(count: int, dimension: int, classes: int) -> list[Table]:
    """Features of two sets, rectified and of clusters, and logits of both; the second set is a little off."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((40, dimension)).astype(np.float32)
    found = []
    for shift in (0.0, 0.05):
        features = centres[random.integers(40, size=count)] + random.standard_normal((count, dimension), np.float32) + shift
        found.append(np.maximum(features, 0, out=features))
    return [*found, *(3 * features[:, :classes] for features in found)]


def ours(real: Table, made: Table, real_logits: Table, logits: Table, *, same: bool = False) -> dict[str, float]:
    """Every figure of `evaluate`, or those that torch-fidelity has, too."""
    from ganatlas.metrics import Settings, evaluate

    settings = Settings(("frechet_distance", "kernel_distance", "classifier_score", "precision_recall")) if same else None
    found = evaluate(real, made, logits=logits, real_logits=real_logits, settings=settings)
    return {figure.name: figure.value for figure in found.figures if figure.value is not None}


def theirs(real: Table, made: Table, real_logits: Table, logits: Table) -> dict[str, float]:
    """torch-fidelity's figures of features, after `prepare`."""
    import torch
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
    from torch_fidelity.metric_isc import isc_features_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric
    from torch_fidelity.metric_prc import prc_features_to_metric

    x, y, z = (torch.from_numpy(table) for table in (real, made, logits))
    found: dict[str, float] = {}
    found |= fid_statistics_to_metric(fid_features_to_statistics(y), fid_features_to_statistics(x), verbose=False)
    found |= kid_features_to_metric(y, x, kid_subset_size=min(1000, len(x)), verbose=False)
    found |= isc_features_to_metric(z)
    found |= prc_features_to_metric(y, x, save_cpu_ram=len(x) > WHOLE_MATRIX, verbose=False)
    return found


def stand_in_for_torchvision() -> None:
    """torch-fidelity imports torchvision, which its functions of features do not use; where it is absent, an empty one does."""
    if find_spec("torchvision") is not None:
        return
    modules = {name: ModuleType(name) for name in ("torchvision", *(f"torchvision.{part}" for part in _PARTS))}
    for name in ("CIFAR10", "CIFAR100", "STL10"):
        setattr(modules["torchvision.datasets"], name, object)
    modules["torchvision"].transforms = modules["torchvision.transforms"]  # type: ignore[attr-defined]  # a stand-in for a package that is not installed
    modules["torchvision.transforms"].functional = modules["torchvision.transforms.functional"]  # type: ignore[attr-defined]  # a stand-in for a package that is not installed
    sys.modules.update(modules)


_PARTS = ("datasets", "transforms", "transforms.functional")


def prepare(side: str) -> None:
    """Import what a side uses, which is not measured."""
    if side != "theirs":
        import ganatlas.metrics  # noqa: F401
    else:
        stand_in_for_torchvision()
        for name in ("fid", "isc", "kid", "prc"):
            import_module(f"torch_fidelity.metric_{name}")


def measure(side: str, arguments: argparse.Namespace) -> None:
    """Work of one side, in this process: seconds and peak memory as JSON on stdout."""
    if side == "theirs":
        import torch

        torch.set_num_threads(arguments.threads)
    tables = sets(arguments.count, arguments.dimension, arguments.classes)
    prepare(side)
    start = time.perf_counter()
    found = theirs(*tables) if side == "theirs" else ours(*tables, same=side == "same")
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # kB on Linux
    print(json.dumps({"seconds": seconds, "gigabytes": peak, "figures": found}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50_000, help="images of each of the two sets")
    parser.add_argument("--dimension", type=int, default=1024)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--side", choices=list(SIDES), help=argparse.SUPPRESS)
    add_json(parser)
    arguments = parser.parse_args()
    if arguments.side:
        measure(arguments.side, arguments)
        return 0
    environment = os.environ | {
        name: str(arguments.threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    }
    best: dict[str, dict[str, float]] = {}
    for _ in range(arguments.rounds):
        for side, title in SIDES.items():
            said = subprocess.run(
                [sys.executable, str(Path(__file__)), "--side", side, *sys.argv[1:]],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout
            found = json.loads(said.splitlines()[-1])
            spent = f"{found['seconds']:7.1f} s   peak {found['gigabytes']:.2f} GB"
            print(f"{title:26} {spent}   {len(found['figures'])} figures", flush=True)
            if side not in best or found["seconds"] < best[side]["seconds"]:
                best[side] = found
    same, every = (best[side]["seconds"] / best["theirs"]["seconds"] for side in ("same", "all"))
    print(f"{arguments.count:,} x 2 x {arguments.dimension:,}, {arguments.threads} threads")
    figures = [
        *(Figure(SIDES[side], found["seconds"], "s") for side, found in best.items()),
        Figure("the same figures, our time over torch-fidelity's", same, "x", SLOWER),
        Figure("all our figures over torch-fidelity's", every, "x", SLOWER),
        Figure("our peak of memory", best["all"]["gigabytes"], "GB", GIGABYTES),
    ]
    return report(figures, arguments.json)


if __name__ == "__main__":
    sys.exit(main())
