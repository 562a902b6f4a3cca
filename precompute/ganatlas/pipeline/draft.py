"""The manifest while it grows: what is known and done so far, published after every step that a person can look at.

Data flow: steps' files -> `Draft` -> `BundleWriter` -> manifest.json.
"""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from ganatlas.bundle.divergence import Divergence, DivergenceEntry
from ganatlas.bundle.manifest import (
    MANIFEST_NAME,
    ClassifierInfo,
    Dataset,
    FileRef,
    Grid,
    Layer,
    Manifest,
    Progress,
    Pyramid,
    Series,
    Skip,
    SkippedImage,
)
from ganatlas.bundle.metrics import Metrics
from ganatlas.errors import InputError

from .config import AtlasConfig, DatasetConfig
from .divergence.compare import MEASURES
from .heatmap import draw
from .prepare import Collected, OpenedDatasets
from .publish import BundleWriter
from .workspace import write_atomically

PACKAGES = (
    "numpy",
    "pillow",
    "pyarrow",
    "pyvips",
    "safetensors",
    "scikit-learn",
    "scipy",
    "torch",
    "torchvision",
    "umap-learn",
)


@dataclass
class Draft:
    """A bundle in the making. The only part of a build that changes as it goes."""

    config: AtlasConfig
    writer: BundleWriter
    scratch: Path
    name: str
    datasets: tuple[Dataset, ...] = ()
    labels: tuple[str, ...] = ()
    classifier: ClassifierInfo | None = None
    warnings: tuple[str, ...] = ()
    layers: dict[str, Layer] = field(default_factory=dict)
    entries: dict[str, tuple[DivergenceEntry, ...]] = field(default_factory=dict)
    metrics: FileRef | None = None
    missing: list[Skip] = field(default_factory=list)
    progress: Progress | None = None
    published: bool = False
    """Whether this build has written the manifest; an earlier build's stays until there is something to replace it."""

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Indices of the datasets compared, the reference first."""
        return pairs_of(self.config)

    def add_datasets(self, opened: OpenedDatasets) -> None:
        """The images, copied into the bundle."""
        described = []
        for dataset, known in zip(self.config.datasets, opened.sets, strict=True):
            ingested, given = known.ingested, known.given
            described.append(
                Dataset(
                    name=dataset.name,
                    title=dataset.title or dataset.name,
                    count=ingested.count if ingested else len(given.names) if given else 0,
                    source=dataset.source or (known.source.description if known.source else dataset.name),
                    images=self.writer.put(ingested.images, f"datasets/{dataset.name}/images.arrow") if ingested else None,
                    has_labels=ingested.has_labels if ingested else False,
                    formats=ingested.formats if ingested else {},
                    sizes=ingested.sizes if ingested else {},
                    skipped_count=ingested.skipped_count if ingested else 0,
                    skipped=tuple(SkippedImage(name=n, reason=r) for n, r in ingested.skipped) if ingested else (),
                    series=_series_of(dataset),
                )
            )
        self.datasets, self.labels, self.warnings = tuple(described), opened.labels, opened.warnings

    def add_classifier(self, collected: Collected) -> None:
        """What the network is (nothing where activations were given), and what to know of the activations."""
        self.warnings = (*self.warnings, *collected.warnings)
        if network := collected.classifier:
            self.classifier = ClassifierInfo(
                name=network.name,
                digest=network.digest,
                input_size=network.spec.size,
                resize=network.spec.resize,
                interpolation=network.spec.interpolation,
                mean=network.spec.mean,
                std=network.spec.std,
                classes=network.classes or (),
            )

    def skip(self, what: str, reason: str) -> None:
        """Say what this atlas does not have."""
        self.missing.append(Skip(what=what, reason=reason))

    def set_metrics(self, document: Metrics) -> None:
        """Add the image-set metrics."""
        path = self.scratch / "metrics.json"
        write_atomically(path, document.model_dump_json(indent=1, exclude_none=True).encode())
        self.metrics = self.writer.put(path, path.name)

    def set_neighbours(self, layer: str, table: FileRef) -> None:
        """Add who lies in whose ball on a layer."""
        self.layers[layer] = self.layers[layer].model_copy(update={"neighbours": table})

    def set_scores(self, dataset: int, table: FileRef) -> None:
        """Add the scores of a dataset's images."""
        changed = self.datasets[dataset].model_copy(update={"scores": table})
        self.datasets = (*self.datasets[:dataset], changed, *self.datasets[dataset + 1 :])

    def set_attribution(self, layer: str, size: int, table: FileRef) -> None:
        """Add a grid's attribution."""
        self._change(layer, size, lambda grid: grid.model_copy(update={"attribution": table}))

    def add_pyramids(self, layer: str, size: int, pyramids: Sequence[Pyramid]) -> None:
        """Add pyramids to a grid."""
        self._change(layer, size, lambda grid: grid.model_copy(update={"icons": (*grid.icons, *pyramids)}))

    def _change(self, layer: str, size: int, change: "GridChange") -> None:
        old = self.layers[layer]
        self.layers[layer] = old.model_copy(
            update={"grids": tuple(change(grid) if grid.size == size else grid for grid in old.grids)}
        )

    def publish(self, status: Literal["building", "complete"] = "building") -> Manifest:
        """Make all that is done so far what the bundle is."""
        self.published = True
        divergence, pictures = self._divergence(with_pictures=status == "complete")
        manifest = self.writer.write_manifest(self._manifest(status, divergence, pictures))
        if status == "complete":
            self.writer.remove_unnamed(manifest)
        return manifest

    def tell(self, step: str, done: int, total: int) -> None:
        """Progress, also for those who look at the bundle: until it has a manifest a server reads progress.json."""
        self.progress = Progress(step=step, done=min(done, total), total=total)
        if self.published:
            self.publish()
        else:
            write_atomically(self.scratch / "progress.json", self.progress.model_dump_json().encode())

    def begin(self) -> None:
        """Publish a first manifest, without layers, unless an earlier atlas is there to look at meanwhile."""
        if not (self.writer.root / MANIFEST_NAME).exists():
            self.publish()

    def _divergence(self, *, with_pictures: bool) -> tuple[FileRef | None, dict[Literal["kl", "js"], FileRef]]:
        entries = tuple(entry for layer in self.layers for entry in self.entries.get(layer, ()))
        if not entries:
            return None, {}
        document = Divergence(measures=MEASURES, entries=entries)
        path = self.scratch / "divergence.json"
        write_atomically(path, document.model_dump_json(indent=1).encode())
        pictures: dict[Literal["kl", "js"], FileRef] = {}
        if with_pictures:
            measures: tuple[Literal["kl", "js"], ...] = ("kl", "js")
            for measure in measures:
                picture = self.scratch / f"divergence-{measure}.png"
                draw(document, measure, picture)
                pictures[measure] = self.writer.put(picture, picture.name)
        return self.writer.put(path, "divergence.json"), pictures

    def _manifest(
        self,
        status: Literal["building", "complete"],
        divergence: FileRef | None,
        pictures: dict[Literal["kl", "js"], FileRef],
    ) -> Manifest:
        config = self.config
        names = [d.name for d in config.datasets]
        return Manifest(
            name=self.name,
            title=config.title or self.name,
            status=status,
            progress=self.progress if status == "building" else None,
            seed=config.seed,
            positions_per_image=config.sampling.positions_per_image,
            min_count=config.grids.min_count,
            min_test=config.divergence.min_test,
            fdr=config.divergence.fdr,
            datasets=self.datasets,
            reference=names[config.reference],
            pairs=tuple((names[a], names[b]) for a, b in self.pairs),
            labels=self.labels,
            classifier=self.classifier,
            layers=tuple(self.layers.values()),
            divergence=divergence,
            divergence_pictures=pictures,
            metrics=self.metrics,
            warnings=self.warnings,
            missing=tuple(self.missing),
            # How many processes worked changes nothing in the bundle, so the bundle does not say it.
            parameters=config.model_dump(mode="json", exclude={"workers"}),
            versions=versions(),
        )


GridChange = Callable[[Grid], Grid]


def _series_of(dataset: DatasetConfig) -> Series | None:
    if dataset.series is None or dataset.value is None:
        return None
    return Series(name=dataset.series, value=dataset.value)


def pairs_of(config: AtlasConfig) -> tuple[tuple[int, int], ...]:
    """The pairs of datasets compared, as indices: the reference first, then, where all are wanted, the others in order."""
    reference, count = config.reference, len(config.datasets)
    others = [i for i in range(count) if i != reference]
    pairs = [(reference, other) for other in others]
    if config.divergence.pairs == "all":
        pairs += [(a, b) for k, a in enumerate(others) for b in others[k + 1 :]]
    return tuple(pairs)


def versions() -> dict[str, str]:
    """Of Python, this program and the packages that decide what comes out."""
    found = {"python": platform.python_version(), "ganatlas": version("ganatlas")}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def atlas_name(config: AtlasConfig, out: Path) -> str:
    """The configuration's, or the output's without its ending.

    Raises:
        InputError: the output's cannot be one.
    """
    name = config.name or out.name.removesuffix(".atlas")
    if not name or not name[0].isalnum() or not all(c.isalnum() or c in "._-" for c in name) or not name.isascii():
        raise InputError(f"'{name}' cannot be an atlas's name (letters, digits, '.', '_', '-'). Say another with `name`.")
    return name
