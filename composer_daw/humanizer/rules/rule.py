"""What every rule is: a strength, what it drew, and the changes it makes to a score.

Rules look at the score as it is written: each computes its changes from the written durations and pitches,
and the changes of several rules add up. (Director Musices applies its rules one after the other, each on what
those before left; at usual strengths the two differ by a few per cent of a change.) The highest note of a
chord stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from composer_daw.errors import InputError
from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.performance import Floats

MOST_K = 10.0
"""No rule can be stronger; at most a few times what its authors call normal is still music."""


class Rule(BaseModel):
    """One rule; `k` is its strength: 0 changes nothing, 1 is what its authors call normal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Any
    k: Annotated[FiniteFloat, Field(ge=-MOST_K, le=MOST_K)] = 1.0

    @property
    def figure(self) -> tuple[str, float]:
        """Return what its strength is called in what people read, and the strength."""
        return "k", self.k

    def draw(self, lines: Lines, rng: np.random.Generator) -> Self:
        """Return the rule with what chance or the score decides; it then applies the same way every time."""
        return self

    def changes(self, lines: Lines) -> Changes:
        """Return what the rule does to each chord."""
        raise NotImplementedError

    def at_strength(self, lines: Lines, strength: float) -> Changes:
        """Return so much of what the rule does."""
        return self.changes(lines).scaled(strength)


def drawn_values(values: Sequence[float], lines: Lines, name: str) -> Floats:
    """Return what a rule drew, one value for each chord; nothing drawn is no change.

    Raises `InputError` where it was drawn for another score.
    """
    if not values:
        return np.zeros(len(lines))
    if len(values) != len(lines):
        raise InputError(
            f"{name}: drawn for a score of {len(values)} chords, this one has {len(lines)}; draw it again"
        )
    return np.asarray(values, float)


def kept(values: Floats) -> tuple[float, ...]:
    """Return drawn values as a record keeps them: rounded to 0.001."""
    return tuple(np.round(values, 3).tolist())
