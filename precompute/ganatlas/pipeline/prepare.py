"""The first half of a build: from what the user named to activations on disk.

Data flow: configuration -> sources -> images.arrow of each dataset -> the classifier's activations at sampled positions, and
how much of an image a position of each layer sees. Activations computed elsewhere come out as those of a network do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from ganatlas.classifiers.base import Classifier, LayerShape
from ganatlas.classifiers.registry import layer_shapes, open_classifier
from ganatlas.errors import InputError
from ganatlas.generators.sampling import Sampling
from ganatlas.sources.arrays import ArraySource
from ganatlas.sources.base import GivenActivations, Source
from ganatlas.sources.generator import GeneratorSource
from ganatlas.sources.ingest import Ingested, IngestSettings, dataset_differences, ingest, load_ingested
from ganatlas.sources.inputs import ClassifierInputs
from ganatlas.sources.matching import MatchSettings, common_size
from ganatlas.sources.registry import open_generated, open_source, vocabulary
from ganatlas.sources.world import WorldSource

from .activation_files import LARGEST, load_record
from .activations import collect_activations, place_given
from .config import AtlasConfig, DatasetConfig
from .progress import Advance, Reporter
from .receptive_field import ReceptiveField, load_receptive_field, measure_receptive_field, save_receptive_field
from .workspace import Workspace, digest_of


@dataclass(frozen=True)
class OpenedDataset:
    """One dataset as the job sees it. source: of its images, or None. given: activations in place of a network's, or None."""

    name: str
    source: Source | None
    given: GivenActivations | None
    ingested: Ingested | None


@dataclass(frozen=True)
class OpenedDatasets:
    """All of them. labels: the vocabulary that the images' labels index. warnings: what differs between the sets."""

    sets: tuple[OpenedDataset, ...]
    labels: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def given(self) -> list[GivenActivations]:
        """The activations that came with the datasets; empty where a network has to look."""
        return [s.given for s in self.sets if s.given is not None]


@dataclass(frozen=True)
class Collected:
    """Activations of all datasets on disk. key: digest of what made them."""

    folder: Path
    key: str
    layers: tuple[str, ...]
    shapes: dict[str, LayerShape]
    classifier: Classifier | None
    inputs: tuple[ClassifierInputs, ...]

    @property
    def classes(self) -> int:
        """Named classes of the network's logits; 0 where activations were given."""
        return len(self.classifier.classes or ()) if self.classifier else 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person must know of these activations."""
        return tuple(
            f"{count:,} activations of the layer {layer} lie beyond float16's range and were clamped to {LARGEST:g}."
            for layer, count in load_record(self.folder).clamped.items()
        )


def steps_of(advance: Advance) -> Callable[[int, int], None]:
    """A callback for (done, total) from one for what was just done."""
    last = 0

    def report(done: int, _total: int) -> None:
        nonlocal last
        advance(done - last)
        last = done

    return report


def open_datasets(config: AtlasConfig, work: Workspace, reporter: Reporter) -> OpenedDatasets:
    """Open and ingest every dataset.

    Raises:
        InputError: a source that cannot be used; images beside activations.
    """
    opened = [_open(d, config) for d in config.datasets]
    kinds = {isinstance(source, GivenActivations) for source in opened}
    if len(kinds) > 1:
        named = [d.name for d, source in zip(config.datasets, opened, strict=True) if isinstance(source, GivenActivations)]
        raise InputError(
            f"{', '.join(named)}: activations computed elsewhere cannot be compared with images that another network looks at. "
            "Give activations for every dataset, or images for every dataset."
        )
    labels = vocabulary(opened)
    images = [_image_source(source) for source in opened]
    settings = _ingest_settings(config, [source for source in images if source is not None])
    sets = []
    for dataset, source, given in zip(config.datasets, images, opened, strict=True):
        ingested = _ingest(dataset.name, source, labels, settings, config, work, reporter) if source is not None else None
        sets.append(OpenedDataset(dataset.name, source, given if isinstance(given, GivenActivations) else None, ingested))
    warnings = dataset_differences({s.name: s.ingested for s in sets if s.ingested is not None})
    return OpenedDatasets(tuple(sets), tuple(labels), tuple(warnings))


def _open(dataset: DatasetConfig, config: AtlasConfig) -> Source | GivenActivations:
    seed = config.seed if dataset.seed is None else dataset.seed
    if dataset.generator is not None and dataset.n is not None:
        sampling = Sampling(dataset.n, seed, dataset.classes, dataset.truncation)
        return open_generated(dataset.generator, sampling, config.device)
    assert dataset.source is not None  # the configuration has one of them
    address = dataset.source
    if dataset.images is not None:
        address += f"{'&' if '?' in address else '?'}{urlencode({'images': dataset.images})}"
    return open_source(address, limit=dataset.limit, seed=seed, device=config.device)


def _image_source(source: Source | GivenActivations) -> Source | None:
    if isinstance(source, Source):
        return source
    return None if source.images is None else ArraySource(source.description, source.images, source.names, source.labels)


def _ingest_settings(config: AtlasConfig, sources: Sequence[Source]) -> IngestSettings:
    images = config.images
    match = None
    if images.match and sources:
        match = MatchSettings(images.match_side or common_size(sources), images.match_quality)
    return IngestSettings(images.max_side, images.lossless_to, images.allow_skipped, match)


def _ingest(
    name: str,
    source: Source,
    labels: Sequence[str],
    settings: IngestSettings,
    config: AtlasConfig,
    work: Workspace,
    reporter: Reporter,
) -> Ingested:
    key: dict[str, object] = {"source": source.fingerprint(), "labels": labels, "settings": settings, "version": 1}
    verb = "drawing" if isinstance(source, WorldSource | GeneratorSource) else "reading"

    def make(folder: Path) -> None:
        with reporter.step(f"{verb} {name}", len(source.entries())) as advance:
            ingest(source, folder, labels, settings, workers=config.workers, progress=steps_of(advance))

    ingested = load_ingested(work.step(f"images/{name}", key, make))
    assert ingested is not None
    return ingested


def collect(config: AtlasConfig, datasets: OpenedDatasets, work: Workspace, reporter: Reporter) -> Collected:
    """Have the network look at every image, or take the activations that were given."""
    if datasets.given:
        return _collect_given(config, datasets.given, work)
    classifier = open_classifier(**config.classifier.model_dump(), device=config.device)
    shapes = layer_shapes(classifier)
    inputs = tuple(
        ClassifierInputs(s.ingested, s.source, classifier.spec)
        for s in datasets.sets
        if s.ingested is not None and s.source is not None
    )
    key: dict[str, object] = {
        "classifier": classifier.digest,
        "spec": classifier.spec,
        "layers": classifier.layers,
        "inputs": [i.digest() for i in inputs],
        "positions": config.sampling.positions_per_image,
        "seed": config.seed,
        "version": 2,
    }

    def make(folder: Path) -> None:
        with reporter.step("collecting activations", sum(len(i) for i in inputs)) as advance:
            collect_activations(
                classifier,
                list(inputs),
                classifier.layers,
                folder,
                positions_per_image=config.sampling.positions_per_image,
                seed=config.seed,
                progress=steps_of(advance),
            )

    folder = work.step("activations", key, make)
    return Collected(folder, digest_of(key), classifier.layers, shapes, classifier, inputs)


def receptive_field(config: AtlasConfig, collected: Collected, layer: str, work: Workspace) -> ReceptiveField | None:
    """How much of an image a position of a layer sees, measured on the reference; None where there is no network."""
    if collected.classifier is None:
        return None
    classifier, inputs = collected.classifier, collected.inputs[config.reference]
    key: dict[str, object] = {
        "classifier": classifier.digest,
        "layer": layer,
        "inputs": inputs.digest(),
        "seed": config.seed,
        "version": 2,
    }

    def make(folder: Path) -> None:
        save_receptive_field(measure_receptive_field(classifier, inputs, layer, seed=config.seed), folder / "field.json")

    return load_receptive_field(work.step(f"receptive_fields/{layer}", key, make) / "field.json")


def _collect_given(config: AtlasConfig, given: Sequence[GivenActivations], work: Workspace) -> Collected:
    names = [tuple(g.activations) for g in given]
    layers = config.classifier.layers or names[0]
    for g in given:
        if missing := [layer for layer in layers if layer not in g.activations]:
            raise InputError(
                f"{g.description} has no activations of {', '.join(missing)}; it has {', '.join(g.activations)}. "
                "Every dataset needs the same layers."
            )
    key: dict[str, object] = {
        "given": [g.fingerprint() for g in given],
        "layers": layers,
        "positions": config.sampling.positions_per_image,
        "seed": config.seed,
        "version": 2,
    }
    folder = work.step(
        "activations",
        key,
        lambda folder: place_given(
            list(given), layers, folder, positions_per_image=config.sampling.positions_per_image, seed=config.seed
        ),
    )
    shapes = {layer: _given_shape(given[0].activations[layer].shape) for layer in layers}
    return Collected(folder, digest_of(key), tuple(layers), shapes, None, ())


def _given_shape(shape: tuple[int, ...]) -> LayerShape:
    return LayerShape(shape[1], *(shape[2:] if len(shape) == 4 else (1, 1)))
