"""The layer's second moment: whitening and mean, balanced between datasets, computed in one pass over the activations.

Whitening S = (XᵀX/N + λI)⁻¹ turns a cell's vector h into h' = hS, which points where the cell differs from what all activations
have in common. λ is a hundredth of the mean eigenvalue, which keeps directions that hardly occur from taking over.

Source: Carter et al. 2019, "Activation Atlas", Distill (whitened objective); the ridge is ours.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.errors import InputError

ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class LayerMoments:
    """mean: μ, float32 (channels,). second: XᵀX/N, float64 (channels, channels). Every dataset weighs the same in both."""

    mean: NDArray[np.float32]
    second: NDArray[np.float64]

    @property
    def spread(self) -> float:
        """Root mean square distance of an activation from μ."""
        return float(np.sqrt(max(np.trace(self.second) - float(np.square(self.mean, dtype=np.float64).sum()), 0.0)))

    def whitening(self, ridge: float = 1e-2) -> Tensor:
        """S = (XᵀX/N + λI)⁻¹ with λ = ridge · tr(XᵀX/N)/channels. Float32 (channels, channels), symmetric."""
        channels = len(self.second)
        strength = ridge * float(np.trace(self.second)) / channels
        if strength <= 0:
            return torch.eye(channels)  # a layer that is always 0 has nothing to whiten
        inverse = np.linalg.inv(self.second + strength * np.eye(channels))
        return torch.from_numpy(((inverse + inverse.T) / 2).astype(np.float32))


def measure_moments(activations: NDArray[np.floating], dataset: NDArray[np.integer]) -> LayerMoments:
    """Mean and second moment of a layer, each dataset with the same total weight, summed in float64.

    Args:
        activations: (points, channels), any float type; may be memory-mapped, read once in order.
        dataset: (points,), the dataset of each row.

    Raises:
        InputError: there are no points, or an activation is not finite.
    """
    if len(activations) == 0:
        raise InputError("whitening needs activations; this layer has none")
    present, counts = np.unique(dataset, return_counts=True)
    weights = np.zeros(int(present.max()) + 1)
    weights[present] = 1 / (counts * len(present))
    channels = activations.shape[1]
    mean, second = np.zeros(channels), np.zeros((channels, channels))
    for start in range(0, len(activations), ROWS_AT_ONCE):
        rows = np.asarray(activations[start : start + ROWS_AT_ONCE], dtype=np.float64)
        weight = weights[np.asarray(dataset[start : start + ROWS_AT_ONCE])][:, None]
        mean += (rows * weight).sum(axis=0)
        second += rows.T @ (rows * weight)
    if not np.isfinite(second).all():
        raise InputError("this layer has activations that are not finite (float16 ends at 65504); leave the layer out")
    return LayerMoments(mean=mean.astype(np.float32), second=(second + second.T) / 2)
