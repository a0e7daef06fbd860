"""A contact sheet of an evaluation: content, style and every network's result, a pair a row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from .evaluate import result_path
from .pictures import open_square

SIDE = 256
CELL = SIDE + 4
HEAD = 16


def make_sheet(networks: Sequence[str], photos: Path, out: Path) -> None:
    pairs = [pair for pair in (1, 2, 3) if result_path(out, pair, networks[0]).exists()]
    sheet = Image.new("RGB", (CELL * (2 + len(networks)), HEAD + CELL * len(pairs)), "white")
    draw = ImageDraw.Draw(sheet)
    for column, title in enumerate(["content", "style", *networks]):
        draw.text((column * CELL + 4, 2), title, fill="black")
    for row, pair in enumerate(pairs):
        inputs = [photos / "eval" / f"{kind}{pair}.jpg" for kind in ("content", "style")]
        for column, path in enumerate([*inputs, *(result_path(out, pair, network) for network in networks)]):
            if path.exists():
                sheet.paste(open_square(path, SIDE), (column * CELL, HEAD + row * CELL))
    sheet.save(out / "contact-sheet.png")
    print(out / "contact-sheet.png", sheet.size)
