"""Small silences between notes: before a leap, and between notes of one pitch."""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import interval, marked, shifted
from composer_daw.humanizer.rules.rule import Rule


class LeapArticulation(Rule):
    """Part the notes of a leap: gap += 8 min(|d|, 9) k (0.3/600 (dr - 100) + 0.3) ms.

    d is the interval, of more than 2 semitones; notes marked legato or not over 100 ms stay. Source: Director
    Musices, `leap-articulation-dro` (frules2.lsp).
    """

    name: Literal["leap_articulation"] = "leap_articulation"

    def changes(self, lines: Lines) -> Changes:
        """Return the gaps."""
        leap, dr = np.abs(np.nan_to_num(interval(lines))), lines.chords["dr_ms"]
        gap = 8.0 * np.minimum(leap, 9.0) * self.k * (0.3 / 600.0 * (dr - 100.0) + 0.3)
        parted = (leap > 2) & (dr > 100.0) & ~marked(lines, "legato")
        return Changes.of(len(lines), gap_ms=np.where(parted, gap, 0.0))


class RepetitionArticulation(Rule):
    """Part a note and its repetition: gap += 35 k ms.

    A chord is repeated where its highest and lowest notes are. Source: Director Musices,
    `repetition-articulation-dro` (frules2.lsp).
    """

    name: Literal["repetition_articulation"] = "repetition_articulation"

    def changes(self, lines: Lines) -> Changes:
        """Return the gaps."""
        bottom = lines.chords["bottom"].astype(float)
        again = (interval(lines) == 0) & (shifted(lines, bottom, 1, -1.0) == bottom)
        return Changes.of(len(lines), gap_ms=np.where(again, 35.0 * self.k, 0.0))
