"""The resizings by which figures are published: the two after which an FID is named, and that of FD-DINOv2.

Sources: Heusel et al. 2017, "GANs trained by a two time-scale update rule", whose TensorFlow 1 network resized without
antialiasing (as in torch-fidelity); Parmar et al. 2022, "On Aliased Resizing and Surprising Subtleties in GAN Evaluation".
"""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image


def like_tensorflow(image: Image.Image, side: int) -> NDArray[np.float32]:
    """Bilinear, without antialiasing or half-pixel centres: torch-fidelity's own function. (3, side, side), 0 to 255."""
    from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x

    pixels = torch.from_numpy(np.asarray(image, np.float32).transpose(2, 0, 1).copy())[None]
    resized: NDArray[np.float32] = interpolate_bilinear_2d_like_tensorflow1x(pixels, (side, side), align_corners=False)[
        0
    ].numpy()
    return resized


def clean(image: Image.Image, side: int) -> NDArray[np.float32]:
    """Bicubic with antialiasing, each channel by itself and without rounding in between. (3, side, side), 0 to 255."""
    pixels = np.asarray(image, np.float32)
    channels = [
        np.asarray(Image.fromarray(pixels[:, :, channel]).resize((side, side), Image.Resampling.BICUBIC))
        for channel in range(3)
    ]
    return np.stack(channels).clip(0, 255)


def bicubic(image: Image.Image, side: int) -> NDArray[np.float32]:
    """The same of the whole image, with rounding to 8 bit, as usual. (3, side, side), 0 to 255."""
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), np.float32).transpose(2, 0, 1).copy()
