"""MobileNetV1 ported to PyTorch: how a user brings a network of another framework (docs/classifiers.md follows it).

`make` is the factory: run from the folder of this file, and say `mobilenet:make`. GANATLAS_TEST_MOBILENET names the .npz of
weights; `imagenet_classes.txt` (synset, tab, name) lies beside it.

Source: Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications".
"""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)

Weights = Mapping[str, np.ndarray]


class Convolution(nn.Module):
    """Convolution with TensorFlow's SAME padding (the odd pixel right and down), batch normalisation, ReLU6."""

    def __init__(self, weights: Weights, name: str, stride: int = 1) -> None:
        super().__init__()
        depthwise = f"{name}/depthwise_kernel" in weights
        kernel = torch.from_numpy(weights[f"{name}/depthwise_kernel" if depthwise else f"{name}/kernel"])
        out, inner, self.size, _ = kernel.shape
        groups = out if depthwise else 1
        self.conv = nn.Conv2d(inner * groups, out, self.size, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3)
        fields = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
        state = {to: torch.from_numpy(weights[f"{name}_bn/{of}"]) for to, of in fields.items()}
        self.norm.load_state_dict(state, strict=False)
        self.conv.load_state_dict({"weight": kernel})
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        padding = max(self.size - (x.shape[-1] % self.stride or self.stride), 0)
        before, after = padding // 2, padding - padding // 2
        return F.relu6(self.norm(self.conv(F.pad(x, (before, after, before, after)))))


class MobileNet(nn.Module):
    """`conv1`, `block1` to `block13`, the mean over positions, `preds`."""

    input_size, resize, interpolation = 224, 256, "bicubic"
    mean = std = (0.5, 0.5, 0.5)  # RGB/127.5 - 1

    def __init__(self, weights: Weights, classes: tuple[str, ...]) -> None:
        super().__init__()
        self.classes = classes
        self.conv1 = Convolution(weights, "conv1", 2)
        self.blocks = [f"block{number}" for number in range(1, len(STRIDES) + 1)]
        for number, (name, stride) in enumerate(zip(self.blocks, STRIDES, strict=True), 1):
            parts = Convolution(weights, f"conv_dw_{number}", stride), Convolution(weights, f"conv_pw_{number}")
            self.add_module(name, nn.Sequential(*parts))
        kernel, bias = weights["conv_preds/kernel"], weights["conv_preds/bias"]
        self.preds = nn.Linear(kernel.shape[1], kernel.shape[0])
        state = {"weight": torch.from_numpy(kernel.reshape(kernel.shape[:2])), "bias": torch.from_numpy(bias)}
        self.preds.load_state_dict(state)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        for name in self.blocks:
            x = self.get_submodule(name)(x)
        logits: Tensor = self.preds(x.mean((2, 3)))
        return logits


def make() -> MobileNet:
    """The network with its published weights and the names of its thousand classes."""
    path = Path(os.environ["GANATLAS_TEST_MOBILENET"])
    lines = path.with_name("imagenet_classes.txt").read_text().splitlines()
    with np.load(path, allow_pickle=False) as file:
        return MobileNet({name: file[name] for name in file.files}, tuple(line.split("\t")[1] for line in lines))
