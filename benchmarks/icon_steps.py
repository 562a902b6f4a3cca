"""How many icon-steps an 80 grid takes to the faithfulness that icons from noise reach, and what saves them.

An icon-step is one step of one icon: one forward and one backward pass. The peer inverts every icon of the 20, 40 and 80 grids
from noise with the same number of steps; its median faithfulness on the 80 grid is to be reached. Each way then takes as few
steps on the 40 and 80 grids as reach it there, tried in turn:

- parents: the 20 grid from noise as the peer, finer grids from their parents' icons;
- parents, ending early: the same, and an icon ends when it gains no more, or has the peer's faithfulness;
- decoder: every grid from what the layer's decoder paints, refined;
- decoder, parents: finer grids begin with the change that their parents' icons ended with;
- decoder, parents, ending early.

The decoder's training is said beside it, in icon-steps of equal time (its seconds over the seconds of one of the peer's
icon-steps); with `--shape compact` it is the world's own, which comes with the program.

    python benchmarks/icon_steps.py scenes --work run/quality [--layer mixed4a] [--cells 150] [--steps 256]

The workspace may be that of `icon_quality.py`, whose decoder is then taken.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from prepared import Prepared, add_arguments, prepare

from ganatlas.icons.batches import IconBatch
from ganatlas.icons.decode import DecodedParents, DecodeSettings, decode_cells
from ganatlas.icons.invert import Parents, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.optimise import Stopping
from ganatlas.icons.settings import IconSettings
from ganatlas.pipeline.icon_job import joint_cells, parents_of
from ganatlas.pipeline.icon_stage import reference_colours
from ganatlas.pipeline.inverted import icon_settings
from ganatlas.pipeline.progress import Reporter

SIZES = (20, 40, 80)
TRIED = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Steps on the finer grids, in the order in which they are tried."""


@dataclass(frozen=True)
class Level:
    """One grid's cells: their vectors, their names, and the place of each one's parent among those of the level above."""

    size: int
    vectors: NDArray[np.float32]
    keys: list[IconKey]
    index: NDArray[np.int64]


@dataclass(frozen=True)
class Way:
    """A way to fill the three grids. make: (level, steps on it, icons of the level above) -> its icons."""

    name: str
    make: Callable[[Level, int, "Done | None"], IconBatch]
    first: int


@dataclass(frozen=True)
class Done:
    """A level and its icons."""

    level: Level
    icons: IconBatch


def begin(way: Way, levels: Sequence[Level]) -> Done:
    """The first grid, with its own number of steps."""
    return Done(levels[0], way.make(levels[0], way.first, None))


def fill(way: Way, first: Done, levels: Sequence[Level], steps: int) -> list[Done]:
    """The other grids, after the first."""
    done = [first]
    for level in levels[1:]:
        done.append(Done(level, way.make(level, steps, done[-1])))
    return done


def median(done: Sequence[Done]) -> float:
    """Faithfulness on the finest grid."""
    return float(np.nanmedian(done[-1].icons.faithfulness))


def spent(done: Sequence[Done]) -> int:
    return sum(int(one.icons.steps.sum()) for one in done)


class Bench:
    """One layer, with all that the ways need."""

    def __init__(self, prepared: Prepared, options: argparse.Namespace) -> None:
        self.prepared, self.config, self.layer = prepared, prepared.config, prepared.job.layer
        self.colours = reference_colours(prepared.collected.inputs[prepared.config.reference], prepared.config)
        self.levels = self._levels(options.cells)
        self.pushes = {size: prepared.decode_settings(size).push for size in SIZES}
        begun = time.monotonic()
        self.trained = prepared.decoder(
            {} if options.training is None else {"steps": options.training}, options.shape, Reporter()
        )
        self.training_seconds = time.monotonic() - begun

    def _levels(self, count: int | None) -> list[Level]:
        """Some cells of the finest grid, and their ancestors."""
        job, measured = self.prepared.job, self.prepared.measured
        grids, chosen = measured.grids, {size: joint_cells(job, measured, size).cells for size in SIZES}
        if count is not None:
            finest = chosen[SIZES[-1]]
            chosen[SIZES[-1]] = finest[np.linspace(0, len(finest) - 1, min(count, len(finest))).astype(np.int64)]
            for above, size in zip(SIZES[-2::-1], SIZES[:0:-1], strict=True):
                index = parents_of(grids[size], chosen[size], grids[above], chosen[above])
                chosen[above] = chosen[above][np.unique(index[index >= 0])]
        levels = []
        for number, size in enumerate(SIZES):
            cells, grid = chosen[size], grids[size]
            above = SIZES[number - 1]
            index = parents_of(grid, cells, grids[above], chosen[above]) if number else np.full(len(cells), -1)
            keys = [
                IconKey(self.config.seed, self.layer, size, int(grid.cells.column[i]), int(grid.cells.row[i])) for i in cells
            ]
            levels.append(Level(size, grid.vectors[cells], keys, index))
        return levels

    def invert(self, level: Level, settings: IconSettings, above: Done | None) -> IconBatch:
        parents = None if above is None else Parents(above.icons.images, level.index)
        args = (self.prepared.network, self.layer, level.vectors, settings)
        more = {"mean": self.prepared.mean, "colours": self.colours, "view": self.prepared.looked_at}
        return invert_cells(*args, keys=level.keys, parents=parents, **more)

    def decode(self, level: Level, settings: DecodeSettings, above: Done | None) -> IconBatch:
        settings = replace(settings, push=self.pushes[level.size])
        parents = None
        if above is not None:
            coarse = above.level
            parents = DecodedParents(above.icons.images, coarse.vectors, level.index, self.pushes[coarse.size])
        args = (self.prepared.network, self.layer, self.trained.decoder, self.trained.view, level.vectors, settings)
        return decode_cells(*args, mean=self.prepared.mean, parents=parents)


def ways(bench: Bench, steps: int, enough: float) -> list[Way]:
    """All but the peer."""
    noise = replace(icon_settings(bench.config), steps=steps)
    refine = bench.prepared.decode_settings(SIZES[0])
    early = Stopping(every=4, gain=0.002, enough=enough)

    def parents(stopping: Stopping) -> Callable[[Level, int, Done | None], IconBatch]:
        return lambda level, n, above: bench.invert(
            level, replace(noise, child_steps=max(n, 1), stopping=stopping if above else noise.stopping), above
        )

    def decoder(stopping: Stopping, inherit: bool) -> Callable[[Level, int, Done | None], IconBatch]:
        return lambda level, n, above: bench.decode(
            level, replace(refine, steps=n, child_steps=n, stopping=stopping), above if inherit else None
        )

    return [
        Way("parents", parents(Stopping()), steps),
        Way("parents, ending early", parents(early), steps),
        Way("decoder", decoder(Stopping(), inherit=False), refine.steps),
        Way("decoder, parents", decoder(Stopping(), inherit=True), refine.steps),
        Way("decoder, parents, ending early", decoder(early, inherit=True), refine.steps),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--layer", default="mixed4a", help="the one of them that is looked at")
    parser.add_argument("--cells", type=int, help="of the finest grid; all where absent")
    parser.add_argument("--steps", type=int, default=256, help="of an icon from noise")
    parser.add_argument("--training", type=int, help="steps of the decoder's; the configuration's default where absent")
    parser.add_argument("--tried", type=int, nargs="+", default=list(TRIED))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    prepared = {one.job.layer: one for one in prepare(options, {}, Reporter())}
    bench = Bench(prepared[options.layer], options)
    sizes = ", ".join(f"{len(level.keys)} of the {level.size} grid" for level in bench.levels)
    peer = Way(
        "from noise",
        lambda level, n, _: bench.invert(level, replace(icon_settings(bench.config), steps=n), None),
        options.steps,
    )
    begun = time.monotonic()
    from_noise = fill(peer, begin(peer, bench.levels), bench.levels, options.steps)
    seconds, wanted, total = time.monotonic() - begun, median(from_noise), spent(from_noise)
    print(f"{options.world}, {options.layer}: {sizes}; {options.steps} steps from noise reach {wanted:.3f}", flush=True)
    print(
        "| way | steps on the finer grids | icon-steps | of the peer's | faithfulness, 80 grid | s |\n|---|---|---|---|---|---|"
    )
    print(f"| from noise, every grid | {options.steps} | {total:,} | 1 | {wanted:.3f} | {seconds:.0f} |", flush=True)
    for way in ways(bench, options.steps, wanted):
        begun = time.monotonic()
        first = begin(way, bench.levels)
        coarse = time.monotonic() - begun
        for steps in options.tried:
            if steps == 0 and way.name.startswith("parents"):
                continue
            begun = time.monotonic()
            done = fill(way, first, bench.levels, steps)
            if median(done) >= wanted or steps == options.tried[-1]:
                break
        took, count = coarse + time.monotonic() - begun, spent(done)
        reached = "" if median(done) >= wanted else " (not reached)"
        share = f"1/{total / max(count, 1):.1f}"
        print(f"| {way.name} | {steps} | {count:,} | {share} | {median(done):.3f}{reached} | {took:.0f} |", flush=True)
    equal = bench.training_seconds / (seconds / max(total, 1))
    print(f"the decoder's training: {bench.training_seconds:.0f} s, as long as {equal:,.0f} of the peer's icon-steps")


if __name__ == "__main__":
    main()
