"""The groove of a section: one drum pattern and what goes with it, drawn whether or not a kit plays it."""

from __future__ import annotations

from collections.abc import Mapping

from composer_daw.composing.arranger.drawing import position
from composer_daw.composing.arranger.form import Draws, Section
from composer_daw.composing.arranger.rhythm import SIXTEENTH
from composer_daw.composing.arranger.tables import STEPS, Genre, Level, Voice

Groove = Mapping[Voice, str]
LEVELS: tuple[Level, ...] = ("light", "medium", "full")


def groove_of(section: Section, genre: Genre, draws: Draws) -> Groove:
    """Return the pattern of a section: sections of one kind and level share it."""
    choices = genre.grooves[section.level]
    rng = draws.of(section.kind, "groove", section.level)
    return choices[position(rng, [1.0] * len(choices))]


def kicks(groove: Groove) -> set[float]:
    """Return where the kick falls in a bar, in quarter notes; of longer patterns, in the first bar."""
    return {SIXTEENTH * step for step, sign in enumerate(groove.get("kick", "")[:STEPS]) if sign in "x"}


def sign_at(pattern: str, step: int) -> str:
    """Return the sign of a pattern at a sixteenth counted from the start of a section."""
    return pattern[step % len(pattern)]
