"""The images of an atlas at their own size: what a published network has to look at, since an atlas stores smaller ones.

Small images are stored exactly and are taken from the atlas itself; larger ones are read again from where it was built from,
and only if they are the very same.

Data flow: a build's inputs, or a bundle → here → `published`.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from ganatlas.bundle.datasets import DatasetReader
from ganatlas.bundle.manifest import Dataset, sha256_of
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import InputError
from ganatlas.sources.inputs import ClassifierInputs, Prepared

from .config import parse_config
from .prepare import OpenedDatasets, open_datasets
from .progress import Reporter
from .workspace import Workspace

_ANY_SIZE = Prepared(size=1, resize=1, interpolation="bicubic")


@dataclass(frozen=True)
class Originals:
    """One dataset. digest: SHA-256 of its stored images, by which they are known. image: by index, RGB, its own size."""

    name: str
    digest: str
    count: int
    image: Callable[[int], Image.Image]


def originals_of(bundle: Bundle, work: Path, reporter: Reporter) -> list[Originals]:
    """The images of every dataset of an atlas, in its order.

    Args:
        work: the workspace of its build, where what was read before is found; made anew where it is gone.

    Raises:
        InputError: activations without images; images that are gone or have changed since.
    """
    manifest = bundle.manifest
    readers = [bundle.dataset(dataset.name) for dataset in manifest.datasets]
    bare = [reader.info.name for reader in readers if reader.info.images is None]
    if bare:
        raise InputError(f"{', '.join(bare)}: this atlas was made of activations; another network has no images to look at.")
    exact = _lossless_to(manifest.parameters)
    if all(reader.longer_sides().max(initial=0) <= exact for reader in readers):
        return [_stored(reader) for reader in readers]
    config = parse_config({key: value for key, value in manifest.parameters.items() if value is not None}, where="the atlas")
    try:
        opened = open_datasets(config, Workspace(work), reporter)
    except InputError as error:
        raise InputError(
            f"the atlas stores images above {exact} px smaller than they were, and they cannot be read again: {error.message}"
        ) from error
    return same_originals(opened, manifest.datasets)


def same_originals(opened: OpenedDatasets, datasets: tuple[Dataset, ...]) -> list[Originals]:
    """Images that were opened again, where they are those of the atlas.

    Raises:
        InputError: they have changed.
    """
    found = originals_in(opened)
    for again, dataset in zip(found, datasets, strict=True):
        if dataset.images is None or again.digest != dataset.images.sha256:
            raise InputError(
                f"the images of {dataset.name} ({dataset.source}) are not those that the atlas was made of: {dataset.count:,} "
                f"then, {again.count:,} now, or others. Build the atlas again, or bring the old ones back."
            )
    return found


def originals_in(opened: OpenedDatasets) -> list[Originals]:
    """The images of a build."""
    found = []
    for each in opened.sets:
        if each.ingested is None or each.source is None:
            raise InputError(f"{each.name}: activations were given; another network has no images to look at.")
        inputs = ClassifierInputs(each.ingested, each.source, _ANY_SIZE)
        found.append(Originals(each.name, sha256_of(each.ingested.images), len(inputs), inputs.image))
    return found


def _stored(reader: DatasetReader) -> Originals:
    assert reader.info.images is not None

    def image(index: int) -> Image.Image:
        return Image.open(io.BytesIO(reader.webp(index)), formats=("WEBP",)).convert("RGB")

    return Originals(reader.info.name, reader.info.images.sha256, reader.info.count, image)


def _lossless_to(parameters: dict[str, Any]) -> int:
    """Longer side up to which this atlas stores images exactly, px."""
    images = parameters.get("images")
    return int(images.get("lossless_to", 0)) if isinstance(images, dict) else 0
