"""An icon as Fourier coefficients of decorrelated colours: the variables that the inversion optimises.

Coefficients are scaled by 1/frequency, as in natural images, so that one step of Adam moves all scales alike; colours lie
along the principal axes of a covariance of colours; a sigmoid keeps the image in [0, 1]. Stands between
`start_coefficients` or `coefficients_from_images` and the transforms of `invert`.

Source: Olah, Mordvintsev & Schubert 2017, "Feature Visualization", Distill, and its library Lucid (`fft_image`,
`to_valid_rgb`).
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .keys import IconKey, generator

START_SD = 0.01
QUARTER = 4.0
# ImageNet's colours: U sqrt(S) of the covariance of its pixels (Lucid).
IMAGENET_COLOURS = ((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03))
SATURATION = 3 / 255
"""A copied pixel is kept this far from 0 and 1, where a sigmoid has no gradient left."""


def imagenet_colours() -> Tensor:
    """The colour matrix used where there are no images of one's own: ImageNet's. Shape (3, 3), float32."""
    return _longest_is_one(torch.tensor(IMAGENET_COLOURS, dtype=torch.float64))


def colour_matrix(images: NDArray[np.uint8]) -> Tensor:
    """The matrix that gives independent variables the colour covariance of images, up to one common factor.

    Args:
        images: a sample, uint8 (n, height, width, 3).

    Returns:
        M = U sqrt(S) / (its longest column), float32 (3, 3), of the covariance U S Uᵀ of the pixels; ImageNet's where the
        images have fewer than two colours. Grey images leave two columns at 0, so their icons are grey.
    """
    pixels = images.reshape(-1, 3).astype(np.float64) / 255
    covariance = np.cov(pixels, rowvar=False) if len(pixels) > 1 else np.zeros((3, 3))
    values, vectors = np.linalg.eigh(covariance)
    if values[-1] < 1e-8:
        return imagenet_colours()
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)  # eigenvectors have no sign of their own
    root = vectors[:, ::-1] * np.sqrt(np.clip(values[::-1], 0, None))
    return _longest_is_one(torch.from_numpy(np.ascontiguousarray(root)))


def frequency_scale(side: int) -> Tensor:
    """sqrt(w·h) / max(frequency, 1/side) for the half spectrum of a square image. Float32 (side, side//2 + 1)."""
    vertical = torch.fft.fftfreq(side, dtype=torch.float64)[:, None]
    horizontal = torch.fft.rfftfreq(side, dtype=torch.float64)[None, :]
    frequency = torch.sqrt(vertical**2 + horizontal**2).clamp(min=1 / side)
    return (side / frequency).float()


def start_coefficients(keys: Sequence[IconKey], side: int) -> Tensor:
    """Random coefficients of sd 0.01, each icon's from its own key. Float32 (icons, 3, side, side//2 + 1, 2)."""
    shape = (3, side, side // 2 + 1, 2)
    draws = [generator(key, "start").standard_normal(shape, dtype=np.float32) for key in keys]
    return torch.from_numpy(np.stack(draws) * np.float32(START_SD))


def images_of(coefficients: Tensor, colours: Tensor | None) -> Tensor:
    """Coefficients -> images in (0, 1). Differentiable.

    Args:
        coefficients: float32 (icons, 3, side, side//2 + 1, 2), real and imaginary parts.
        colours: (3, 3) as from `colour_matrix`, or None: the variables are red, green and blue.

    Returns:
        float32 (icons, 3, side, side).
    """
    planes = planes_of(coefficients)
    if colours is not None:
        planes = torch.einsum("oc,nchw->nohw", colours.to(planes), planes)
    return torch.sigmoid(planes)


def planes_of(coefficients: Tensor) -> Tensor:
    """Coefficients -> logits of pixels, before any colours. Shapes as in `images_of`; differentiable."""
    side = coefficients.shape[2]
    spectrum = torch.view_as_complex(coefficients.contiguous()) * frequency_scale(side).to(coefficients.device)
    planes: Tensor = torch.fft.irfft2(spectrum, s=(side, side)) / QUARTER
    return planes


def coefficients_from_images(images: Tensor, colours: Tensor | None) -> Tensor:
    """The inverse of `images_of`: coefficients that give these images, but for colours that `colours` cannot make.

    Args:
        images: uint8 or float in [0, 1], (icons, 3, side, side). Values within 3/255 of 0 and 1 are moved in, so that a
        gradient
            is left to an optimisation that starts here.
    """
    x = images.float() / 255 if images.dtype == torch.uint8 else images.float()
    planes = torch.logit(x.clamp(SATURATION, 1 - SATURATION))
    if colours is not None:
        planes = torch.einsum("co,nohw->nchw", torch.linalg.pinv(colours.double()).to(planes), planes)
    spectrum = torch.fft.rfft2(planes * QUARTER) / frequency_scale(x.shape[-1]).to(x.device)
    return torch.view_as_real(spectrum).contiguous()


def _longest_is_one(root: Tensor) -> Tensor:
    unit: Tensor = root / root.norm(dim=0).max()
    return unit.float()
