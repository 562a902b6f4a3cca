"""Where the figures of a layer come from, cell by cell: the columns of one answer."""

from typing import Any

import numpy as np

from ganatlas.bundle.cell_figures import PairFigures, pair_figures
from ganatlas.bundle.grids import GridReader
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import NotFoundError

COLUMNS = {"n": "first", "m": "second"} | {name: name for name in ("outside", "missed", "uncovered", "close")}


def figure_columns(bundle: Bundle, grid: GridReader) -> dict[str, Any]:
    """The content of `CellFigures`, with arrays in place of lists.

    Raises:
        NotFoundError: this atlas does not have it (yet).
    """
    manifest, layer = bundle.manifest, bundle.layer(grid.layer.name)
    held_name = bundle.metrics().held_out if manifest.metrics else None
    held_out = bundle.dataset_index(held_name) if held_name else None
    reference = bundle.dataset_index(manifest.reference)
    pairs = []
    for number, dataset in enumerate(manifest.datasets):
        found = pair_figures(layer, grid, reference, number, held_out) if number != reference else None
        if found is not None:
            pairs.append({"first": manifest.reference, "second": dataset.name} | _columns(found))
    if not pairs:
        raise NotFoundError(
            "This atlas does not say where its figures come from: it was built without neighbour figures, or they are not "
            "computed yet.",
            choices=[],
        )
    return {"layer": grid.layer.name, "size": grid.info.size, "pairs": pairs}


def _columns(found: PairFigures) -> dict[str, Any]:
    counts = {name: getattr(found, field).astype(np.int64) for name, field in COLUMNS.items()}
    copying = None if found.copying is None else np.round(found.copying, 3)
    return {**counts, "density": np.round(found.density, 4), "copying": copying}
