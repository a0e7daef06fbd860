"""One step of style transfer in PyTorch, timed: the peer of bench/engine.ts. Prints one line of JSON.

    python3 torch_step.py NETWORK SIZE STEPS THREADS {cached|loop}

`cached` is PyTorch at its best: targets captured once, weights frozen, Adam on the image. `loop` is the well-known
published loop: targets recomputed at every step and gradients of the weights as well.
"""
import json
import resource
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

STYLE = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def load(path):
    raw = open(path, "rb").read()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])

    def tensor(name):
        entry = header[name]
        begin, end = entry["data_offsets"]
        values = np.frombuffer(raw[8 + length + begin : 8 + length + end], {"F16": "<f2", "F32": "<f4"}[entry["dtype"]])
        return torch.from_numpy(values.reshape(entry["shape"]).astype(np.float32))

    indices = sorted(int(name.split(".")[1]) for name in header if name.endswith(".weight"))
    layers, block, within = [], 1, 0
    for i, index in enumerate(indices):
        if i and index - indices[i - 1] == 3:
            block, within = block + 1, 0
        within += 1
        layers.append((f"relu{block}_{within}", tensor(f"features.{index}.weight"), tensor(f"features.{index}.bias")))
    return layers


def features(layers, value, wanted):
    found, previous = {}, None
    for name, weight, bias in layers:
        if previous and previous[4] != name[4]:
            value = F.max_pool2d(value, 2)
        value = F.relu(F.conv2d(value, weight, bias, padding=1), inplace=True)
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


def main():
    path, size, steps, threads, mode = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    content_layers = ["relu4_2"] if mode == "cached" else STYLE
    layers = load(path)
    if mode == "loop":
        for _, weight, bias in layers:
            weight.requires_grad_(), bias.requires_grad_()
    wanted = set(STYLE) | set(content_layers)
    content, style = torch.randn(1, 3, size, size), torch.randn(1, 3, size, size)
    image = content.clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.02, betas=(0.99, 0.999))

    def targets():
        return features(layers, content, wanted), {l: gram(f) for l, f in features(layers, style, wanted).items()}

    with torch.no_grad():
        cached = targets()
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        content_targets, style_targets = cached if mode == "cached" else targets()
        now = features(layers, image, wanted)
        content_loss = sum(((now[l] - content_targets[l]) ** 2).mean() for l in content_layers)
        style_loss = sum(((gram(now[l]) - style_targets[l]) ** 2).mean() for l in STYLE)
        optimizer.zero_grad()
        (1e-2 * content_loss + 1e4 * style_loss).backward()
        optimizer.step()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peakMb": peak, "version": torch.__version__}))


if __name__ == "__main__":
    main()
