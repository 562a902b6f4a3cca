"""Step 2: which layers a network has, in which order they run, which to take where the user does not say, and their shapes."""

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ganatlas.errors import InputError

from .base import Classifier, InputSpec, LayerShape
from .capture import as_map, first_tensor, hooked

_FEWEST_STAGES = 3
_MOST_SPREAD = 6
_LISTED = 40


@dataclass(frozen=True)
class LayerCall:
    """A module as a forward pass met it. shape: None where its output is no map. calls: how often it was called."""

    name: str
    shape: LayerShape | None
    calls: int


def layer_shapes(classifier: Classifier) -> dict[str, LayerShape]:
    """The map of each of the classifier's layers, measured on an input of zeros."""
    x = torch.zeros(1, 3, classifier.spec.size, classifier.spec.size, device=classifier.device)
    with torch.no_grad():
        maps, _ = classifier.maps(x, classifier.layers)
    return {name: LayerShape(*found.shape[1:]) for name, found in maps.items()}


def trace_layers(module: nn.Module, spec: InputSpec, device: torch.device) -> dict[str, LayerCall]:
    """Every named module that takes part in a forward pass of zeros, in the order in which they finish.

    Raises:
        InputError: the network does not accept its input size.
    """
    shapes: dict[str, LayerShape | None] = {}
    calls: Counter[str] = Counter()

    def note(name: str, output: Any) -> None:
        calls[name] += 1
        shapes.setdefault(name, _shape(output))

    modules = {name: part for name, part in module.named_modules() if name}
    with torch.no_grad(), hooked(modules, note):
        try:
            module(torch.zeros(1, 3, spec.size, spec.size, device=device))
        except Exception as error:  # a user's network may raise anything
            raise InputError(
                f"the network failed on an input of (1, 3, {spec.size}, {spec.size}): {type(error).__name__}: {error}. "
                "If it expects another size, set `input_size`.",
            ) from error
    return {name: LayerCall(name, shape, calls[name]) for name, shape in shapes.items()}


def choose_layers(module: nn.Module, calls: dict[str, LayerCall], layers: Sequence[str] | None) -> tuple[str, ...]:
    """The layers asked for, in the order of the forward pass; or the network's stages where none are.

    Raises:
        InputError: a name that is no module (with the nearest names), that took no part in the pass, that is called more than
            once (so that it is no single place), or whose output is no map.
    """
    if layers is None:
        return default_layers(module, calls)
    if not layers:
        raise InputError("no layer is named. Leave the layers out for the network's own stages, or name at least one.")
    known = {name for name, _ in module.named_modules() if name}
    for name in layers:
        call = calls.get(name)
        if name not in known:
            raise InputError(_unknown(name, calls), layer=name)
        if call is None:
            raise InputError(f"the layer {name} takes no part in the network's forward pass; choose one of: {_listing(calls)}.")
        if call.calls > 1:
            raise InputError(f"the layer {name} is called {call.calls} times in a forward pass; choose the module around it.")
        if call.shape is None:
            raise InputError(f"the output of the layer {name} is no map of features; choose one of: {_listing(calls)}.")
    order = {name: place for place, name in enumerate(calls)}
    return tuple(sorted(dict.fromkeys(layers), key=order.__getitem__))


def default_layers(module: nn.Module, calls: dict[str, LayerCall]) -> tuple[str, ...]:
    """The stages of a network: the last block at each resolution, or blocks spread over its depth where that is constant.

    Blocks (modules made of others) are looked for among the children first, and inside them where those are fewer than three.

    Raises:
        InputError: no module gives a map.
    """
    blocks: list[LayerCall] = []
    frontier = [""]
    while frontier and len(blocks) < _FEWEST_STAGES:
        children = [child for name in frontier for child in _children(module, name, calls)]
        frontier = [name for name in children if any(True for _ in module.get_submodule(name).children())]
        found = [calls[name] for name in calls if name in set(frontier) and _has_map(calls[name])]
        blocks = found if len(found) > len(blocks) else blocks
    if len(blocks) < _FEWEST_STAGES:  # a plain chain of convolutions: any module at the end of a resolution
        every = [call for call in calls.values() if _has_map(call)]
        blocks = every if len(_stages(every)) >= _FEWEST_STAGES else blocks or every
    if not blocks:
        raise InputError(f"the network has no module that gives a map of features; name the layers: {_listing(calls)}.")
    stages = _stages(blocks)
    return tuple(call.name for call in (stages if len(stages) >= _FEWEST_STAGES else _spread(blocks)))


def _stages(blocks: list[LayerCall]) -> list[LayerCall]:
    """The last block at each resolution."""
    return list({(call.shape.height, call.shape.width): call for call in blocks if call.shape is not None}.values())


def _spread(blocks: list[LayerCall]) -> list[LayerCall]:
    count = min(len(blocks), _MOST_SPREAD)
    return [blocks[(place + 1) * len(blocks) // count - 1] for place in range(count)]


def _children(module: nn.Module, name: str, calls: dict[str, LayerCall]) -> list[str]:
    """Names of a module's children that take part in the pass; a ModuleList (never called) stands for its items."""
    found = []
    for child, _ in module.get_submodule(name).named_children():
        path = f"{name}.{child}" if name else child
        found += [path] if path in calls else _children(module, path, calls)
    return found


def _has_map(call: LayerCall) -> bool:
    """Called once, with a map of more than one position."""
    return call.calls == 1 and call.shape is not None and call.shape.height > 1


def _shape(output: Any) -> LayerShape | None:
    tensor = first_tensor(output)
    if tensor is None or not tensor.is_floating_point():
        return None
    try:
        return LayerShape(*as_map(tensor, 1, "").shape[1:])
    except InputError:
        return None


def _unknown(name: str, calls: dict[str, LayerCall]) -> str:
    near = difflib.get_close_matches(name, calls, n=4, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"the network has no layer {name}.{hint} It has: {_listing(calls)}."


def _listing(calls: dict[str, LayerCall]) -> str:
    """The usable layers, outermost first, until there are too many to read."""
    usable = [name for name, call in calls.items() if call.shape is not None and call.calls == 1]
    shown: list[str] = []
    for depth in range(8):
        level = [name for name in usable if name.count(".") == depth]
        if shown and len(shown) + len(level) > _LISTED:
            break
        shown += level[:_LISTED]
    shown.sort(key=usable.index)
    rest = len(usable) - len(shown)
    return ", ".join(shown) + (f" and {rest} more inside these" if rest > 0 else "")
