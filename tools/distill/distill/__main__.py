"""The command line: python3 -m distill collect|train|export|evaluate|sheet."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .collect import collect
from .evaluate import evaluate
from .export import export
from .network import STUDENT_WIDTHS
from .sheet import make_sheet
from .train import Training

STUDENTS = list(STUDENT_WIDTHS)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="distill", description="Distil VGG19 into narrow networks.")
    commands = parser.add_subparsers(required=True)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        sub.set_defaults(run=globals()[f"run_{name}"])
        sub.add_argument("--photos", type=Path, default=Path("photos"), help="training pictures, and eval/")
        sub.add_argument("--out", type=Path, default=Path("out"), help="checkpoints, networks and results")
        sub.add_argument("--threads", type=int, default=2, help="CPU threads")
        return sub

    def add_teacher(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--teacher", type=Path, default=Path("vgg19.safetensors"), help="VGG19, torchvision's names")

    sub = command("collect", "cut wallpapers and paintings into training pictures")
    sub.add_argument("wallpapers", type=Path, help="photos; painterly ones in a folder paint/ of it")
    sub.add_argument("paintings", type=Path)

    sub = command("train", "fit students to the teacher and train them")
    add_teacher(sub)
    sub.add_argument("students", nargs="+", choices=STUDENTS, help="several share the teacher's passes")
    sub.add_argument("--minutes", type=float, default=30, help="the learning rate follows the clock")
    sub.add_argument("--steps", type=int, help="stop after so many, even if there is time left")
    sub.add_argument("--size", type=int, default=160, help="side of the training crops")
    sub.add_argument("--resume", action="store_true", help="go on from the checkpoints in --out")

    sub = command("export", "write checkpoints as float16 safetensors")
    sub.add_argument("students", nargs="+", choices=STUDENTS, help="those that were trained")
    sub.add_argument("--training-images", default="see the README", help="their sources, for the file's metadata")

    sub = command("evaluate", "run the same transfers with several networks")
    add_teacher(sub)
    sub.add_argument("networks", nargs="+", help="vgg19, half, quarter, untrained; half:0.5 halves its content weight")
    sub.add_argument("--pairs", type=int, nargs="+", default=[1, 2, 3], help="of eval/")
    sub.add_argument("--steps", type=int, default=100, help="of Adam, from the content picture")
    sub.add_argument("--content-weight", type=float, default=0.05, help="of balanced content against style")
    sub.add_argument("--size", type=int, default=256, help="side of the pictures")

    sub = command("sheet", "lay an evaluation's pictures out on one sheet")
    sub.add_argument("networks", nargs="+", help="as they were given to evaluate")
    return parser.parse_args()


def run_collect(args: argparse.Namespace) -> None:
    collect(args.wallpapers, args.paintings, args.photos)


def run_train(args: argparse.Namespace) -> None:
    training = Training(args.students, args.photos, args.out, args.teacher, args.size, args.resume)
    training.run(args.minutes, args.steps)


def run_export(args: argparse.Namespace) -> None:
    for name in args.students:
        export(name, args.photos, args.out, args.training_images)


def run_evaluate(args: argparse.Namespace) -> None:
    evaluate(
        networks=args.networks,
        pairs=args.pairs,
        photos=args.photos,
        out=args.out,
        teacher_file=args.teacher,
        steps=args.steps,
        content_weight=args.content_weight,
        size=args.size,
    )


def run_sheet(args: argparse.Namespace) -> None:
    make_sheet(args.networks, args.photos, args.out)


if __name__ == "__main__":
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    arguments.run(arguments)
