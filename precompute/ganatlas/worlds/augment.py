"""Modest changes to training images, so that features do not hang on a pixel: mirror, shift, tint, a little blur and noise.

Data flow: cached uint8 images → :func:`augment` → the network's input.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def normalise(images: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """uint8 (batch, height, width, 3) → float32 (batch, 3, height, width), (x/255 - mean)/std."""
    x = images.permute(0, 3, 1, 2).float().div_(255)
    centre, spread = (torch.tensor(values, device=x.device).view(1, 3, 1, 1) for values in (mean, std))
    return (x - centre) / spread


def augment(
    images: Tensor, shares: Tensor | None, *, flip: bool, shift: int, degrade: bool, generator: torch.Generator
) -> tuple[Tensor, Tensor | None]:
    """Changes a batch at random.

    Args:
        images: uint8 (batch, size, size, 3).
        shares: (batch, rows, columns, classes), mirrored along with its image; a shift is less than a cell and is left out.
            None where the world has no label maps.
        flip: whether some are mirrored.
        shift: greatest shift, in pixels.
        degrade: whether some are blurred a little or made noisy.
        generator: a CPU generator; the choices do not depend on the device.

    Returns:
        images as float32 (batch, size, size, 3) on a scale of 0–255, and the shares.
    """
    batch, size, device = len(images), images.shape[1], images.device

    def uniform(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator).to(device)

    offsets = torch.randint(-shift, shift + 1, (2, batch, 1), generator=generator).to(device)
    along = torch.arange(size, device=device)
    rows, columns = ((along + offset).clamp_(0, size - 1) for offset in offsets)
    if flip:
        mirrored = uniform(batch) < 0.5
        columns = torch.where(mirrored[:, None], columns.flip(1), columns)
        if shares is not None:
            shares = torch.where(mirrored[:, None, None, None], shares.flip(2), shares)
    moved = images[torch.arange(batch, device=device)[:, None, None], rows[:, :, None], columns[:, None, :]]
    x = moved.permute(0, 3, 1, 2).float()

    if degrade:
        soft = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        amount = (uniform(batch, 1, 1, 1) * 2.2 - 1.2).clamp_(min=0)  # nothing for more than half of the images
        x = x + amount * (soft - x)
    x = x * (1 + 0.12 * (uniform(batch, 3, 1, 1) - 0.5) + 0.16 * (uniform(batch, 1, 1, 1) - 0.5))
    if degrade:
        strength = (uniform(batch, 1, 1, 1) * 16 - 8).clamp_(min=0)
        x = x + strength * torch.randn(x.shape, generator=generator).to(device)
    return x.clamp_(0, 255).permute(0, 2, 3, 1), shares
