"""Swing: off-beat eighths come late, the soloist a little behind the beat, the bass close to the drums."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.phrases import bar_phase, beat_length
from composer_daw.humanizer.rules.context import Flags
from composer_daw.humanizer.rules.roles import Role, role_of_chords
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.performance import Floats

MOST_RATIO = 3.0
"""No off-beat swings wider than this: a fixed clip."""
NEAR_BEATS = 1 / 24
"""An off-beat is a chord within so many quarter notes of the middle of a beat."""


class Swing(Rule):
    """Delay off-beat eighths by k (beat/2) (SR - 1) / (SR + 1), SR = 4.1019 - 0.01 bpm, at least 1.

    SR is the ratio of the long to the short eighth at k = 1, `ratio` in its place where one is given; what
    comes out is at most 3:1, whatever the strength of the whole. Off-beats are eighths in the middle of a
    quarter note (not of 6/8, 9/8 or 12/8) with nothing on the sixteenths beside them. What the soloist (the
    melody) plays is later by `delay` k (125.1 - 0.4101 bpm) ms and the bass by `delay` k (23.28 - 0.0536 bpm)
    ms, but not their off-beats, where all meet; both are at least 0, and need other lines to be behind of.
    Drums and bass accent off-beats by 3 k `accent` dB. Source: Director Musices, `swing-ratio-tempo-prop-
    all`, `swing-beat-delay-tempo-prop-solo` and `-bass`, `swing-offbeat-accent` (swing.lsp, with its straight
    lines of 2020); after A. Friberg & A. Sundstrom, "Swing ratios and ensemble timing in jazz performance",
    Music Perception 19 (2002). Whom the accents are for, and that 3:1 is the most, are our own choice.
    """

    name: Literal["swing"] = "swing"
    ratio: Annotated[FiniteFloat, Field(ge=1.0, le=MOST_RATIO)] | None = None
    delay: FiniteFloat = 1.0
    accent: FiniteFloat = 1.0

    @property
    def figure(self) -> tuple[str, float]:
        """Return the ratio of the long to the short eighth where it does not go by the tempo, else k."""
        if self.ratio is None:
            return super().figure
        share = float(_share(self.k, self.ratio))
        return "ratio", (1.0 + share) / (1.0 - share)

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of timing and level."""
        chords, tempo = lines.chords, lines.performance.tempo
        row = np.clip(np.searchsorted(tempo.beats, chords["beat"] + 1e-9, side="right") - 1, 0, None)
        bpm = tempo.bpm[row]
        off, role = off_beats(lines), role_of_chords(lines)
        late = np.select(
            [role == Role.MELODY, role == Role.BASS], [125.1 - 0.4101 * bpm, 23.28 - 0.0536 * bpm], 0.0
        )
        alone = len(np.unique(chords["line"])) < 2
        late = np.where(off | alone, 0.0, self.k * self.delay * np.maximum(late, 0.0))
        shift = np.where(off, off_beat_ms(bpm, self.k, self.ratio), late)
        accented = off & ((role == Role.DRUMS) | (role == Role.BASS))
        return Changes.of(
            len(lines), shift_ms=shift, level_db=np.where(accented, 3.0 * self.k * self.accent, 0.0)
        )

    def at_strength(self, lines: Lines, strength: float) -> Changes:
        """Return so much of what the rule does, at most 3:1."""
        return self.model_copy(update={"k": strength * self.k}).changes(lines)


def ratio_at(bpm: Floats) -> Floats:
    """Return the swing ratio SR that players take at a tempo in quarter notes a minute."""
    return np.maximum(4.1019 - 0.01 * bpm, 1.0)


def off_beat_ms(bpm: Floats, k: float, given: float | None = None) -> Floats:
    """Return how much later an off-beat eighth comes at a tempo in quarter notes a minute."""
    ratio = ratio_at(bpm) if given is None else given
    return np.asarray(30000.0 / bpm * _share(k, ratio))


def _share(k: float, ratio: Floats | float) -> Floats:
    """Return how much later an off-beat eighth comes, of half a beat."""
    most = (MOST_RATIO - 1.0) / (MOST_RATIO + 1.0)
    return np.asarray(np.clip(k * (ratio - 1.0) / (ratio + 1.0), -most, most))


def off_beats(lines: Lines) -> Flags:
    """Tell of each chord whether it is an eighth on an off-beat that can swing."""
    chords, metres = lines.chords, lines.performance.tempo.metres
    beat = chords["beat"]
    middle = np.abs(np.mod(bar_phase(metres, beat), 1.0) - 0.5) <= NEAR_BEATS
    compound = np.mod(np.log2(beat_length(metres, beat)), 1.0) > 1e-9  # thirds of a dotted beat
    before = beat - lines.previous("beat", -np.inf)
    after = lines.following("beat", np.inf) - beat
    return np.asarray(middle & ~compound & (before > 0.5 - 2 * NEAR_BEATS) & (after > 0.25 + NEAR_BEATS))
