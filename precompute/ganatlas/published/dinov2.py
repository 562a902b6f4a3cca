"""DINOv2's vision transformer, whose class token is what FD-DINOv2 is measured on; the weights are the user's, from torch hub.

The network is written out here, with the names of the published files: torch hub would run code from the network, and libraries
that have the network take its grid of positions to another size by other rules, so that their features are not the published
ones. The image is resized and normalised as by those who introduced the figure.

Sources: Oquab et al. 2024, "DINOv2: learning robust visual features without supervision"; Stein et al. 2023, "Exposing flaws of
generative model evaluation metrics and their unfair treatment of diffusion models".
"""

import math
import re
from functools import partial

import torch
from torch import Tensor, nn

from ganatlas.classifiers.device import resolve_device
from ganatlas.classifiers.weights import local_file, read_state, weights_digest
from ganatlas.errors import InputError

from .network import PublishedNetwork
from .resizing import bicubic

SIDE, PATCH, HEAD = 224, 14, 64
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_EXPECTED = "Expected dinov2_vits14_pretrain.pth, or that of vitb14, vitl14 or vitg14, without registers."


class _Scale(nn.Module):
    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dimension))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gamma


class _Attention(nn.Module):
    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.qkv, self.proj = nn.Linear(dimension, 3 * dimension), nn.Linear(dimension, dimension)

    def forward(self, x: Tensor) -> Tensor:
        images, tokens, dimension = x.shape
        q, k, v = self.qkv(x).reshape(images, tokens, 3, dimension // HEAD, HEAD).permute(2, 0, 3, 1, 4)
        seen = nn.functional.scaled_dot_product_attention(q, k, v)
        found: Tensor = self.proj(seen.transpose(1, 2).reshape(images, tokens, dimension))
        return found


class _Mlp(nn.Module):
    def __init__(self, dimension: int, hidden: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dimension, hidden), nn.Linear(hidden, dimension)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc2(nn.functional.gelu(self.fc1(x)))
        return found


class _GatedMlp(nn.Module):
    """That of the largest network."""

    def __init__(self, dimension: int, hidden: int) -> None:
        super().__init__()
        self.w12, self.w3 = nn.Linear(dimension, 2 * hidden), nn.Linear(hidden, dimension)

    def forward(self, x: Tensor) -> Tensor:
        gate, value = self.w12(x).chunk(2, dim=-1)
        found: Tensor = self.w3(nn.functional.silu(gate) * value)
        return found


class _Block(nn.Module):
    def __init__(self, dimension: int, mlp: nn.Module) -> None:
        super().__init__()
        self.norm1, self.attn, self.ls1 = nn.LayerNorm(dimension, eps=1e-6), _Attention(dimension), _Scale(dimension)
        self.norm2, self.mlp, self.ls2 = nn.LayerNorm(dimension, eps=1e-6), mlp, _Scale(dimension)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.ls1(self.attn(self.norm1(x)))
        found: Tensor = x + self.ls2(self.mlp(self.norm2(x)))
        return found


class VisionTransformer(nn.Module):
    """DINOv2's network of the size that its weights say.

    Args:
        state: names and tensors of a published file.
    """

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        _, positions, dimension = state["pos_embed"].shape
        depth = 1 + max(int(found[1]) for name in state if (found := re.match(r"blocks\.(\d+)\.", name)))
        gated = "blocks.0.mlp.w12.weight" in state
        hidden = state["blocks.0.mlp.w3.weight" if gated else "blocks.0.mlp.fc2.weight"].shape[1]
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dimension))
        self.pos_embed = nn.Parameter(torch.zeros(1, positions, dimension))
        self.mask_token = nn.Parameter(torch.zeros(1, dimension))  # of training alone, but in the file
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, dimension, PATCH, PATCH)})
        self.blocks = nn.ModuleList(_Block(dimension, (_GatedMlp if gated else _Mlp)(dimension, hidden)) for _ in range(depth))
        self.norm = nn.LayerNorm(dimension, eps=1e-6)
        self.load_state_dict(state)

    def forward(self, images: Tensor) -> Tensor:
        """The class token after the last norm, (images, dimension), of normalised images (images, 3, side, side)."""
        patches = self.patch_embed["proj"](images)
        positions = self._positions(patches.shape[2])
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), patches.flatten(2).transpose(1, 2)], 1) + positions
        for block in self.blocks:
            tokens = block(tokens)
        found: Tensor = self.norm(tokens)[:, 0]
        return found

    def _positions(self, side: int) -> Tensor:
        """The embedding of the positions of a square of patches; the published rule stretches the learned one a little."""
        own = math.isqrt(self.pos_embed.shape[1] - 1)
        if own == side:
            return self.pos_embed
        grid = self.pos_embed[:, 1:].reshape(1, own, own, -1).permute(0, 3, 1, 2)
        scale = (side + 0.1) / own
        taken = nn.functional.interpolate(grid, scale_factor=(scale, scale), mode="bicubic")
        return torch.cat([self.pos_embed[:, :1], taken.flatten(2).transpose(1, 2)], 1)


def open_dinov2(weights: str, device: str = "auto") -> PublishedNetwork:
    """DINOv2 with the resizing of FD-DINOv2.

    Args:
        weights: a published file (`dinov2_vitl14_pretrain.pth`), .safetensors of the same, or `https://…#sha256=…` of one.
        device: auto, cpu, cuda, cuda:N or mps.

    Raises:
        InputError: missing, unreadable, or weights of another network.
    """
    path = local_file(weights)
    state = read_state(path)
    if "register_tokens" in state:
        raise InputError(f"{path.name} is of a DINOv2 with registers. {_EXPECTED}")
    try:
        network = VisionTransformer(state).eval().requires_grad_(False)
    except (KeyError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{path.name} holds weights of another network: {str(error).splitlines()[-1].strip()}. {_EXPECTED}"
        ) from error
    where = resolve_device(device)
    network = network.to(where)
    mean, spread = (torch.tensor(values, device=where)[:, None, None] * 255 for values in (MEAN, SPREAD))

    def look(pixels: Tensor) -> Tensor:
        found: Tensor = network((pixels - mean) / spread)
        return found

    return PublishedNetwork("dinov2", f"{weights_digest(network)} 1", partial(bicubic, side=SIDE), look, where)
