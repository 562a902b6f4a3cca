"""Decoded icons: the decoder's picture of each cell's vector, sharpened by a few steps of feature inversion that stay near it.

The steps change the logits of the pixels through Fourier coefficients, which start at 0 and are held there, so that the icon
remains a reconstruction.

Data flow: cell vectors, :class:`Decoder` -> this step -> `crop_icons` -> tiles.

Source: Nguyen et al. 2016, "Synthesizing the preferred inputs for neurons in neural networks via deep generator networks" (a
learned prior for feature inversion); Olah et al. 2017, "Feature Visualization" (the parametrisation).
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError

from .batches import IconBatch, Progress, make_in_batches
from .decoder import Decoder
from .objective import cosine
from .parametrisation import QUARTER, frequency_scale
from .views import View


@dataclass(frozen=True)
class DecodeSettings:
    """How icons are decoded.

    steps: of refinement, 0 for none. rate: of Adam. hold: weight of the mean squared change of the logits. push: how far a
    cell's vector is moved away from the layer's mean before it is decoded, 1 for not at all. batch: icons at once.
    """

    steps: int = 32
    rate: float = 0.015
    hold: float = 0.5
    push: float = 1.4
    batch: int = 64

    def __post_init__(self) -> None:
        if self.steps < 0 or not self.rate > 0 or self.hold < 0 or not self.push > 0 or self.batch < 1:
            raise InputError(f"icons: decoding with {self}; expected steps and hold ≥ 0, rate, push and batch above 0")


def decode_cells(
    classifier: Classifier,
    layer: str,
    decoder: Decoder,
    view: View,
    vectors: NDArray[np.float32],
    settings: DecodeSettings,
    *,
    mean: NDArray[np.float32],
    folder: Path | None = None,
    progress: Progress | None = None,
) -> IconBatch:
    """Decode the vectors of some cells of one layer.

    Args:
        decoder: of this layer, on the classifier's device. view: what it paints.
        vectors: float32 (cells, channels). mean: float32 (channels,), the layer's mean activation.
        folder: where finished batches are kept; with them a killed run goes on.

    Returns:
        Icons of `view.side` px in the order of `vectors`, and their faithfulness: the cosine of h - mean and v - mean, v being
        the activation of the 8-bit icon at the view's centre position, in float32.

    Raises:
        InputError: a vector is not finite.
    """
    if not np.isfinite(vectors).all():
        raise InputError("icons: a cell vector is not finite; empty cells have no icon and must be left out")
    centre = torch.from_numpy(np.asarray(mean, np.float32)).to(classifier.device)
    work = _Decoding(classifier, layer, decoder, view, settings, centre)
    said = hashlib.sha256(repr((asdict(settings), asdict(decoder.settings), layer, view, classifier.digest)).encode())
    for array in (vectors, mean, *(value.cpu().numpy() for value in decoder.state_dict().values())):
        said.update(np.ascontiguousarray(array).tobytes())
    return make_in_batches(
        lambda run: work.decode(vectors[run]), len(vectors), settings.batch, said.hexdigest(), folder, progress
    )


@dataclass(frozen=True)
class _Decoding:
    """What all batches of a layer share."""

    classifier: Classifier
    layer: str
    decoder: Decoder
    view: View
    settings: DecodeSettings
    mean: Tensor

    def decode(self, vectors: NDArray[np.float32]) -> IconBatch:
        """One batch."""
        device, settings, side = self.classifier.device, self.settings, self.view.side
        cells = torch.from_numpy(np.ascontiguousarray(vectors)).to(device)
        with torch.no_grad():
            start = self.decoder(self.mean + settings.push * (cells - self.mean)).float()
        coefficients = torch.zeros(len(cells), 3, side, side // 2 + 1, 2, device=device, requires_grad=True)
        scale = frequency_scale(side).to(device)
        optimiser = torch.optim.Adam([coefficients], lr=settings.rate)

        def change() -> Tensor:
            spectrum = torch.view_as_complex(coefficients) * scale
            planes: Tensor = torch.fft.irfft2(spectrum, s=(side, side)) / QUARTER
            return planes

        for _ in range(settings.steps):
            delta = change()
            reached = self._seen(torch.sigmoid(start + delta), half=True)
            near = settings.hold * delta.square().mean((1, 2, 3))
            loss = (near - cosine(reached - self.mean, cells - self.mean)).sum()
            (coefficients.grad,) = torch.autograd.grad(loss, coefficients)
            optimiser.step()
        with torch.no_grad():
            final = (torch.sigmoid(start + change()) * 255).round().to(torch.uint8)
            faithfulness = cosine(cells - self.mean, self._seen(final, half=False) - self.mean)
            sound = coefficients.isfinite().flatten(1).all(1) & (final.flatten(1).amax(1) > final.flatten(1).amin(1))
        made = IconBatch(final.permute(0, 2, 3, 1).contiguous().cpu().numpy(), faithfulness.cpu().numpy())
        return made.only(sound.cpu().numpy())

    def _seen(self, images: Tensor, half: bool) -> Tensor:
        """The layer's activation at the view's centre position, float32 (icons, channels)."""
        x = self.classifier.normalise(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=half):
            maps, _ = self.classifier.maps(x, [self.layer])
        place = self.view.position
        return maps[self.layer][:, :, place, place].float()
