"""Changes: what a rule does to each chord of a score, and how the changes of several rules add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from composer_daw.performance import Floats


@dataclass(frozen=True)
class Changes:
    """What happens to each chord: one value each, in the order of `Lines.chords`."""

    duration_ms: Floats
    """How much later the next chord comes: all that follows moves."""
    gap_ms: Floats
    """Silence before the next chord; where it is negative, the two overlap."""
    level_db: Floats
    shift_ms: Floats
    """How much later it is played, without moving anything else."""
    lead_ms: Floats
    """How much earlier than the rest of the chord its highest note is played."""

    @classmethod
    def none(cls, chords: int) -> Changes:
        """Return no change for so many chords."""
        return cls(*(np.zeros(chords) for _ in fields(cls)))

    @classmethod
    def of(cls, chords: int, **columns: Floats) -> Changes:
        """Return changes of these columns alone."""
        return cls(*(np.asarray(columns.get(one.name, np.zeros(chords)), float) for one in fields(cls)))

    @classmethod
    def total(cls, changes: Iterable[Changes], chords: int) -> Changes:
        """Return the sum of several changes."""
        columns = [np.zeros(chords) for _ in fields(cls)]
        for one in changes:
            columns = [
                column + getattr(one, field.name) for column, field in zip(columns, fields(cls), strict=True)
            ]
        return cls(*columns)

    def scaled(self, strength: float) -> Changes:
        """Return so much of the changes; 0: none."""
        return Changes(*(strength * getattr(self, one.name) for one in fields(self)))
