"""The melody is a little ahead of what is written with it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import TOGETHER_BEATS, Lines
from composer_daw.humanizer.rules.roles import Role, role_of_chords
from composer_daw.humanizer.rules.rule import Rule

LEAD_MS, MOST_MS = 30.0, 50.0


class MelodyLead(Rule):
    """Play the highest note of a chord of the melody 30 k ms early, at most 50, where others begin with it.

    The others are notes of the same chord, or chords of other lines but drums. Sources (read second hand): C.
    Palmer, "On the assignment of structure in music performance", Music Perception 14 (1996), leads of 20 to
    50 ms; W. Goebl, "Melody lead in piano performance", J. Acoust. Soc. Am. 110 (2001), about 30 ms. One lead
    for all chords, whatever their level, is our own choice.
    """

    name: Literal["melody_lead"] = "melody_lead"

    def changes(self, lines: Lines) -> Changes:
        """Return the leads."""
        chords = lines.chords
        several = np.bincount(lines.chord_of, minlength=len(lines)) > 1
        beats = np.sort(chords["beat"][~lines.is_drum])
        first, until = (
            np.searchsorted(beats, chords["beat"] + edge * TOGETHER_BEATS * 0.999) for edge in (-1, 1)
        )
        leads = (role_of_chords(lines) == Role.MELODY) & (several | (until - first > 1))
        return Changes.of(
            len(lines), lead_ms=np.where(leads, np.clip(LEAD_MS * self.k, -MOST_MS, MOST_MS), 0.0)
        )
