"""How good a world's icons are, by an independent network that took no part in making them.

For each layer and kind of icon: identifiability (how often the judge finds the icon's own cell first, among the best five, the
median rank), the same after a blur of 1 px and after noise of sd 0.1, realism (0 = like real patches) and faithfulness (to the
network that made them). All kinds are shown in the same frame, the layer's view. The ceiling is the exemplar, left out of
its cell's mean; the floor is the icon of another cell.

    ganatlas train-world scenes classifier --seed 1 -o run/judge
    python benchmarks/icon_quality.py scenes --judge run/judge/classifier.safetensors --work run/quality --out
    run/quality-sheets

Writes OUT/WORLD-LAYER-GRID.json and .png (64 cells x inverted, decoded, decoded and refined, exemplars), and prints the
table as Markdown. Activations, layouts, decoders and icons are kept in the workspace; a second run with other settings
makes only what these change. `--half 0` takes every second cell, to choose settings by; `--half 1` the others, to report.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from prepared import GRIDS, Prepared, add_arguments, prepare

from ganatlas.classifiers.assemble import assemble
from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.errors import InputError
from ganatlas.icons.batches import IconBatch
from ganatlas.icons.decode import DecodeSettings, decode_cells
from ganatlas.icons.exemplar import joint_exemplars
from ganatlas.icons.invert import invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.objective import cosine
from ganatlas.icons.quality import blurred, identifiability, look, noisy, ranks, realism, without_member
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.teacher import DecoderTraining
from ganatlas.icons.views import cut_views
from ganatlas.pipeline.activation_files import load_layer
from ganatlas.pipeline.activations import collect_activations
from ganatlas.pipeline.decoder_step import LayerDecoder, views_at
from ganatlas.pipeline.grid import cell_means
from ganatlas.pipeline.icon_job import joint_cells, layer_moments
from ganatlas.pipeline.icon_stage import reference_colours
from ganatlas.pipeline.inverted import icon_settings, too_few_to_whiten
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.sweep import combinations, spread_cells
from ganatlas.worlds.registry import open_world
from ganatlas.worlds.weights import load_classifier

KINDS = ("exemplar", "mean of pixels", "decoded", "refined", "inverted", "another's")
MEMBERS = 64
"""Members of a cell whose pixels are averaged, at most."""
REAL = 4
"""Members of a cell that stand for real patches."""


@dataclass(frozen=True)
class Row:
    """One kind's figures on one layer. seconds: spent on the icons; 0 for patches, and less where batches were found."""

    kind: str
    icons: int
    first: float
    best5: float
    median_rank: float
    best5_blurred: float
    best5_noisy: float
    realism: float
    faithfulness: float
    steps: int
    seconds: float


@dataclass(frozen=True)
class Ground(Prepared):
    """One layer of an atlas, and the cells that are looked at.

    judged: the judge's activations of the layer's samples. asked: places among `chosen` of the icons that are made.
    """

    judge: Classifier
    judged: Path
    size: int
    asked: NDArray[np.int64]

    @cached_property
    def chosen(self) -> NDArray[np.int64]:
        return joint_cells(self.job, self.measured, self.size).cells

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Of the cells asked for."""
        return joint_cells(self.job, self.measured, self.size).vectors[self.asked]

    @property
    def cells(self) -> Any:
        return self.measured.grids[self.size].cells

    def members(self, cell: int) -> NDArray[np.int64]:
        """Samples (rows of the activations) of a cell."""
        return self.placed.placement.order[self.cells.start[cell] : self.cells.stop[cell]]

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """Of each dataset's points in a cell's mean."""
        return 1 / np.maximum(self.cells.count.sum(axis=0), 1)

    @cached_property
    def exemplars(self) -> NDArray[np.int64]:
        """The sample that is each asked cell's exemplar."""
        grid, x = self.measured.grids[self.size], self.job.loaded[0]
        cells = self.chosen[self.asked]
        rows = joint_exemplars(x, self.placed.placement, grid.exemplar[cells], grid.vectors[cells])
        return self.placed.placement.order[rows]

    def patches(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The views of some samples, uint8 (rows, side, side, 3)."""
        samples = self.job.loaded[1]
        made = np.zeros((len(rows), self.view.side, self.view.side, 3), np.uint8)
        for dataset in np.unique(samples.dataset[rows]):
            here = np.flatnonzero(samples.dataset[rows] == dataset)
            here = here[np.argsort(samples.image[rows[here]], kind="stable")]
            done = 0
            for batch in self.collected.inputs[dataset].batches(samples.image[rows[here]].astype(np.int64), 256):
                now = here[done : done + len(batch)]
                cut, _ = views_at(batch, samples.row[rows[now]], samples.column[rows[now]], self.view)
                made[now] = cut.permute(0, 2, 3, 1).numpy()
                done += len(batch)
        return made

    def decode(self, trained: LayerDecoder, settings: DecodeSettings) -> IconBatch:
        if trained.view != self.view:
            raise InputError(f"the world's own decoder paints {trained.view}; give --training, so that one is trained here")
        folder = self.work.root / "quality" / f"decoded-{self.job.layer}"
        args = (self.network, self.job.layer, trained.decoder, self.view, self.vectors, settings)
        return decode_cells(*args, mean=self.mean, folder=folder)

    def invert(self, settings: IconSettings) -> IconBatch:
        """Inverted icons, cut to the view."""
        cells, moments = self.chosen[self.asked], layer_moments(self.work, self.job)
        if said := too_few_to_whiten(self.job, settings):
            print(said)
            settings = replace(settings, whitening=False)
        keys = [
            IconKey(self.config.seed, self.job.layer, self.size, int(self.cells.column[i]), int(self.cells.row[i]))
            for i in cells
        ]
        colours = reference_colours(self.collected.inputs[self.config.reference], self.config)
        made = invert_cells(
            self.network,
            self.job.layer,
            self.vectors,
            settings,
            keys=keys,
            mean=moments.mean,
            whitening=moments.whitening(settings.ridge),
            colours=colours,
            view=self.looked_at,
            folder=self.work.root / "quality" / f"inverted-{self.job.layer}",
        )
        middle = torch.full((len(made),), made.images.shape[1] // self.view.stride // 2)
        cut, _ = cut_views(torch.from_numpy(made.images).permute(0, 3, 1, 2), middle, middle, self.view)
        return replace(made, images=cut.permute(0, 2, 3, 1).contiguous().numpy())


class Judging:
    """What the judge makes of pictures of one layer's cells."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.early = ground, ground.judge.layers[0]
        x, samples = load_layer(ground.judged, ground.job.layer)
        means = cell_means(x, samples.dataset, ground.placed.placement, {ground.size: ground.cells})[ground.size].vectors
        self.means = means[ground.chosen]
        rows = ground.exemplars
        weight = (ground.cells.count * ground.weight).sum(axis=1)[ground.chosen[ground.asked]]
        self.without = without_member(
            self.means[ground.asked], weight, x[rows].astype(np.float64), ground.weight[samples.dataset[rows]]
        )
        self.in_place = identifiability(ranks(x[rows].astype(np.float64), self.means, ground.asked, self.without))
        random = np.random.default_rng([ground.config.seed, 0x7265])
        real = [random.choice(m, min(REAL, len(m)), replace=False) for m in map(ground.members, ground.chosen)]
        self.real = self._look(ground.patches(np.concatenate(real))).pooled

    def row(self, kind: str, made: IconBatch, seconds: float, truth: NDArray[np.float64] | None = None) -> Row:
        """The figures of some pictures of the cells asked for, in their order."""
        ground, pictures = self.ground, made.images
        own = ground.asked
        if kind == "another's":
            own = np.roll(own, len(own) // 2 or 1)
        plain = self._look(pictures)
        found = identifiability(ranks(plain.activation, self.means, own, truth))
        changed = [
            identifiability(ranks(self._look(other).activation, self.means, own, truth)).best5
            for other in (blurred(pictures), noisy(pictures, seed=0))
        ]
        seen = look(ground.network, pictures, ground.job.layer, ground.view.position, ground.job.layer).activation
        true = ground.vectors if kind != "another's" else np.roll(ground.vectors, len(own) // 2 or 1, axis=0)
        faithful = cosine(torch.from_numpy(true - ground.mean), torch.from_numpy(seen - ground.mean))
        return Row(
            kind,
            len(pictures),
            found.first,
            found.best5,
            found.median_rank,
            *changed,
            realism(plain.pooled, self.real),
            float(faithful.median()),
            int(made.steps.sum()),
            round(seconds, 1),
        )

    def _look(self, pictures: NDArray[Any]) -> Any:
        return look(self.ground.judge, pictures, self.ground.job.layer, self.ground.view.position, self.early)


def mean_of_pixels(ground: Ground) -> NDArray[np.uint8]:
    """The balanced mean of the views of each cell's members, at most `MEMBERS` of them drawn at random."""
    random, samples = np.random.default_rng([ground.config.seed, 0x7069]), ground.job.loaded[1]
    made = []
    for cell in ground.chosen[ground.asked]:
        members = ground.members(cell)
        rows = random.choice(members, min(MEMBERS, len(members)), replace=False)
        weight = ground.weight[samples.dataset[rows]]
        made.append(np.average(ground.patches(rows).astype(np.float32), axis=0, weights=weight))
    return np.stack(made).round().astype(np.uint8)


def still(pictures: NDArray[np.uint8]) -> IconBatch:
    """Patches as icons."""
    return IconBatch(pictures, np.zeros(len(pictures), np.float32), np.zeros(len(pictures), np.int32))


def timed(make: Callable[[], IconBatch]) -> tuple[IconBatch, float]:
    begun = time.monotonic()
    made = make()
    return made, time.monotonic() - begun


def examine(ground: Ground, options: argparse.Namespace, reporter: Reporter) -> tuple[list[Row], dict[str, NDArray[np.uint8]]]:
    """The table of a layer, and the pictures."""
    judging = Judging(ground)
    refine = replace(ground.decode_settings(ground.size), **typed(options.refine, DecodeSettings))
    wanted: dict[str, Callable[[], IconBatch]] = {
        "exemplar": lambda: still(ground.patches(ground.exemplars)),
        "mean of pixels": lambda: still(mean_of_pixels(ground)),
    }
    if {"decoded", "refined", "another's"} & set(options.kinds):
        trained = ground.decoder(typed(options.training, DecoderTraining), options.shape, reporter)
        wanted["decoded"] = lambda: ground.decode(trained, replace(refine, steps=0))
        wanted["refined"] = wanted["another's"] = lambda: ground.decode(trained, refine)
    inversion = replace(icon_settings(ground.config), **typed(options.inversion, IconSettings))
    wanted["inverted"] = lambda: ground.invert(inversion)
    rows, pictures = [], {}
    for kind in options.kinds:
        made, seconds = timed(wanted[kind])
        rows.append(judging.row(kind, made, seconds, judging.without if kind == "exemplar" else None))
        pictures[kind] = made.images
        if kind == "exemplar":
            print(
                f"{ground.job.layer}: exemplars seen in their own images, at their own places: {judging.in_place}", flush=True
            )
        print(f"{ground.job.layer}: {rows[-1]}", flush=True)
    return rows, pictures


def typed(words: list[str], kinds: type) -> dict[str, Any]:
    """`key=value` words as the fields' types."""
    return dict(combinations(words, [field.name for field in fields(kinds)], {}, kinds)[0]) if words else {}


def markdown(world: str, layer: str, size: int, rows: list[Row]) -> str:
    head = "| icon | first | best 5 | median rank | best 5, blurred | best 5, noisy | realism | faithfulness | steps | s |"
    lines = [f"{world}, {layer}, {size} grid, {rows[0].icons} icons", "", head, "|" + "---|" * 10]
    for r in rows:
        figures = [r.first, r.best5, r.median_rank, r.best5_blurred, r.best5_noisy, r.realism, r.faithfulness]
        said = [f"{value:.0f}" if number == 2 else f"{value:.2f}" for number, value in enumerate(figures)]
        lines.append(f"| {r.kind} | " + " | ".join(said) + f" | {r.steps / max(r.icons, 1):.0f} | {r.seconds:.0f} |")
    return "\n".join(lines)


def sheet(ground: Ground, pictures: dict[str, NDArray[np.uint8]], count: int, path: Path) -> None:
    """Some cells spread over the map, 16 a line, each kind a row of it."""
    kinds = [kind for kind in ("inverted", "decoded", "refined", "exemplar") if kind in pictures]
    there = {int(cell): place for place, cell in enumerate(ground.chosen[ground.asked])}
    far = spread_cells(ground.measured, ground.size, count, ground.config.grids.min_count)
    chosen = [there[int(cell)] for cell in far if int(cell) in there]
    others = [place for place in range(len(ground.asked)) if place not in set(chosen)]
    places = sorted((chosen + others)[:count])
    px, wide, label = 72, 16, 70
    band = len(kinds) * (px + 2) + 10
    canvas = Image.new("RGB", (label + wide * (px + 2), -(-len(places) // wide) * band), "white")
    draw = ImageDraw.Draw(canvas)
    for number, place in enumerate(places):
        line, column = divmod(number, wide)
        for row, kind in enumerate(kinds):
            top = line * band + row * (px + 2)
            icon = Image.fromarray(pictures[kind][place]).resize((px, px), Image.Resampling.BICUBIC)
            canvas.paste(icon, (label + column * (px + 2), top))
            if column == 0:
                draw.text((2, top + px // 2 - 6), kind, fill="black")
    canvas.save(path)


def grounds(options: argparse.Namespace, reporter: Reporter) -> list[Ground]:
    """The layers, laid out and measured; the judge's activations of the same samples."""
    layers = prepare(options, dict(_config_word(word) for word in options.icons), reporter)
    first = layers[0]
    found = load_classifier(open_world(options.world, options.images).network, options.judge)
    spec = InputSpec(found.input_size, found.input_size, "bicubic", found.mean, found.std)
    judge = assemble("judge", found.module, spec, found.class_names, found.layers, first.network.device)
    if judge.digest == first.network.digest:
        raise InputError(f"{options.judge} is the world's own network, which makes the icons. Train another with --seed 1.")
    collected, config = first.collected, first.config
    judged = first.work.step(
        "quality/judge",
        {"activations": collected.key, "judge": judge.digest, "version": 1},
        lambda folder: collect_activations(
            judge,
            list(collected.inputs),
            collected.layers,
            folder,
            positions_per_image=config.sampling.positions_per_image,
            seed=config.seed,
        ),
    )
    made = []
    for layer in layers:
        count = len(joint_cells(layer.job, layer.measured, options.grid).cells)
        asked = np.arange(count) if options.half is None else np.arange(options.half, count, 2)
        own = {field.name: getattr(layer, field.name) for field in fields(layer)}
        made.append(Ground(**own, judge=judge, judged=judged, size=options.grid, asked=asked[: options.cells]))
    return made


def _config_word(word: str) -> tuple[str, Any]:
    key, _, value = word.partition("=")
    return key, json.loads(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--judge", type=Path, required=True, help="classifier.safetensors of another seed")
    parser.add_argument("--grid", type=int, choices=GRIDS, default=20)
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second cell")
    parser.add_argument("--cells", type=int, help="only the first so many, to try")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--training", nargs="*", default=[], help="fields of DecoderTraining, key=value")
    parser.add_argument("--refine", nargs="*", default=[], help="fields of DecodeSettings, key=value")
    parser.add_argument("--inversion", nargs="*", default=[], help="fields of IconSettings, key=value")
    parser.add_argument("--icons", nargs="*", default=[], help="keys of [icons], key=value as JSON")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="", help="added to the files' names, to tell trials apart")
    parser.add_argument("--sheet", type=int, default=64, help="cells on the sheet")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    reporter = Reporter()
    options.out.mkdir(parents=True, exist_ok=True)
    tables = []
    for ground in grounds(options, reporter):
        rows, pictures = examine(ground, options, reporter)
        stem = options.out / "-".join(filter(None, (options.world, ground.job.layer, str(options.grid), options.name)))
        said = {"world": options.world, "layer": ground.job.layer, "grid": options.grid, "seed": options.seed}
        said |= {"half": options.half, "settings": {k: str(v) for k, v in vars(options).items()}}
        stem.with_suffix(".json").write_text(json.dumps(said | {"rows": [asdict(row) for row in rows]}, indent=1) + "\n")
        sheet(ground, pictures, options.sheet, stem.with_suffix(".png"))
        tables.append(markdown(options.world, ground.job.layer, options.grid, rows))
    print("\n\n".join(tables))


if __name__ == "__main__":
    main()
