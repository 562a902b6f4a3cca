"""The 95 % interval of a share: of a cell's samples, and of images within balls.

Data flow: counts → here → a cell's answer (the server), the intervals of neighbour figures (`ganatlas.metrics`).

Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
"""

import math

WILSON_Z = 1.959963984540054


def wilson(count: int, total: int) -> tuple[float, float]:
    """95 % interval of a share of `count` among `total`."""
    if total == 0:
        return 0.0, 1.0
    share, z2 = count / total, WILSON_Z**2
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = WILSON_Z / (1 + z2 / total) * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    # min and max: at 0 and 1 the ends are exact, up to rounding.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
