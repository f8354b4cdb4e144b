"""Notes and chords far from the harmony are stressed."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import shifted
from composer_daw.humanizer.rules.harmony import Harmony, find_harmony
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.performance import Floats

MELODIC = np.array([0.0, 6.5, 2.0, 4.5, 4.0, 2.5, 6.0, 1.0, 5.5, 3.0, 3.5, 5.0])
"""Charge of a note by its semitones above the root of the chord."""
OF_MAJOR = np.array([0.0, 7.0, 4.0, 3.5, 6.0, 3.0, 7.5, 1.5, 4.0, 6.0, 3.5, 7.0])
OF_MINOR = np.array([0.3, 8.0, 2.5, 7.0, 3.0, 3.5, 7.0, 2.0, 6.5, 1.5, 6.0, 5.5])
"""Charge of major and minor chords by the semitones of their root above the tonic."""
OF_DIMINISHED = 5.0
RISE_MS = 1900.0
"""The level rises to a chord of more charge within such a time before it."""


class MelodicCharge(Rule):
    """Stress notes far from the root of the chord: L += 0.2 k amp C dB, dr += dr k dur (2/300) C.

    C is the charge of the semitones above the root, `MELODIC`; the roots are found from the score. Source:
    Director Musices, `melodic-charge` (frules1.lsp); its smoothing of neighbours and its vibrato are left
    out.
    """

    name: Literal["melodic_charge"] = "melodic_charge"
    dur: FiniteFloat = 1.0
    amp: FiniteFloat = 1.0

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration and level."""
        harmony = find_harmony(lines)
        if not len(harmony):
            return Changes.none(len(lines))
        root = harmony.root[harmony.at(lines.chords["beat"])]
        charge = np.where(lines.is_drum, 0.0, MELODIC[(lines.chords["top"] - root) % 12])
        longer = lines.chords["dr_ms"] * self.k * self.dur * (2.0 / 300.0) * charge
        return Changes.of(len(lines), duration_ms=longer, level_db=0.2 * self.k * self.amp * charge)


class HarmonicCharge(Rule):
    """Let the level follow the chords: L moves to 1.5 k sqrt(C) dB at each change of chord.

    It falls in a straight line from one chord to the next, and rises in the last 1.9 s before it. With h the
    level so reached, dr *= sqrt(1 + 0.018 h); every note gains 2 k sqrt(C) ms and the first of a chord 8 k
    sqrt(C) ms more. C is the charge of the chord in its key (`OF_MAJOR`, `OF_MINOR`, diminished 5); chords
    and key are found from the score. Source: Director Musices, `harmonic-charge` (frules1.lsp); its vibrato
    is left out.
    """

    name: Literal["harmonic_charge"] = "harmonic_charge"
    dur: FiniteFloat = 1.0
    amp: FiniteFloat = 1.0

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration and level."""
        harmony = find_harmony(lines)
        if not len(harmony):
            return Changes.none(len(lines))
        chords = lines.chords
        start_ms = 1000.0 * lines.performance.tempo.seconds_at(harmony.beat)
        root_charge = np.sqrt(chord_charge(harmony))
        level = swell(chords["onset_ms"], start_ms, 1.5 * self.k * root_charge)
        row = harmony.at(chords["beat"])
        new = shifted(lines, row, -1, -1.0) != row
        louder = chords["dr_ms"] * (np.sqrt(np.maximum(1.0 + 0.018 * level, 0.0)) - 1.0)
        longer = self.dur * (louder + self.k * root_charge[row] * (2.0 + 8.0 * new))
        sounds = ~lines.is_drum
        return Changes.of(len(lines), duration_ms=longer * sounds, level_db=self.amp * level * sounds)


def chord_charge(harmony: Harmony) -> Floats:
    """Return the charge of each chord in its key."""
    step = (harmony.root - harmony.tonic) % 12
    return np.select([harmony.kind == 0, harmony.kind == 1], [OF_MAJOR[step], OF_MINOR[step]], OF_DIMINISHED)


def swell(at_ms: Floats, start_ms: Floats, target: Floats) -> Floats:
    """Return the level at each time: `target` at each start, falls in a line, rises in the last `RISE_MS`."""
    row = np.clip(np.searchsorted(start_ms, at_ms + 1e-6, side="right") - 1, 0, None)
    after = np.minimum(row + 1, len(start_ms) - 1)
    here, there = target[row], target[after]
    begins = np.where(there > here, np.maximum(start_ms[row], start_ms[after] - RISE_MS), start_ms[row])
    span = np.maximum(start_ms[after] - begins, 1e-9)
    return here + (there - here) * np.clip((at_ms - begins) / span, 0.0, 1.0)
