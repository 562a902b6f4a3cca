"""A network made faster without changing what it computes: batch normalisation folded into the convolution before it.

Only for a network in evaluation mode, whose normalisation is a fixed scale and shift of each channel. Which convolution a
normalisation follows is seen in a forward pass, so no module needs to be known; and what comes out is compared.

Data flow: `open_classifier` -> :func:`folded` -> icons, whose optimisation runs the network thousands of times.

Source: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference"
(folding); PyTorch's `fuse_conv_bn_eval`.
"""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .base import Classifier
from .capture import first_tensor

_TOLERANCE = 1e-3
"""Of a layer's largest value: rounding in float32 stays far below."""


def folded(classifier: Classifier) -> Classifier:
    """The same classifier on a copy of its network, folded, its weights in the order that convolutions read fastest.

    Where the copy's layers do not show what the original's show (a convolution whose output is used twice, say), nothing is
    folded and only the order of the weights changes. The digest remains that of the original.
    """
    module = copy.deepcopy(classifier.module)
    for convolution, normalisation in _pairs(classifier):
        conv, norm = module.get_submodule(convolution), module.get_submodule(normalisation)
        assert isinstance(conv, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        _put(module, convolution, fuse_conv_bn_eval(conv, norm))
        _put(module, normalisation, nn.Identity())
    made = replace(classifier, module=module)
    if not _alike(classifier, made):
        made = replace(classifier, module=copy.deepcopy(classifier.module))
    made.module.requires_grad_(False)
    made.module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types this argument for tensors only
    return made


def _put(module: nn.Module, name: str, part: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(module.get_submodule(parent), last, part)


def _pairs(classifier: Classifier) -> list[tuple[str, str]]:
    """(convolution, normalisation) wherever the one's output is the other's input, each called once."""
    made: list[tuple[Tensor, str]] = []  # keeps the tensors, so that none takes another's place in memory
    found: list[tuple[str, str]] = []
    calls: Counter[str] = Counter()

    def watch(name: str, module: nn.Module) -> Callable[[nn.Module, Any, Any], None]:
        def seen(_module: nn.Module, inputs: Any, output: Any) -> None:
            calls[name] += 1
            if isinstance(module, nn.Conv2d):
                made.append((output, name))
                return
            given = first_tensor(inputs)
            found.extend((source, name) for tensor, source in made if tensor is given)

        return seen

    parts = {name: part for name, part in classifier.module.named_modules() if isinstance(part, nn.Conv2d | nn.BatchNorm2d)}
    handles = [part.register_forward_hook(watch(name, part)) for name, part in parts.items()]
    try:
        with torch.no_grad():
            classifier.maps(_noise(classifier)[:1], classifier.layers)
    finally:
        for handle in handles:
            handle.remove()
    return [pair for pair in found if all(calls[name] == 1 for name in pair)]


def _alike(classifier: Classifier, other: Classifier) -> bool:
    """Whether all layers show the same on noise."""
    x = _noise(classifier)
    with torch.no_grad():
        maps, others = (one.maps(x, classifier.layers)[0] for one in (classifier, other))
    return all(
        bool((maps[name] - others[name]).abs().max() <= _TOLERANCE * maps[name].abs().max().clamp(min=1e-6)) for name in maps
    )


def _noise(classifier: Classifier) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(2, 3, classifier.spec.size, classifier.spec.size, generator=generator)
    return classifier.normalise(images)
