"""How good icons are, by a judge: an independent network that took no part in making them.

Identifiability asks whether the judge, shown an icon, finds the cell that it stands for among all cells of the grid. Pictures
that no person recognises can pass that, so it counts only together with robustness (the same after a blur, and after noise) and
realism (how far the judge's early features of the icons lie from those of real patches).

Data flow: icons, patches of the cells' members -> :func:`look` (a judge) -> :func:`ranks`, :func:`realism` ->
`benchmarks/icon_quality.py`.

Source: ours; realism is the shift of means in the way of Fréchet-type measures (Heusel et al. 2017), a channel at a time.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError

BLUR_SD = 1.0
"""Of the blur that an icon must withstand, px of the network's input."""
NOISE_SD = 0.1
"""Of the noise, pixels in [0, 1]."""
_AT_ONCE = 128


@dataclass(frozen=True)
class Identifiability:
    """How the true cells rank. first, best5: share of icons whose own cell is first, among the first five.

    median_rank: 1 where more than half are first; half the cells is chance.
    """

    first: float
    best5: float
    median_rank: float


@dataclass(frozen=True)
class Looks:
    """What a network saw of some pictures.

    activation: float32 (pictures, channels), at one position of a layer. pooled: float32 (pictures, channels), an early layer's
    mean over its positions.
    """

    activation: NDArray[np.float32]
    pooled: NDArray[np.float32]


def look(network: Classifier, pictures: NDArray[np.generic], layer: str, position: int, early: str) -> Looks:
    """Show pictures to a network, in float32.

    Args:
        pictures: (pictures, side, side, 3), uint8 or float in [0, 1], in px of the network's input.
        layer, position: where the activation is read, by row and by column alike. early: the layer that is pooled.
    """
    activations, pooled = [], []
    for start in range(0, len(pictures), _AT_ONCE):
        x = torch.from_numpy(np.ascontiguousarray(pictures[start : start + _AT_ONCE])).permute(0, 3, 1, 2)
        with torch.no_grad():
            maps, _ = network.maps(network.normalise(x), list(dict.fromkeys((early, layer))))
        activations.append(maps[layer][:, :, position, position].float().cpu().numpy())
        pooled.append(maps[early].float().mean((2, 3)).cpu().numpy())
    return Looks(np.concatenate(activations), np.concatenate(pooled))


def ranks(
    seen: NDArray[np.floating],
    means: NDArray[np.floating],
    own: NDArray[np.integer],
    truth: NDArray[np.floating] | None = None,
) -> NDArray[np.int64]:
    """Where the true cell stands among all cells by the cosine with what the judge saw; 1 is first, ties go against the icon.

    Args:
        seen: (icons, channels), the judge's activation for each icon. means: (cells, channels), its mean activation of the
        members of each cell. own: (icons,), the true cell of each. truth: (icons, channels), what stands for the true cell in
        place of its mean (:func:`without_member`).

    Raises:
        InputError: the shapes do not fit.
    """
    if seen.shape[1:] != means.shape[1:] or len(own) != len(seen) or (truth is not None and truth.shape != seen.shape):
        raise InputError(f"ranks: icons {seen.shape}, means {means.shape}, {len(own)} own cells: these do not fit together")
    looked, cells = _unit(seen), _unit(means)
    similar = looked @ cells.T
    rows = np.arange(len(seen))
    true = similar[rows, own] if truth is None else (looked * _unit(truth)).sum(axis=1)
    similar[rows, own] = -np.inf
    return np.asarray(1 + (similar >= true[:, None]).sum(axis=1), np.int64)


def identifiability(ranked: NDArray[np.integer]) -> Identifiability:
    """The three figures of some ranks (1 is first)."""
    return Identifiability(float((ranked == 1).mean()), float((ranked <= 5).mean()), float(np.median(ranked)))


def without_member(
    means: NDArray[np.floating],
    weight: NDArray[np.floating],
    member: NDArray[np.floating],
    member_weight: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Weighted means of cells as they are without one member, which would otherwise be compared with itself.

    Args:
        means: (cells, channels). weight: (cells,), of all members together. member: (cells, channels), the one that is left
        out. member_weight: (cells,), its share of `weight`.

    Raises:
        InputError: nothing would be left of a cell.
    """
    left = np.asarray(weight, np.float64) - member_weight
    if not (left > 1e-12 * np.asarray(weight)).all():
        raise InputError("quality: a cell has no other member than the one to leave out; give cells with at least two")
    total = (
        np.asarray(means, np.float64) * np.asarray(weight)[:, None] - np.asarray(member) * np.asarray(member_weight)[:, None]
    )
    return np.asarray(total / left[:, None], np.float64)


def blurred(pictures: NDArray[np.uint8], sd: float = BLUR_SD) -> NDArray[np.float32]:
    """Pictures after a Gaussian blur; the edge is repeated. uint8 (n, side, side, 3) -> float32 in [0, 1]."""
    reach = max(1, round(3 * sd))
    weight = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=torch.float32) / sd) ** 2)
    weight = (weight / weight.sum()).expand(3, 1, -1)
    x = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255
    x = F.pad(x, (reach,) * 4, mode="replicate")
    x = F.conv2d(F.conv2d(x, weight[:, :, None, :], groups=3), weight[:, :, :, None], groups=3)
    return x.permute(0, 2, 3, 1).contiguous().numpy()


def noisy(pictures: NDArray[np.uint8], seed: int, sd: float = NOISE_SD) -> NDArray[np.float32]:
    """Pictures with independent noise in every pixel and colour, kept within [0, 1]."""
    noise = np.random.default_rng(seed).normal(0, sd, pictures.shape).astype(np.float32)
    return np.clip(pictures.astype(np.float32) / 255 + noise, 0, 1)


def realism(pooled: NDArray[np.floating], real: NDArray[np.floating]) -> float:
    """Shift of pictures from real ones: the distance of the means in standard deviations of the real, mean over the channels.

    0 where they are alike; n independent real pictures give about 0.8/√n. Channels that never change are left out.

    Args:
        pooled, real: (pictures, channels), the judge's pooled early features.
    """
    spread = real.std(axis=0, dtype=np.float64)
    alive = spread > 1e-6 * max(float(spread.max()), 1e-30)
    if not alive.any():
        return 0.0
    shift = np.abs(pooled.mean(axis=0, dtype=np.float64) - real.mean(axis=0, dtype=np.float64))
    return float((shift[alive] / spread[alive]).mean())


def _unit(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rows of length 1; of zeros where there is nothing."""
    x = np.asarray(rows, np.float64)
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    return np.asarray(x / np.where(norm > 0, norm, 1), np.float64)
