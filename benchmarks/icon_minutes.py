"""How long a layer's decoded icons take: the decoder's training, the 20 grid refined, the 40 and 80 grids from their parents.

With 15,000 points at 64 px all of it should take at most 12 minutes on two cores; without the adversarial stage and refinement
(`--plain`: the steps before that stage, and no more) at most 6. With a world's own decoder (`--shape compact`, where there
is one) nothing is trained, and the 20 grid should take at most 40 s. Give a workspace without the decoder: one that is found
there is not trained, and is said to be.

    python benchmarks/icon_minutes.py scenes --count 3750 --layers mixed4a --work run/minutes [--plain]
"""

import argparse
import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from prepared import Prepared, add_arguments, prepare

from ganatlas.icons.decode import DecodedParents, decode_cells
from ganatlas.icons.teacher import DecoderTraining
from ganatlas.pipeline.icon_job import joint_cells, parents_of
from ganatlas.pipeline.progress import Reporter

SIZES = (20, 40, 80)
LIMITS = {False: 12.0, True: 6.0}
"""Minutes, with and without `--plain`."""


def icons(one: Prepared, options: argparse.Namespace) -> tuple[list[str], float]:
    """The lines to print, and the seconds in all."""
    training: dict[str, Any] = {} if options.training is None else {"steps": options.training}
    if options.plain:
        said = one.config.icons.decoder
        whole = DecoderTraining(steps=options.training or said.steps, adversarial=said.adversarial)
        training = {"adversarial": 0.0, "steps": whole.fooled_from}
    begun = time.monotonic()
    trained = one.decoder(training, options.shape, Reporter())
    total = time.monotonic() - begun
    lines = [f"decoder: {total:.1f} s" + (" (found, not trained)" if total < 5 else "")]
    parents = None
    for size in SIZES:
        begun = time.monotonic()
        grid, found = one.measured.grids[size], joint_cells(one.job, one.measured, size)
        settings = one.decode_settings(size)
        settings = replace(settings, steps=0, child_steps=0) if options.plain else settings
        above = None
        if parents is not None:
            coarse, cells, images, vectors, push = parents
            above = DecodedParents(images, vectors, parents_of(grid, found.cells, coarse, cells), push)
        args = (one.network, one.job.layer, trained.decoder, trained.view, found.vectors, settings)
        made = decode_cells(*args, mean=one.mean, parents=above)
        parents = (grid, found.cells, made.images, found.vectors, settings.push)
        seconds = time.monotonic() - begun
        total += seconds
        lines.append(
            f"{size} grid: {len(made)} icons, {made.steps.mean():.0f} steps each, {seconds:.1f} s, "
            f"median faithfulness {np.nanmedian(made.faithfulness):.3f}"
        )
    return lines, total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--plain", action="store_true", help="without the adversarial stage and refinement")
    parser.add_argument("--training", type=int, help="steps of the decoder's; the configuration's default where absent")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for one in prepare(options, {}, Reporter()):
        lines, total = icons(one, options)
        points, limit = len(one.placed.placement.order), LIMITS[options.plain]
        print(f"{options.world}, {one.job.layer}, {points:,} points of {one.network.spec.size} px, {options.threads} threads")
        print("\n".join(f"  {line}" for line in lines))
        print(f"  in all {total / 60:.1f} minutes (to reach: {limit:g})", flush=True)


if __name__ == "__main__":
    main()
