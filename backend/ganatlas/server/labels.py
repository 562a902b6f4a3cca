"""Labels by name, and how often each occurs: those that the classifier predicts and those that the sources gave.

Counts are computed when they are first asked for and kept under the digest of the points that they were counted in.
"""

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.layers import LayerReader
from ganatlas.bundle.reader import Bundle, not_found
from ganatlas.errors import NotFoundError

from .models import LabelSource
from .services import Services
from .views import classes_of, points_version

SOURCES: tuple[LabelSource, ...] = ("given", "predicted")


@dataclass(frozen=True)
class Label:
    """A label: its name, where it comes from, and its index there."""

    name: str
    source: LabelSource
    index: int


def names_of(bundle: Bundle, source: LabelSource) -> tuple[str, ...]:
    """Names of the labels of one source, in order."""
    return bundle.manifest.labels if source == "given" else classes_of(bundle.manifest)


def resolve(bundle: Bundle, name: str, source: LabelSource | None, dataset: int | None = None) -> Label:
    """Find a label by name.

    Args:
        source: where to look; None for the given labels where the dataset has any, then the classifier's classes.
        dataset: the dataset it is wanted for, by index; None for any.

    Raises:
        NotFoundError: no such label, or the dataset came without; names those that there are, the most alike first.
    """
    wanted = (source,) if source else SOURCES
    for candidate in wanted:
        usable = source or candidate == "predicted" or dataset is None or bundle.manifest.datasets[dataset].has_labels
        names = names_of(bundle, candidate)
        if usable and name in names:
            return Label(name, candidate, names.index(name))
    if dataset is not None and source is None and name in bundle.manifest.labels:
        unlabelled = bundle.manifest.datasets[dataset].name
        raise NotFoundError(
            f"'{name}' is a label that images came with, and those of '{unlabelled}' came without. Ask for a dataset with "
            "labels, or for a class of the network.",
            choices=list(names_of(bundle, "predicted")),
        )
    choices = list(dict.fromkeys(known for candidate in wanted for known in names_of(bundle, candidate)))
    if not choices:
        raise NotFoundError("This atlas has no labels: its images came without, and its network has no classes.", choices=[])
    # Of a thousand classes an answer names the first few: those that may have been meant.
    near = get_close_matches(name, choices, n=8, cutoff=0.5)
    raise not_found("label", name, near + [choice for choice in choices if choice not in near])


def labels_of_points(
    bundle: Bundle, layer: LayerReader, source: LabelSource, start: int = 0, stop: int | None = None
) -> NDArray[np.int32]:
    """Label of each point start…stop of a layer: int32 (stop - start,), -1 for none."""
    stop = layer.info.point_count if stop is None else stop
    if source == "predicted":
        return np.asarray(layer.points_between("top", start, stop), np.int32)
    dataset, image = (layer.points_between(name, start, stop) for name in ("dataset", "image"))
    labels = np.full(stop - start, -1, np.int32)
    for index, info in enumerate(bundle.manifest.datasets):
        if info.has_labels and info.images:
            mine = dataset == index
            labels[mine] = bundle.dataset(info.name).labels()[image[mine]]
    return labels


def count_labels(dataset: NDArray[np.integer], labels: NDArray[np.int32], datasets: int, names: int) -> NDArray[np.int64]:
    """Points of each dataset with each label: int64 (datasets, names). dataset, labels: (n,); -1 is counted nowhere."""
    known = (labels >= 0) & (labels < names)
    flat = dataset[known].astype(np.int64) * names + labels[known]
    return (
        np.bincount(flat, minlength=datasets * names).reshape(datasets, names) if names else np.zeros((datasets, 0), np.int64)
    )


def layer_counts(services: Services, bundle: Bundle, layer: LayerReader, source: LabelSource) -> NDArray[np.int64]:
    """Points of a layer, by dataset and label: int64 (datasets, names)."""

    def count() -> NDArray[np.int64]:
        labels = labels_of_points(bundle, layer, source)
        return count_labels(layer.points("dataset"), labels, layer.datasets, len(names_of(bundle, source)))

    key = ("labels", points_version(bundle.manifest, layer.info), source)
    counts: NDArray[np.int64] = services.derived.get(key, count, lambda value: int(value.nbytes))
    return counts
