"""Image-set metrics on arrays of features: how far two sets are apart, each figure with what it would be by chance.

`evaluate(real, generated)` gives all; each figure is a function of its own, too. Needs no torch.
"""

from .checks import NotComputableError
from .evaluation import Scored, evaluate, evaluate_with_scores
from .figures import MEASURES, Evaluation, Figure
from .frechet import FrechetDistance, FrechetInfinity, frechet_distance, frechet_infinity
from .kernel import KernelDistance, kernel_distance
from .memorisation import Authenticity, DataCopying, authenticity, data_copying
from .neighbours import DensityCoverage, Measured, NeighbourSettings, PrecisionRecall, density_coverage, precision_recall
from .score import ClassifierScore, classifier_score
from .scores import RealScores, SampleScores, sample_scores
from .settings import FIGURES, Settings

__all__ = [
    "FIGURES",
    "MEASURES",
    "Authenticity",
    "ClassifierScore",
    "DataCopying",
    "DensityCoverage",
    "Evaluation",
    "Figure",
    "FrechetDistance",
    "FrechetInfinity",
    "KernelDistance",
    "Measured",
    "NeighbourSettings",
    "NotComputableError",
    "PrecisionRecall",
    "RealScores",
    "SampleScores",
    "Scored",
    "Settings",
    "authenticity",
    "classifier_score",
    "data_copying",
    "density_coverage",
    "evaluate",
    "evaluate_with_scores",
    "frechet_distance",
    "frechet_infinity",
    "kernel_distance",
    "precision_recall",
    "sample_scores",
]
