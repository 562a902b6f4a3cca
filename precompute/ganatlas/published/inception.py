"""Inception-V3 as it was first trained, whose pool3 features make a Fréchet distance an FID; the network is torch-fidelity's.

The weights are the user's: a file, or the address that `PUBLISHED` names. They are read as tensors alone: torch-fidelity would
load its file as a pickle, so it is given a copy of the tensors in memory.

Sources: Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision"; Heusel et al. 2017, "GANs trained by
a two time-scale update rule".
"""

import io
from functools import partial

import torch
from torch import Tensor, nn

from ganatlas.bundle.manifest import sha256_of
from ganatlas.classifiers.device import resolve_device
from ganatlas.classifiers.weights import local_file, read_state, weights_digest
from ganatlas.errors import InputError

from .network import PublishedNetwork
from .resizing import clean, like_tensorflow

SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
PUBLISHED = (
    "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
    f"#sha256={SHA256}"
)
"""The weights that torch-fidelity, pytorch-fid and (in another form) clean-fid use."""
SIDE = 299
_TO_POOL3 = (
    "Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "MaxPool_1", "Conv2d_3b_1x1", "Conv2d_4a_3x3", "MaxPool_2",
    "Mixed_5b", "Mixed_5c", "Mixed_5d", "Mixed_6a", "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e",
    "Mixed_7a", "Mixed_7b", "Mixed_7c", "AvgPool",
)  # fmt: skip


def open_inception(weights: str, device: str = "auto") -> tuple[PublishedNetwork, PublishedNetwork]:
    """The network with either resizing: that of FID (TF), and that of FID (clean).

    Args:
        weights: .pth or .safetensors, or `https://…#sha256=…` of one, such as `PUBLISHED`.
        device: auto, cpu, cuda, cuda:N or mps.

    Raises:
        InputError: missing, unreadable, or weights of another network.
    """
    path = local_file(weights)
    whole = _network(path.name, read_state(path))
    where = resolve_device(device)
    layers = nn.Sequential(*(whole.get_submodule(name) for name in _TO_POOL3)).to(where)
    digest, sha256 = weights_digest(layers), sha256_of(path)
    warnings = () if sha256 == SHA256 else (
        f"the FID is that of the published weights (SHA-256 {SHA256[:12]}…); {path.name} is another file ({sha256[:12]}…), and "
        "what it gives is a Fréchet distance of its own",
    )  # fmt: skip

    def look(pixels: Tensor) -> Tensor:
        found: Tensor = layers((pixels - 128) / 128).flatten(1)
        return found

    return (
        PublishedNetwork("inception-tf", f"{digest} tf 1", partial(like_tensorflow, side=SIDE), look, where, warnings),
        PublishedNetwork("inception-clean", f"{digest} clean 1", partial(clean, side=SIDE), look, where, warnings),
    )


def _network(name: str, state: dict[str, Tensor]) -> nn.Module:
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    copy = io.BytesIO()
    torch.save(state, copy)
    copy.seek(0)
    try:
        found: nn.Module = FeatureExtractorInceptionV3("inception-v3-compat", ["2048"], feature_extractor_weights_path=copy)
    except RuntimeError as error:
        raise InputError(
            f"{name} holds weights of another network than torch-fidelity's Inception-V3: "
            f"{str(error).splitlines()[-1].strip()}. See docs/metrics.md for where to get them."
        ) from error
    return found
