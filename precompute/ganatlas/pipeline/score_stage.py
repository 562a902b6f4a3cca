"""The last step of a build: the scores of single images, written as tables beside the layers' points and the datasets' images.

Data flow: the metrics' spaces, placements of the layers, stored images → neighbours.arrow, scores.arrow → the bundle.
"""

from collections.abc import Sequence
from pathlib import Path

from ganatlas.icons.exemplar import StoredImages

from .assemble import write_table
from .draft import Draft
from .layers import FinishedLayer
from .metrics import MetricsJob
from .scores import PixelScores, SpaceScores, neighbours_table, pixel_scores, scores_table
from .workspace import Workspace, load_arrays, save_arrays


def make_scores(
    spaces: Sequence[tuple[MetricsJob, Path]],
    finished: Sequence[FinishedLayer],
    images: Sequence[StoredImages],
    work: Workspace,
    draft: Draft,
) -> None:
    """Write every layer's and every dataset's table, where there are scores.

    Args:
        images: of every dataset, in order; fewer where some were given as activations, and then there are none by pixels.
    """
    layers = {layer.job.layer: layer for layer in finished}
    for job, folder in spaces:
        scores = SpaceScores.load(folder) if job.scored else None
        if scores is None:
            continue
        if job.features == "position" and job.layer is not None:
            _layer(job, scores, layers[job.layer], work, draft)
        elif job.features == "pooled":
            _datasets(job, scores, images, work, draft)
    draft.publish()


def _layer(job: MetricsJob, scores: SpaceScores, layer: FinishedLayer, work: Workspace, draft: Draft) -> None:
    key = {"scores": job.step_key, "placement": layer.placed.key, "version": 1}

    def make(folder: Path) -> None:
        samples, placement = layer.job.loaded[1], layer.placed.placement
        table = neighbours_table(scores, samples, placement, job.rows, job.config.reference)
        write_table(table, folder / "neighbours.arrow")

    folder = work.step(f"neighbours/{job.layer}", key, make)
    name = f"layers/{job.layer}/neighbours.arrow"
    draft.set_neighbours(layer.job.layer, draft.writer.put(folder / "neighbours.arrow", name))


def _datasets(job: MetricsJob, scores: SpaceScores, images: Sequence[StoredImages], work: Workspace, draft: Draft) -> None:
    config, rows, reference = job.config, job.rows, job.config.reference
    pixels = _pixels(job, images, work) if len(images) == len(rows) else [None] * len(rows)
    for number, own in sorted({reference: scores.own, **scores.generated}.items()):
        name = config.datasets[number].name
        path = draft.scratch / "scores.arrow"
        write_table(scores_table(draft.datasets[number].count, rows[number], own, pixels[number], rows[reference]), path)
        draft.set_scores(number, draft.writer.put(path, f"datasets/{name}/scores.arrow"))


def _pixels(job: MetricsJob, images: Sequence[StoredImages], work: Workspace) -> Sequence[PixelScores]:
    key = {
        "activations": job.key,
        "most": job.config.metrics.images,
        "seed": job.config.seed,
        "reference": job.config.reference,
    }

    def make(folder: Path) -> None:
        found = pixel_scores(images, job.rows, job.config.reference)
        arrays = {
            f"{name}-{i}": getattr(each, name) for i, each in enumerate(found) for name in ("nearest", "distance", "ratio")
        }
        save_arrays(folder / "pixels.npz", **arrays)

    folder = work.step("metrics/pixels", key | {"paired": job.config.divergence.paired, "version": 1}, make)
    stored = load_arrays(folder / "pixels.npz")
    return [PixelScores(*(stored[f"{name}-{i}"] for name in ("nearest", "distance", "ratio"))) for i in range(len(job.rows))]
