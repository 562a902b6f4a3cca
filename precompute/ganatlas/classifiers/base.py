"""What the job needs of a classifier, whatever it is: a preprocessing, and the maps of named layers.

Data flow: `open_classifier` (registry) -> `collect_activations`, `measure_receptive_field`, `attribute_cells`, `invert_cells`.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class InputSpec:
    """How an image becomes the network's input: shorter side to `resize`, centre crop `size`, (x/255 - mean)/std."""

    size: int
    resize: int
    interpolation: str = "bicubic"
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class LayerShape:
    """A layer's map for one input: channels, height, width."""

    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class Classifier:
    """A network in evaluation mode with what the job must know of it.

    module: takes float32 (batch, 3, size, size), normalised; returns logits (batch, classes), or anything if `classes` is None.
    layers: module names, in the order of the forward pass. classes: names of the logits, or None: no attribution.
    digest: SHA-256 hex of the weights. device: where the module is.
    """

    name: str
    module: nn.Module
    spec: InputSpec
    layers: tuple[str, ...]
    classes: tuple[str, ...] | None
    digest: str
    device: torch.device

    def normalise(self, images: Tensor) -> Tensor:
        """uint8 or [0, 1] float (batch, 3, size, size) on any device -> the network's input on `device`, float32."""
        mean = torch.tensor(self.spec.mean, device=self.device).view(1, 3, 1, 1)
        std = torch.tensor(self.spec.std, device=self.device).view(1, 3, 1, 1)
        x = images.to(self.device)
        if x.dtype == torch.uint8:  # the conversion made a copy, which may be written to
            return x.float().sub_(mean * 255).div_(std * 255)
        return (x.float() - mean) / std

    def maps(self, x: Tensor, layers: Sequence[str], logits: bool = False) -> tuple[dict[str, Tensor], Tensor | None]:
        """Forward pass of a normalised batch.

        Args:
            x: (batch, 3, size, size) float32.
            layers: names of modules whose output is wanted.
            logits: whether the logits are wanted; without, the pass stops after the last of `layers`.

        Returns:
            layer -> (batch, channels, height, width) (tokens become a height x width map), and the logits or None.
            Differentiable in x (gradients are on where the caller has them on).
        """
        from .capture import capture_maps

        return capture_maps(self.module, x, layers, logits)

    def twin(self) -> "Classifier":
        """The same network for another thread: modules of its own, since `maps` hooks into them, and the same weights."""
        shared = {id(tensor): tensor for tensor in (*self.module.parameters(), *self.module.buffers())}
        return replace(self, module=copy.deepcopy(self.module, shared))
