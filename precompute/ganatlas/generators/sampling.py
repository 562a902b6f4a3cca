"""Samples of a generator as a sequence: image i is the same in any order, any process and any number of images.

Latents and classes depend on (seed, i) alone (:mod:`latents`), and images are always computed in the same blocks, so that not
even rounding depends on what was asked for before.

Data flow: :func:`ganatlas.generators.registry.open_generator` → :class:`Samples` → sources of images, `ganatlas sample`.
"""

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray

from ganatlas.errors import InputError

from .base import ImageGenerator
from .latents import draw_class, draw_latent, slerp

BLOCK = 32
_KEPT = 8  # blocks


@dataclass(frozen=True)
class Sampling:
    """Which images of a generator.

    Attributes:
        n: how many.
        seed: of latents and classes.
        classes: names of the classes to draw from, each as likely as the others; None for all.
        truncation: τ, numbers of the latent beyond ±τ are drawn again; None for none.
        walk: images from one latent to the next along the sphere: image i·walk is a drawn latent, those between lead to the
            following one, and the class stays that of the first. 1 for independent images.
    """

    n: int
    seed: int = 0
    classes: tuple[str, ...] | None = None
    truncation: float | None = None
    walk: int = 1

    def describe(self) -> str:
        """What of it a person must know to draw the same images."""
        parts = [f"seed {self.seed}"]
        if self.classes is not None:
            parts.append("classes " + ", ".join(self.classes))
        if self.truncation is not None:
            parts.append(f"truncation {self.truncation:g}")
        return ", ".join(parts)


class Samples:
    """By index (pixels, class): RGB uint8 (height, width, 3), and the index into the generator's classes (-1 without any).

    Safe to read from several threads.
    """

    def __init__(self, generator: ImageGenerator, sampling: Sampling, device: torch.device | None = None) -> None:
        """
        Raises:
            InputError: no images, unknown classes, or a truncation that cannot be drawn.
        """
        if sampling.n < 1 or sampling.walk < 1:
            raise InputError(f"{sampling.n} images of {generator.name} were asked for; expected at least 1.")
        self._generator, self._sampling = generator, sampling
        self._size = math.prod(generator.latent)
        self._allowed = _allowed(generator, sampling.classes)
        draw_latent(1, 0, 0, sampling.truncation)  # refuses what cannot be drawn
        self._device = device or torch.device("cpu")
        self._module = generator.module.to(self._device)
        self._blocks: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return self._sampling.n

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], int]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"image {index} of {len(self)}")
        index %= len(self)
        with self._lock:
            block = self._blocks.get(index // BLOCK)
            if block is None:
                block = self._blocks[index // BLOCK] = self._compute(index // BLOCK * BLOCK)
                while len(self._blocks) > _KEPT:
                    self._blocks.popitem(last=False)
        return block[index % BLOCK], self.class_of(index)

    def class_of(self, index: int) -> int:
        """The class of an image, without computing it; -1 where the generator has none."""
        if not self._allowed:
            return -1
        return draw_class(self._allowed, self._sampling.seed, index // self._sampling.walk)

    def latent(self, index: int) -> NDArray[np.float32]:
        """The latent of an image, float32 (size,)."""
        start, step = divmod(index, self._sampling.walk)
        seed, truncation = self._sampling.seed, self._sampling.truncation
        first = draw_latent(self._size, seed, start, truncation)
        if step == 0:
            return first
        return slerp(first, draw_latent(self._size, seed, start + 1, truncation), step / self._sampling.walk)

    @torch.inference_mode()
    def _compute(self, first: int) -> NDArray[np.uint8]:
        """The images of a block, (BLOCK, height, width, 3); also those beyond the last, so that every block has one size."""
        generator = self._generator
        latents = np.stack([self.latent(index) for index in range(first, first + BLOCK)])
        z = torch.from_numpy(latents).view(BLOCK, *generator.latent).to(self._device)
        if self._allowed:
            classes = [self.class_of(index) for index in range(first, first + BLOCK)]
            images = self._module(z, torch.tensor(classes, device=self._device))
        else:
            images = self._module(z)
        if not isinstance(images, torch.Tensor) or images.ndim != 4 or images.shape[:2] != (BLOCK, 3):
            found = tuple(images.shape) if isinstance(images, torch.Tensor) else type(images).__name__
            raise InputError(
                f"the generator {generator.name} returned {found}; expected images of shape ({BLOCK}, 3, height, width)."
            )
        if not bool(torch.isfinite(images).all()):
            raise InputError(
                f"the generator {generator.name} returned values that are not finite (seed {self._sampling.seed})."
            )
        scaled = (images.float() - generator.low) / (generator.high - generator.low) * 255
        pixels: NDArray[np.uint8] = scaled.round().clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous().cpu().numpy()
        return pixels

    def identity(self) -> str:
        """A hex digest that changes with any image, but not with their number."""
        return hashlib.sha256(repr((self._generator.digest, replace(self._sampling, n=0), BLOCK)).encode()).hexdigest()

    def fingerprint(self) -> str:
        """A hex digest that changes with any image."""
        return hashlib.sha256(f"{self.identity()}{len(self)}".encode()).hexdigest()


def _allowed(generator: ImageGenerator, classes: tuple[str, ...] | None) -> tuple[int, ...]:
    if classes is None:
        return tuple(range(len(generator.classes)))
    if not generator.classes:
        raise InputError(f"the generator {generator.name} has no classes to choose from; leave them out.")
    unknown = [name for name in classes if name not in generator.classes]
    if unknown or not classes:
        raise InputError(
            f"the generator {generator.name} has no class {', '.join(unknown) or '(none given)'}; "
            f"its classes are: {', '.join(generator.classes)}.",
            choices=list(generator.classes),
        )
    return tuple(sorted({generator.classes.index(name) for name in classes}))
