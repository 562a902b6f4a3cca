"""What a published network is to the metrics: an image in, its features out.

Data flow: images at their own size → `resize` (threads) → `look` (the device) → features, which `ganatlas.metrics` takes.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ganatlas.bundle.metrics import FeatureKind

BATCH = 32
_AHEAD = 3


@dataclass(frozen=True)
class PublishedNetwork:
    """A network with the resizing under which its figures are published.

    Attributes:
        features: what its features are called in metrics.json.
        digest: of its weights and of all that is done to an image.
        resize: an RGB image of any size → (3, side, side) float32, 0 to 255.
        look: (batch, 3, side, side) float32 of those, on `device` → (batch, dimension) float32.
        warnings: what to know of every figure from it.
    """

    features: FeatureKind
    digest: str
    resize: Callable[[Image.Image], NDArray[np.float32]]
    look: Callable[[Tensor], Tensor]
    device: torch.device
    warnings: tuple[str, ...] = ()

    def batches(self, image: Callable[[int], Image.Image], indices: range, size: int = BATCH) -> Iterator[NDArray[np.float32]]:
        """Features of some images, (batch, dimension), in order; threads read and resize the next ones meanwhile."""
        with ThreadPoolExecutor(4, "resizing") as pool:
            waiting: deque[list[Future[NDArray[np.float32]]]] = deque()
            try:
                for start in range(0, len(indices), size):
                    waiting.append([pool.submit(self._prepared, image, i) for i in indices[start : start + size]])
                    if len(waiting) > _AHEAD:
                        yield self._features(waiting.popleft())
                while waiting:
                    yield self._features(waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _prepared(self, image: Callable[[int], Image.Image], index: int) -> NDArray[np.float32]:
        return self.resize(image(index))

    def _features(self, prepared: list[Future[NDArray[np.float32]]]) -> NDArray[np.float32]:
        batch = torch.from_numpy(np.stack([each.result() for each in prepared]))
        with torch.inference_mode():
            found: NDArray[np.float32] = self.look(batch.to(self.device)).float().cpu().numpy()
        return found
