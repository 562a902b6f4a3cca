"""What a person reads off an atlas, for tests: the divergence of each layer and grid, and the cells ranked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.reader import Bundle


def entries_of(atlas: Path, other: str | None = None) -> dict[tuple[str, int], DivergenceEntry]:
    """(layer, grid) -> the entry of the reference against a set: the first pair's where none is named."""
    bundle = Bundle.open(atlas)
    pair = (bundle.manifest.reference, other or bundle.manifest.pairs[0][1])
    return {(e.layer, e.size): e for e in bundle.divergence().entries if (e.first, e.second) == pair and not e.is_self}


@dataclass(frozen=True)
class RankedCell:
    """A significant cell. given: share of each given label among the reference's members. contribution: bits, signed."""

    column: int
    row: int
    contribution: float
    effect: float
    given: dict[str, float]
    counts: tuple[int, ...]

    @property
    def label(self) -> str:
        """The label most frequent among the reference's members."""
        return max(self.given, key=self.given.__getitem__)


def missing_cells(atlas: Path, layer: str, size: int) -> list[RankedCell]:
    """Cells that hold significantly more of the reference than of the other set, by their contribution to JS."""
    bundle = Bundle.open(atlas)
    manifest = bundle.manifest
    grid, points = bundle.grid(layer, size), bundle.layer(layer)
    reference = bundle.dataset_index(manifest.reference)
    labels = bundle.dataset(manifest.reference).labels()
    q, effect = grid.cells("q")[:, 0], grid.cells("effect")[:, 0]
    contribution = grid.cells("contribution")[:, 0]
    chosen = np.flatnonzero((q <= manifest.fdr) & (effect > 0))
    ranked = []
    for index in chosen[np.argsort(-contribution[chosen], kind="stable")]:
        start, stop = int(grid.cells("start")[index]), int(grid.cells("stop")[index])
        mine = points.points_between("dataset", start, stop) == reference
        given = labels[points.points_between("image", start, stop)[mine]]
        share = np.bincount(given, minlength=len(manifest.labels)) / max(len(given), 1)
        ranked.append(
            RankedCell(
                int(grid.cells("column")[index]),
                int(grid.cells("row")[index]),
                float(contribution[index]),
                float(effect[index]),
                dict(zip(manifest.labels, share.tolist(), strict=True)),
                tuple(int(c) for c in grid.cells("count")[index]),
            )
        )
    return ranked
