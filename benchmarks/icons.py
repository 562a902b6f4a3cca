"""Inverting icons in batches against the naive way, with the same network, cells and steps: the ratio of icons a second.

Naive: one icon at a time, the whole forward pass to the logits with the target layer kept by a hook, gradients for the
weights too, float32. Ours: `invert_cells` as the job calls it. The two alternate, so that a busy machine slows both. The
network is the scenes world's with random weights (its speed does not depend on them); the cells are its own activations of
noise.

    python benchmarks/icons.py [--layers mixed3a mixed4c mixed5b] [--icons 32] [--steps 4] [--rounds 3] [--device auto]
    [--threads 2]
"""

import argparse
import statistics
import time

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.classifiers.assemble import assemble
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.classifiers.device import resolve_device
from ganatlas.icons.invert import computes_in_bfloat16, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.objective import centre, score
from ganatlas.icons.parametrisation import imagenet_colours, images_of, start_coefficients
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.transforms import affine_maps, draw_transforms, transform
from ganatlas.worlds.inception import LAYERS, Head, InceptionSettings, SmallInception

SIDE = 64


def small_inception(device: torch.device) -> Classifier:
    """The scenes world's network with random weights."""
    torch.manual_seed(0)
    classes = tuple("abcdefghijkl")
    shape = InceptionSettings(input_size=SIDE, heads=(Head("label", classes),))
    spec = InputSpec(SIDE, SIDE, "bicubic", shape.mean, shape.std)
    return assemble("world:scenes", SmallInception(shape), spec, classes, LAYERS, device)


def cells_of(classifier: Classifier, layer: str, count: int) -> NDArray[np.float32]:
    """Vectors that the layer can reach: its activations of noise."""
    x = torch.randn(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).to(classifier.device)
    with torch.no_grad():
        maps, _ = classifier.maps(x, [layer])
    return centre(maps[layer]).float().cpu().numpy()


def naive(classifier: Classifier, layer: str, vectors: NDArray[np.float32], keys: list[IconKey], steps: int) -> float:
    """Seconds for all icons, one after the other."""
    kept: dict[str, torch.Tensor] = {}
    hook = classifier.module.get_submodule(layer).register_forward_hook(lambda _m, _i, output: kept.update(map=output))
    parameters = list(classifier.module.parameters())
    for parameter in parameters:
        parameter.requires_grad_(True)
    colours = imagenet_colours().to(classifier.device)
    start = time.perf_counter()
    for vector, key in zip(vectors, keys, strict=True):
        target = torch.from_numpy(vector[None]).to(classifier.device)
        coefficients = start_coefficients([key], SIDE).to(classifier.device).requires_grad_(True)
        optimiser = torch.optim.Adam([coefficients], lr=0.05)
        for maps in affine_maps(draw_transforms([key], steps), SIDE, SIDE):
            optimiser.zero_grad()
            seen = transform(images_of(coefficients, colours), maps)
            classifier.module(classifier.normalise(seen))
            (-score(target, centre(kept["map"]), 4.0).sum()).backward()
            optimiser.step()
        images_of(coefficients, colours).detach().cpu()
    seconds = time.perf_counter() - start
    hook.remove()
    for parameter in parameters:
        parameter.requires_grad_(False)
        parameter.grad = None
    return seconds


def ours(classifier: Classifier, layer: str, vectors: NDArray[np.float32], keys: list[IconKey], steps: int) -> float:
    """Seconds for all icons."""
    start = time.perf_counter()
    invert_cells(classifier, layer, vectors, IconSettings(steps=steps), keys=keys, mean=vectors.mean(0))
    return time.perf_counter() - start


def main() -> None:
    """Print a line a layer, and the ratio over all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", nargs="+", default=["mixed3a", "mixed4c", "mixed5b"])
    parser.add_argument("--icons", type=int, default=32)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    classifier = small_inception(resolve_device(options.device))
    precision = "bfloat16" if computes_in_bfloat16("auto", classifier.device) else "float32"
    print(f"{options.icons} icons, {options.steps} steps, {classifier.device}, {options.threads} thread(s), {precision}")
    totals = [0.0, 0.0]
    for layer in options.layers:
        vectors = cells_of(classifier, layer, options.icons)
        keys = [IconKey(0, layer, 10, index % 10, index // 10) for index in range(options.icons)]
        ours(classifier, layer, vectors, keys, 1)
        naive(classifier, layer, vectors[:2], keys[:2], 1)
        times = [
            (naive(classifier, layer, vectors, keys, options.steps), ours(classifier, layer, vectors, keys, options.steps))
            for _ in range(options.rounds)
        ]
        slow, quick = (statistics.median(column) for column in zip(*times, strict=True))
        totals = [totals[0] + slow, totals[1] + quick]
        per_step = 1000 / options.icons / options.steps
        print(f"{layer}: naive {slow * per_step:.2f} ms an icon and step, ours {quick * per_step:.2f}: {slow / quick:.1f} x")
    print(f"all layers: {totals[0] / totals[1]:.1f} x")


if __name__ == "__main__":
    main()
