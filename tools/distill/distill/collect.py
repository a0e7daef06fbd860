"""Cuts wallpapers and paintings into the training pictures; the README says which ones were used."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

SIDE = 352
LARGEST = 2800
#: Squares with less contrast than this, in grey levels, teach nothing.
LEAST_CONTRAST = 40

# Wallpapers are larger than Pillow's guard against bombs allows.
Image.MAX_IMAGE_PIXELS = None


def collect(wallpapers: Path, paintings: Path, photos: Path) -> None:
    """Into photos/photo and photos/paint; painterly wallpapers are in wallpapers/paint."""
    random.seed(3)
    for path in sorted(wallpapers.glob("*.*")):
        _cut(path, photos / "photo", 8)
    for path in sorted(wallpapers.glob("paint/*.*")):
        _cut(path, photos / "paint", 8)
    for path in sorted(paintings.glob("*.*")):
        _cut(path, photos / "paint", 16)


def _cut(path: Path, folder: Path, count: int) -> None:
    """The whole picture, and up to `count` random squares of it at random scales."""
    image = Image.open(path).convert("RGB")
    if max(image.size) > LARGEST:
        image.thumbnail((LARGEST, LARGEST), Image.BICUBIC)
    width, height = image.size
    shorter = min(image.size)
    pieces = [image]
    for _ in range(count):
        side = int(random.uniform(min(SIDE, shorter * 0.9), shorter * 0.9))
        left, top = random.randint(0, width - side), random.randint(0, height - side)
        piece = image.crop((left, top, left + side, top + side))
        low, high = piece.convert("L").resize((64, 64)).getextrema()
        if high - low >= LEAST_CONTRAST:
            pieces.append(piece)
    folder.mkdir(parents=True, exist_ok=True)
    for piece in pieces:
        scale = SIDE / min(piece.size)
        if scale < 1:
            piece = piece.resize((round(piece.size[0] * scale), round(piece.size[1] * scale)), Image.BICUBIC)
        piece.save(folder / f"{len(list(folder.iterdir())):04d}.jpg", quality=95)
