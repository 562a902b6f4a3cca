"""Feature inversion: for each cell an image that the classifier sees, at the centre of a layer's map, as it sees the cell.

Data flow: cell vectors of a grid, the layer's moments -> this step -> tiles. Cells are optimised in batches; the forward
pass stops at the target layer, the weights have no gradient, the convolutions run in bfloat16 where the processor has it,
and the icon of a child cell starts from its parent's. A network is best given `folded`.

Source: Carter et al. 2019, "Activation Atlas", Distill; Olah et al. 2017, "Feature Visualization", Distill; and "Visualizing &
Evaluating Image Synthesis GANs" for the transforms.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError

from .batch_size import crew_of, icons_at_once
from .batches import Check, IconBatch, Progress, make_in_batches, sound
from .keys import IconKey
from .objective import centre, cosine, score, variation
from .optimise import NEVER, Saved, optimise
from .parametrisation import coefficients_from_images, imagenet_colours, images_of, start_coefficients
from .settings import IconSettings, Precision
from .transforms import affine_maps, draw_transforms, transform
from .views import View, takes_side


@dataclass(frozen=True)
class Parents:
    """What child icons start from. images: uint8 (icons, side, side, 3). index: int64 (cells,), each cell's parent among
    them, -1: none.

    The images are those that `invert_cells` returned for the coarser grid.
    """

    images: NDArray[np.uint8]
    index: NDArray[np.int64]


def invert_cells(
    classifier: Classifier,
    layer: str,
    vectors: NDArray[np.float32],
    settings: IconSettings,
    *,
    keys: Sequence[IconKey],
    mean: NDArray[np.float32],
    whitening: Tensor | None = None,
    colours: Tensor | None = None,
    parents: Parents | None = None,
    view: View | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> IconBatch:
    """Invert the vectors of some cells of one layer.

    Args:
        classifier: the network; its parameters are left as they are. The work is done on its device.
        layer: one of the network's modules.
        vectors: float32 (cells, channels), the cell vectors.
        settings: how.
        keys: the name of each icon, from which its random draws come.
        mean: float32 (channels,), the layer's mean activation (`LayerMoments.mean`), for the faithfulness.
        whitening: (channels, channels) of `LayerMoments.whitening`; used where `settings.whitens(layer)`. None: not used.
        colours: (3, 3) of `colour_matrix`, used where `settings.decorrelate`. None: ImageNet's.
        parents: icons of a coarser grid to start from; a cell without one starts from noise and takes `settings.steps`.
        view: `field_view` of the layer, looked at where `settings.look` says so. None: the whole image.
        folder: where finished batches are kept, and from time to time the step of an unfinished one; with them a killed run
        goes on, and ends with the same bytes.
        progress: called with the icons done and the icons in all.

    Returns:
        The icons, `settings.canvas` or the network's input a side, in the order of `vectors`, and their faithfulness: the
        cosine of h - mean and v - mean, v being the activation of the 8-bit image without transforms, in float32. Where a
        number went beyond all bounds, or the image has one colour, also at a second try: a black icon, faithfulness NaN.

    Raises:
        InputError: the numbers of cells or channels disagree, or a vector is not finite.
    """
    side = settings.canvas or classifier.spec.size
    _check(vectors, keys, mean, parents, side)
    inverter = _Inverter(
        classifier=classifier,
        layer=layer,
        settings=settings,
        mean=torch.from_numpy(np.asarray(mean, np.float32)).to(classifier.device),
        whitening=whitening if settings.whitens(layer) else None,
        colours=(imagenet_colours() if colours is None else colours) if settings.decorrelate else None,
        window=_window(classifier, layer, side, view if settings.look == "field" else None),
    )

    crew = crew_of(classifier.device, settings.batch or inverter.batch_size())
    inverter = replace(inverter, settings=replace(settings, batch=crew.each))

    def make(inverter: _Inverter, run: slice, kept: Path | None, check: Check) -> IconBatch:
        inverter = replace(inverter, check=check)
        index = parents.index[run] if parents is not None else np.full(run.stop - run.start, -1)
        images = np.zeros((len(index), side, side, 3), np.uint8)
        faithfulness, steps = np.zeros(len(index), np.float32), np.zeros(len(index), np.int32)
        for name, chosen in (("noise", np.flatnonzero(index < 0)), ("parent", np.flatnonzero(index >= 0))):
            if len(chosen):
                starts = parents.images[index[chosen]] if parents is not None and name == "parent" else None
                part = None if kept is None else kept.with_name(f"{kept.name}-{name}")
                made = inverter.best(vectors[run][chosen], [keys[run.start + i] for i in chosen], starts, part)
                images[chosen], faithfulness[chosen], steps[chosen] = made.images, made.faithfulness, made.steps
        return IconBatch(images, faithfulness, steps)

    key = _digest(inverter, vectors, keys, parents)
    others = [replace(inverter, classifier=classifier.twin()) for _ in range(crew.workers - 1)]
    makers = [partial(make, one) for one in (inverter, *others)]
    with _frozen(classifier.module):
        return make_in_batches(makers, len(vectors), crew, key, folder, progress)


@dataclass(frozen=True)
class _Window:
    """What the network looks at in a step, by row and by column alike. first: its first px of the image. side: px.

    position: the index of the image's centre position in the window's map; None: the whole image, whose centre it is.
    """

    first: int
    side: int
    position: int | None


def _window(classifier: Classifier, layer: str, side: int, view: View | None) -> _Window:
    """The view about the centre position of images of `side` px; the whole image where the view does not fit the network."""
    if view is not None:
        first = (side // view.stride // 2 - view.position) * view.stride
        if first >= 0 and first + view.side <= side and takes_side(classifier, layer, view.side):
            return _Window(first, view.side, view.position)
    return _Window(0, side, None)


@dataclass(frozen=True)
class _Inverter:
    """What all batches of a layer share."""

    classifier: Classifier
    layer: str
    settings: IconSettings
    mean: Tensor
    whitening: Tensor | None
    colours: Tensor | None
    window: _Window
    check: Check | None = None

    def batch_size(self) -> int:
        """Icons that memory holds at once."""
        short = replace(self, settings=replace(self.settings, steps=1, stopping=NEVER))
        key = IconKey(0, self.layer, 0, 0, 0)
        return icons_at_once(
            self.classifier.device,
            lambda count: short.invert(np.zeros((count, len(self.mean)), np.float32), [key] * count, None),
        )

    def best(
        self,
        vectors: NDArray[np.float32],
        keys: Sequence[IconKey],
        starts: NDArray[np.uint8] | None,
        kept: Path | None = None,
    ) -> IconBatch:
        """One batch: as many tries as the settings say, and one more, from noise, of what gave no picture."""
        tries = self.settings.tries if starts is None else 1

        def made_at(attempt: int) -> IconBatch:
            again = keys if attempt == 0 else [replace(key, attempt=attempt) for key in keys]
            return self.invert(vectors, again, starts, None if kept is None else kept.with_name(f"{kept.name}-{attempt}.npz"))

        made = made_at(0)
        for attempt in range(1, tries):
            made = made.better_of(made_at(attempt))
        failed = np.flatnonzero(np.isnan(made.faithfulness)).tolist()
        if failed:
            again = self.invert(vectors[failed], [replace(keys[i], attempt=tries) for i in failed], None)
            made.images[failed], made.faithfulness[failed] = again.images, again.faithfulness
            made.steps[failed] += again.steps
        return made

    def invert(
        self,
        vectors: NDArray[np.float32],
        keys: Sequence[IconKey],
        starts: NDArray[np.uint8] | None,
        kept: Path | None = None,
    ) -> IconBatch:
        """One batch. starts: uint8 (icons, side, side, 3) to start from, or None: noise. kept: where its steps are kept."""
        device, settings = self.classifier.device, self.settings
        size = self.classifier.spec.size
        side = settings.canvas or size
        steps = settings.steps if starts is None else settings.child_steps
        cells = torch.from_numpy(np.ascontiguousarray(vectors)).to(device)
        target = cells if self.whitening is None else cells @ self.whitening.to(device)
        target = target / target.norm(dim=1, keepdim=True).clamp(min=1e-30)  # Adam does not see the score's unit
        if starts is None:
            coefficients = start_coefficients(keys, side).to(device)
        else:
            coefficients = coefficients_from_images(torch.from_numpy(starts).permute(0, 3, 1, 2).to(device), self.colours)
        maps = (
            affine_maps(draw_transforms(keys, steps, settings.jitter), size, side, self.window.first, self.window.side)
            if settings.transforms
            else None
        )
        half = computes_in_bfloat16(settings.precision, device)
        objective = _Inversion(self, cells, target, maps, half)
        saved = None if kept is None else Saved(kept)
        coefficients, spent = optimise(coefficients, objective, steps, settings.lr, settings.stopping, saved, self.check)
        with torch.no_grad():
            final = (images_of(coefficients, self.colours) * 255).round().to(torch.uint8)
            faithfulness = cosine(cells - self.mean, centre(self.map(final, half=False)) - self.mean)
        made = IconBatch(
            final.permute(0, 2, 3, 1).contiguous().cpu().numpy(),
            faithfulness.cpu().numpy(),
            spent.cpu().numpy().astype(np.int32),
        )
        return made.only(sound(coefficients, final))

    def map(self, images: Tensor, half: bool) -> Tensor:
        """The layer's map, float32 (icons, channels, height, width)."""
        x = self.classifier.normalise(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=half):
            maps, _ = self.classifier.maps(x, [self.layer])
        return maps[self.layer].float()


@dataclass(frozen=True)
class _Inversion:
    """What one batch is optimised for. cells, target: (icons, channels), h and h'. maps: (steps, icons, 2, 3) or None."""

    inverter: _Inverter
    cells: Tensor
    target: Tensor
    maps: Tensor | None
    half: bool

    def loss(self, coefficients: Tensor, icons: Tensor, step: int) -> Tensor:
        settings, mean = self.inverter.settings, self.inverter.mean
        images, window = images_of(coefficients, self.inverter.colours), self.inverter.window
        if self.maps is None:
            looked_at = slice(window.first, window.first + window.side)
            seen = images[:, :, looked_at, looked_at]
        else:
            seen = transform(images, self.maps[step, icons], window.side)
        layer = self.inverter.map(seen, self.half)
        reached = centre(layer) if window.position is None else layer[:, :, window.position, window.position]
        if settings.centred:
            wanted = cosine(self.cells[icons] - mean, reached - mean)
        else:
            wanted = score(self.target[icons], reached, settings.power)
        return settings.smoothness * variation(images) - wanted if settings.smoothness else -wanted

    def faithfulness(self, coefficients: Tensor, icons: Tensor) -> Tensor:
        reached = centre(self.inverter.map(images_of(coefficients, self.inverter.colours), self.half))
        return cosine(self.cells[icons] - self.inverter.mean, reached - self.inverter.mean)


def computes_in_bfloat16(precision: Precision, device: torch.device) -> bool:
    """Whether convolutions run in bfloat16: as said, or, for 'auto', where the processor does so at speed."""
    if precision != "auto":
        return precision == "bfloat16"
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())


@contextmanager
def _frozen(module: nn.Module) -> Iterator[None]:
    """No gradients for parameters inside; as before outside."""
    wanted = [p for p in module.parameters() if p.requires_grad]
    for parameter in wanted:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in wanted:
            parameter.requires_grad_(True)


def _check(
    vectors: NDArray[np.float32], keys: Sequence[IconKey], mean: NDArray[np.float32], parents: Parents | None, side: int
) -> None:
    if len(keys) != len(vectors) or (parents is not None and len(parents.index) != len(vectors)):
        raise InputError(f"icons: {len(vectors)} cell vectors, {len(keys)} keys; each cell needs one key and one parent index")
    if vectors.shape[1:] != mean.shape:
        raise InputError(f"icons: cell vectors have {vectors.shape[1:]} channels, the layer's mean {mean.shape}")
    if not np.isfinite(vectors).all():
        raise InputError("icons: a cell vector is not finite; empty cells have no icon and must be left out")
    if parents is not None and parents.images.shape[1:] != (side, side, 3) and (parents.index >= 0).any():
        raise InputError(f"icons: parents are {parents.images.shape[1:]}, the icons to be made ({side}, {side}, 3)")


def _digest(inverter: _Inverter, vectors: NDArray[np.float32], keys: Sequence[IconKey], parents: Parents | None) -> str:
    """Hex digest of all that the icons depend on."""
    said = hashlib.sha256(repr((asdict(inverter.settings), inverter.window, inverter.layer, list(keys))).encode())
    said.update(inverter.classifier.digest.encode())
    arrays = [vectors, inverter.mean.cpu().numpy()]
    arrays += [t.cpu().numpy() for t in (inverter.whitening, inverter.colours) if t is not None]
    arrays += [parents.images, parents.index] if parents is not None else []
    for array in arrays:
        said.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return said.hexdigest()
