"""What an icon is optimised for: to be seen, at the centre of the layer's map, as the cell's mean activation is.

score = (h'·v) · max(0.1, cos(h', v))^p. The dot product wants a strong activation, the power of the cosine wants it to be in
the cell's direction and no other. The cosine has both norms: with one of them missing the factor stays under its floor of
0.1 and the power does nothing.

Source: Carter et al. 2019, "Activation Atlas", Distill.
"""

import torch
from torch import Tensor

COSINE_FLOOR = 0.1


def score(target: Tensor, activation: Tensor, power: float) -> Tensor:
    """The score of each icon.

    Args:
        target: h', float32 (icons, channels), whitened or not. activation: v, float32 (icons, channels).

    Returns:
        float32 (icons,).
    """
    dot = (target * activation).sum(dim=1)
    return dot * cosine(target, activation).clamp(min=COSINE_FLOOR) ** power


def cosine(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of the rows of two matrices, (rows,); 0 where one of them is the zero vector."""
    dot = (a * b).sum(dim=1)
    norms = a.norm(dim=1) * b.norm(dim=1)
    return torch.where(norms > 0, dot / norms.clamp(min=1e-30), torch.zeros_like(dot))


def centre(activations: Tensor) -> Tensor:
    """The activation at the centre position of a layer's map: (icons, channels, height, width) -> (icons, channels)."""
    return activations[:, :, activations.shape[2] // 2, activations.shape[3] // 2]


def variation(images: Tensor) -> Tensor:
    """Total variation: the mean difference of neighbouring pixels. (icons, 3, side, side) in [0, 1] -> (icons,)."""
    down, across = images[:, :, 1:] - images[:, :, :-1], images[:, :, :, 1:] - images[:, :, :, :-1]
    total: Tensor = down.abs().mean((1, 2, 3)) + across.abs().mean((1, 2, 3))
    return total
