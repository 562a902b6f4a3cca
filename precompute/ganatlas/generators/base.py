"""What a generator is to the rest of the program: numbers in, pictures out, always the same for the same numbers."""

from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True)
class ImageGenerator:
    """A trained generator, ready to sample.

    Attributes:
        name: as the user gave it.
        module: in evaluation mode; takes latents float32 (batch, *latent), and where there are classes also int64 (batch,);
            returns images float (batch, 3, height, width) within ``low`` … ``high``.
        latent: shape of one latent.
        classes: their names; empty where the generator is not conditional.
        low, high: the values of black and white.
        digest: SHA-256 hex of the weights.
    """

    name: str
    module: nn.Module
    latent: tuple[int, ...]
    classes: tuple[str, ...]
    low: float
    high: float
    digest: str
