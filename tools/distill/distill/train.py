"""Trains students to follow the teacher; several at once, because they share the teacher's passes, which cost the most."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from .fit import balance, fit_students
from .network import STYLE, Features, gram, load_network, unit_mean
from .pictures import Pictures, load_square
from .student import Student

#: Times the root mean square of each tensor, so that every tensor turns at the same pace.
LEARNING_RATES = {"half": 0.0035, "quarter": 0.005}
FIT_PICTURES = 168
WARM_UP = 60
#: Batches are kept and seen again: the teacher's pass costs the most.
MEMORY = 450
FRESH = 0.35
SAVE_EVERY = 150

FeatureMaps = dict[str, Tensor]


class InProgress:
    """A style transfer that the students themselves are running.

    Its pictures lie off the photos' manifold, and there too the features have to hold up.
    """

    def __init__(self, students: Sequence[Student], pictures: Pictures) -> None:
        self.students = students
        self.pictures = pictures
        self.left = 0

    def _restart(self) -> None:
        size = self.pictures.size
        if random.random() < 0.75:
            start = self.pictures.photo()
        else:
            start = torch.rand(1, 3, size, size) * random.uniform(0.1, 1)
        self.picture = start.clone().requires_grad_()
        self.style = self.pictures.painting()
        self.optimiser = torch.optim.Adam([self.picture], lr=random.choice([0.02, 0.03, 0.05]))
        self.left = random.randint(10, 60)

    def step(self, count: int = 2) -> Tensor:
        """Goes on for a few steps with either student, and returns the picture as it stands."""
        student = self.students[-1] if random.random() < 0.6 else self.students[0]
        if self.left <= 0:
            self._restart()
        with torch.no_grad():
            wanted = {tap: gram(features) for tap, features in student.net(self.style, STYLE).items()}
        for _ in range(count):
            features = student.net(self.picture, STYLE)
            loss = sum((gram(features[tap]) - wanted[tap]).pow(2).sum() / wanted[tap].pow(2).sum() for tap in STYLE)
            self.picture.grad = torch.autograd.grad(loss, self.picture)[0]
            self.optimiser.step()
            self.left -= 1
            with torch.no_grad():
                self.picture.clamp_(0, 1)
        return self.picture.detach().clone()


class Lessons:
    """Batches of four pictures with the teacher's features: two plain, one disturbed, one from a transfer in progress."""

    def __init__(self, teacher: Features, students: Sequence[Student], pictures: Pictures) -> None:
        self.teacher = teacher
        self.pictures = pictures
        self.transfers = [InProgress(students, pictures) for _ in range(4)]
        self.memory: list[tuple[Tensor, FeatureMaps]] = []

    def next(self, step: int) -> tuple[Tensor, FeatureMaps]:
        if len(self.memory) < 24 or random.random() < FRESH:
            batch = self._fresh(step)
            if len(self.memory) < MEMORY:
                self.memory.append(batch)
            else:
                self.memory[random.randrange(MEMORY)] = batch
        else:
            batch = random.choice(self.memory)
        pictures, halves = batch
        features = {tap: kept.float() for tap, kept in halves.items()}
        with torch.no_grad():
            features["1_1"] = self.teacher(pictures, ["1_1"])["1_1"]
        return pictures, features

    @torch.no_grad()
    def _remember(self, pictures: Tensor) -> FeatureMaps:
        """In half precision, and without the first layer, which is large and quick to compute again."""
        return {tap: features.half() for tap, features in self.teacher(pictures).items() if tap != "1_1"}

    def _fresh(self, step: int) -> tuple[Tensor, FeatureMaps]:
        of = self.pictures
        plain = [of.photo(), of.painting()]
        disturbed = of.disturb(of.photo() if random.random() < 0.4 else of.painting())
        moving = random.choice(self.transfers).step() if step > 100 else of.painting()
        pictures = torch.cat([*plain, disturbed, moving])
        return pictures, self._remember(pictures)


class Training:
    def __init__(self, names: Sequence[str], photos: Path, out: Path, teacher: Path, size: int, resume: bool) -> None:
        random.seed(1)
        torch.manual_seed(1)
        self.began = time.time()
        self.out = out
        out.mkdir(parents=True, exist_ok=True)
        pictures = Pictures(photos, size)
        self.say(len(pictures.photos), "photos", len(pictures.paintings), "paintings")
        self.teacher = load_network(teacher)
        unit_mean(self.teacher, pictures.alternate(32))
        self.say("teacher ready")
        self.students = [Student.blank(name) for name in names]
        if resume:
            for student in self.students:
                student.resume(out)
        else:
            self._fit(pictures)
        self.optimisers = {student.name: _optimiser(student) for student in self.students}
        self.lessons = Lessons(self.teacher, self.students, pictures)
        pairs = [photos / "eval" / f"{kind}{i}.jpg" for kind in ("content", "style") for i in (1, 2, 3)]
        self.held_out = torch.cat([load_square(path, size) for path in pairs])
        with torch.no_grad():
            self.held_out_features = self.teacher(self.held_out)
        self.step = 0

    def say(self, *words: object) -> None:
        print(f"{time.time() - self.began:6.1f}", *words, flush=True)

    def _fit(self, pictures: Pictures) -> None:
        def example(i: int) -> Tensor:
            if i % 4 == 3:
                return pictures.disturb(pictures.painting())
            return pictures.painting() if i % 2 else pictures.photo()

        fit_students(self.students, self.teacher, torch.cat([example(i) for i in range(FIT_PICTURES)]), self.say)
        calibration = pictures.alternate(32)
        for student in self.students:
            balance(student, calibration)

    @torch.no_grad()
    def validate(self) -> None:
        """The held-out pairs: total, then feature/Gram/kernel error of every tapped layer."""
        for student in self.students:
            total, parts = student.loss(student.net(self.held_out), self.held_out_features)
            layers = " ".join(f"{tap}:{a:.3f}/{b:.3f}/{c:.3f}" for tap, (a, b, c) in parts.items())
            self.say("val", student.name, "step", self.step, f"total {total.item():.3f}", layers)

    def save(self) -> None:
        for student in self.students:
            student.save(self.out, self.step, (time.time() - self.began) / 60)

    def run(self, minutes: float, steps: int | None = None) -> None:
        """Until the time is up (the learning rate follows the clock), or after `steps`."""
        start = saved = time.time()
        smoothed = dict.fromkeys(self.optimisers, 0.0)
        self.validate()
        self.save()
        while steps is None or self.step < steps:
            progress = (time.time() - start) / (60 * minutes)
            if progress >= 1:
                break
            pictures, features = self.lessons.next(self.step)
            pace = min(1, (self.step + 1) / WARM_UP) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * progress)))
            for student in self.students:
                loss = self._learn(student, pictures, features, LEARNING_RATES[student.name] * pace)
                smoothed[student.name] = loss if self.step == 0 else 0.97 * smoothed[student.name] + 0.03 * loss
            self.step += 1
            if self.step % 25 == 0:
                losses = " ".join(f"{name} {loss:.3f}" for name, loss in smoothed.items())
                self.say("step", self.step, "memory", len(self.lessons.memory), losses)
            if time.time() - saved > SAVE_EVERY:
                saved = time.time()
                self.validate()
                self.save()
        self.validate()
        self.save()
        self.say("done", self.step)

    def _learn(self, student: Student, pictures: Tensor, features: FeatureMaps, rate: float) -> float:
        optimiser = self.optimisers[student.name]
        for group in optimiser.param_groups:
            group["lr"] = rate * group["rms"]
        loss, _ = student.loss(student.net(pictures), features)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.net.parameters(), 5.0)
        optimiser.step()
        return loss.item()


def _optimiser(student: Student) -> torch.optim.Adam:
    parameters = [*student.net.parameters(), *student.embed.values()]
    groups = [{"params": [p], "rms": max(p.detach().pow(2).mean().sqrt().item(), 1e-3)} for p in parameters]
    return torch.optim.Adam(groups, lr=1e-4, betas=(0.9, 0.99))
