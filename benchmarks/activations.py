"""Collecting activations against a bare forward pass of the same network in the same precision: the ratio of images a second.

Bare: batches that are already normalised tensors (channels last, the faster layout), logits only, nothing kept. Collected: from
ingested images on disk through the same network with all nine layers captured, sampled and written. The two alternate, so that
a busy machine slows both; the ratio of the medians should be at least 0.85.

    python benchmarks/activations.py [--images 2048] [--rounds 5] [--device auto] [--threads 2]
        [--json FILE]
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch
from figures import Figure, add_json, report

from ganatlas.classifiers.assemble import assemble
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.classifiers.batches import batch_size_for, inference_precision
from ganatlas.classifiers.device import resolve_device
from ganatlas.pipeline.activations import collect_activations
from ganatlas.sources.base import Source
from ganatlas.sources.ingest import ingest
from ganatlas.sources.inputs import ClassifierInputs
from ganatlas.sources.registry import open_source
from ganatlas.worlds.inception import LAYERS, Head, InceptionSettings, SmallInception

SIDE = 64
LIMIT = 0.85


def small_inception(device: torch.device) -> Classifier:
    """The scenes world's network; its speed does not depend on its weights, so they are random."""
    torch.manual_seed(0)
    classes = tuple("abcdefghijkl")
    settings = InceptionSettings(input_size=SIDE, heads=(Head("label", classes),))
    spec = InputSpec(SIDE, SIDE, "bicubic", settings.mean, settings.std)
    return assemble("world:scenes", SmallInception(settings), spec, classes, LAYERS, device)


def bare(classifier: Classifier, batches: list[torch.Tensor]) -> float:
    """Seconds for a forward pass of every batch."""
    start = time.perf_counter()
    with torch.no_grad(), inference_precision(classifier.device):
        for x in batches:
            classifier.module(x)
    if classifier.device.type == "cuda":
        torch.cuda.synchronize(classifier.device)
    return time.perf_counter() - start


def collected(classifier: Classifier, inputs: ClassifierInputs) -> float:
    """Seconds for the whole step, files included."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        collect_activations(classifier, [inputs], LAYERS, Path(folder))
        return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    add_json(parser)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    classifier = small_inception(resolve_device(options.device))
    with tempfile.TemporaryDirectory() as folder:
        source = open_source("world:scenes/real", limit=options.images)
        assert isinstance(source, Source)
        print(f"drawing {options.images} images of {SIDE} px …", flush=True)
        inputs = ClassifierInputs(ingest(source, Path(folder), source.labels()), source, classifier.spec)
        size = batch_size_for(classifier)
        batches = [classifier.normalise(torch.from_numpy(batch)) for batch in inputs.batches(range(len(inputs)), size)]
        bare(classifier, batches[:2])
        rounds = [(bare(classifier, batches), collected(classifier, inputs)) for _ in range(options.rounds)]
    speeds = [len(inputs) / statistics.median(times) for times in zip(*rounds, strict=True)]
    ratio = speeds[1] / speeds[0]
    print(f"device {classifier.device}, {options.threads} threads, batches of {size}, {options.rounds} rounds, medians")
    figures = [
        Figure("bare forward pass", speeds[0], "images/s"),
        Figure("collect_activations", speeds[1], "images/s"),
        Figure("collected over bare", ratio, "x", LIMIT, at_most=False),
    ]
    return report(figures, options.json)


if __name__ == "__main__":
    sys.exit(main())
