"""Step 2: the user's own network, `package.module:factory`.

The factory takes nothing and returns a network, or a `Network`, or a dict with its fields. What it does not say stands on the
network as an attribute of the same name (`classes`, `input_size`, …) or is the default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from ganatlas.errors import InputError
from ganatlas.factory import call_factory

from .base import InputSpec


@dataclass(frozen=True)
class Network:
    """What a factory may return: a network with what the atlas should know of it.

    module: takes float32 (batch, 3, input_size, input_size), (pixel/255 - mean)/std. classes: names of its logits, None
    without. input_size, resize: px, resize being the shorter side before the centre crop. layers: module names, None for its
    stages.
    """

    module: nn.Module
    classes: Sequence[str] | None = None
    input_size: int = 224
    resize: int | None = None
    interpolation: str = "bicubic"
    mean: Sequence[float] = InputSpec.mean
    std: Sequence[float] = InputSpec.std
    layers: Sequence[str] | None = None

    def spec(self) -> InputSpec:
        """Its input, as the job wants it."""
        mean, std = (tuple(float(value) for value in values) for values in (self.mean, self.std))
        if len(mean) != 3 or len(std) != 3:
            raise InputError(f"mean {mean} and std {std}; expected three values each, for pixels in [0, 1].")
        size = int(self.input_size)
        return InputSpec(size, int(self.resize or size), self.interpolation, mean, std)


_FIELDS = ("classes", "input_size", "resize", "interpolation", "mean", "std", "layers")


def load_network(target: str) -> Network:
    """Import `package.module`, call `factory`. The current folder can be imported from.

    Raises:
        InputError: the name, the import or the call fails, or what comes back is no network.
    """
    made = call_factory(target, "a network", "mynets.resnet:make")
    if isinstance(made, Network):
        return made
    if isinstance(made, Mapping):
        unknown = sorted(set(made) - {"module", *_FIELDS})
        if unknown or not isinstance(made.get("module"), nn.Module):
            wrong = f"unknown {', '.join(unknown)}" if unknown else "no torch.nn.Module under 'module'"
            raise InputError(f"{target} returned a dict with {wrong}. Expected module and any of: {', '.join(_FIELDS)}.")
        return _described(made["module"], made)
    if isinstance(made, nn.Module):
        return _described(made, {})
    raise InputError(
        f"{target} returned a {type(made).__name__}. Expected a torch.nn.Module, or a dict with one under 'module'."
    )


def _described(module: nn.Module, given: Mapping[str, Any]) -> Network:
    """What the factory said, then plain attributes of the network."""
    known = {
        name: given.get(name, getattr(module, name, None))
        for name in _FIELDS
        if not isinstance(getattr(module, name, None), (nn.Module, type(len))) or name in given
    }
    return Network(module, **{name: value for name, value in known.items() if value is not None and not callable(value)})
