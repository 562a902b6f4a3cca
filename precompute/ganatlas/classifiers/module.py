"""Step 2: the user's own network, `package.module:factory`.

The factory takes nothing and returns a network, or a `Network`, or a dict with its fields. What it does not say stands on the
network as an attribute of the same name (`classes`, `input_size`, …) or is the default.
"""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from ganatlas.errors import InputError

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
    name, _, factory = target.partition(":")
    if not name or not factory:
        raise InputError(f"{target!r} does not name a network. Expected package.module:factory, such as mynets.resnet:make.")
    made = _call(_import(name, target), factory, target)
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


def _import(name: str, target: str) -> Any:
    folder = os.getcwd()
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise InputError(
                f"there is no module {name} to take {target} from. "
                f"Run the command in the folder of {error.name}, or install it."
            ) from error
        raise InputError(f"importing {name} failed: {error}. Install what it needs.") from error
    except Exception as error:  # a user's module may raise anything
        raise InputError(f"importing {name} failed: {type(error).__name__}: {error}.") from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _call(module: Any, factory: str, target: str) -> Any:
    function = getattr(module, factory, None)
    if not callable(function):
        names = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        raise InputError(f"{module.__name__} has no function {factory}. It has: {', '.join(names[:20]) or 'none'}.")
    try:
        return function()
    except Exception as error:  # a user's function may raise anything
        raise InputError(f"calling {target} failed: {type(error).__name__}: {error}.") from error
