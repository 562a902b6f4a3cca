"""A classifier's weights on disk: float16 safetensors, small enough for the package. Never pickle."""

import hashlib
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ganatlas.errors import InputError
from ganatlas.worlds.base import WorldClassifier
from ganatlas.worlds.inception import LAYERS, InceptionSettings, SmallInception


def half_weights(network: SmallInception) -> dict[str, Tensor]:
    """The weights as they are published: float16, without the counters of batch norm."""
    state = network.state_dict()
    return {name: value.half().contiguous() for name, value in state.items() if not name.endswith("num_batches_tracked")}


def save_classifier(network: SmallInception, path: Path) -> str:
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
    if not path.is_file():
        raise InputError(f"The classifier's weights are missing: {path}. Train them with `ganatlas train-world`.")
    network = SmallInception(settings)
    state = {name: value.float() for name, value in load_file(path).items()}
    expected = {name for name in network.state_dict() if not name.endswith("num_batches_tracked")}
    if set(state) != expected:
        raise InputError(f"{path} holds the weights of another network than this program's; train it again.")
    with torch.no_grad():
        network.load_state_dict(state, strict=False)
    network.eval().requires_grad_(False)
    return WorldClassifier(
        module=network,
        layers=LAYERS,
        input_size=settings.input_size,
        mean=settings.mean,
        std=settings.std,
        class_names=settings.heads[0].classes,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
