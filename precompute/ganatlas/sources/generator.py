"""Step 1: the samples of a generator as a source of images, drawn when they are asked for."""

import hashlib
from importlib import metadata

import torch
from PIL import Image

from ganatlas.generators.base import ImageGenerator
from ganatlas.generators.sampling import Samples, Sampling

from .base import Entry, RawImage, Source


class GeneratorSource(Source):
    """The first `n` samples of a generator under a seed. Computed in the job's own process, where the accelerator is."""

    in_process = True

    def __init__(self, generator: ImageGenerator, sampling: Sampling, device: torch.device) -> None:
        """
        Raises:
            InputError: unknown classes, or a truncation that cannot be drawn.
        """
        self.description = f"{generator.name} ({sampling.describe()})"
        self._classes = generator.classes
        self._samples = Samples(generator, sampling, device)

    def entries(self) -> list[Entry]:
        return [Entry(f"{index:06d}", self._label(index)) for index in range(len(self._samples))]

    def labels(self) -> list[str]:
        return list(self._classes)

    def read(self, index: int) -> RawImage:
        pixels, _ = self._samples[index]
        return RawImage(Image.fromarray(pixels), "pixels")

    def fingerprint(self) -> str:
        text = f"{self._samples.fingerprint()}\0{metadata.version('ganatlas')}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _label(self, index: int) -> str | None:
        found = self._samples.class_of(index)
        return self._classes[found] if found >= 0 else None
