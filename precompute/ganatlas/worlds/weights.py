"""Trained weights on disk: float16 safetensors, small enough for the package. Never pickle."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ganatlas.errors import InputError
from ganatlas.generators.base import ImageGenerator
from ganatlas.generators.sngan import Generator, GeneratorSettings
from ganatlas.worlds.inception import LAYERS, InceptionSettings, SmallInception


@dataclass(frozen=True)
class WorldClassifier:
    """A trained network and how to use it.

    Attributes:
        module: in evaluation mode, float32 on the CPU; takes normalised float32 (batch, 3, size, size), returns the logits
            of ``class_names``.
        layers: module names in the order of the forward pass.
        input_size: side of the square input, in pixels.
        mean, std: of the channels, on a scale of 0–1: input = (x / 255 - mean) / std.
        digest: SHA-256 hex of the weights file.
    """

    module: nn.Module
    layers: tuple[str, ...]
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    class_names: tuple[str, ...]
    digest: str


def half_weights(network: nn.Module) -> dict[str, Tensor]:
    """The weights as they are published: float16, without the counters of batch norm."""
    state = network.state_dict()
    return {name: value.half().contiguous() for name, value in state.items() if not name.endswith("num_batches_tracked")}


def save_weights(network: nn.Module, path: Path) -> str:
    """Writes the weights; returns the file's SHA-256. The file appears whole or not at all."""
    part = path.with_suffix(".part")
    save_file(half_weights(network), part)
    part.chmod(0o644)  # safetensors writes for the owner only
    part.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_classifier(settings: InceptionSettings, path: Path) -> WorldClassifier:
    """The trained network, in evaluation mode, float32, without gradients for its weights.

    Raises:
        InputError: the file is missing, or of another network.
    """
    network = SmallInception(settings)
    return WorldClassifier(
        module=network,
        layers=LAYERS,
        input_size=settings.input_size,
        mean=settings.mean,
        std=settings.std,
        class_names=settings.heads[0].classes,
        digest=_fill(network, path, "classifier"),
    )


def load_generator(name: str, settings: GeneratorSettings, classes: tuple[str, ...], path: Path) -> ImageGenerator:
    """The trained generator, in evaluation mode, float32, without gradients for its weights.

    Args:
        name: what it is called from now on.
        classes: names of its classes.

    Raises:
        InputError: the file is missing, or of another network.
    """
    network = Generator(settings)
    digest = _fill(network, path, "generator")
    return ImageGenerator(name, network, (settings.latent,), classes, -1.0, 1.0, digest)


def _fill(network: nn.Module, path: Path, what: str) -> str:
    """Puts the weights of a file into the network; returns the file's SHA-256."""
    if not path.is_file():
        raise InputError(f"The {what}'s weights are missing: {path}. Train them with `ganatlas train-world`.")
    try:
        state = {name: value.float() for name, value in load_file(path).items()}
    except SafetensorError as error:
        raise InputError(
            f"{path} is not a whole safetensors file: {error}. Train the {what} again, or install again."
        ) from error
    expected = {name: value.shape for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    if {name: value.shape for name, value in state.items()} != expected:
        raise InputError(f"{path} holds the weights of another network than this program's; train it again.")
    with torch.no_grad():
        network.load_state_dict(state, strict=False)
    network.eval().requires_grad_(False)
    return hashlib.sha256(path.read_bytes()).hexdigest()
