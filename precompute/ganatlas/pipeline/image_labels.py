"""A label for each image of each dataset, to look at one label at a time: the sources' own, or what the network sees.

Data flow: images.arrow or given activations, and logits → here → the metrics step.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .activation_files import load_logits
from .prepare import Collected, OpenedDataset, OpenedDatasets


@dataclass(frozen=True)
class Labels:
    """names: of the labels. source: given with the images, or predicted by the network. of: int32 (images,) a set, -1: none."""

    names: tuple[str, ...]
    source: Literal["given", "predicted"]
    of: tuple[NDArray[np.int32], ...]

    def digest(self) -> str:
        """SHA-256 that changes with any label."""
        digest = hashlib.sha256(repr((self.names, self.source)).encode())
        for values in self.of:
            digest.update(f"{len(values)}\0".encode() + values.tobytes())
        return digest.hexdigest()


def labels_of(datasets: OpenedDatasets, collected: Collected) -> Labels | None:
    """The given labels where every dataset has them, else the classes that the network sees, else None."""
    given = [_given(dataset, datasets.labels) for dataset in datasets.sets]
    known = [values for values in given if values is not None]
    if len(known) == len(given):
        return Labels(datasets.labels, "given", tuple(known))
    classes = collected.classifier.classes if collected.classifier else None
    logits = [values for values in load_logits(collected.folder) if values is not None]
    if classes is None or len(logits) < len(given):
        return None
    return Labels(classes, "predicted", tuple(values.argmax(1).astype(np.int32) for values in logits))


def _given(dataset: OpenedDataset, vocabulary: tuple[str, ...]) -> NDArray[np.int32] | None:
    if dataset.given is not None and dataset.given.labels is not None:
        number = {label: index for index, label in enumerate(vocabulary)}
        return np.array([number[label] for label in dataset.given.labels], np.int32)
    if dataset.ingested is None or not dataset.ingested.has_labels:
        return None
    table = pa.ipc.open_file(pa.memory_map(str(dataset.ingested.images))).read_all()
    labels: NDArray[np.int32] = table.column("label").to_numpy().astype(np.int32)
    return labels
