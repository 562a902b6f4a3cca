"""Checkpoints of a training: one safetensors file with everything that the next step depends on. Never pickle.

A checkpoint carries a fingerprint of the settings; one of other settings is not continued but left behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn


@dataclass(frozen=True)
class Progress:
    """How far a training is: steps done, and seconds of work spent on them over all its runs."""

    step: int
    seconds: float


def save_checkpoint(
    path: Path, network: nn.Module, optimizers: Mapping[str, torch.optim.Optimizer], progress: Progress, fingerprint: str
) -> None:
    """Replaces the checkpoint at ``path``, all at once. ``optimizers``: by a name without a slash."""
    tensors: dict[str, Tensor] = {f"network/{name}": value.contiguous() for name, value in network.state_dict().items()}
    for kind, optimizer in optimizers.items():
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"{kind}/{index}/{key}": torch.as_tensor(value).contiguous() for key, value in state.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    metadata = {"step": str(progress.step), "seconds": repr(progress.seconds), "fingerprint": fingerprint}
    save_file(tensors, part, metadata=metadata)
    part.replace(path)


def load_checkpoint(
    path: Path,
    network: nn.Module,
    optimizers: Mapping[str, torch.optim.Optimizer],
    fingerprint: str,
    device: torch.device,
) -> Progress:
    """Puts network and optimizers where the checkpoint left them; without a fitting one leaves them as they are."""
    if not path.is_file():
        return Progress(0, 0.0)
    with safe_open(path, framework="pt", device=str(device)) as file:
        metadata = file.metadata()
        if metadata.get("fingerprint") != fingerprint:
            return Progress(0, 0.0)
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    network.load_state_dict({name.removeprefix("network/"): v for name, v in tensors.items() if name.startswith("network/")})
    for kind, optimizer in optimizers.items():
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        states: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith(f"{kind}/"):
                _, index, key = name.split("/")
                # Adam counts its steps on the CPU wherever the weights are, unless it is fused.
                if key == "step":
                    state = tensor if optimizer.defaults.get("fused") else tensor.cpu()
                else:
                    # In the memory format of its weight: a fused optimiser goes through both in the order of memory.
                    state = torch.empty_like(parameters[int(index)], requires_grad=False).copy_(tensor)
                states.setdefault(int(index), {})[key] = state
        optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})
    return Progress(int(metadata["step"]), float(metadata["seconds"]))
