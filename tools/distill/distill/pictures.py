"""Pictures as tensors, and the random crops that a student learns from.

A photos folder holds `photo/` and `paint/` (training pictures, see collect.py) and `eval/` with content1.jpg,
style1.jpg, content2.jpg ...: pairs that are kept out of training.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor


def open_square(path: Path, size: int) -> Image.Image:
    """The middle square of a picture, resized."""
    image = Image.open(path).convert("RGB")
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return image.crop((left, top, left + side, top + side)).resize((size, size), Image.LANCZOS)


def to_tensor(image: np.ndarray) -> Tensor:
    """From H x W x 3 bytes to 1 x 3 x H x W in 0..1.

    Left in the bytes' order in memory: random noise is drawn in that order, and a seed's pictures depend on it.
    """
    return torch.from_numpy(image.copy()).permute(2, 0, 1).float().div(255)[None]


def load_square(path: Path, size: int) -> Tensor:
    return to_tensor(np.asarray(open_square(path, size))).contiguous()


def to_image(picture: Tensor) -> Image.Image:
    bytes_ = picture[0].detach().clamp(0, 1).mul(255).add(0.5).byte()
    return Image.fromarray(bytes_.permute(1, 2, 0).numpy())


def sample_squares(photos: Path, count: int, size: int = 224) -> list[Tensor]:
    """`count` photos and as many paintings, always the same ones: to measure mean activations on."""
    random.seed(7)
    chosen: list[Path] = []
    for kind in ("photo", "paint"):
        found = sorted((photos / kind).glob("*.jpg"))
        chosen += random.sample(found, min(count, len(found)))
    return [load_square(path, size) for path in chosen]


class Pictures:
    """The training pictures, and the ways in which a student sees them."""

    def __init__(self, folder: Path, size: int) -> None:
        self.photos = self._load(folder / "photo")
        self.paintings = self._load(folder / "paint")
        self.size = size

    @staticmethod
    def _load(folder: Path) -> list[np.ndarray]:
        return [np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.jpg"))]

    def crop(self, pool: Sequence[np.ndarray]) -> Tensor:
        """A random square of a random picture, at a random scale, sometimes flipped."""
        image = random.choice(pool)
        height, width, _ = image.shape
        side = min(min(height, width), int(self.size * random.choice([1, 1, 1.25, 1.6, 2.2])))
        top, left = random.randint(0, height - side), random.randint(0, width - side)
        picture = to_tensor(image[top : top + side, left : left + side])
        if side != self.size:
            picture = F.interpolate(
                picture,
                size=(self.size, self.size),
                mode="bilinear",
                align_corners=False,
                antialias=side > self.size,
            )
        return picture.flip(3) if random.random() < 0.5 else picture

    def photo(self) -> Tensor:
        return self.crop(self.photos)

    def painting(self) -> Tensor:
        return self.crop(self.paintings)

    def alternate(self, count: int) -> list[Tensor]:
        """Paintings and photos in turn."""
        return [self.photo() if i % 2 else self.painting() for i in range(count)]

    def disturb(self, picture: Tensor) -> Tensor:
        """Noise, a double exposure, swapped channels, another contrast or clouds of colour.

        A style transfer passes through such pictures on its way.
        """
        dice = random.random()
        if dice < 0.35:
            picture = picture + random.uniform(0.01, 0.25) * torch.randn_like(picture)
        elif dice < 0.55:
            share = random.uniform(0.2, 0.8)
            picture = share * picture + (1 - share) * self.painting()
        elif dice < 0.7:
            picture = picture[:, torch.randperm(3)]
        elif dice < 0.85:
            picture = (picture - 0.5) * random.uniform(0.4, 1.8) + random.uniform(0.3, 0.7)
        else:
            coarse = torch.rand(1, 3, random.choice([5, 20, 80]), random.choice([5, 20, 80]))
            clouds = F.interpolate(coarse, size=(self.size, self.size), mode="bilinear", align_corners=False)
            share = random.uniform(0.2, 1)
            picture = share * picture + (1 - share) * clouds
        return picture.clamp(0, 1)
