"""The user's own generator, `package.module:factory`.

The factory takes nothing and returns a network, or a `GivenGenerator`, or a dict with its fields. What it does not say
stands on the network as an attribute of the same name (`latent`, `classes`, …) or is the default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from torch import nn

from ganatlas.classifiers.weights import weights_digest
from ganatlas.errors import InputError
from ganatlas.factory import call_factory

from .base import ImageGenerator


@dataclass(frozen=True)
class GivenGenerator:
    """What a factory may return.

    module: takes latents float32 (batch, *latent), and with `classes` also their indices int64 (batch,); returns images (batch,
    3, height, width). latent: numbers in a latent, or its shape. classes: names in the order of their indices, None where it
    is not conditional. low, high: the values of black and white.
    """

    module: nn.Module
    latent: int | Sequence[int] | None = None
    classes: Sequence[str] | None = None
    low: float = -1.0
    high: float = 1.0


_FIELDS = tuple(field.name for field in fields(GivenGenerator) if field.name != "module")


def load_given_generator(target: str) -> ImageGenerator:
    """Call `package.module:factory` and check what comes back.

    Raises:
        InputError: the name, the import or the call fails, or what comes back is no generator.
    """
    made = call_factory(target, "a generator", "mygans.small:make")
    if isinstance(made, Mapping):
        unknown = sorted(set(made) - {"module", *_FIELDS})
        if unknown or not isinstance(made.get("module"), nn.Module):
            wrong = f"unknown {', '.join(map(str, unknown))}" if unknown else "no torch.nn.Module under 'module'"
            raise InputError(f"{target} returned a dict with {wrong}. Expected module and any of: {', '.join(_FIELDS)}.")
        made = _described(made["module"], made)
    elif isinstance(made, nn.Module):
        made = _described(made, {})
    if not isinstance(made, GivenGenerator):
        raise InputError(
            f"{target} returned a {type(made).__name__}. Expected a torch.nn.Module, or a dict with one under 'module'."
        )
    if made.latent is None:
        raise InputError(
            f"{target} does not say how long a latent is. Give its generator an attribute latent, such as latent = 128."
        )
    latent = (int(made.latent),) if isinstance(made.latent, int) else tuple(int(side) for side in made.latent)
    if not latent or min(latent) < 1 or not made.high > made.low:
        raise InputError(
            f"{target}: latent {made.latent}, low {made.low}, high {made.high}; expected sizes ≥ 1, and low below high."
        )
    module = made.module.eval().requires_grad_(False)
    classes = tuple(str(name) for name in made.classes or ())
    return ImageGenerator(target, module, latent, classes, float(made.low), float(made.high), weights_digest(module))


def _described(module: nn.Module, given: Mapping[str, Any]) -> GivenGenerator:
    """What the factory said, then plain attributes of the network."""
    known = {
        name: given[name] if name in given else getattr(module, name)
        for name in _FIELDS
        if name in given or not isinstance(getattr(module, name, None), (nn.Module, type(len), type(None)))
    }
    return GivenGenerator(module, **known)
