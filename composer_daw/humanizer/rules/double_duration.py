"""Two notes of 2:1 come closer to each other."""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import Flags, flag, joined, shifted
from composer_daw.humanizer.rules.rule import Rule

ALIKE = 0.01
"""Durations of a file in ticks are taken for 2:1 within such a share."""


def is_double(lines: Lines) -> Flags:
    """Tell of each chord whether it is the short one of a 2:1 pair: half of the one before, the next longer.

    It is under a second, and no rest stands on either side.
    """
    dr = lines.chords["dr_ms"]
    before, after = lines.previous("dr_ms", 0.0), lines.following("dr_ms", 0.0)
    half = np.abs(2.0 * dr - before) <= ALIKE * before
    together = joined(lines) & flag(lines, joined(lines), -1)
    return np.asarray(half & together & (dr < 1000.0) & (after > dr * (1 + ALIKE)) & ~lines.is_drum)


class DoubleDuration(Rule):
    """Lengthen the short note of a 2:1 pair by 0.12 k of itself, taken from the long one before it.

    At k = 1 the two stand 1.68:1 = (2 - 0.12) / (1 + 0.12). Source: Director Musices, `double-duration`
    (frules2.lsp).
    """

    name: Literal["double_duration"] = "double_duration"

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration."""
        given = np.where(is_double(lines), 0.12 * self.k * lines.chords["dr_ms"], 0.0)
        return Changes.of(len(lines), duration_ms=given - shifted(lines, given, 1, 0.0))
