"""Changes of the score itself: what is asked for, and what each reports, note by note."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from composer_daw.humanizer.expression import Mode
from composer_daw.performance import Array, Performance

What = Literal["mode", "register", "tempo"]
"""What of a score can be changed."""

TempoClass = Literal["slow", "moderate", "fast"]


class ScoreChanges(BaseModel):
    """What of a score is changed before it is played; it stays as it is where nothing is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mode: Mode | None = None
    """`as written`: that of the valence was asked for, and it advises none."""
    register_semitones: Annotated[int, Field(ge=-127, le=127)] | None = None
    """Up or (negative) down."""
    tempo_class: TempoClass | None = None


MOVED = np.dtype([("source", "i4"), ("onset_s", "f8"), ("before", "i2"), ("after", "i2")])
"""A note that was moved: its number in the score, when it begins, its pitch before and after."""


@dataclass(frozen=True)
class ScoreChange:
    """What was done to a score: in a line, note by note (dtype `MOVED`), and what should be known of it."""

    what: What
    summary: str
    notes: Array = field(default_factory=lambda: np.zeros(0, MOVED))
    remarks: tuple[str, ...] = ()


Changed = tuple[Performance, ScoreChange]
"""The score after a change, and the report."""


def moved(
    performance: Performance, shift: Array, what: What, summary: str, remarks: tuple[str, ...]
) -> Changed:
    """Return the score with its pitches shifted by so many semitones each, and the report."""
    notes = performance.notes
    rows = np.flatnonzero(shift)
    report = np.zeros(len(rows), MOVED)
    report["source"], report["onset_s"] = notes["source"][rows], notes["onset_s"][rows]
    report["before"] = notes["pitch"][rows]
    report["after"] = report["before"] + shift[rows]
    report.setflags(write=False)
    changed = performance.with_notes(pitch=notes["pitch"] + shift) if len(rows) else performance
    summary = f"{summary}; {len(rows)} of {len(notes)} notes moved"
    return changed, ScoreChange(what, summary, report, remarks)
