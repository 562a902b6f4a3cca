"""Step 2: the maps of named layers in one forward pass, which stops as soon as the last of them is there.

What a module returns is brought to one shape, (batch, channels, height, width): tokens become the square map that they were
cut from (class and register tokens dropped), channels-last maps are turned, vectors become maps of one position.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isqrt
from typing import Any

from torch import Tensor, nn

from ganatlas.errors import InputError


class _Enough(Exception):
    """Raised inside a forward pass when every wanted map has been seen; never leaves this module."""


def capture_maps(
    module: nn.Module, x: Tensor, layers: Sequence[str], logits: bool = False
) -> tuple[dict[str, Tensor], Tensor | None]:
    """Run a batch and keep the output of some modules.

    Args:
        module: the network.
        x: (batch, 3, height, width), its input.
        layers: names of modules. A module that is called more than once is taken at its first call.
        logits: whether the whole pass is wanted and its output returned.

    Returns:
        layer -> (batch, channels, height, width), in the order of `layers`; and the logits (batch, classes), or None.

    Raises:
        InputError: a module was not called, or what it returned is no map; the logits are not (batch, classes).
    """
    maps, output = _run(module, x, layers, logits, copied=frozenset())
    changed = frozenset(name for name, (kept, version) in maps.items() if _version(kept) != version)
    if changed:  # a later operation wrote into the kept tensor (an in-place ReLU): once more, with a copy of those
        maps, output = _run(module, x, layers, logits, copied=changed)
    missing = [name for name in layers if name not in maps]
    if missing:
        raise InputError(f"the layer{'s' if len(missing) > 1 else ''} {', '.join(missing)} took no part in the forward pass.")
    shaped = {name: as_map(maps[name][0], len(x), name) for name in layers}
    return shaped, _as_logits(output, len(x)) if logits else None


def as_map(output: Tensor, batch: int, name: str) -> Tensor:
    """A module's output as (batch, channels, height, width).

    Four axes: kept, or turned where only the first two of the last three are equal (channels last). Three: tokens, of an image
    or (tokens, batch, channels). Two: one position.

    Raises:
        InputError: another number of axes, or tokens that do not make a square.
    """
    if output.ndim == 4:
        channels_last = output.shape[1] == output.shape[2] != output.shape[3]
        return output.permute(0, 3, 1, 2) if channels_last else output
    if output.ndim == 3:
        if output.shape[0] != batch and output.shape[1] == batch:
            output = output.transpose(0, 1)
        side = isqrt(output.shape[1])
        extra = output.shape[1] - side * side
        if extra >= side:  # a class token and a few registers at most
            raise InputError(
                f"the layer {name} gives {output.shape[1]} tokens, which are not a square map; choose another layer."
            )
        return output[:, extra:].transpose(1, 2).reshape(batch, -1, side, side)
    if output.ndim == 2:
        return output[:, :, None, None]
    raise InputError(f"the layer {name} gives a tensor of shape {tuple(output.shape)}, which is no map; choose another layer.")


def first_tensor(output: Any) -> Tensor | None:
    """The tensor that a module's output is, or the first one in it (a tuple, a list, a mapping); None without one."""
    if isinstance(output, Tensor):
        return output
    parts = output.values() if isinstance(output, Mapping) else output if isinstance(output, (tuple, list)) else ()
    return next((found for part in parts if (found := first_tensor(part)) is not None), None)


@contextmanager
def hooked(modules: Mapping[str, nn.Module], hook: Callable[[str, Any], None]) -> Iterator[None]:
    """Call `hook(name, output)` after each call of any of the modules."""

    def of(name: str) -> Callable[[nn.Module, Any, Any], None]:
        return lambda _module, _inputs, output: hook(name, output)

    handles = [module.register_forward_hook(of(name)) for name, module in modules.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _run(
    module: nn.Module, x: Tensor, layers: Sequence[str], logits: bool, copied: frozenset[str]
) -> tuple[dict[str, tuple[Tensor, int]], Any]:
    """name -> (tensor, its version when kept), and what the network returned (None where it was stopped)."""
    maps: dict[str, tuple[Tensor, int]] = {}

    def keep(name: str, output: Any) -> None:
        if name in maps:
            return
        tensor = first_tensor(output)
        if tensor is None:
            raise InputError(f"the layer {name} returns no tensor; choose another layer.")
        kept = tensor.clone() if name in copied or tensor.is_inference() else tensor
        maps[name] = (kept, _version(kept))
        if not logits and len(maps) == len(set(layers)):
            raise _Enough

    with hooked({name: module.get_submodule(name) for name in layers}, keep):
        try:
            output = module(x) if logits or layers else None
        except _Enough:
            output = None
    return maps, output


def _version(tensor: Tensor) -> int:
    return 0 if tensor.is_inference() else tensor._version


def _as_logits(output: Any, batch: int) -> Tensor:
    named = output.get("logits") if isinstance(output, Mapping) else getattr(output, "logits", None)
    tensor = named if isinstance(named, Tensor) else first_tensor(output)
    if tensor is None or tensor.ndim != 2 or len(tensor) != batch:
        shape = None if tensor is None else tuple(tensor.shape)
        raise InputError(f"the network returned {shape}, expected logits of shape (batch, classes); give it without `classes`.")
    return tensor
