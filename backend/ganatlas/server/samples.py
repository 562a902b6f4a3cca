"""From rows of points to what a page shows of them: the image, its labels, and the box that the activation saw."""

import numpy as np
from numpy.typing import NDArray

from ganatlas.bundle.datasets import ImageInfo
from ganatlas.bundle.layers import LayerReader
from ganatlas.bundle.patch import patch_box
from ganatlas.bundle.reader import Bundle

from .members import Scores
from .models import Box, SampleView, ScoresView
from .views import classes_of

COLUMNS = ("dataset", "image", "position", "row", "column", "top", "x", "y")


def sample_views(
    bundle: Bundle, layer: LayerReader, rows: NDArray[np.int64], nearness: NDArray[np.float32] | None
) -> list[SampleView]:
    """Describe some points of a layer.

    Args:
        rows: int64 (n,) of points.arrow.
        nearness: float32 (n,), or None where it was not asked for.
    """
    values = {name: layer.points(name)[rows].tolist() for name in COLUMNS}
    near = [None] * len(rows) if nearness is None else nearness.tolist()
    return [
        _view(bundle, layer, int(point), {name: values[name][index] for name in COLUMNS}, near[index])
        for index, point in enumerate(rows)
    ]


def box_of(bundle: Bundle, layer: LayerReader, row: int, column: int, image: ImageInfo) -> Box | None:
    """What a position saw, in fractions of the image; None for activations that were computed elsewhere."""
    classifier = bundle.manifest.classifier
    if classifier is None:
        return None
    box = patch_box(classifier, layer.info, row, column, image.width, image.height).scaled(1 / image.width, 1 / image.height)
    return Box(x0=box.x0, y0=box.y0, x1=min(1.0, box.x1), y1=min(1.0, box.y1))


def scores_of(bundle: Bundle, dataset: int, image: int) -> ScoresView | None:
    """The scores of one image; None where it has none."""
    reader = bundle.dataset(bundle.manifest.datasets[dataset].name)
    nearest = reader.scores("nearest")
    if nearest is None or nearest[image] < 0:
        return None
    values = {name: reader.scores(name) for name in ("realism", "density", "distance", "ratio")}
    by_pixels, pixel_ratio = reader.scores("pixel_nearest"), reader.scores("pixel_ratio")
    known = by_pixels is not None and pixel_ratio is not None and by_pixels[image] >= 0
    return ScoresView(
        nearest=int(nearest[image]),
        pixel_nearest=int(by_pixels[image]) if by_pixels is not None and known else None,
        pixel_ratio=float(pixel_ratio[image]) if pixel_ratio is not None and known else None,
        **{name: float(column[image]) for name, column in values.items() if column is not None},
    )


def score_reader(bundle: Bundle) -> Scores:
    """Where members' scores are, for `order_members`."""
    datasets = bundle.manifest.datasets
    return lambda dataset, name: bundle.dataset(datasets[dataset].name).scores(name)


def _view(bundle: Bundle, layer: LayerReader, point: int, at: dict[str, float], nearness: float | None) -> SampleView:
    manifest = bundle.manifest
    dataset, index, top = manifest.datasets[int(at["dataset"])], int(at["image"]), int(at["top"])
    image = bundle.dataset(dataset.name).image(index) if dataset.images else None
    return SampleView(
        point=point,
        dataset=dataset.name,
        image=index,
        position=int(at["position"]),
        name=image.name if image else str(index),
        label=manifest.labels[image.label] if image and image.label >= 0 else None,
        top=classes_of(manifest)[top] if top >= 0 else None,
        row=int(at["row"]),
        column=int(at["column"]),
        x=at["x"],
        y=at["y"],
        width=image.width if image else None,
        height=image.height if image else None,
        box=box_of(bundle, layer, int(at["row"]), int(at["column"]), image) if image else None,
        scores=scores_of(bundle, int(at["dataset"]), index),
        nearness=nearness,
    )
