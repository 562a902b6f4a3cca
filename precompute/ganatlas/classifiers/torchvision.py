"""Step 2: torchvision's networks, `torchvision:<name>`, with torchvision's own weights, class names and input transforms.

InceptionV1 is `torchvision:googlenet`; its nine mixed blocks are the layers of the study that this program follows.
"""

import inspect
import urllib.error
from typing import Any

from torch import nn

from ganatlas.errors import InputError

from .module import Network
from .weights import load_weights

GOOGLENET_LAYERS = tuple(f"inception{block}" for block in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"))
_TRAINING_ONLY = {"googlenet": ("aux1.", "aux2."), "inception_v3": ("AuxLogits.",)}


def load_torchvision(name: str, weights: str | None) -> Network:
    """A torchvision classifier with its default weights (downloaded once, checked) or those of a file.

    Raises:
        InputError: torchvision is not installed, has no such network, or the weights cannot be had.
    """
    models = _import_models()
    known = [found for found in models.list_models() if "/" not in found]
    if name not in known:
        import difflib

        near = difflib.get_close_matches(name, known, n=4)
        hint = f" Did you mean {' or '.join(near)}?" if near else f" It has: {', '.join(known)}."
        raise InputError(f"torchvision has no network {name!r}.{hint}")
    try:
        published = models.get_model_weights(name).DEFAULT
    except (ValueError, AttributeError):
        published = None
    module = _from_file(models, name, weights) if weights is not None else _published(models, name, published)
    return _describe(module, name, published)


def _import_models() -> Any:
    try:
        from torchvision import models
    except ImportError as error:
        raise InputError(
            "torchvision is not installed, which torchvision:<name> needs. Install ganatlas[torchvision], or give your own "
            "network as package.module:factory."
        ) from error
    return models


def _published(models: Any, name: str, published: Any) -> nn.Module:
    if published is None:
        raise InputError(f"torchvision publishes no weights for {name}. Give a file: weights=FILE.")
    try:
        module: nn.Module = models.get_model(name, weights=published)  # the builder checks the file's hash
    except (urllib.error.URLError, OSError, RuntimeError) as error:
        raise InputError(
            f"cannot get torchvision's weights for {name}: {error}. Connect to the internet once, or download {published.url} "
            "elsewhere and give it as weights=FILE."
        ) from error
    return module


def _from_file(models: Any, name: str, weights: str) -> nn.Module:
    builder = models.get_model_builder(name)
    options: dict[str, Any] = {}
    if name in _TRAINING_ONLY:
        # As torchvision builds them around its published weights: input re-normalised inside, no auxiliary heads.
        options = {"aux_logits": False, "transform_input": True, "init_weights": False}
    if "weights_backbone" in inspect.signature(builder).parameters:
        options["weights_backbone"] = None
    module: nn.Module = builder(weights=None, **options)
    load_weights(module, weights, ignore=_TRAINING_ONLY.get(name, ()))
    return module


def _describe(module: nn.Module, name: str, published: Any) -> Network:
    layers = GOOGLENET_LAYERS if name == "googlenet" else None
    if published is None:
        return Network(module, layers=layers, resize=256)
    transforms = published.transforms()
    try:
        return Network(
            module,
            classes=published.meta.get("categories"),
            input_size=int(transforms.crop_size[0]),
            resize=int(transforms.resize_size[0]),
            interpolation=str(transforms.interpolation.value),
            mean=transforms.mean,
            std=transforms.std,
            layers=layers,
        )
    except AttributeError as error:
        raise InputError(f"torchvision's {name} is no image classifier. Choose one, such as googlenet or resnet50.") from error
