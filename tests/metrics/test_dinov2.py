"""DINOv2 from a file of weights: torch's own transformer with the same weights, positions on another grid, and what is refused.

The published weights are no part of the tests: these are random ones of a small network with their names.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from ganatlas.errors import InputError
from ganatlas.published.dinov2 import HEAD, MEAN, PATCH, SIDE, SPREAD, VisionTransformer, open_dinov2

DIMENSION, DEPTH, GRID = 2 * HEAD, 2, SIDE // PATCH


def torch_layers() -> list[nn.TransformerEncoderLayer]:
    """What DINOv2 is made of, but for the scale of each branch, in torch's own words."""
    torch.manual_seed(0)
    return [
        nn.TransformerEncoderLayer(
            DIMENSION, 2, 4 * DIMENSION, 0.0, "gelu", layer_norm_eps=1e-6, batch_first=True, norm_first=True
        ).eval()
        for _ in range(DEPTH)
    ]


def state_of(layers: list[nn.TransformerEncoderLayer], positions: int = GRID) -> dict[str, Tensor]:
    """The same under the published names, with positions on a square of `positions` a side."""
    random = torch.Generator().manual_seed(1)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random)

    state = {
        "cls_token": drawn(1, 1, DIMENSION), "pos_embed": drawn(1, 1 + positions**2, DIMENSION),
        "mask_token": drawn(1, DIMENSION),
        "patch_embed.proj.weight": drawn(DIMENSION, 3, PATCH, PATCH) / PATCH, "patch_embed.proj.bias": drawn(DIMENSION),
        "norm.weight": torch.ones(DIMENSION), "norm.bias": torch.zeros(DIMENSION),
    }  # fmt: skip
    names = {"self_attn.in_proj_": "attn.qkv.", "self_attn.out_proj": "attn.proj", "linear1": "mlp.fc1", "linear2": "mlp.fc2"}
    for number, layer in enumerate(layers):
        for name, value in layer.state_dict().items():
            ours = name
            for theirs, mine in names.items():
                ours = ours.replace(theirs, mine)
            state[f"blocks.{number}.{ours}"] = value
        for branch in ("ls1", "ls2"):
            state[f"blocks.{number}.{branch}.gamma"] = torch.ones(DIMENSION)
    return state


@pytest.fixture(scope="module")
def layers() -> list[nn.TransformerEncoderLayer]:
    return torch_layers()


def test_its_class_token_is_that_of_torchs_own_transformer(layers: list[nn.TransformerEncoderLayer], tmp_path: Path) -> None:
    state = state_of(layers)
    torch.save(state, tmp_path / "dinov2.pth")
    network = open_dinov2(str(tmp_path / "dinov2.pth"), "cpu")
    pixels = np.random.default_rng(2).integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)
    ours = next(network.batches(lambda i: Image.fromarray(pixels[i]), range(2)))
    given = (torch.from_numpy(pixels / 255.0) - torch.tensor(MEAN)) / torch.tensor(SPREAD)
    patches = nn.functional.conv2d(
        given.permute(0, 3, 1, 2).float(), state["patch_embed.proj.weight"], state["patch_embed.proj.bias"], stride=PATCH
    )
    with torch.inference_mode():
        x = torch.cat([state["cls_token"].expand(2, -1, -1), patches.flatten(2).transpose(1, 2)], 1) + state["pos_embed"]
        for layer in layers:
            x = layer(x)
        theirs = nn.functional.layer_norm(x, (DIMENSION,), eps=1e-6)[:, 0]
    assert ours.std() > 0.1
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-4)


def test_the_scale_of_a_branch_counts(layers: list[nn.TransformerEncoderLayer]) -> None:
    state = state_of(layers)
    off = state | {name: torch.zeros(DIMENSION) for name in state if name.endswith("gamma")}
    images = torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        alone = VisionTransformer(off)(images)
    token = (state["cls_token"] + state["pos_embed"][:, :1])[:, 0]
    torch.testing.assert_close(alone, nn.functional.layer_norm(token, (DIMENSION,), eps=1e-6))


def test_positions_are_taken_to_another_grid(layers: list[nn.TransformerEncoderLayer]) -> None:
    state = state_of(layers, 37)
    ramp = torch.linspace(0, 1, 37)[:, None].expand(37, 37).reshape(1, -1, 1).expand(-1, -1, DIMENSION)
    state["pos_embed"] = torch.cat([state["pos_embed"][:, :1], ramp], 1)
    with torch.inference_mode():
        found = VisionTransformer(state)._positions(GRID)
    assert found.shape == (1, 1 + GRID**2, DIMENSION)
    torch.testing.assert_close(found[:, 0], state["pos_embed"][:, 0])
    rows = found[0, 1:, 0].reshape(GRID, GRID)
    torch.testing.assert_close(rows[:, 0], rows[:, -1])
    places = (torch.arange(GRID) + 0.5) * 37 / (GRID + 0.1) - 0.5  # the published rule stretches a little
    torch.testing.assert_close(rows[1:-1, 0], places[1:-1] / 36, atol=2e-3, rtol=0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"register_tokens": torch.zeros(1, 4, DIMENSION)}, "is of a DINOv2 with registers"),
        ({"pos_embed": None}, "holds weights of another network"),
        ({"norm.weight": torch.ones(3)}, "holds weights of another network"),
        ({"head.weight": torch.ones(3)}, "holds weights of another network"),
    ],
)
def test_weights_of_another_network_are_refused_with_those_expected(
    layers: list[nn.TransformerEncoderLayer], change: dict[str, Tensor | None], said: str, tmp_path: Path
) -> None:
    state = {name: value for name, value in (state_of(layers) | change).items() if value is not None}
    torch.save(state, tmp_path / "other.pth")
    with pytest.raises(InputError, match=re.escape(said) + r".* Expected dinov2_vits14_pretrain\.pth"):
        open_dinov2(str(tmp_path / "other.pth"), "cpu")
