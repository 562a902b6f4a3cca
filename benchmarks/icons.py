"""Inverting icons against the PyPI package `dreamlens`, in one run: icon-steps a second and the faithfulness of both.

The same network (a world's, trained), layer, cells, size, steps and batch; `num_attempts=1`, and the network's own
normalisation as `preprocess`. dreamlens is asked twice:

- as it is: its objective's boundary penalty outweighs the score on small icons, and its cosine lacks the direction's norm, so
  that the power of it does nothing;
- set as well as its arguments allow: no boundary penalty, directions scaled so that its cosine is one, and its own transforms
  with lengths for a small input.

Ours, `invert_cells`, is also timed without its parts, one after the other, to say what each brings: with all icons in one
batch instead of shared out between threads, looking at the whole image in each step instead of the centre position's receptive
field, without folding of batch normalisation, without bfloat16; and through the whole network with gradients for weights, one
icon at a time ("naive"). All alternate, so that other work on the machine slows all; the best time of each counts. Faithfulness
is the median cosine of h - mean and v - mean of the 8-bit icon. torch.compile is not among them: a pass and its gradient took
120 ms with it at mixed4a and 148 ms at mixed4c, 46 and 70 ms without, after a minute of compiling (PyTorch 2.13, the network
cut at the layer with torch.fx, two cores with AMX).

    pip install dreamlens==0.1.1
    python benchmarks/icons.py [--world scenes] [--layers mixed4a mixed4c] [--icons 32] [--steps 64] [--rounds 3] [--threads 2]
        [--json FILE]
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from figures import Figure, add_json, report
from numpy.typing import NDArray

from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.fold import folded
from ganatlas.classifiers.registry import open_classifier
from ganatlas.icons import batch_size
from ganatlas.icons.invert import computes_in_bfloat16, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.objective import centre, cosine, score
from ganatlas.icons.parametrisation import colour_matrix, images_of, start_coefficients
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.transforms import affine_maps, draw_transforms, transform
from ganatlas.icons.views import View, field_view
from ganatlas.pipeline.receptive_field import measure_receptive_field
from ganatlas.worlds.registry import open_world

IMAGES = 400
"""Of the world, whose activations the cells are made of."""
NEAR = 8
"""Activations in a cell."""
FASTER = 6.0

Icons = NDArray[np.uint8]


@dataclass(frozen=True)
class Task:
    """What all are asked for. vectors: float32 (icons, channels). mean: the layer's. colours: (3, 3)."""

    network: Classifier
    layer: str
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]
    colours: torch.Tensor
    view: View | None
    settings: IconSettings

    @property
    def size(self) -> int:
        return self.settings.canvas or self.network.spec.size

    @property
    def keys(self) -> list[IconKey]:
        return [IconKey(0, self.layer, 20, index % 20, index // 20) for index in range(len(self.vectors))]

    def faithfulness(self, icons: Icons) -> float:
        """Median, by the network as it is, in float32."""
        with torch.no_grad():
            x = self.network.normalise(torch.from_numpy(icons).permute(0, 3, 1, 2))
            reached = centre(self.network.maps(x, [self.layer])[0][self.layer])
        mean = torch.from_numpy(self.mean)
        return float(cosine(torch.from_numpy(self.vectors) - mean, reached - mean).median())


def task_of(world: str, images: Path | None, layer: str, settings: IconSettings, count: int) -> Task:
    """Cells of a world's own images: means of activations at the centre that are near each other."""
    network = open_classifier(f"world:{world}", device="cpu")
    drawn = open_world(world, images).images("real", IMAGES, 3)
    pixels = np.stack([drawn[index][0] for index in range(IMAGES)])
    with torch.no_grad():
        maps, _ = network.maps(network.normalise(torch.from_numpy(pixels).permute(0, 3, 1, 2)), [layer])
    x = centre(maps[layer])
    away = torch.nn.functional.normalize(x - x.mean(0), dim=1)
    picked = torch.from_numpy(np.random.default_rng(0).choice(IMAGES, count, replace=False))
    vectors = x[(away[picked] @ away.T).topk(NEAR, dim=1).indices].mean(1)
    field = measure_receptive_field(network, _Drawn(pixels), layer)
    view = field_view(network.spec.size, maps[layer].shape[-1], field.side, field.offset)
    return Task(network, layer, vectors.numpy(), x.mean(0).numpy(), colour_matrix(pixels), view, settings)


@dataclass(frozen=True)
class _Drawn:
    """Images as `measure_receptive_field` takes them. pixels: uint8 (images, height, width, 3)."""

    pixels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.pixels)

    def batches(self, indices: NDArray[np.int64], batch_size: int) -> Iterator[NDArray[np.uint8]]:
        for first in range(0, len(indices), batch_size):
            yield np.ascontiguousarray(self.pixels[indices[first : first + batch_size]].transpose(0, 3, 1, 2))


def ours(task: Task, network: Classifier, settings: IconSettings) -> Icons:
    """As the job does it."""
    args = (network, task.layer, task.vectors, settings)
    return invert_cells(*args, keys=task.keys, mean=task.mean, colours=task.colours, view=task.view).images


def in_one_batch(task: Task, network: Classifier, settings: IconSettings) -> Icons:
    """The same without workers: torch divides the operations between its threads."""
    with patch.object(batch_size, "EACH", len(task.vectors)):
        return ours(task, network, settings)


def naive(task: Task) -> Icons:
    """One icon at a time, the whole pass to the logits, gradients for the weights too, float32."""
    network, kept = task.network, {}
    hook = network.module.get_submodule(task.layer).register_forward_hook(lambda _m, _i, output: kept.update(map=output))
    parameters = list(network.module.parameters())
    for parameter in parameters:
        parameter.requires_grad_(True)
    made = []
    for vector, key in zip(task.vectors, task.keys, strict=True):
        target = torch.from_numpy(vector[None])
        coefficients = start_coefficients([key], task.size).requires_grad_(True)
        optimiser = torch.optim.Adam([coefficients], lr=task.settings.lr)
        for maps in affine_maps(draw_transforms([key], task.settings.steps), network.spec.size, task.size):
            optimiser.zero_grad()
            network.module(network.normalise(transform(images_of(coefficients, task.colours), maps)))
            (-score(target, centre(kept["map"]), task.settings.power).sum()).backward()
            optimiser.step()
        made.append(images_of(coefficients, task.colours).detach())
    hook.remove()
    for parameter in parameters:
        parameter.requires_grad_(False)
        parameter.grad = None
    return eight_bits(torch.cat(made).permute(0, 2, 3, 1).numpy())


def dreamlens(task: Task, well: bool) -> Icons:
    """The peer, as it is or set as well as its arguments allow."""
    from dreamlens.render import crop_or_pad_to, jitter, pad_image, random_rotate, random_scale_from_choices, render_icons

    directions, more = task.vectors, {}
    if well:
        # Its dot product is a mean over channels, its cosine lacks the direction's norm: this makes both what they are called.
        directions = directions * (directions.shape[1] / np.linalg.norm(directions, axis=1, keepdims=True))
        unit = max(1, round(16 * task.network.spec.size / 224))
        transforms = [
            pad_image(unit, mode="constant", constant_value=0.5),
            jitter(unit),
            random_scale_from_choices([0.995**n for n in range(-5, 80)]),
            random_rotate(range(-20, 20)),
            jitter(max(1, unit // 2)),
            crop_or_pad_to(task.size, task.size),
        ]
        more = {"boundary_penalty_weight": 0.0, "transforms": transforms}
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - the package draws from the global generators
    icons, _ = render_icons(
        directions,
        task.network.module,
        task.layer,
        size=task.size,
        n_steps=task.settings.steps,
        num_attempts=1,
        device="cpu",
        learning_rate=task.settings.lr,
        preprocess=task.network.normalise,
        **more,
    )
    return eight_bits(np.stack(icons))


def eight_bits(icons: NDArray[np.floating]) -> Icons:
    return (np.clip(icons, 0, 1) * 255).round().astype(np.uint8)


def contenders(task: Task, with_naive: bool) -> dict[str, Callable[[], Icons]]:
    """All that is timed, by name."""
    quick, whole = folded(task.network), replace(task.settings, look="whole")
    made: dict[str, Callable[[], Icons]] = {
        "dreamlens, as it is": lambda: dreamlens(task, well=False),
        "dreamlens, set well": lambda: dreamlens(task, well=True),
        "ours": lambda: ours(task, quick, task.settings),
        "in one batch": lambda: in_one_batch(task, quick, task.settings),
        "and at the whole image": lambda: in_one_batch(task, quick, whole),
        "and not folded": lambda: in_one_batch(task, task.network, whole),
        "and in float32": lambda: in_one_batch(task, task.network, replace(whole, precision="float32")),
    }
    return made | ({"naive": lambda: naive(task)} if with_naive else {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="scenes")
    parser.add_argument("--images", type=Path, help="your own copy of the photographs, for cifar10")
    parser.add_argument("--layers", nargs="+", default=["mixed4a", "mixed4c"])
    parser.add_argument("--icons", type=int, default=32)
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--size", type=int, help="px of the icons; the network's input where absent")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--naive", action="store_true", help="also one icon at a time, which takes long")
    parser.add_argument("--threads", type=int, default=2)
    add_json(parser)
    options = parser.parse_args()
    figures: list[Figure] = []
    torch.set_num_threads(options.threads)
    settings = IconSettings(steps=options.steps, whitening=False, batch=options.icons, canvas=options.size, look="field")
    half = "bfloat16" if computes_in_bfloat16("auto", torch.device("cpu")) else "float32"
    print(f"{options.icons} icons at once, {options.steps} steps, {options.threads} thread(s); ours computes in {half}")
    print("| layer | who | icon-steps/s | times dreamlens as it is | median faithfulness |\n|---|---|---|---|---|")
    for layer in options.layers:
        task = task_of(options.world, options.images, layer, settings, options.icons)
        all_of_them = contenders(task, options.naive)
        for make in contenders(replace(task, settings=replace(settings, steps=1)), options.naive).values():
            make()  # what is set up once is not timed
        best, faithful = dict.fromkeys(all_of_them, float("inf")), dict.fromkeys(all_of_them, 0.0)
        for _ in range(options.rounds):
            for name, make in all_of_them.items():
                begun = time.perf_counter()
                icons = make()
                best[name] = min(best[name], time.perf_counter() - begun)
                faithful[name] = task.faithfulness(icons)
        for name, seconds in best.items():
            speed, ratio = options.icons * options.steps / seconds, best["dreamlens, as it is"] / seconds
            print(f"| {layer} | {name} | {speed:,.0f} | {ratio:.1f} | {faithful[name]:.3f} |", flush=True)
        reached = best["dreamlens, as it is"] / best["ours"]
        no_lower = faithful["ours"] >= max(value for name, value in faithful.items() if name.startswith("dreamlens"))
        figures += [
            Figure(f"{layer}: icon-steps a second over dreamlens's", reached, "x", FASTER, at_most=False),
            Figure(f"{layer}: faithfulness no lower than dreamlens's (1: yes)", float(no_lower), "", 1, at_most=False),
        ]
    return report(figures, options.json)


if __name__ == "__main__":
    sys.exit(main())
