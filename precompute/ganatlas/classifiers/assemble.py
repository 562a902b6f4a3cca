"""Step 2: from a bare network and what is known of it to the `Classifier` that the job uses. Shared by all kinds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from ganatlas.errors import InputError

from .base import Classifier, InputSpec
from .layers import choose_layers, trace_layers
from .weights import weights_digest

INTERPOLATIONS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")


@dataclass(frozen=True)
class Overrides:
    """What the user said of the input, over what the network says of itself; None: nothing. Sizes in px, colours in [0, 1]."""

    input_size: int | None = None
    resize: int | None = None
    interpolation: str | None = None
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None

    def apply(self, spec: InputSpec) -> InputSpec:
        """The spec with what was said put in. A new input size alone keeps the share that the crop cuts off.

        Raises:
            InputError: a value that is not possible.
        """
        size = self.input_size if self.input_size is not None else spec.size
        resize = self.resize
        if resize is None:
            resize = round(spec.resize * size / spec.size) if self.input_size is not None else spec.resize
        made = replace(
            spec,
            size=size,
            resize=resize,
            interpolation=self.interpolation or spec.interpolation,
            mean=self.mean or spec.mean,
            std=self.std or spec.std,
        )
        _check(made)
        return made


def assemble(
    name: str,
    module: nn.Module,
    spec: InputSpec,
    classes: Sequence[str] | None,
    layers: Sequence[str] | None,
    device: torch.device,
) -> Classifier:
    """Set the network to evaluation on its device, find its layers, and check that its logits fit its class names.

    Raises:
        InputError: the network fails on its input, a layer does not exist, or its logits are not as many as the class names.
    """
    _check(spec)
    module = module.to(device).eval().requires_grad_(False)
    for part in module.modules():
        if getattr(part, "inplace", None) is True:
            part.inplace = False  # type: ignore[assignment]  # an in-place activation would write over the map captured before it
    calls = trace_layers(module, spec, device)
    classifier = Classifier(
        name=name,
        module=module,
        spec=spec,
        layers=choose_layers(module, calls, layers),
        classes=None if classes is None else tuple(classes),
        digest=weights_digest(module),
        device=device,
    )
    if classes is not None:
        with torch.no_grad():
            x = torch.zeros(1, 3, spec.size, spec.size, device=device)
            _, logits = classifier.maps(x, (), logits=True)
        assert logits is not None
        if logits.shape[1] != len(classes):
            raise InputError(f"the network gives {logits.shape[1]} logits, but {len(classes)} class names were given.")
    return classifier


def _check(spec: InputSpec) -> None:
    if spec.size < 8:
        raise InputError(f"an input size of {spec.size} px; expected at least 8.")
    if spec.resize < spec.size:
        raise InputError(
            f"`resize` {spec.resize} px is below the input size {spec.size} px; the centre crop needs at least that."
        )
    if spec.interpolation not in INTERPOLATIONS:
        raise InputError(f"unknown interpolation {spec.interpolation!r}. Expected one of: {', '.join(INTERPOLATIONS)}.")
    if len(spec.mean) != 3 or len(spec.std) != 3 or min(spec.std) <= 0:
        raise InputError(f"mean {spec.mean} and std {spec.std}; expected three values each, std above 0, for pixels in [0, 1].")
