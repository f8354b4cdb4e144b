"""What the score marks: legato notes overlap, staccato notes end early."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import Flags, flag, interval, marked
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.performance import Floats

SHORTEST_MS = 20.0
"""No note sounds shorter (`articulation-social-care` of Director Musices)."""


class _ScoreArticulation(Rule):
    k: Annotated[FiniteFloat, Field(ge=0.0, le=5.0)] = 1.0
    on: Literal["marked", "all"] = "marked"
    """Which notes: those that the score marks, or all but drums."""

    def _asked(self, lines: Lines, technique: str) -> Flags:
        return ~lines.is_drum if self.on == "all" else marked(lines, technique) & ~lines.is_drum


class ScoreLegato(_ScoreArticulation):
    """Let legato notes overlap the next by so many per cent of dr (ms), and never less than nothing.

    (-0.0043 k - 0.0066) dr + 5.8533 k + 11.315 for k up to 1; (0.00005 k - 0.011) dr + 1.105 k + 16.063 for k
    from 1 to 5. The last note of a slur, a note before a rest and one that is repeated stay. Source: Director
    Musices, `score-legato-art` (articulation.lsp, after R. Bresin); that the overlap of very long notes,
    which the formula turns into a gap, ends at 0 is our own choice.
    """

    name: Literal["score_legato"] = "score_legato"

    def changes(self, lines: Lines) -> Changes:
        """Return the overlaps, as gaps below 0."""
        asked, step = self._asked(lines, "legato"), np.nan_to_num(interval(lines))
        tied = asked & flag(lines, asked, 1) & (step != 0)
        dr = lines.chords["dr_ms"]
        return Changes.of(len(lines), gap_ms=np.where(tied, -legato_share(dr, self.k) / 100.0 * dr, 0.0))


class ScoreStaccato(_ScoreArticulation):
    """End staccato notes early: gap += (0.6889 k + 0.3111) 0.665 dr, over k = 1 (0.0325 k + 0.9675) 0.665 dr.

    At k = 1 33.5 % of the note sounds, and never less than 20 ms. A technique map that shortens staccato
    notes does so on top of it. Source: Director Musices, `score-staccato-art` (articulation.lsp, after R.
    Bresin).
    """

    name: Literal["score_staccato"] = "score_staccato"

    def changes(self, lines: Lines) -> Changes:
        """Return the gaps."""
        dr = lines.chords["dr_ms"]
        share = 0.0 if self.k == 0 else 0.6889 * self.k + 0.3111 if self.k <= 1 else 0.0325 * self.k + 0.9675
        gap = np.minimum(share * 0.665 * dr, np.maximum(dr - SHORTEST_MS, 0.0))
        return Changes.of(len(lines), gap_ms=np.where(self._asked(lines, "staccato"), gap, 0.0))


def legato_share(dr_ms: Floats, k: float) -> Floats:
    """Return by how many per cent of itself a legato note overlaps the next (see `ScoreLegato`)."""
    if k == 0:
        return np.zeros_like(dr_ms)
    slope, offset = (-0.0043 * k - 0.0066, 5.8533 * k + 11.315)
    if k > 1:
        slope, offset = (0.00005 * k - 0.011, 1.105 * k + 16.063)
    return np.maximum(slope * dr_ms + offset, 0.0)
