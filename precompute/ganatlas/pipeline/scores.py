"""The scores of single images as tables: who lies in whose ball on every layer's own features, and each image's realism,
density and nearest images of the reference on the final features and in pixels.

Data flow: a space's `SpaceScores` (made with its figures), placements, stored images → here → neighbours.arrow of each layer,
scores.arrow of each dataset.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ganatlas.bundle.tables import SCORES, neighbours_schema
from ganatlas.icons.exemplar import StoredImages
from ganatlas.metrics.distances import centred, nearest, nearest_other
from ganatlas.metrics.scores import RealScores, SampleScores, ratios

from .samples import Placement, Samples
from .workspace import load_arrays, save_arrays

SIDE = 32
"""Pixels a side to which images are taken down before they are compared pixel by pixel."""
FILE = "scores.npz"


@dataclass(frozen=True)
class SpaceScores:
    """Scores of the images looked at in one space of features. own: the reference's among themselves; by dataset index."""

    own: SampleScores
    generated: Mapping[int, SampleScores]
    real: Mapping[int, RealScores]

    def save(self, folder: Path) -> None:
        """Write them as one file of a step."""
        arrays = _named("own", self.own)
        for number in self.generated:
            arrays |= _named(f"generated-{number}", self.generated[number]) | _named(f"real-{number}", self.real[number])
        save_arrays(folder / FILE, **arrays)

    @classmethod
    def load(cls, folder: Path) -> "SpaceScores | None":
        """What `save` wrote; None where these sets have no scores."""
        if not (folder / FILE).exists():
            return None
        arrays = load_arrays(folder / FILE)
        numbers = sorted({int(name.split(".")[0].split("-")[1]) for name in arrays if name.startswith("real-")})
        generated = {i: SampleScores(*(arrays[f"generated-{i}.{f.name}"] for f in fields(SampleScores))) for i in numbers}
        real = {i: RealScores(*(arrays[f"real-{i}.{f.name}"] for f in fields(RealScores))) for i in numbers}
        return cls(SampleScores(*(arrays[f"own.{f.name}"] for f in fields(SampleScores))), generated, real)


def _named(prefix: str, scores: SampleScores | RealScores) -> dict[str, NDArray[np.generic]]:
    return {f"{prefix}.{field.name}": getattr(scores, field.name) for field in fields(scores)}


def neighbours_table(
    scores: SpaceScores, samples: Samples, placement: Placement, rows: Sequence[NDArray[np.int64]], reference: int
) -> pa.Table:
    """neighbours.arrow of one layer.

    Args:
        rows: of each dataset, (looked at,) its images that were looked at, in the order of the scores.
    """
    count, datasets = len(samples), len(rows)
    distance, density = np.full(count, np.nan, np.float32), np.full(count, np.nan, np.float32)
    inside, authentic = np.full(count, -1, np.int8), np.full(count, -1, np.int8)
    covered, recalled = np.full((count, datasets), -1, np.int8), np.full((count, datasets), -1, np.int8)
    first = samples.position == 0
    starts = np.searchsorted(samples.dataset[first], np.arange(datasets))
    places = [np.flatnonzero(first)[start + images] for start, images in zip(starts, rows, strict=True)]
    for number, own in {reference: scores.own, **scores.generated}.items():
        at = places[number]
        distance[at], density[at] = own.distance, own.density
        inside[at], authentic[at] = own.inside, own.authentic
    for number, real in scores.real.items():
        covered[places[reference], number], recalled[places[reference], number] = real.covered, real.recalled
    order = placement.order
    lists = [_lists(values[order]) for values in (covered, recalled)]
    arrays = [pa.array(values[order]) for values in (distance, density, inside, authentic)] + lists
    return pa.Table.from_arrays(arrays, schema=neighbours_schema(datasets))


def _lists(values: NDArray[np.int8]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(values).reshape(-1)), values.shape[1])


@dataclass(frozen=True)
class PixelScores:
    """Nearest images of the reference by pixels, of one dataset's images looked at; as in `SampleScores`."""

    nearest: NDArray[np.int64]
    distance: NDArray[np.float64]
    ratio: NDArray[np.float64]


def pixel_scores(images: Sequence[StoredImages], rows: Sequence[NDArray[np.int64]], reference: int) -> list[PixelScores]:
    """The nearest images of the reference pixel by pixel, of each dataset's images looked at.

    Images are taken down to 32 × 32 (each pixel a mean over its area), so that a distance is the root of a sum over 3,072
    values in [0, 1].
    """
    pictures = [_small(stored, chosen) for stored, chosen in zip(images, rows, strict=True)]
    points = centred(*pictures)
    real = points[reference]
    own = nearest_other(real)
    found = []
    for number, mine in enumerate(points):
        index, squared = own if number == reference else nearest(mine, real)
        found.append(PixelScores(index, np.sqrt(squared.astype(np.float64)), ratios(squared, own[1][index])))
    return found


def _small(stored: StoredImages, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    pictures = np.empty((len(chosen), SIDE * SIDE * 3), np.float64)
    for row, image in enumerate(chosen):
        small = stored.read(int(image)).resize((SIDE, SIDE), Image.Resampling.BOX)
        pictures[row] = np.asarray(small, np.float64).reshape(-1) / 255
    return pictures


def scores_table(
    count: int, rows: NDArray[np.int64], final: SampleScores, pixels: PixelScores | None, real_rows: NDArray[np.int64]
) -> pa.Table:
    """scores.arrow of one dataset.

    Args:
        count: of its images. rows: (looked at,) which were. real_rows: those of the reference, for `nearest`.
    """

    def numbers(values: NDArray[np.float64] | None) -> pa.Array:
        out = np.full(count, np.nan, np.float32)
        if values is not None:
            out[rows] = values
        return pa.array(out)

    def images(values: NDArray[np.int64] | None) -> pa.Array:
        out = np.full(count, -1, np.int32)
        if values is not None:
            out[rows] = real_rows[values]
        return pa.array(out)

    columns = {
        "realism": numbers(final.realism),
        "density": numbers(final.density),
        "nearest": images(final.nearest),
        "distance": numbers(final.distance),
        "ratio": numbers(final.ratio),
        "pixel_nearest": images(pixels.nearest if pixels else None),
        "pixel_distance": numbers(pixels.distance if pixels else None),
        "pixel_ratio": numbers(pixels.ratio if pixels else None),
    }
    return pa.Table.from_arrays([columns[name] for name in SCORES.names], schema=SCORES)
