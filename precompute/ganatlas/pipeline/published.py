"""Figures by networks that everyone measures with: FID (TF), FID (clean), and those on DINOv2's features.

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
from ganatlas.metrics import FIGURES, Settings, evaluate
from ganatlas.metrics.settings import FigureName
from ganatlas.published.network import PublishedNetwork

from .config import AtlasConfig, MetricsConfig
from .metric_entries import entry_of, settings_of
from .originals import Originals, originals_in, originals_of
from .prepare import OpenedDatasets, steps_of
from .progress import Reporter
from .workspace import Workspace

SHARD = 512
FEATURES = "features.npy"
FID: tuple[FigureName, ...] = ("frechet_distance", "frechet_infinity", "kernel_distance")
DINOV2: tuple[FigureName, ...] = tuple(figure for figure in FIGURES if figure != "classifier_score")


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    reference: its number. paired: image i of one set is a copy of image i of the other. held_out: a set of real images for
    C_T. only: the one set to compare with the reference; all where None.
    """

    sets: Sequence[Originals]
    reference: int
    config: MetricsConfig
    seed: int
    paired: bool
    held_out: str | None = None
    only: str | None = None


def open_networks(config: MetricsConfig, device: str = "auto") -> list[PublishedNetwork]:
    """The networks whose weights are given; none where none are."""
    networks: list[PublishedNetwork] = []
    if config.fid_weights is not None:
        from ganatlas.published.inception import open_inception

        networks += open_inception(config.fid_weights, device)
    if config.dinov2_weights is not None:
        from ganatlas.published.dinov2 import open_dinov2

        networks.append(open_dinov2(config.dinov2_weights, device))
    return networks


def measure_atlas(
    bundle: Bundle,
    path: Path,
    *,
    fid_weights: str | None = None,
    dinov2_weights: str | None = None,
    only: str | None = None,
    device: str = "auto",
    work: Path | None = None,
) -> Metrics:
    """The metrics of an atlas with figures by published networks, which are not written into it.

    Args:
        path: of the atlas. fid_weights, dinov2_weights: see `open_inception` and `open_dinov2`.
        only: the one dataset to compare with the reference; all where None.
        work: the workspace of its build; beside the atlas where None.

    Raises:
        InputError: weights of another network; images that are gone or have changed.
    """
    reporter = Reporter()
    space = Workspace(work or path.with_name(f"{path.resolve().name}.work"))
    document, manifest = bundle.metrics(), bundle.manifest
    settings = MetricsConfig(
        fid_weights=fid_weights,
        dinov2_weights=dinov2_weights,
        k_precision=document.k_precision,
        k_density=document.k_density,
        permutations=document.permutations,
    )
    divergence = manifest.parameters.get("divergence")
    paired = isinstance(divergence, dict) and bool(divergence.get("paired"))
    networks = open_networks(settings, device)
    with space.locked():
        sets = originals_of(bundle, space.root, reporter)
        names = [each.name for each in sets]
        reference = next((number for number, name in enumerate(names) if name == _reference(document)), 0)
        seed = manifest.parameters.get("seed")
        comparison = Comparison(
            sets, reference, settings, seed if isinstance(seed, int) else 0, paired, document.held_out, only
        )
        found = list(measure_published(networks, comparison, space, reporter))
    kinds = {network.features for network in networks}
    kept = tuple(entry for entry in document.entries if entry.features not in kinds)
    return document.model_copy(update={"entries": (*kept, *found)})


def published_entries(config: AtlasConfig, datasets: OpenedDatasets, work: Workspace, reporter: Reporter) -> list[MetricsEntry]:
    """The same in a build, as entries of its metrics.json."""
    comparison = Comparison(
        originals_in(datasets), config.reference, config.metrics, config.seed, config.divergence.paired, config.metrics.held_out
    )
    return list(measure_published(open_networks(config.metrics, config.device), comparison, work, reporter))


def _reference(document: Metrics) -> str | None:
    return document.entries[0].first if document.entries else None


def measure_published(
    networks: Sequence[PublishedNetwork], comparison: Comparison, work: Workspace, reporter: Reporter
) -> Iterator[MetricsEntry]:
    """Every other dataset (or the one that is wanted) against the reference, network by network."""
    sets = comparison.sets
    names = [each.name for each in sets]
    for network in networks:

        def features(number: int, network: PublishedNetwork = network) -> NDArray[np.float32]:
            found: NDArray[np.float32] = np.load(collect_features(network, sets[number], work, reporter))
            return found

        first = features(comparison.reference)
        copying = network.features == "dinov2" and comparison.held_out in names
        held = features(names.index(comparison.held_out or "")) if copying else None
        for number, name in enumerate(names):
            if number == comparison.reference or comparison.only not in (None, name):
                continue
            second = features(number)
            own = None if name == comparison.held_out else held
            with threadpool_limits(1):
                found = evaluate(first, second, held_out=own, settings=_settings(network, comparison))
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


def _settings(network: PublishedNetwork, comparison: Comparison) -> Settings:
    wanted = DINOV2 if network.features == "dinov2" else FID
    return settings_of(comparison.config, wanted, paired=comparison.paired, seed=comparison.seed)


def _save(path: Path, values: NDArray[np.float32]) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as handle:
        np.save(handle, values)
    part.replace(path)
