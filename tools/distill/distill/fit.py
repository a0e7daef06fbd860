"""A student's first weights, by algebra instead of by training: most of the result, in a minute.

Layer by layer, the teacher channels that best span the layer are chosen, and the student's kernels for them are fitted by
ridge regression on the student's own input, so that each layer makes up for the losses of those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .network import PLAN, TAPS, Features, rescale_layer, unit_mean
from .student import Student

CHUNK = 8


@torch.no_grad()
def fit_students(students: Sequence[Student], teacher: Features, pictures: Tensor, say: Callable[..., None]) -> None:
    theirs = (pictures - teacher.mean) / teacher.std
    ours = {student.name: theirs for student in students}
    for name in PLAN:
        if name == "P":
            theirs = _pool(theirs)
            ours = {student: _pool(features) for student, features in ours.items()}
            continue
        linear = torch.cat([teacher.conv(name)(chunk) for chunk in theirs.split(CHUNK)])
        positions = _some_positions(linear, 400 if name[0] in "45" else 250)
        wanted = _gather(linear, positions)
        rectified = wanted.relu()
        order = spanning_channels(rectified, max(student.net.width(name) for student in students))
        for student in students:
            _fit_layer(student.net, name, ours[student.name], wanted[:, order[: student.net.width(name)]], positions)
            conv = student.net.conv(name)
            ours[student.name] = torch.cat([conv(chunk).relu_() for chunk in ours[student.name].split(CHUNK)])
        theirs = linear.relu_()
        unexplained = []
        if name in TAPS:
            for student in students:
                share = _fit_embedding(student, name, _gather(ours[student.name], positions), rectified)
                unexplained.append(f"{student.name} unexplained {share:.3f}")
        say("fit", name, *unexplained)


@torch.no_grad()
def balance(student: Student, pictures: Sequence[Tensor]) -> None:
    """Gives the channels of a tapped layer equal say, and every layer a mean of 1; the embeddings undo both."""
    for tap in TAPS:
        scale = student.embed[tap].data.norm(dim=0).clamp_min(1e-6)
        scale = scale.clamp(scale.median() / 8, scale.median() * 8)
        rescale_layer(student.net, tap, scale)
        student.embed[tap].data /= scale
    means = unit_mean(student.net, pictures)
    for tap in TAPS:
        student.embed[tap].data *= means[tap]


def spanning_channels(features: Tensor, count: int) -> list[int]:
    """Pivoted Cholesky: greedily the channel with most variance that those before it do not explain."""
    rest = features.t() @ features / len(features)
    order: list[int] = []
    for _ in range(count):
        left = rest.diagonal().clone()
        left[order] = -1
        best = int(left.argmax())
        order.append(best)
        column = rest[:, best] / rest[best, best].clamp_min(1e-9).sqrt()
        rest = rest - column[:, None] * column[None]
    return order


def _fit_layer(net: Features, name: str, inputs: Tensor, wanted: Tensor, positions: Tensor) -> None:
    """Ridge regression from the 3x3 patches of the student's features to the teacher's channels, before ReLU."""
    channels, width = inputs.shape[1], wanted.shape[1]
    per_picture = positions.shape[1]
    size = 9 * channels + 1
    squares, products = torch.zeros(size, size), torch.zeros(size, width)
    for start in range(0, len(inputs), CHUNK):
        chunk = range(start, min(start + CHUNK, len(inputs)))
        patches = [F.unfold(inputs[j : j + 1], 3, padding=1)[0][:, positions[j]] for j in chunk]
        patches = torch.cat(patches, 1)
        patches = torch.cat([patches, torch.ones(1, patches.shape[1])])
        squares += patches @ patches.t()
        products += patches @ wanted[start * per_picture : (start + CHUNK) * per_picture]
    ridge = (3e-3 if name[0] == "5" else 1e-3) * squares.diagonal().mean()
    solution = torch.linalg.solve(squares + ridge * torch.eye(size), products)
    conv = net.conv(name)
    conv.weight.data = solution[:-1].t().reshape(width, channels, 3, 3).contiguous()
    conv.bias.data = solution[-1].clone()


def _fit_embedding(student: Student, tap: str, features: Tensor, wanted: Tensor) -> float:
    """Ridge regression from the student's channels to all of the teacher's; returns the unexplained share of variance."""
    squares = features.t() @ features
    ridge = 1e-3 * squares.diagonal().mean() * torch.eye(len(squares))
    solution = torch.linalg.solve(squares + ridge, features.t() @ wanted)
    student.embed[tap].data = solution.t().contiguous()
    error = (features @ solution - wanted).pow(2).sum() / (wanted - wanted.mean(0)).pow(2).sum()
    return error.item()


def _pool(features: Tensor) -> Tensor:
    return torch.cat([F.max_pool2d(chunk, 2) for chunk in features.split(CHUNK)])


def _some_positions(features: Tensor, most: int) -> Tensor:
    """For each picture, which positions of its feature map take part."""
    area = features.shape[2] * features.shape[3]
    return torch.stack([torch.randperm(area)[: min(area, most)] for _ in features])


def _gather(features: Tensor, positions: Tensor) -> Tensor:
    """Those positions of all pictures, one a row."""
    return torch.cat([picture.flatten(1)[:, chosen].t() for picture, chosen in zip(features, positions)])
