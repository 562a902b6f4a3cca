"""Which figures an evaluation gives, and how they are computed."""

from dataclasses import dataclass
from typing import Literal, get_args

from ganatlas.errors import InputError

from . import kernel

FigureName = Literal[
    "frechet_distance",
    "frechet_infinity",
    "kernel_distance",
    "classifier_score",
    "precision_recall",
    "density_coverage",
    "authenticity",
]
FIGURES: tuple[FigureName, ...] = get_args(FigureName)
"""What can be asked for; `authenticity` gives C_T too where there are held-out images."""


@dataclass(frozen=True)
class Settings:
    """How figures are computed.

    Attributes:
        figures: which, of `FIGURES`.
        k_precision, k_density: neighbours of precision and recall, and of density and coverage.
        subsets, subset_size: of the kernel distance.
        permutations: of every p; 0 for none.
        test_rows: samples a set for p and intervals, at most.
        baseline: whether to compare real with real, for which the sets are halved.
        paired: row i of one set is a copy of row i of the other.
        seed: of everything that is drawn.
        scores: whether to score single samples, too.
    """

    figures: tuple[FigureName, ...] = FIGURES
    k_precision: int = 3
    k_density: int = 5
    subsets: int = kernel.SUBSETS
    subset_size: int = kernel.SUBSET_SIZE
    permutations: int = kernel.PERMUTATIONS
    test_rows: int = kernel.TEST_ROWS
    baseline: bool = True
    paired: bool = False
    seed: int = 0
    scores: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.figures) - set(FIGURES))
        if unknown:
            raise InputError(f"there is no figure {', '.join(unknown)}; there are: {', '.join(FIGURES)}.")
