"""What a VGG-shaped feature network is: its layers, its widths, its file, its scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .tensorfile import read_tensors

#: Convolutions by their VGG names, in order; P is a 2x2 max pooling.
PLAN = "1_1 1_2 P 2_1 2_2 P 3_1 3_2 3_3 3_4 P 4_1 4_2 4_3 4_4 P 5_1".split()
CONVS = [name for name in PLAN if name != "P"]
#: The layers whose features a student must reproduce, and those that a style transfer reads.
TAPS = ["1_1", "2_1", "3_1", "4_1", "4_2", "5_1"]
STYLE = ["1_1", "2_1", "3_1", "4_1", "5_1"]
CONTENT = "4_2"

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]

TEACHER_WIDTHS = [64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512]
STUDENT_WIDTHS = {
    "half": [width // 2 for width in TEACHER_WIDTHS],
    "quarter": [width // 4 for width in TEACHER_WIDTHS],
}
#: Where each convolution is in torchvision's `features`.
TORCHVISION = dict(zip(CONVS, [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28]))


class Features(nn.Module):
    """Takes RGB pictures in 0..1, NCHW; gives the rectified features of the layers asked for."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.widths = list(widths)
        before = 3
        for name, width in zip(CONVS, widths):
            setattr(self, "conv" + name, nn.Conv2d(before, width, 3, padding=1))
            before = width
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))

    def conv(self, name: str) -> nn.Conv2d:
        return getattr(self, "conv" + name)

    def width(self, name: str) -> int:
        return self.widths[CONVS.index(name)]

    def forward(self, pictures: Tensor, taps: Sequence[str] = TAPS) -> dict[str, Tensor]:
        x = (pictures - self.mean) / self.std
        features = {}
        last = max(taps, key=CONVS.index)
        for name in PLAN:
            if name == "P":
                x = F.max_pool2d(x, 2)
                continue
            x = F.relu(self.conv(name)(x))
            if name in taps:
                features[name] = x
            if name == last:
                break
        return features

    def freeze(self) -> Features:
        for parameter in self.parameters():
            parameter.requires_grad_(False)
        return self.eval()


def load_network(path: Path) -> Features:
    """Reads a network by torchvision's names; the widths are read from the tensors."""
    tensors, _ = read_tensors(path)
    net = Features([len(tensors[f"features.{index}.bias"]) for index in TORCHVISION.values()])
    for name, index in TORCHVISION.items():
        net.conv(name).weight.data = tensors[f"features.{index}.weight"]
        net.conv(name).bias.data = tensors[f"features.{index}.bias"]
    return net.freeze()


def named_tensors(net: Features) -> dict[str, Tensor]:
    """The network's tensors by torchvision's names."""
    tensors = {}
    for name, index in TORCHVISION.items():
        tensors[f"features.{index}.weight"] = net.conv(name).weight
        tensors[f"features.{index}.bias"] = net.conv(name).bias
    return tensors


@torch.no_grad()
def rescale_layer(net: Features, name: str, scale: float | Tensor) -> None:
    """Multiplies a layer's activation by `scale` > 0 (a number, or one a channel).

    The next kernel is divided by it, so no other layer changes: ReLU and max pooling are homogeneous.
    """
    scale = torch.as_tensor(scale, dtype=torch.float32)
    conv = net.conv(name)
    conv.weight.mul_(scale.view(-1, 1, 1, 1) if scale.ndim else scale)
    conv.bias.mul_(scale)
    following = CONVS.index(name) + 1
    if following < len(CONVS):
        net.conv(CONVS[following]).weight.div_(scale.view(1, -1, 1, 1) if scale.ndim else scale)


@torch.no_grad()
def unit_mean(net: Features, pictures: Sequence[Tensor]) -> dict[str, float]:
    """Rescales every layer to a mean activation of 1 over the pictures; returns the means before."""
    means = dict.fromkeys(CONVS, 0.0)
    for picture in pictures:
        for name, features in net(picture, taps=CONVS).items():
            means[name] += features.mean().item() / len(pictures)
    for name in CONVS:
        rescale_layer(net, name, 1.0 / means[name])
    return means


def gram(features: Tensor) -> Tensor:
    """Which channels fire together: N x C x C, a mean over positions."""
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def mean_activations(features: dict[str, Tensor], names: Iterable[str] = TAPS) -> dict[str, float]:
    return {name: round(features[name].mean().item(), 2) for name in names}
