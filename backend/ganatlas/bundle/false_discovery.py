"""p-values adjusted for their number: of the cells of a grid, of the labels of a table.

Data flow: p by cell (the build) or by label (metrics.json, `ganatlas metrics --labels`) → here → what is called significant.

Source: Benjamini and Hochberg 1995, "Controlling the false discovery rate".
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def adjust(p: Values) -> Values:
    """Benjamini–Hochberg adjusted p over those that were tested; NaN stays NaN. Shape of p, (tests,)."""
    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    if len(tested):
        falling = tested[np.argsort(-p[tested], kind="stable")]
        rank = np.arange(len(tested), 0, -1)
        q[falling] = np.minimum(1, np.minimum.accumulate(p[falling] * len(tested) / rank))
    return q
