"""Step 2: weights from a file or an address, and the digest by which a network is known."""

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import torch
from torch import Tensor, nn

from ganatlas.errors import InputError

from .download import download

_WRAPPERS = ("state_dict", "model", "model_state_dict", "net")


def weights_digest(module: nn.Module) -> str:
    """SHA-256 hex over the names, types, shapes and bytes of a network's state."""
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        if isinstance(value, Tensor):
            digest.update(f"{name}\0{value.dtype}\0{tuple(value.shape)}\0".encode())
            digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def load_weights(module: nn.Module, weights: str, *, ignore: tuple[str, ...] = ()) -> None:
    """Fill a network from a .pth/.pt (tensors only, nothing in it is executed), a .safetensors, or `https://…#sha256=…` of one.

    Args:
        module: the network.
        weights: file or address.
        ignore: prefixes of names in the file that this network does without (training-only heads).

    Raises:
        InputError: missing, unreadable, or weights of another network.
    """
    state = {name: value for name, value in read_state(local_file(weights)).items() if not name.startswith(ignore or ("\0",))}
    try:
        missing, unexpected = module.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise InputError(f"{weights} holds weights of another network: {str(error).splitlines()[-1].strip()}.") from error
    if missing or unexpected:
        raise InputError(
            f"{weights} holds weights of another network: {len(missing)} missing ({', '.join(missing[:3]) or 'none'}), "
            f"{len(unexpected)} unknown ({', '.join(unexpected[:3]) or 'none'})."
        )


def local_file(weights: str) -> Path:
    """The path itself, or where an `https://…#sha256=…` was downloaded to (once, into the user's cache).

    Raises:
        InputError: no such file; an address without its SHA-256; a download that failed or is another file.
    """
    if not weights.startswith(("http://", "https://")):
        path = Path(weights).expanduser()
        if not path.is_file():
            raise InputError(f"the weights file {weights} does not exist. Expected a .pth, .pt or .safetensors file.")
        return path
    address, _, fragment = weights.partition("#")
    sha256 = fragment.removeprefix("sha256=").lower()
    if not fragment.startswith("sha256=") or len(sha256) != 64:
        raise InputError(f"weights from an address need its SHA-256: {address}#sha256=<64 hex digits>.")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganatlas" / "weights"
    target = cache / f"{sha256[:16]}-{Path(urlsplit(address).path).name or 'weights'}"
    return download(address, target, sha256)


def read_state(path: Path) -> dict[str, Tensor]:
    """Names and tensors of a weights file; a usual wrapper (`state_dict`, `model`) and the prefix `module.` are taken off.

    Raises:
        InputError: not a weights file, or it holds Python objects.
    """
    try:
        state = _read(path)
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path} holds Python objects, which are never executed here. Save the weights alone: "
            "torch.save(network.state_dict(), path)."
        ) from error
    except Exception as error:  # torch and safetensors raise many kinds on damaged files
        raise InputError(f"cannot read the weights file {path}: {error}. Expected a .pth, .pt or .safetensors file.") from error
    for key in _WRAPPERS:
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
            break
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(
            f"{path} holds no weights. Expected names with tensors, as torch.save(network.state_dict(), path) writes."
        )
    if all(name.startswith("module.") for name in state):
        state = {name.removeprefix("module."): value for name, value in state.items()}
    return state


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)
