"""From a checkpoint to the file that Easel ships."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from .network import (
    MEAN,
    PLAN,
    STD,
    STUDENT_WIDTHS,
    TAPS,
    Features,
    load_network,
    mean_activations,
    named_tensors,
    unit_mean,
)
from .pictures import load_square, sample_squares
from .student import checkpoint_path
from .tensorfile import write_tensors

FACTS = {
    "format": "pt",
    "layers": json.dumps(PLAN),
    "topology": "3x3 conv, stride 1, zero pad 1, ReLU after each; P = 2x2 max pool, stride 2",
    "taps_trained": json.dumps(["relu" + tap for tap in TAPS]),
    "input": f"RGB 0..1, minus mean {MEAN}, divided by std {STD}",
    "normalisation": "mean activation 1 in every ReLU layer (training images)",
    "teacher": "VGG19 ImageNet, original Oxford weights (K. Simonyan, A. Zisserman, arXiv 1409.1556), Keras port, "
    "conv1_1..conv5_1",
    "licence": "CC BY 4.0; derived by distillation from VGG19 by Karen Simonyan and Andrew Zisserman, Visual Geometry "
    "Group, University of Oxford (CC BY 4.0); changes: fewer channels, retrained",
}


def network_path(out: Path, name: str) -> Path:
    return out / f"vgg19-{name}.safetensors"


def export(name: str, photos: Path, out: Path, training_images: str) -> None:
    """Scales every layer to a mean activation of 1, writes float16, and reads it back to compare."""
    checkpoint = torch.load(checkpoint_path(out, name))
    net = Features(STUDENT_WIDTHS[name])
    net.load_state_dict(checkpoint["net"])
    unit_mean(net, sample_squares(photos, 32))
    metadata = {
        **FACTS,
        "channels": json.dumps(net.widths),
        "training_images": training_images,
        "training": f"step {checkpoint['step']}, {checkpoint['minutes']:.0f} min",
    }
    path = network_path(out, name)
    write_tensors(path, named_tensors(net), metadata)

    picture = load_square(photos / "eval" / "content1.jpg", 256)
    with torch.no_grad():
        exact, rounded = net(picture), load_network(path)(picture)
    errors = {tap: f"{((exact[tap] - rounded[tap]).norm() / exact[tap].norm()).item():.1e}" for tap in TAPS}
    print(path, path.stat().st_size, "bytes, float16 error", errors, "means", mean_activations(rounded))
