"""Step 1: from what a user writes (a path, `world:NAME/VARIANT` or `generator:TARGET`) to a source of images.

Data flow: `open_source` -> `ingest`; given activations go to `place_given` instead.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ganatlas.errors import InputError

from .address import is_address, parse_address
from .base import Entry, GivenActivations, RawImage, Source
from .paths import open_path

if TYPE_CHECKING:
    from ganatlas.generators.sampling import Sampling


class Subset(Source):
    """Some images of a source, in its order."""

    def __init__(self, source: Source, indices: np.ndarray) -> None:
        self.description = source.description
        self._source = source
        self._indices = indices

    def entries(self) -> list[Entry]:
        every = self._source.entries()
        return [every[index] for index in self._indices]

    def labels(self) -> list[str]:
        return self._source.labels()

    def read(self, index: int) -> RawImage:
        return self._source.read(int(self._indices[index]))

    def fingerprint(self) -> str:
        return hashlib.sha256(self._source.fingerprint().encode() + self._indices.astype("<i8").tobytes()).hexdigest()


def open_source(path: str, *, limit: int | None = None, seed: int = 0, device: str = "auto") -> Source | GivenActivations:
    """Open what a user named.

    Args:
        path: a folder, an archive, an .npz, `world:NAME/VARIANT` (such as `world:scenes/real`), a world's generator (such as
            `world:scenes/sngan?truncation=0.5`), or `generator:package.module:factory`.
        limit: how many images to take, at random without replacement, kept in the source's order; all by default. Worlds and
            generators need it: they can draw any number.
        seed: of the choice, and of what is drawn.
        device: where a generator runs.

    Raises:
        InputError: missing, empty, damaged or without images; fewer images than `limit`; `limit` below 1.
    """
    if limit is not None and limit < 1:
        raise InputError(f"a limit of {limit} images for {path}; expected at least 1.")
    if is_address(path):
        return _open_made(path, limit, seed, device)
    opened = open_path(path)
    count = len(opened.names) if isinstance(opened, GivenActivations) else len(opened.entries())
    if limit is None or limit == count:
        return opened
    if limit > count:
        raise InputError(
            f"{path} has {count} image{'s' if count != 1 else ''}, fewer than the {limit} asked for. "
            f"Lower the limit to {count} at most, or leave it out to use all.",
            found=count,
            asked=limit,
        )
    chosen = np.sort(np.random.default_rng(seed).choice(count, limit, replace=False))
    return _rows(opened, chosen) if isinstance(opened, GivenActivations) else Subset(opened, chosen)


def vocabulary(sources: Iterable[Source | GivenActivations]) -> tuple[str, ...]:
    """Every label of the sources: the first source's in its order, then what the others add."""
    found: dict[str, None] = {}
    for source in sources:
        found.update(
            dict.fromkeys(sorted(set(source.labels or [])) if isinstance(source, GivenActivations) else source.labels())
        )
    return tuple(found)


def _open_made(text: str, limit: int | None, seed: int, device: str) -> Source:
    address = parse_address(text)
    if limit is None:
        raise InputError(f"{text}: say how many images to make of it with a limit, such as --limit 3000.")
    if not address.target.startswith("world:"):
        return open_generated(address.target, address.sampling(limit, seed), device)
    from ganatlas.worlds.registry import open_world

    from .world import WorldSource

    name, slash, variant = address.target.removeprefix("world:").partition("/")
    if not name or not slash or not variant:
        raise InputError(f"{text!r} does not name a world's images. Expected world:NAME/VARIANT, such as world:scenes/real.")
    world = open_world(name)
    if variant in world.plans:
        return open_generated(address.target, address.sampling(limit, seed), device)
    if variant not in world.variants:
        choices = [*world.variants, *world.plans]
        raise InputError(f"The world {name!r} has no images {variant!r}; it has: {', '.join(choices)}.", choices=choices)
    if address.classes is not None or address.truncation is not None:
        raise InputError(f"{text}: classes and truncation are for generators; {name}/{variant} is none.")
    return WorldSource(name, variant, limit, seed if address.seed is None else address.seed, address.images)


def open_generated(generator: str, sampling: "Sampling", device: str = "auto") -> Source:
    """The samples of a generator: `world:NAME/GENERATOR` or `package.module:factory`.

    Raises:
        InputError: no such generator, classes, truncation or device.
    """
    from ganatlas.classifiers.device import resolve_device
    from ganatlas.generators.registry import open_generator

    from .generator import GeneratorSource

    return GeneratorSource(open_generator(generator), sampling, resolve_device(device))


def _rows(given: GivenActivations, chosen: np.ndarray) -> GivenActivations:
    return replace(
        given,
        activations={layer: values[chosen] for layer, values in given.activations.items()},
        logits=None if given.logits is None else given.logits[chosen],
        names=[given.names[index] for index in chosen],
        labels=None if given.labels is None else [given.labels[index] for index in chosen],
        images=None if given.images is None else given.images[chosen],
    )
