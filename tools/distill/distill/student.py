"""A student in training: a narrow network, and for each tapped layer a map into the teacher's channels."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from .network import CONTENT, CONVS, STUDENT_WIDTHS, TAPS, TEACHER_WIDTHS, Features, gram


@dataclass
class Student:
    name: str
    net: Features
    #: Layer -> teacher's channels x student's channels. Only training needs them; they are not exported.
    embed: dict[str, nn.Parameter]

    @classmethod
    def blank(cls, name: str) -> Student:
        net = Features(STUDENT_WIDTHS[name])
        embed = {
            tap: nn.Parameter(torch.zeros(TEACHER_WIDTHS[CONVS.index(tap)], net.width(tap))) for tap in TAPS
        }
        return cls(name, net, embed)

    def save(self, out: Path, step: int, minutes: float) -> None:
        """Written beside and then moved, so that a checkpoint is never half a file."""
        checkpoint = {
            "net": self.net.state_dict(),
            "embed": {tap: embed.data for tap, embed in self.embed.items()},
            "step": step,
            "minutes": minutes,
        }
        partial = out / f"{self.name}.tmp"
        torch.save(checkpoint, partial)
        os.replace(partial, checkpoint_path(out, self.name))

    def resume(self, out: Path) -> None:
        checkpoint = torch.load(checkpoint_path(out, self.name))
        self.net.load_state_dict(checkpoint["net"])
        for tap in TAPS:
            self.embed[tap].data = checkpoint["embed"][tap]

    def loss(self, mine: dict[str, Tensor], teachers: dict[str, Tensor]) -> tuple[Tensor, dict[str, Parts]]:
        """The sum over the tapped layers, and each layer's three errors."""
        total = torch.zeros(())
        parts = {}
        for tap in TAPS:
            weight = 0.7 if tap == CONTENT else 1.0
            features, style, kernel = layer_errors(mine[tap], teachers[tap], self.embed[tap])
            total = total + weight * (features + 0.5 * style + 0.7 * kernel)
            parts[tap] = (features.item(), style.item(), kernel.item())
        return total, parts


#: Feature, Gram and kernel error of one layer, each 1 for a student that knows nothing.
Parts = tuple[float, float, float]


def checkpoint_path(out: Path, name: str) -> Path:
    return out / f"{name}.pt"


def layer_errors(mine: Tensor, teachers: Tensor, embed: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """How far a student's layer is from the teacher's.

    Features: after the embedding, position by position. Gram: after the embedding, as style sees them. Kernel: the
    products of pairs of positions in each network's own channels, because in use there is no embedding: the student's own
    Gram distances have to be the teacher's.
    """
    _, channels, height, width = teachers.shape
    flat, flat_mine = teachers.flatten(2), mine.flatten(2)
    variance = flat.var((0, 2), unbiased=False).sum()
    if height * width > 6400:
        chosen = torch.randperm(height * width)[:6400]
        flat, flat_mine = flat[:, :, chosen], flat_mine[:, :, chosen]
    feature_error = (torch.matmul(embed, flat_mine) - flat).pow(2).sum(1).mean() / variance

    theirs, ours = gram(teachers), gram(mine)
    spread = theirs - theirs.roll(1, 0)
    gram_error = (embed @ ours @ embed.t() - theirs).pow(2).sum() / spread.pow(2).sum()

    positions = torch.randperm(len(flat) * flat.shape[2])[:384]
    theirs = flat.transpose(1, 2).reshape(-1, channels)[positions]
    ours = flat_mine.transpose(1, 2).reshape(-1, mine.shape[1])[positions]
    theirs, ours = theirs @ theirs.t(), ours @ ours.t()
    scale = (ours * theirs).sum() / (ours * ours).sum()
    kernel_error = (scale * ours - theirs).pow(2).sum() / (theirs - theirs.mean()).pow(2).sum()
    return feature_error, gram_error, kernel_error
