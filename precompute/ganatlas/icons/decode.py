"""Decoded icons: the decoder's picture of each cell's vector, sharpened by a few steps of feature inversion that stay near it.

The steps change the logits of the pixels through Fourier coefficients, which start at 0 and are held there, so that the icon
remains a reconstruction. A cell of a finer grid begins with the change that its parent's icon ended with, and needs fewer.

Data flow: cell vectors, :class:`Decoder` -> this step -> `crop_icons` -> tiles.

Source: Nguyen et al. 2016, "Synthesizing the preferred inputs for neurons in neural networks via deep generator networks" (a
learned prior for feature inversion); Olah et al. 2017, "Feature Visualization" (the parametrisation).
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError

from .batch_size import crew_of, icons_at_once
from .batches import Check, IconBatch, Progress, make_in_batches, sound
from .decoder import Decoder
from .invert import computes_in_bfloat16
from .objective import cosine
from .optimise import NEVER, Saved, Stopping, optimise
from .parametrisation import SATURATION, planes_of
from .settings import Precision
from .views import View
from .whitening import LayerMoments

_JITTER = ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
"""Shifts of the picture, in turn, where steps are jittered."""


@dataclass(frozen=True)
class DecodeSettings:
    """How icons are decoded.

    steps: of refinement, 0 for none. child_steps: of icons that begin with their parent's change. rate: of Adam. hold:
    weight of the mean squared change of the logits. smooth: weight of the mean squared difference of that change from pixel to
    pixel, which keeps speckle out of plain parts. push: factor on a cell's distance from the layer's mean before it is
    decoded, 1 for none (`push_of`). jitter: px by which the network's look is shifted from step to step. stopping: when an icon
    is done before its last step. batch: icons at once; None: as many as memory holds. precision: of the network's passes.
    """

    steps: int = 16
    child_steps: int = 8
    rate: float = 0.015
    hold: float = 0.5
    smooth: float = 5.0
    push: float = 1.0
    jitter: int = 1
    stopping: Stopping = NEVER
    batch: int | None = None
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        least = min(self.steps, self.child_steps, self.hold, self.smooth, self.jitter)
        if least < 0 or not min(self.rate, self.push, self.batch or 1) > 0:
            raise InputError(
                f"icons: decoding with {self}; expected steps, child_steps, hold, smooth and jitter ≥ 0, "
                "rate, push and batch above 0"
            )


@dataclass(frozen=True)
class DecodedParents:
    """What child icons begin with: the icons of a coarser grid, and the cells that they were decoded from.

    images: uint8 (icons, side, side, 3), as `decode_cells` gave them. vectors: float32 (icons, channels).
    index: int64 (cells,), each cell's parent among them, -1: none. push: with which they were decoded.
    """

    images: NDArray[np.uint8]
    vectors: NDArray[np.float32]
    index: NDArray[np.int64]
    push: float = 1.0


def push_of(vectors: NDArray[np.float32], moments: LayerMoments, strength: float = 1.0) -> float:
    """How far to move cells' means away from the layer's, so that they lie as far from it as single activations do.

    A mean of many lies nearer to the middle than any of them, and would be painted paler than any of their patches.

    Args:
        vectors: float32 (cells, channels), of all cells of a grid. strength: 1 for all of the way, 0 for none.

    Returns:
        A factor on the distance, at least 1.
    """
    away = float(np.sqrt(np.square(vectors - moments.mean, dtype=np.float64).sum(axis=1).mean())) if len(vectors) else 0.0
    return 1 + strength * (max(1.0, moments.spread / away) - 1) if away else 1.0


def decode_cells(
    classifier: Classifier,
    layer: str,
    decoder: Decoder,
    view: View,
    vectors: NDArray[np.float32],
    settings: DecodeSettings,
    *,
    mean: NDArray[np.float32],
    parents: DecodedParents | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> IconBatch:
    """Decode the vectors of some cells of one layer.

    Args:
        decoder: of this layer, on the classifier's device. view: what it paints.
        vectors: float32 (cells, channels). mean: float32 (channels,), the layer's mean activation.
        parents: icons of a coarser grid whose changes these begin with; cells without one take `settings.steps`.
        folder: where finished batches are kept; with them a killed run goes on.

    Returns:
        Icons of `view.side` px in the order of `vectors`, and their faithfulness: the cosine of h - mean and v - mean, v being
        the activation of the 8-bit icon at the view's position, in float32. An icon that the steps ruined is the decoder's
        picture; where that is none either, it is black and its faithfulness NaN.

    Raises:
        InputError: a vector is not finite.
    """
    if not np.isfinite(vectors).all():
        raise InputError("icons: a cell vector is not finite; empty cells have no icon and must be left out")
    work = _Decoding(
        classifier, layer, decoder, view, settings, torch.from_numpy(np.asarray(mean, np.float32)).to(classifier.device)
    )
    crew = crew_of(classifier.device, settings.batch or work.batch_size())
    said = hashlib.sha256(
        repr((crew.each, asdict(settings), asdict(decoder.settings), layer, view, classifier.digest)).encode()
    )
    arrays = [vectors, mean, *(value.cpu().numpy() for value in decoder.state_dict().values())]
    arrays += [] if parents is None else [parents.images, parents.vectors, parents.index, np.array(parents.push)]
    for array in arrays:
        said.update(np.ascontiguousarray(array).tobytes())

    def make(work: _Decoding, run: slice, kept: Path | None, check: Check) -> IconBatch:
        cells = vectors[run]
        index = parents.index[run] if parents is not None else np.full(len(cells), -1)
        images = np.zeros((len(cells), view.side, view.side, 3), np.uint8)
        faithfulness, steps = np.zeros(len(cells), np.float32), np.zeros(len(cells), np.int32)
        for name, chosen in (("own", np.flatnonzero(index < 0)), ("parent", np.flatnonzero(index >= 0))):
            if len(chosen):
                above = None if parents is None or name == "own" else index[chosen]
                start = work.start(cells[chosen], settings.push)
                if parents is not None and above is not None:
                    start = start + work.change(parents.images[above], parents.vectors[above], parents.push)
                saved = None if kept is None else Saved(kept.with_name(f"{kept.name}-{name}.npz"))
                count = settings.steps if above is None else settings.child_steps
                made = work.refine(cells[chosen], start, count, saved, check)
                images[chosen], faithfulness[chosen], steps[chosen] = made.images, made.faithfulness, made.steps
        return IconBatch(images, faithfulness, steps)

    others = [replace(work, classifier=classifier.twin()) for _ in range(crew.workers - 1)]
    makers = [partial(make, one) for one in (work, *others)]
    return make_in_batches(makers, len(vectors), crew, said.hexdigest(), folder, progress)


@dataclass(frozen=True)
class _Decoding:
    """What all batches of a layer share. mean: (channels,), the layer's."""

    classifier: Classifier
    layer: str
    decoder: Decoder
    view: View
    settings: DecodeSettings
    mean: Tensor

    def batch_size(self) -> int:
        """Icons that memory holds at once."""

        def probe(count: int) -> None:
            vectors = np.zeros((count, len(self.mean)), np.float32)
            self.refine(vectors, self.start(vectors, 1.0), 1, None, None)

        return icons_at_once(self.classifier.device, probe)

    def start(self, vectors: NDArray[np.float32], push: float) -> Tensor:
        """The decoder's logits of pixels for some vectors, float32 (cells, 3, side, side)."""
        cells = self._on_device(vectors)
        with torch.no_grad():
            logits: Tensor = self.decoder(self.mean + push * (cells - self.mean)).float()
        return logits

    def change(self, images: NDArray[np.uint8], vectors: NDArray[np.float32], push: float) -> Tensor:
        """What the refinement of finished icons added to the decoder's logits; nothing where a pixel is as dark or as bright
        as an 8-bit picture tells.
        """
        bounds = torch.logit(torch.tensor(1 - SATURATION))
        end = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).to(self.classifier.device).float() / 255
        return torch.logit(end.clamp(SATURATION, 1 - SATURATION)) - self.start(vectors, push).clamp(-bounds, bounds)

    def refine(
        self, vectors: NDArray[np.float32], start: Tensor, steps: int, saved: Saved | None, check: Check | None
    ) -> IconBatch:
        """Icons of one batch from their first logits."""
        cells, side = self._on_device(vectors), self.view.side
        zeros = torch.zeros(len(cells), 3, side, side // 2 + 1, 2, device=self.classifier.device)
        objective = _Refinement(self, cells, start, computes_in_bfloat16(self.settings.precision, self.classifier.device))
        coefficients, spent = optimise(zeros, objective, steps, self.settings.rate, self.settings.stopping, saved, check)
        with torch.no_grad():
            final = _eight_bits(start + planes_of(coefficients))
            usable = sound(coefficients, final)
            if not usable.all():
                lost = torch.from_numpy(~usable).to(start.device)
                final[lost] = _eight_bits(start[lost])
                usable |= sound(start, final)
            reached = self.seen(final, half=False)
            faithfulness = cosine(cells - self.mean, reached - self.mean)
        pictures = final.permute(0, 2, 3, 1).contiguous().cpu().numpy()
        return IconBatch(pictures, faithfulness.cpu().numpy(), spent.cpu().numpy().astype(np.int32)).only(usable)

    def seen(self, images: Tensor, half: bool) -> Tensor:
        """The layer's activation at the view's position, float32 (icons, channels)."""
        x = self.classifier.normalise(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=half):
            maps, _ = self.classifier.maps(x, [self.layer])
        place = self.view.position
        return maps[self.layer][:, :, place, place].float()

    def _on_device(self, vectors: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(vectors, np.float32)).to(self.classifier.device)


@dataclass(frozen=True)
class _Refinement:
    """What one batch is optimised for. cells: (icons, channels). start: (icons, 3, side, side), logits."""

    work: _Decoding
    cells: Tensor
    start: Tensor
    half: bool

    def loss(self, coefficients: Tensor, icons: Tensor, step: int) -> Tensor:
        settings, mean = self.work.settings, self.work.mean
        delta = planes_of(coefficients)
        pictures = torch.sigmoid(self.start[icons] + delta)
        if settings.jitter:
            down, across = _JITTER[step % len(_JITTER)]
            pictures = torch.roll(pictures, (settings.jitter * down, settings.jitter * across), dims=(2, 3))
        reached = self.work.seen(pictures, self.half)
        near: Tensor = settings.hold * delta.square().mean((1, 2, 3))
        for steep in (delta.diff(dim=2), delta.diff(dim=3)):
            near = near + settings.smooth * steep.square().mean((1, 2, 3))
        return near - cosine(reached - mean, self.cells[icons] - mean)

    def faithfulness(self, coefficients: Tensor, icons: Tensor) -> Tensor:
        pictures = torch.sigmoid(self.start[icons] + planes_of(coefficients))
        return cosine(self.work.seen(pictures, self.half) - self.work.mean, self.cells[icons] - self.work.mean)


def _eight_bits(logits: Tensor) -> Tensor:
    return (torch.sigmoid(logits) * 255).round().to(torch.uint8)
