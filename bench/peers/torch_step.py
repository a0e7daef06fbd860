"""One step of style transfer in PyTorch, timed: the peer of bench/engine.ts. Prints one line of JSON.

    python3 torch_step.py NETWORK SIZE STEPS THREADS {cached|loop}

`cached` is PyTorch at its best: targets captured once, weights frozen, Adam on the image. `loop` is the well-known
published loop: targets recomputed at every step and gradients of the weights as well.
"""
import json
import os
import resource
import sys
import time

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "reference"))
from make_reference import gram, load  # noqa: E402

STYLE = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


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


def main():
    path, size, steps, threads, mode = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    content_layers = ["relu4_2"] if mode == "cached" else STYLE
    layers = load(path, torch.float32)
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
