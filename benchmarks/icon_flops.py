"""What 45,000 icons of InceptionV1 cost at the study's settings, by a count of floating-point operations.

The network is built here from its published shapes, without weights (on the meta device nothing is computed), and PyTorch's
counter follows one pass to each layer and back to the image. A multiply and an add are two operations. An icon-step is one pass
of one icon, to the layer and back, with gradients for the image alone. docs/scale.md has the result.

    python benchmarks/icon_flops.py [--icons 45000] [--steps 1024] [--sizes 224 80]

Source: Szegedy et al. 2015, "Going deeper with convolutions", table 1.
"""

import argparse

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

# Channels: 1×1 | reduce → 3×3 | reduce → 5×5 | after pooling.
BLOCKS = {
    "inception3a": (64, 96, 128, 16, 32, 32),
    "inception3b": (128, 128, 192, 32, 96, 64),
    "inception4a": (192, 96, 208, 16, 48, 64),
    "inception4b": (160, 112, 224, 24, 64, 64),
    "inception4c": (128, 128, 256, 24, 64, 64),
    "inception4d": (112, 144, 288, 32, 64, 64),
    "inception4e": (256, 160, 320, 32, 128, 128),
    "inception5a": (256, 160, 320, 32, 128, 128),
    "inception5b": (384, 192, 384, 48, 128, 128),
}
PEAK = 989e12
"""Of an H100 SXM in bfloat16, dense, operations/s, as its maker says."""
SHARES = (0.05, 0.1, 0.3)
"""Of the peak, at which the times are said: small convolutions reach a few per cent of it without tuning."""


class Block(nn.Module):
    """An inception block without normalisation, which is folded."""

    def __init__(self, inputs: int, channels: tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        one, reduce3, three, reduce5, five, pool = channels
        self.one = nn.Conv2d(inputs, one, 1)
        self.three = nn.Sequential(nn.Conv2d(inputs, reduce3, 1), nn.ReLU(), nn.Conv2d(reduce3, three, 3, padding=1))
        self.five = nn.Sequential(nn.Conv2d(inputs, reduce5, 1), nn.ReLU(), nn.Conv2d(reduce5, five, 5, padding=2))
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(inputs, pool, 1))
        self.outputs = one + three + five + pool

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], 1))


class InceptionV1(nn.Module):
    """The published network up to its last block."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = nn.Conv2d(3, 64, 7, 2, 3), nn.Conv2d(64, 64, 1), nn.Conv2d(64, 192, 3, padding=1)
        self.blocks = nn.ModuleDict()
        channels = 192
        for name, shape in BLOCKS.items():
            self.blocks[name] = block = Block(channels, shape)
            channels = block.outputs

    def forward(self, x: Tensor, layer: str) -> Tensor:
        """Up to a layer, and no further."""
        x = F.max_pool2d(F.relu(self.first(x)), 3, 2, ceil_mode=True)
        x = F.max_pool2d(F.relu(self.third(F.relu(self.second(x)))), 3, 2, ceil_mode=True)
        for name, block in self.blocks.items():
            if name in ("inception4a", "inception5a"):
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            x = block(x)
            if name == layer:
                return x
        raise KeyError(layer)


def count(layer: str, size: int) -> tuple[int, int]:
    """Operations of one image's pass to a layer, and of the way back to the image."""
    with torch.device("meta"):
        network = InceptionV1().requires_grad_(False)
        x = torch.empty(1, 3, size, size, requires_grad=True)
    with FlopCounterMode(display=False) as forward:
        seen = network(x, layer)
    with FlopCounterMode(display=False) as backward:
        torch.autograd.grad(seen.sum(), x)
    return forward.get_total_flops(), backward.get_total_flops()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--icons", type=int, default=45_000, help="in all layers together, as many in each")
    parser.add_argument("--steps", type=int, default=1024)
    parser.add_argument("--sizes", type=int, nargs="+", default=[224, 80], help="side of the optimised square, px")
    options = parser.parse_args()
    print("| layer | " + " | ".join(f"GFLOP an icon-step, {size} px" for size in options.sizes) + " |")
    print("|---|" + "---|" * len(options.sizes))
    counted = {size: {layer: sum(count(layer, size)) for layer in BLOCKS} for size in options.sizes}
    for layer in BLOCKS:
        print(f"| {layer} | " + " | ".join(f"{counted[size][layer] / 1e9:.2f}" for size in options.sizes) + " |")
    print(f"\n{options.icons:,} icons, {options.steps} steps: {options.icons * options.steps / 1e6:.1f} million icon-steps\n")
    shares = [f"{share:.0%} of the peak" for share in SHARES]
    print("| px | PFLOP in all | GPUs | " + " | ".join(shares) + " |\n|---|---|---|" + "---|" * len(SHARES))
    for size in options.sizes:
        total = sum(counted[size].values()) / len(BLOCKS) * options.icons * options.steps
        for gpus in (1, 8):
            times = [f"{total / (PEAK * share * gpus) / 60:.1f} min" for share in SHARES]
            print(f"| {size} | {total / 1e15:,.0f} | {gpus} | " + " | ".join(times) + " |")


if __name__ == "__main__":
    main()
