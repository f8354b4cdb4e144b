"""A small pause after each melodic gesture."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import between, joined
from composer_daw.humanizer.rules.gestures import ends_gesture
from composer_daw.humanizer.rules.rule import Rule


class Punctuation(Rule):
    """Pause after the last note of a gesture: gap += a, dr += 0.45 a; a = k (20..60 ms at dr of 160..640).

    Where gestures end, `gestures` finds. Source: Director Musices, `punctuation` (Punctuation.lsp); see A.
    Friberg, R. Bresin, L. Fryden & J. Sundberg, "Musical Punctuation on the Microlevel", J. New Music
    Research 27 (1998).
    """

    name: Literal["punctuation"] = "punctuation"
    dur: FiniteFloat = 1.0
    gap: FiniteFloat = 1.0

    def changes(self, lines: Lines) -> Changes:
        """Return the gaps and the changes of duration."""
        pause = self.k * between(lines.chords["dr_ms"], (160.0, 20.0), (640.0, 60.0))
        pause = np.where(ends_gesture(lines) & joined(lines), pause, 0.0)
        return Changes.of(len(lines), gap_ms=self.gap * pause, duration_ms=0.45 * self.dur * pause)
