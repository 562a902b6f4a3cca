"""Step 2: from what a user writes (`torchvision:googlenet`, `package.module:factory`, `world:scenes`) to a classifier.

Data flow: `open_classifier` -> `collect_activations` and everything else that looks with the network.
"""

from collections.abc import Sequence

from ganatlas.errors import InputError

from .assemble import Overrides, assemble
from .base import Classifier
from .device import resolve_device
from .layers import layer_shapes
from .module import Network, load_network
from .weights import load_weights

__all__ = ["layer_shapes", "open_classifier"]


def open_classifier(
    name: str,
    *,
    layers: Sequence[str] | None = None,
    weights: str | None = None,
    input_size: int | None = None,
    resize: int | None = None,
    interpolation: str | None = None,
    mean: tuple[float, float, float] | None = None,
    std: tuple[float, float, float] | None = None,
    classes: Sequence[str] | None = None,
    device: str = "auto",
) -> Classifier:
    """Open a network, in evaluation mode and without gradients for its weights.

    Args:
        name: `torchvision:<name>`, `world:<name>` or `package.module:factory`.
        layers: module names; the network's own stages by default.
        weights: a .pth, .pt or .safetensors file, or `https://…#sha256=…`; the network's own by default.
        input_size, resize, interpolation, mean, std: over what the network says of itself.
        classes: names of the logits, over what the network says; an empty sequence: it has none.
        device: see `resolve_device`.

    Raises:
        InputError: anything of this that cannot be had, with what to do.
    """
    where = resolve_device(device)
    network = _load(name, weights)
    spec = Overrides(input_size, resize, interpolation, mean, std).apply(network.spec())
    names = network.classes if classes is None else classes
    chosen = layers if layers is not None else network.layers
    return assemble(name, network.module, spec, names or None, chosen, where)


def _load(name: str, weights: str | None) -> Network:
    kind, _, rest = name.partition(":")
    if not rest:
        raise InputError(
            f"{name!r} does not name a classifier. Expected torchvision:<name>, world:<name> or package.module:factory."
        )
    if kind == "torchvision":
        from .torchvision import load_torchvision

        return load_torchvision(rest, weights)
    if kind == "world":
        from .world import load_world_classifier

        return load_world_classifier(rest, weights)
    network = load_network(name)
    if weights is not None:
        load_weights(network.module, weights)
    return network
