"""The metrics step: every dataset against the reference in every layer, and the reference against itself, as metrics.json.

A space of features has one row an image: a layer's activation at the image's first sampled position, which is its point on the
map; the mean over all positions of the last layer (the final features); and the logits, for the classifier score. Rows of one
image would not be independent, so further sampled positions are left out.

Data flow: activations on disk → a step a space, side by side in processes with one thread each → `Metrics` and the scores of
single images (`score_stage`) → the bundle.
"""

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ganatlas.bundle.label_p import with_adjusted_p
from ganatlas.bundle.metrics import PUBLISHED, FeatureKind, Metrics, MetricsEntry
from ganatlas.metrics import (
    MEASURES,
    Evaluation,
    RealScores,
    SampleScores,
    Scored,
    Settings,
    evaluate,
    evaluate_with_scores,
)
from ganatlas.processes import worker_pool

from .activation_files import load_layer, load_logits, load_pooled, load_record
from .config import AtlasConfig
from .draft import Draft
from .image_labels import Labels, labels_of
from .metric_entries import entry_of, settings_of
from .prepare import Collected, OpenedDatasets
from .progress import Reporter
from .published import published_entries
from .scores import SpaceScores
from .workspace import Workspace, write_atomically

IN_PROCESS = 1500
"""Images in all up to which starting processes takes longer than measuring."""
LEAST_HALF = 2
RESULT = "entries.json"
NEIGHBOUR_FIGURES = frozenset({"precision_recall", "density_coverage", "authenticity"})


@dataclass(frozen=True)
class MetricsJob:
    """One space of features with all that is measured in it; what a process is given.

    activations: folder of `collect_activations`; key: digest of what made them. labels: of the images, or None: no slices.
    """

    features: FeatureKind
    layer: str | None
    activations: Path
    key: str
    labels: Labels | None
    config: AtlasConfig

    @property
    def step(self) -> str:
        """Name of the step in the workspace."""
        return f"metrics/{self.features}-{self.layer}" if self.layer else f"metrics/{self.features}"

    @property
    def step_key(self) -> dict[str, object]:
        """What the figures depend on."""
        config = self.config
        return {
            "activations": self.key,
            "features": self.features,
            "layer": self.layer,
            "settings": config.metrics.model_dump(exclude={"fid_weights", "dinov2_weights"}),
            "names": [dataset.name for dataset in config.datasets],
            "reference": config.reference,
            "paired": config.divergence.paired,
            "labels": self.labels.digest() if self.labels else None,
            "seed": config.seed,
            "version": 3,
        }

    @property
    def scored(self) -> bool:
        """Whether single images are scored: the figures of neighbours are measured here."""
        return self.features != "logits" and bool(NEIGHBOUR_FIGURES & set(self.config.metrics.figures))

    @cached_property
    def rows(self) -> list[NDArray[np.int64]]:
        """The images of each dataset that are looked at, the same in every space; of copies the same of each."""
        most = self.config.metrics.images
        rows = []
        for number, count in enumerate(load_record(self.activations).counts):
            stream = 0 if self.config.divergence.paired else number
            random = np.random.default_rng([self.config.seed, 0x6D6574, stream, count])
            rows.append(np.arange(count) if count <= most else np.sort(random.permutation(count)[:most]))
        return rows

    @cached_property
    def sets(self) -> list[NDArray[np.float64]]:
        """The features of each dataset's images, (images, dimensions)."""
        if self.features == "position":
            assert self.layer is not None
            values, _ = load_layer(self.activations, self.layer)
            record = load_record(self.activations)
            starts = np.cumsum((0, *record.counts)) * record.positions_per_image
            places = [start + rows * record.positions_per_image for start, rows in zip(starts, self.rows, strict=False)]
            return [np.asarray(values[place], np.float64) for place in places]
        tables = load_pooled(self.activations) if self.features == "pooled" else load_logits(self.activations)
        return [np.asarray(table[rows], np.float64) for table, rows in zip(tables, self.rows, strict=True) if table is not None]


def make_metrics(
    config: AtlasConfig, datasets: OpenedDatasets, collected: Collected, work: Workspace, draft: Draft, reporter: Reporter
) -> list[tuple[MetricsJob, Path]]:
    """Measure all datasets and publish the figures.

    Returns:
        Every space with the folder of its step; none where metrics are switched off.
    """
    if not config.metrics.enabled:
        draft.skip("metrics", "switched off in the configuration")
        return []
    jobs = metrics_jobs(config, datasets, collected)
    names = [dataset.name for dataset in config.datasets]
    entries: list[MetricsEntry] = []
    with reporter.step("measuring the sets", len(jobs), "layers") as advance:
        folders = []
        for folder in _measured(work, jobs, config):
            folders.append(folder)
            entries += [MetricsEntry.model_validate(entry) for entry in json.loads((folder / RESULT).read_text())]
            advance(1)
    if config.metrics.fid_weights is not None or config.metrics.dinov2_weights is not None:
        entries += published_entries(config, datasets, work, reporter)
    order = {name: number for number, name in enumerate(collected.layers)}
    last: tuple[FeatureKind, ...] = ("position", "pooled", *PUBLISHED, "logits")
    entries.sort(key=lambda e: (last.index(e.features), order.get(e.layer or "", 0)))
    held_out = config.metrics.held_out
    document = Metrics(
        measures=MEASURES,
        k_precision=config.metrics.k_precision,
        k_density=config.metrics.k_density,
        permutations=config.metrics.permutations,
        held_out=held_out if held_out in names else None,
        entries=tuple(entries),
    )
    draft.set_metrics(with_adjusted_p(document))
    draft.publish()
    return list(zip(jobs, folders, strict=True))


def metrics_jobs(config: AtlasConfig, datasets: OpenedDatasets, collected: Collected) -> list[MetricsJob]:
    """One job a space, the one with most work first."""
    folder, key, layers = collected.folder, collected.key, collected.layers
    labels = labels_of(datasets, collected) if config.metrics.slices else None
    jobs = [MetricsJob("pooled", layers[-1], folder, key, labels, config)]
    jobs += [MetricsJob("position", layer, folder, key, None, config) for layer in reversed(layers)]
    has_classes = collected.classifier.classes is not None if collected.classifier else True
    scored = "classifier_score" in config.metrics.figures and has_classes
    if scored and all(logits is not None for logits in load_logits(folder)):
        jobs.append(MetricsJob("logits", None, folder, key, None, config))
    return jobs


def measure_space(root: Path, job: MetricsJob) -> Path:
    """The step of one space, in this process and with one thread, so that the figures depend on nothing else."""

    def make(folder: Path) -> None:
        scores = _Collector()
        with threadpool_limits(1):
            entries = [entry.model_dump(mode="json", exclude_none=False) for entry in _entries(job, scores)]
        if scores.own is not None:
            SpaceScores(scores.own, scores.generated, scores.real).save(folder)
        write_atomically(folder / RESULT, json.dumps(entries, allow_nan=False).encode())

    return Workspace(root).step(job.step, job.step_key, make)


def _measured(work: Workspace, jobs: list[MetricsJob], config: AtlasConfig) -> Iterator[Path]:
    """The folders of all jobs, in order."""
    missing = [job for job in jobs if not work.is_done(job.step, job.step_key)]
    images = sum(map(len, jobs[0].rows))
    workers = min(config.workers or os.cpu_count() or 1, len(missing))
    if not missing or images <= IN_PROCESS:
        yield from (measure_space(work.root, job) for job in jobs)
        return
    with worker_pool(workers) as pool:
        pending = {job.step: pool.submit(measure_space, work.root, job) for job in missing}
        for job in jobs:
            yield pending[job.step].result() if job.step in pending else measure_space(work.root, job)


@dataclass
class _Collector:
    """The scores of a space, gathered as its datasets are measured."""

    own: SampleScores | None = None
    generated: dict[int, SampleScores] = field(default_factory=dict)
    real: dict[int, RealScores] = field(default_factory=dict)

    def add(self, number: int, scored: Scored) -> None:
        """One dataset's, where it has any."""
        self.own = self.own or scored.own
        if scored.generated is not None and scored.real is not None:
            self.generated[number], self.real[number] = scored.generated, scored.real


def _entries(job: MetricsJob, scores: _Collector) -> Iterator[MetricsEntry]:
    """Each other dataset against the reference, whole and by label; then the reference against itself."""
    names, reference = [dataset.name for dataset in job.config.datasets], job.config.reference
    settings = _settings(job)
    first = job.sets[reference]
    held_name = job.config.metrics.held_out
    held = job.sets[names.index(held_name)] if held_name in names and job.features != "logits" else None
    for other, name in enumerate(names):
        if other == reference:
            continue
        second = job.sets[other]
        own = None if name == held_name else held
        if job.scored:
            scored = evaluate_with_scores(first, second, held_out=own, settings=settings, own=scores.own is None)
            scores.add(other, scored)
            yield _said(job, name, scored.evaluation)
        else:
            yield _entry(job, name, first, second, own, settings)
        if job.labels is None:
            continue
        by_label = [job.labels.of[index][job.rows[index]] for index in (reference, other)]
        for number, label in enumerate(job.labels.names):
            chosen = [labels == number for labels in by_label]
            if min(map(np.count_nonzero, chosen)) < job.config.metrics.min_label:
                continue
            paired = settings.paired and np.array_equal(*chosen)
            entry = _entry(job, name, first[chosen[0]], second[chosen[1]], None, replace(settings, paired=paired))
            yield entry.model_copy(update={"label": label, "label_source": job.labels.source})
    shuffled = np.random.default_rng([job.config.seed, 0x73656C66]).permutation(len(first))
    half = len(first) // 2
    if half >= LEAST_HALF:
        halves = first[np.sort(shuffled[:half])], first[np.sort(shuffled[half : 2 * half])]
        yield _entry(job, names[reference], *halves, None, replace(settings, baseline=False, paired=False))


def _settings(job: MetricsJob) -> Settings:
    config = job.config.metrics
    logits = job.features == "logits"
    figures = tuple(figure for figure in config.figures if (figure == "classifier_score") == logits)
    seed = zlib.crc32(f"{job.config.seed} {job.step}".encode())
    return settings_of(config, figures, paired=job.config.divergence.paired, seed=seed)


def _entry(
    job: MetricsJob,
    name: str,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    held_out: NDArray[np.float64] | None,
    settings: Settings,
) -> MetricsEntry:
    logits = (second, first if settings.baseline else None) if job.features == "logits" else (None, None)
    found = evaluate(first, second, held_out=held_out, logits=logits[0], real_logits=logits[1], settings=settings)
    return _said(job, name, found)


def _said(job: MetricsJob, name: str, found: Evaluation) -> MetricsEntry:
    reference = job.config.datasets[job.config.reference].name
    return entry_of(found, reference, name, job.features, job.layer)
