"""Rubato by rule: phrase arches and a final ritard, in the form of KTH's Director Musices.

*Phrase arch* (Friberg 1995; Director Musices): a phrase speeds up from its start to its turn and slows down
to its end, in ramps of power 2: a note lasts .10 k longer at the start and .20 k at the end, and is .5 k amp
dB softer at the start, 1.0 k amp dB at the end. *Final ritard* (Friberg & Sundberg 1999): v(x) = [1 +
(v_end^q - 1) x]^(1/q) with q = 3 and v_end = 1 / (1 + 3k), here over quarter notes, for a curve over a score
knows no seconds.

The rules of `humanizer.rules` are these as Director Musices has them, note by note; here they are curves.
Strengths are our own choice: those of KTH's default palette (arches of k = 1.5) agree with pianists less than
the ritard alone does, so the arches are weak and the ritard is longer (docs: rubato, by rule).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from composer_daw.humanizer.phrases import Phrases
from composer_daw.performance import Floats

START_DURATION, END_DURATION = 0.10, 0.20
START_DB, END_DB = -0.5, -1.0
POWER = 2.0
RITARD_POWER = 3.0


class Arch(BaseModel):
    """A phrase arch on one level of the phrases: strength, where it turns, and how far the level goes with
    it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    k: Annotated[float, Field(ge=-5, le=5)] = 0.25
    level: Annotated[int, Field(ge=0, le=8)] = 0
    turn: Annotated[float, Field(gt=0, lt=1)] = 0.3
    amp: Annotated[float, Field(ge=0, le=10)] = 4.0


class RubatoRules(BaseModel):
    """What plays where no trained weights are."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    arches: tuple[Arch, ...] = (Arch(level=0), Arch(level=2, turn=0.5))
    ritard: Annotated[float, Field(ge=0, le=3)] = 0.4
    """k of the final ritard; .4 ends at 45 % of the tempo (measured: 32 to 51 %)."""
    ritard_beats: Annotated[float, Field(gt=0, le=64)] = 8.0
    """How many quarter notes before the last onset it begins."""


def ruled_curves(beats: Floats, phrases: Phrases, rules: RubatoRules | None = None) -> tuple[Floats, Floats]:
    """Return the log of the beat period against the tempo's, and the level in dB, at each beat (quarter
    notes).
    """
    rules = rules or RubatoRules()
    log_period, level_db = np.zeros(len(beats)), np.zeros(len(beats))
    for arch in rules.arches:
        if arch.level < len(phrases.levels):
            longer, louder = arch_at(phrases.place(beats, arch.level), arch)
            log_period += np.log1p(np.maximum(longer, -0.5))
            level_db += louder
    log_period += final_ritard(beats, rules)
    return log_period, level_db


def arch_at(place: Floats, arch: Arch) -> tuple[Floats, Floats]:
    """Return the share that notes at a place (0..1) of the phrase are longer by, and their level in dB."""
    before = np.clip(1 - place / arch.turn, 0, 1) ** POWER
    after = np.clip((place - arch.turn) / (1 - arch.turn), 0, 1) ** POWER
    longer = arch.k * (START_DURATION * before + END_DURATION * after)
    return longer, arch.k * arch.amp * (START_DB * before + END_DB * after)


def final_ritard(beats: Floats, rules: RubatoRules) -> Floats:
    """Return the log of the beat period in the final ritard; 0 before it and where there is nothing to slow
    down.
    """
    if rules.ritard <= 0 or len(beats) < 2:
        return np.zeros(len(beats))
    through = np.clip(1 - (beats[-1] - beats) / rules.ritard_beats, 0, 1)
    end = 1 / (1 + 3 * rules.ritard)
    return np.asarray(-np.log(1 + (end**RITARD_POWER - 1) * through) / RITARD_POWER)
