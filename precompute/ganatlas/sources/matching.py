"""Step 1, optional: take all sets through one resize and one encoding, so that only their content differs.

How a set was resized and encoded shows up in a network's earliest layers as strongly as a generator's flaws do (Parmar et al.
2022, "On Aliased Resizing and Surprising Subtleties in GAN Evaluation").
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ganatlas.bundle.patch import crop_origin, resized_size

from .base import Source, UnreadableImage


@dataclass(frozen=True)
class MatchSettings:
    """size: side of the square that every image becomes, px. jpeg_quality: of the encoding all go through; None for none."""

    size: int
    jpeg_quality: int | None = None

    def apply(self, image: Image.Image) -> Image.Image:
        """Shorter side to `size` (antialiased bicubic), centre crop, one JPEG encoding where asked for."""
        resized = image.resize(resized_size(*image.size, self.size), Image.Resampling.BICUBIC)
        left, top = crop_origin(*resized.size, self.size)
        cut = resized.crop((left, top, left + self.size, top + self.size))
        if self.jpeg_quality is None:
            return cut
        buffer = io.BytesIO()
        cut.save(buffer, "JPEG", quality=self.jpeg_quality)
        buffer.seek(0)
        return Image.open(buffer).convert("RGB")


def common_size(sources: Sequence[Source], probed: int = 64, seed: int = 0) -> int:
    """The size to match sets at: the smallest, over the sets, of the median shorter side of up to `probed` images; px."""
    sizes = []
    for source in sources:
        count = len(source.entries())
        chosen = np.random.default_rng(seed).choice(count, min(probed, count), replace=False)
        sides = []
        for index in chosen.tolist():
            try:
                sides.append(min(source.read(index).image.size))
            except UnreadableImage:
                continue  # ingest counts and reports it
        if sides:
            sizes.append(int(np.median(sides)))
    return min(sizes, default=256)
