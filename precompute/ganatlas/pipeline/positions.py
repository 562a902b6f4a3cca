"""Step 2: where in an image its activation is taken: the same relative place in every layer, inside the border.

Source: Carter et al. 2019, "Activation Atlas": one random spatial position an image, the border left out, which padding shapes.
"""

import numpy as np
from numpy.typing import NDArray

_BORDER_FROM = 4  # maps at least this wide have a border to leave out


def relative_positions(images: int, per_image: int, seed: int) -> NDArray[np.float32]:
    """Relative places, drawn uniformly: (images, per_image, 2) float32 in [0, 1), (row, column)."""
    drawn = np.random.default_rng(seed).random((images, per_image, 2), dtype=np.float32)
    return np.minimum(drawn, np.float32(1) - np.finfo(np.float32).epsneg)


def position_at(relative: NDArray[np.float32], height: int, width: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """The position of a height x width map at relative places.

    Args:
        relative: (..., 2) in [0, 1), (row, column).

    Returns:
        (row, column), each uint16 of shape (...). Never the outermost where the map is at least 4 wide in that direction.
    """
    return _along(relative[..., 0], height), _along(relative[..., 1], width)


def _along(relative: NDArray[np.float32], length: int) -> NDArray[np.uint16]:
    border = 1 if length >= _BORDER_FROM else 0
    inner = length - 2 * border
    return (border + np.minimum((relative.astype(np.float64) * inner).astype(np.int64), inner - 1)).astype(np.uint16)
