"""How many samples would it take? The size at which a test of one cell finds a mode whose share is halved, four times in five.

Two proportions, normal approximation, both sets of one size.

Source: Fleiss, Levin and Paik 2003, "Statistical methods for rates and proportions", section 4.2.
"""

from math import ceil, sqrt
from statistics import NormalDist

POWER = 0.8
MODE = 0.05
"""Share of the mode that a grid's figure is about."""


def samples_needed(share: float, factor: float, level: float, power: float = POWER) -> int:
    """Samples a set to see that one set has `factor` times the other's share of a mode.

    Args:
        share: of the mode in the one set, in (0, 1). factor: of the other set's share, 0 ≤ factor < 1.
        level: two-sided error of the test, such as 0.05 over the number of cells tested. power: chance of seeing it.

    Raises:
        ValueError: a share, factor, level or power that cannot be.
    """
    if not (0 < share < 1 and 0 <= factor < 1 and 0 < level < 1 and 0 < power < 1):
        raise ValueError(f"share {share}, factor {factor}, level {level} and power {power} must lie in their ranges")
    other = share * factor
    mean = (share + other) / 2
    normal = NormalDist()
    reach = normal.inv_cdf(1 - level / 2) * sqrt(2 * mean * (1 - mean))
    reach += normal.inv_cdf(power) * sqrt(share * (1 - share) + other * (1 - other))
    return ceil((reach / (share - other)) ** 2)
