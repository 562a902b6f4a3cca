"""A trained decoder as a file: safetensors, with what it decodes and paints in its header. Never pickle.

Data flow: `train_decoder` -> :func:`save_decoder` -> the workspace, or the program's own files -> :func:`load_decoder`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ganatlas.errors import InputError

from .decoder import Decoder, DecoderSettings
from .views import View

_HEADER = "decoder"
"""The one entry of the header: of several the order is left to chance, and equal decoders are to be equal files."""


@dataclass(frozen=True)
class StoredDecoder:
    """A decoder, in evaluation mode, float32, without gradients. classifier: digest of the network whose layer it inverts.

    sha256: of the file.
    """

    decoder: Decoder
    view: View
    layer: str
    classifier: str
    sha256: str


def save_decoder(path: Path, decoder: Decoder, view: View, layer: str, classifier: str, *, half: bool = False) -> str:
    """Write a decoder, whole or not at all, in float32 or (half) float16; returns the file's SHA-256."""
    kept = {name: value.half() if half else value.float() for name, value in decoder.state_dict().items()}
    header = {"layer": layer, "classifier": classifier, "view": asdict(view), "settings": asdict(decoder.settings)}
    part = path.with_suffix(".part")
    save_file({name: value.contiguous().cpu() for name, value in kept.items()}, part, metadata={_HEADER: json.dumps(header)})
    part.chmod(0o644)  # safetensors writes for the owner only
    part.replace(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_decoder(path: Path) -> StoredDecoder:
    """Read what `save_decoder` wrote.

    Raises:
        InputError: the file is damaged, or was written by another version.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads(file.metadata()[_HEADER])
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - not a mapping
        said = header["settings"]
        decoder = Decoder(DecoderSettings(**said | {"widths": tuple(said["widths"])}))
        with torch.no_grad():
            decoder.load_state_dict(state)
        view, layer, classifier = View(**header["view"]), header["layer"], header["classifier"]
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{path} is no whole decoder of this version: {error}. Delete it; it is then trained again."
        ) from error
    decoder.eval().requires_grad_(False)
    return StoredDecoder(decoder, view, layer, classifier, hashlib.sha256(path.read_bytes()).hexdigest())
