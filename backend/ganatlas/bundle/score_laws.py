"""The laws of the tables of scores and neighbours, as checks: each yields a sentence for what is broken. Used by `verify`."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from .columns import column
from .manifest import Dataset, Layer, Manifest
from .metrics import Metrics
from .reach import scores_reach

ROUNDING = 1e-6


def scores_laws(table: pa.Table, dataset: Dataset, manifest: Manifest) -> Iterator[str]:
    """One row an image; nearest images that exist, and numbers where there is one."""
    yield from scores_reach(table, dataset, manifest)
    for name, kinds in (("nearest", ("realism", "density", "distance", "ratio")), ("pixel_nearest", _PIXEL)):
        nearest = column(table, name)
        for kind in kinds:
            values = column(table, kind)
            if (np.isnan(values) != (nearest < 0)).any() or (values < 0).any():
                yield f"{kind} is below 0, or is there without a nearest image"


_PIXEL = ("pixel_distance", "pixel_ratio")


def neighbours_laws(
    table: pa.Table, points: pa.Table, layer: Layer, manifest: Manifest, metrics: Metrics | None
) -> Iterator[str]:
    """One row a point, flags of points that were looked at, and flags that add up to the figures."""
    if table.num_rows != points.num_rows:
        yield f"it has {table.num_rows} rows for {points.num_rows} points"
        return
    dataset = column(points, "dataset")
    numbers = {each.name: i for i, each in enumerate(manifest.datasets)}
    reference = numbers.get(manifest.reference)
    flags = {name: column(table, name) for name in ("inside", "authentic", "covered", "recalled")}
    if any(((values < -1) | (values > 1)).any() for values in flags.values()):
        yield "a flag is not 1, 0 or -1"
        return
    distance, density = column(table, "distance"), column(table, "density")
    for values in (np.isnan(distance), np.isnan(density), flags["authentic"] < 0):
        if (values != (flags["inside"] < 0)).any():
            yield "a point is looked at in one column and not in another"
            return
    for name in ("covered", "recalled"):
        if (flags[name][dataset != reference] >= 0).any():
            yield f"{name} is said of points that are not of {manifest.reference}"
    for entry in metrics.entries if metrics else ():
        other = numbers.get(entry.second)
        whole = entry.layer == layer.name and entry.features == "position" and not entry.is_self and entry.label is None
        if other is None or not whole:
            continue
        mine = (dataset == other) & (flags["inside"] >= 0)
        shares = {"precision": flags["inside"][mine], "density": density[mine]}
        for figure, name in (("coverage", "covered"), ("recall", "recalled")):
            values = flags[name][:, other]
            shares[figure] = values[values >= 0]
        for figure, values in shares.items():
            said = entry.figures.get(figure)
            if said is None or said.value is None:
                continue
            if not len(values) or abs(float(values.mean(dtype=np.float64)) - said.value) > ROUNDING * max(1, abs(said.value)):
                yield f"its points do not add up to the {figure} of {entry.second} in {layer.name}"
