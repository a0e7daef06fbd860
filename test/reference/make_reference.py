"""Reference losses and gradients of Easel's objective, computed by PyTorch's autograd.

    python3 make_reference.py > cases.json              # in float64: the stored values of the tests
    python3 make_reference.py --float32 [NETWORK...]    # what PyTorch itself says in float32, for a direct comparison

Everything is defined twice on purpose: here by autograd from the formulas (README of the engine), there by a graph
built by hand. Pictures are made from integers, so that both sides have the very same ones.
Needs python3-torch; reads the embedded networks (and any further file named on the command line, as `vgg19`).
"""
import base64
import json
import os
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = os.path.join(HERE, "..", "..", "assets", "networks")
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]
ALL = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]
#: Average pooling is followed by this factor (src/engine/backend/layers.ts).
AVERAGE_POOLING_GAIN = 1.4

CASES = {
    "one-content-layer": dict(network="vgg19-quarter", width=64, height=64, content=["relu4_2"], pooling="MAX"),
    "classic-odd-size": dict(network="vgg19-half", width=61, height=47, content=ALL, pooling="MAX"),
    "tiny": dict(network="vgg19-quarter", width=27, height=22, content=["relu2_1"], styleLayers=ALL[:3], pooling="MAX"),
    "average-pooling": dict(network="vgg19-quarter", width=58, height=50, content=["relu3_2", "relu4_2"], pooling="AVERAGE"),
    # Three regions, one of them what the masks leave and with two styles, and a part that stays as it is.
    "masks": dict(
        network="vgg19-quarter",
        width=37,
        height=29,
        content=["relu2_1"],
        styleLayers=ALL[:3],
        pooling="MAX",
        styles=[
            dict(salt=3, weight=2, mask=[-500, -40, 3]),
            dict(salt=8, weight=1),
            dict(salt=2, weight=1.5, mask=[-500, 25, -25]),
            dict(salt=6, weight=3),
        ],
        keep=[0, 4, 30],
    ),
}
ONE_STYLE = [dict(salt=3, weight=1)]
WEIGHTS = dict(contentWeight=0.5, styleWeight=2e4, totalVariationWeight=3.0)
#: Layers' own weights: different, so that a mix-up shows.
CONTENT_LAYER_WEIGHT = [1.0, 0.5, 2.0, 0.25, 1.5]
STYLE_LAYER_WEIGHT = [0.25, 1.0, 1.5, 3.0, 2.0]


def pixels(width, height, salt):
    """An 8-bit picture from integer arithmetic: stripes, a checker and a gradient."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * (7 + salt) + y * (13 - salt) + c * 29 + ((x * y + salt) % 17) * 5 + ((x // 8 + y // 8) % 2) * 60) % 256).astype(np.uint8)


def normalised(picture, dtype):
    planes = torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float64))
    mean, std = (torch.tensor(v, dtype=torch.float64).view(3, 1, 1) for v in (MEAN, STD))
    return ((planes / 255 - mean) / std).to(dtype)[None]


def ramp(width, height, plane):
    """A mask from integer arithmetic: white on one side, black on the other."""
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return np.clip(plane[0] + plane[1] * (2 * x - width + 1) + plane[2] * (2 * y - height + 1), 0, 255).astype(np.uint8)


def load(path, dtype):
    """Layers in order: (name, weight, bias). Names from torchvision's indices, as in src/engine/network/topology.ts."""
    raw = open(path, "rb").read()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    types = {"F16": "<f2", "F32": "<f4"}

    def tensor(name):
        entry = header[name]
        begin, end = entry["data_offsets"]
        values = np.frombuffer(raw[8 + length + begin : 8 + length + end], types[entry["dtype"]])
        return torch.from_numpy(values.reshape(entry["shape"]).astype(np.float64)).to(dtype)

    indices = sorted(int(name.split(".")[1]) for name in header if name.endswith(".weight"))
    layers, block, within = [], 1, 0
    for i, index in enumerate(indices):
        if i and index - indices[i - 1] == 3:
            block, within = block + 1, 0
        within += 1
        layers.append((f"relu{block}_{within}", tensor(f"features.{index}.weight"), tensor(f"features.{index}.bias")))
    return layers


def features(layers, image, pooling, wanted):
    found, value, previous = {}, image, None
    for name, weight, bias in layers:
        if previous and previous[4] != name[4]:
            value = F.max_pool2d(value, 2) if pooling == "MAX" else AVERAGE_POOLING_GAIN * F.avg_pool2d(value, 2)
        value = F.relu(F.conv2d(value, weight, bias, padding=1))
        if name in wanted:
            found[name] = value
        if len(found) == len(wanted):
            break
        previous = name
    return found


def gram(f):
    _, channels, height, width = f.shape
    matrix = f.reshape(channels, height * width)
    return matrix @ matrix.T / (channels * height * width)


def regions(styles, grams, keep, shape, dtype):
    """(T at the picture's size or None, strength, Gram targets by layer), as src/engine/objective/regions.ts says."""
    masks = [mask_plane(style["mask"], shape, dtype) if "mask" in style else None for style in styles]
    given = [mask for mask in masks if mask is not None]
    groups = [([i], mask) for i, mask in enumerate(masks) if mask is not None]
    if len(given) < len(masks):
        rest = (1 - sum(given)).clamp(min=0) if given else None
        groups.append(([i for i, mask in enumerate(masks) if mask is None], rest))
    found = []
    for members, mask in groups:
        if keep is not None:
            mask = (1 - keep) * (mask if mask is not None else 1)
        total = sum(styles[i]["weight"] for i in members)
        target = {l: sum(styles[i]["weight"] / total * grams[i][l] for i in members) for l in grams[0]}
        found.append((mask, total / len(members), target))
    if found[0][0] is None:
        return [(None, 1, found[0][2])]
    areas = [(mask**2).mean() for mask, _, _ in found]
    mean = sum(weight * area for (_, weight, _), area in zip(found, areas)) / sum(areas)
    return [(mask, weight / mean, target) for mask, weight, target in found]


def mask_plane(plane, shape, dtype):
    return torch.from_numpy(ramp(shape[1], shape[0], plane).astype(np.float64) / 255).to(dtype)[None, None]


def style_loss(f, layer, parts):
    """The sum over the regions of strength * area * mean (G - A)^2, with G = (T F)(T F)^T / (C sum T^2)."""
    loss = 0
    for mask, strength, target in parts:
        if mask is None:
            loss = loss + ((gram(f) - target[layer]) ** 2).mean()
            continue
        for _ in range(int(layer[4]) - 1):
            mask = F.avg_pool2d(mask, 2)
        area = (mask**2).mean()
        loss = loss + strength * area * ((gram(mask * f) / area - target[layer]) ** 2).mean()
    return loss


def vgg19_channels(name):
    return {"1": 64, "2": 128, "3": 256}.get(name[4], 512)


def run(case, path, dtype):
    width, height, content_layers = case["width"], case["height"], case["content"]
    layers = load(path, dtype)
    style_layers = case.get("styleLayers", ALL)
    wanted = set(content_layers) | set(style_layers)
    with torch.no_grad():
        content = features(layers, normalised(pixels(width, height, 0), dtype), case["pooling"], wanted)
        styles = case.get("styles", ONE_STYLE)
        found = [features(layers, normalised(pixels(72, 56, s["salt"]), dtype), case["pooling"], wanted) for s in styles]
        grams = [{l: gram(f[l]) for l in style_layers} for f in found]
    keep = mask_plane(case["keep"], (height, width), dtype) if "keep" in case else None
    parts = regions(styles, grams, keep, (height, width), dtype)
    free = normalised(pixels(width, height, 5), dtype).requires_grad_()
    image = free if keep is None else keep * normalised(pixels(width, height, 0), dtype) + (1 - keep) * free
    now = features(layers, image, case["pooling"], wanted)
    content_losses = {l: ((now[l] - content[l]) ** 2).mean() for l in content_layers}
    style_losses = {l: style_loss(now[l], l, parts) for l in style_layers}
    dx, dy = image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]
    variation = ((dx**2).sum() + (dy**2).sum()) / (dx.numel() + dy.numel())
    total = WEIGHTS["totalVariationWeight"] * variation
    for weight, layer in zip(CONTENT_LAYER_WEIGHT, content_layers):
        total = total + WEIGHTS["contentWeight"] * weight * content_losses[layer]
    for weight, layer in zip(STYLE_LAYER_WEIGHT, style_layers):
        portable = (now[layer].shape[1] / vgg19_channels(layer)) ** 2
        total = total + WEIGHTS["styleWeight"] * weight * portable * style_losses[layer]
    total.backward()
    return {
        **case,
        **WEIGHTS,
        "contentLayerWeights": CONTENT_LAYER_WEIGHT[: len(content_layers)],
        "styleLayerWeights": STYLE_LAYER_WEIGHT[: len(style_layers)],
        "styleLayers": style_layers,
        "total": total.item(),
        "totalVariation": variation.item(),
        "contentLosses": {l: v.item() for l, v in content_losses.items()},
        "styleLosses": {l: v.item() for l, v in style_losses.items()},
        "gradient": base64.b64encode(free.grad.to(torch.float32).numpy().tobytes()).decode(),
    }


def main():
    arguments = sys.argv[1:]
    dtype = torch.float32 if "--float32" in arguments else torch.float64
    files = [a for a in arguments if not a.startswith("--")]
    cases = {name: run(case, os.path.join(NETWORKS, case["network"] + ".safetensors"), dtype) for name, case in CASES.items()}
    for path in files:
        case = dict(CASES["one-content-layer"], network="vgg19")
        cases[os.path.basename(path)] = run(case, path, dtype)
    json.dump(cases, sys.stdout)


if __name__ == "__main__":
    main()
