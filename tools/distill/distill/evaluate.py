"""Runs the same style transfers with several networks and judges every result by the teacher's losses."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from .export import network_path
from .network import CONVS, STUDENT_WIDTHS, Features, load_network, unit_mean
from .pictures import load_square, sample_squares, to_image
from .transfer import Loss, transfer

TEACHER = "vgg19"
UNTRAINED = "untrained"


def untrained(calibration: Sequence[Tensor]) -> Features:
    """A network of half width with random kernels: what is to be had without any training."""
    torch.manual_seed(11)
    net = Features(STUDENT_WIDTHS["half"])
    for name in CONVS:
        nn.init.kaiming_normal_(net.conv(name).weight)
        nn.init.zeros_(net.conv(name).bias)
    unit_mean(net.freeze(), calibration)
    return net


def result_path(out: Path, pair: int, network: str) -> Path:
    return out / "results" / f"{pair}-{network}.png"


def evaluate(
    networks: Sequence[str],
    pairs: Sequence[int],
    photos: Path,
    out: Path,
    teacher_file: Path,
    steps: int,
    content_weight: float,
    size: int,
) -> None:
    """`networks` are 'vgg19', 'untrained' or students; 'half:0.5' is the half network at half the content weight."""
    calibration = sample_squares(photos, 8)
    teacher = load_network(teacher_file)
    unit_mean(teacher, calibration)

    def load(name: str) -> Features:
        if name == TEACHER:
            return teacher
        return untrained(calibration) if name == UNTRAINED else load_network(network_path(out, name))

    nets = {network: load(network.split(":")[0]) for network in networks}
    (out / "results").mkdir(parents=True, exist_ok=True)
    table = out / "evaluation.json"
    results = json.loads(table.read_text()) if table.exists() else {}
    for pair in pairs:
        content, style = (load_square(photos / "eval" / f"{kind}{pair}.jpg", size) for kind in ("content", "style"))
        judge = Judge(teacher, content, style)
        results[f"{pair}-start"] = judge(content)
        results[f"{pair}-style"] = judge(style)
        for network, net in nets.items():
            _, _, share = network.partition(":")
            weight = content_weight * float(share or 1)
            picture, seconds = transfer(net, content, style, steps, weight, f"{network} {pair}")
            to_image(picture).save(result_path(out, pair, network))
            verdict = judge(picture)
            results[f"{pair}-{network}"] = {**verdict, "seconds_a_step": seconds, "load": os.getloadavg()[0]}
            print(_summary(pair, network, verdict, results.get(f"{pair}-{TEACHER}"), seconds), flush=True)
            table.write_text(json.dumps(results, indent=1))


class Judge:
    """The teacher's balanced losses of a picture."""

    def __init__(self, teacher: Features, content: Tensor, style: Tensor) -> None:
        self.loss = Loss(teacher, content, style)

    @torch.no_grad()
    def __call__(self, picture: Tensor) -> dict[str, float]:
        return {name: term.item() for name, term in self.loss.balanced(picture).items()}


def _summary(pair: int, network: str, verdict: dict, teachers: dict | None, seconds: float) -> str:
    line = f"pair {pair} {network}: style {verdict['style']:.4f} content {verdict['content']:.3f} {seconds:.2f} s/step"
    if not teachers:
        return line
    style, content = (verdict[term] / teachers[term] for term in ("style", "content"))
    return f"{line} | over vgg19's: style {style:.2f} content {content:.2f}"
