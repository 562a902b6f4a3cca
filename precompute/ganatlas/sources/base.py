"""What a source of images is. Every kind of input becomes one of these before the job looks at it.

Data flow: configuration -> `open_source` -> `ingest` (images.arrow and what was learnt of the files) -> `collect_activations`.
"""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Entry:
    """One image before it is read: its name (unique in the source) and the label that the source gives, if any."""

    name: str
    label: str | None


class UnreadableImage(Exception):
    """This one image cannot be used; the message says why. The job counts it, lists it and goes on."""


class Source(ABC):
    """An ordered, indexable set of images. Picklable (worker processes read from it), unless it is `in_process`."""

    in_process: bool = False
    """Whether it must be read in the job's own process, since it uses the accelerator or all cores itself."""

    description: str
    """Where the images come from, as the user gave it."""

    @abstractmethod
    def entries(self) -> list[Entry]:
        """All images, in a fixed order that does not depend on the file system."""

    def labels(self) -> list[str]:
        """Every label that the source gives, in the order in which to show them. Alphabetical unless it knows better."""
        return sorted({entry.label for entry in self.entries() if entry.label is not None})

    @abstractmethod
    def read(self, index: int) -> "RawImage":
        """Decode one image.

        Raises:
            UnreadableImage: it cannot be decoded, or is not one image.
        """

    @abstractmethod
    def fingerprint(self) -> str:
        """A hex digest that changes when any image might have changed (names, sizes, times, settings)."""


@dataclass(frozen=True)
class RawImage:
    """A decoded image: RGB, 8 bit, upright; and what its file was."""

    image: Image.Image
    format: str
    """Such as 'JPEG quality 75', 'PNG', 'WebP', 'array'; 'pixels' where there was no file."""
    label: str | None = None
    """The label, where the source learns it only by making the image; otherwise the entry has it."""


@dataclass(frozen=True)
class GivenActivations:
    """Activations computed elsewhere (an .npz), in place of images.

    activations: layer -> float array, (n, channels) or (n, channels, height, width).
    logits: (n, classes) or None. names: n names. labels: n names or None. images: uint8 (n, height, width, 3) or None.
    """

    description: str
    activations: dict[str, np.ndarray]
    logits: np.ndarray | None
    names: list[str]
    labels: list[str] | None
    images: np.ndarray | None

    def fingerprint(self) -> str:
        """A hex digest that changes with any value."""
        digest = hashlib.sha256(repr((self.names, self.labels)).encode())
        arrays = [*sorted(self.activations.items()), ("logits", self.logits), ("images", self.images)]
        for name, values in arrays:
            if values is not None:
                digest.update(f"{name}\0{values.dtype.str}\0{values.shape}\0".encode())
                digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()
