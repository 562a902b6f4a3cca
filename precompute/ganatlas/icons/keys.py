"""The name of an icon, and the randomness that is its own.

Every random draw of an icon comes from (seed, layer, size, column, row), never from its place in a batch: so the same cell
has the same start and the same transforms whichever icons are made beside it.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class IconKey:
    """Which icon: the cell (column, row) of the grid `size` of `layer`, the build's seed, and which try at it."""

    seed: int
    layer: str
    size: int
    column: int
    row: int
    attempt: int = 0


def generator(key: IconKey, purpose: Literal["start", "transforms"]) -> np.random.Generator:
    """The generator of one icon for one purpose, the same on every machine."""
    said = f"{key.seed}/{key.layer}/{key.size}/{key.column}/{key.row}/{purpose}" + (f"/{key.attempt}" if key.attempt else "")
    digest = hashlib.sha256(said.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
