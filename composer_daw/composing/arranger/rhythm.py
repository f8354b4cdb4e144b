"""Rhythms of melodies: bars drawn from the tables, and lists of onsets with lengths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.drawing import position, weighted
from composer_daw.composing.arranger.tables import STEPS, MelodyTable, common

SIXTEENTH = 0.25
"""Quarter notes."""
LATER = 1e-6
"""Quarter notes by which two places may differ and be the same."""


@dataclass(frozen=True)
class Span:
    """A note without its pitch: onset and length in quarter notes."""

    onset: float
    beats: float

    @property
    def end(self) -> float:
        """Return where it ends."""
        return self.onset + self.beats


def spans_of(pattern: str, at: float = 0.0) -> tuple[Span, ...]:
    """Return the notes of a pattern: any sign but '-' and '.' begins one, '-' holds it."""
    spans = []
    for step, sign in enumerate(pattern):
        if sign in "-.":
            continue
        length = 1 + len(pattern[step + 1 :]) - len(pattern[step + 1 :].lstrip("-"))
        spans.append(Span(at + SIXTEENTH * step, SIXTEENTH * length))
    return tuple(spans)


def count(pattern: str) -> int:
    """Return how many notes begin in a pattern."""
    return len(pattern) - sum(map(pattern.count, "-."))


def draw_cell(
    table: MelodyTable, notes: float, syncopation: float, rng: np.random.Generator, sharp: float = 0.5
) -> str:
    """Draw a bar of about so many notes; `sharp` says how near the count must come."""
    weights = {}
    for tag, cells in common().cells.items():
        off_beat = 0.4 + 1.2 * syncopation if tag in ("syncopated", "late") else 1.6 - 1.2 * syncopation
        for cell in cells:
            near = np.exp(-sharp * (count(cell) - notes) ** 2)
            weights[cell] = table.cells.get(tag, 0.0) * off_beat * float(near) / len(cells)
    return weighted(rng, weights)


def draw_of(cells: Iterable[str], notes: float, rng: np.random.Generator, sharp: float = 0.5) -> str:
    """Draw one of some bars, rather of about so many notes."""
    listed = list(cells)
    near = [float(np.exp(-sharp * (count(cell) - notes) ** 2)) + 1e-6 for cell in listed]
    return listed[position(rng, near)]


def notes_per_bar(density: float) -> float:
    """Return how many notes a bar of melody has at a density of 0..1: our own choice."""
    return 2.6 + 3.6 * density


def weight_of_beat(at: float) -> int:
    """Return how strong a place of a 4/4 bar is: 4 the first beat, 3 the third, 2 others, 1 eighths, 0."""
    step = round(at / SIXTEENTH) % STEPS
    return 4 if step == 0 else 3 if step == 8 else 2 if step % 4 == 0 else 1 if step % 2 == 0 else 0
