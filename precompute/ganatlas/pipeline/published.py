"""Figures by networks that everyone measures with: FID (TF) and FID (clean).

Each network looks at every image of each dataset once; its features stay in the workspace, so that what was looked at is not
looked at again, and a run that was stopped goes on where it was.

Data flow: `originals` → features by dataset (a step of the workspace each) → `ganatlas.metrics` → entries of metrics.json.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ganatlas.bundle.metrics import Metrics, MetricsEntry
from ganatlas.bundle.reader import Bundle
from ganatlas.metrics import Settings, evaluate
from ganatlas.metrics.settings import FigureName
from ganatlas.published.network import PublishedNetwork

from .config import AtlasConfig, MetricsConfig
from .metrics import entry_of
from .originals import Originals, originals_in, originals_of
from .prepare import OpenedDatasets, steps_of
from .progress import Reporter
from .workspace import Workspace

SHARD = 512
FEATURES = "features.npy"
FIGURES: tuple[FigureName, ...] = ("frechet_distance", "frechet_infinity", "kernel_distance")


@dataclass(frozen=True)
class Comparison:
    """What is compared. reference: its number. paired: image i of one set is a copy of image i of the other."""

    sets: Sequence[Originals]
    reference: int
    config: MetricsConfig
    seed: int
    paired: bool


def open_networks(config: MetricsConfig, device: str = "auto") -> list[PublishedNetwork]:
    """The networks whose weights are given; none where none are."""
    networks: list[PublishedNetwork] = []
    if config.fid_weights is not None:
        from ganatlas.published.inception import open_inception

        networks += open_inception(config.fid_weights, device)
    return networks


def measure_atlas(
    bundle: Bundle, path: Path, fid_weights: str, *, device: str = "auto", work: Path | None = None, quiet: bool = False
) -> Metrics:
    """The metrics of an atlas with figures by published networks, which are not written into it.

    Args:
        path: of the atlas. fid_weights: see `open_inception`. work: the workspace of its build; beside the atlas where None.

    Raises:
        InputError: weights of another network; images that are gone or have changed.
    """
    reporter = Reporter(quiet=quiet)
    space = Workspace(work or path.with_name(f"{path.resolve().name}.work"))
    document, manifest = bundle.metrics(), bundle.manifest
    settings = MetricsConfig(fid_weights=fid_weights, permutations=document.permutations)
    divergence = manifest.parameters.get("divergence")
    paired = isinstance(divergence, dict) and bool(divergence.get("paired"))
    networks = open_networks(settings, device)
    with space.locked():
        sets = originals_of(bundle, space.root, reporter)
        names = [each.name for each in sets]
        reference = next((number for number, name in enumerate(names) if name == _reference(document)), 0)
        seed = manifest.parameters.get("seed")
        comparison = Comparison(sets, reference, settings, seed if isinstance(seed, int) else 0, paired)
        found = list(measure_published(networks, comparison, space, reporter))
    kinds = {network.features for network in networks}
    kept = tuple(entry for entry in document.entries if entry.features not in kinds)
    return document.model_copy(update={"entries": (*kept, *found)})


def published_entries(config: AtlasConfig, datasets: OpenedDatasets, work: Workspace, reporter: Reporter) -> list[MetricsEntry]:
    """The same in a build, as entries of its metrics.json."""
    comparison = Comparison(originals_in(datasets), config.reference, config.metrics, config.seed, config.divergence.paired)
    return list(measure_published(open_networks(config.metrics, config.device), comparison, work, reporter))


def _reference(document: Metrics) -> str | None:
    return document.entries[0].first if document.entries else None


def measure_published(
    networks: Sequence[PublishedNetwork], comparison: Comparison, work: Workspace, reporter: Reporter
) -> Iterator[MetricsEntry]:
    """Every other dataset against the reference, network by network."""
    sets = comparison.sets
    names = [each.name for each in sets]
    config = comparison.config
    settings = Settings(
        figures=FIGURES,
        subsets=config.subsets,
        subset_size=config.subset_size,
        permutations=config.permutations,
        test_rows=config.test_images,
        paired=comparison.paired,
        seed=comparison.seed,
    )
    for network in networks:
        features = [collect_features(network, each, work, reporter) for each in sets]
        first = np.load(features[comparison.reference])
        for number, name in enumerate(names):
            if number == comparison.reference:
                continue
            with threadpool_limits(1):
                found = evaluate(first, np.load(features[number]), settings=settings)
            entry = entry_of(found, names[comparison.reference], name, network.features, None)
            yield entry.model_copy(update={"warnings": (*entry.warnings, *network.warnings)})


def collect_features(network: PublishedNetwork, images: Originals, work: Workspace, reporter: Reporter) -> Path:
    """The features of a dataset's images, (images, dimension) float32, as a file of the workspace."""

    def make(folder: Path) -> None:
        starts = range(0, images.count, SHARD)
        paths = [folder / f"{start // SHARD:06d}.npy" for start in starts]
        already = sum(min(SHARD, images.count - start) for start, path in zip(starts, paths, strict=True) if path.exists())
        with reporter.step(f"{network.features}: looking at {images.name}", images.count, already=already) as advance:
            report = steps_of(advance)
            done = 0
            for start, path in zip(starts, paths, strict=True):
                if path.exists():
                    continue
                parts = []
                for batch in network.batches(images.image, range(start, min(start + SHARD, images.count))):
                    parts.append(batch)
                    done += len(batch)
                    report(done, images.count)
                _save(path, np.concatenate(parts))
        _save(folder / FEATURES, np.concatenate([np.load(path) for path in paths]))
        for path in paths:
            path.unlink()

    key: dict[str, object] = {"network": network.digest, "images": images.digest, "device": network.device.type, "version": 1}
    return work.step(f"published/{network.features}/{images.name}", key, make) / FEATURES


def _save(path: Path, values: NDArray[np.float32]) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as handle:
        np.save(handle, values)
    part.replace(path)
