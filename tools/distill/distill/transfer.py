"""Style transfer by optimisation with any network: what the students are for, and how they are judged."""

from __future__ import annotations

import time

import torch
from torch import Tensor

from .network import CONTENT, STYLE, Features, gram


class Loss:
    """Squared Gram distances (style) and a squared feature distance (content).

    Each term is divided by the norm of its own gradient on the picture (style terms at the content picture, the content
    term at the style picture), so that terms of any network are of comparable strength.
    """

    def __init__(self, net: Features, content: Tensor, style: Tensor) -> None:
        self.net = net
        with torch.no_grad():
            self.grams = {tap: gram(features) for tap, features in net(style, STYLE).items()}
            self.content = net(content, [CONTENT])[CONTENT]
        picture = content.clone().requires_grad_()
        terms = self.terms(net(picture))
        self.weights = {tap: 1 / _gradient_norm(terms[tap], picture) for tap in STYLE}
        picture = style.clone().requires_grad_()
        self.weights["content"] = 1 / _gradient_norm(self.terms(net(picture, [CONTENT]))["content"], picture)

    def terms(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        terms = {tap: (gram(features[tap]) - self.grams[tap]).pow(2).sum() for tap in STYLE if tap in features}
        terms["content"] = (features[CONTENT] - self.content).pow(2).mean()
        return terms

    def balanced(self, picture: Tensor) -> dict[str, Tensor]:
        """Every weighted term, the mean of those of style, and content."""
        terms = {name: term * self.weights[name] for name, term in self.terms(self.net(picture)).items()}
        return {"style": sum(terms[tap] for tap in STYLE) / len(STYLE), **terms}


def transfer(
    net: Features, content: Tensor, style: Tensor, steps: int, content_weight: float, label: str, rate: float = 0.02
) -> tuple[Tensor, float]:
    """From the content picture, by Adam; the rate falls over the last third. Returns the picture and seconds a step."""
    loss = Loss(net, content, style)
    picture = content.clone().requires_grad_()
    optimiser = torch.optim.Adam([picture], lr=rate)
    start = time.time()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (steps - step) / (0.3 * steps)) + 1e-4
        optimiser.zero_grad()
        terms = loss.balanced(picture)
        total = terms["style"] + content_weight * terms["content"]
        total.backward()
        optimiser.step()
        with torch.no_grad():
            picture.clamp_(0, 1)
        if step % 25 == 0:
            losses = f"{total.item():.4f} style {terms['style'].item():.4f} content {terms['content'].item():.4f}"
            print(label, step, losses, f"{time.time() - start:.2f}s", flush=True)
    return picture.detach(), (time.time() - start) / steps


def _gradient_norm(term: Tensor, picture: Tensor) -> float:
    return torch.autograd.grad(term, picture, retain_graph=True)[0].norm().item()
