"""Short notes are shorter and softer, or set apart."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import flag, interval, joined, marked
from composer_daw.humanizer.rules.double_duration import is_double
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.performance import Floats


def contrast(dr_ms: Floats) -> Floats:
    """Return the contrast c of notes so long: at 30 ms 0, at 200 ms -11, at 400 ms -7, from 600 ms on 0.

    c = -11/170 (dr - 30) for 30 < dr <= 200; -4/200 (400 - dr) - 7 up to 400; -7/200 (600 - dr) under 600.
    """
    return np.interp(dr_ms, (30.0, 200.0, 400.0, 600.0), (0.0, -11.0, -7.0, 0.0))


class DurationContrast(Rule):
    """Make short notes shorter and softer: dr += 1.5 k dur c ms, L += 0.075 k amp c dB (`contrast`).

    Both notes of a pair that `DoubleDuration` speaks of stay. Source: Director Musices, `duration-contrast`
    (frules2.lsp).
    """

    name: Literal["duration_contrast"] = "duration_contrast"
    dur: FiniteFloat = 1.0
    amp: FiniteFloat = 1.0

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration and level."""
        short = is_double(lines)
        left_out = short | flag(lines, short, 1) | lines.is_drum
        c = self.k * np.where(left_out, 0.0, contrast(lines.chords["dr_ms"]))
        return Changes.of(len(lines), duration_ms=1.5 * self.dur * c, level_db=0.075 * self.amp * c)


class DurationContrastArticulation(Rule):
    """Set short notes apart: gap += -4.5 k c ms, c as `contrast` has it.

    Not before a repeated note, nor on notes marked legato or staccato. Source: Director Musices,
    `duration-contrast-art` (frules2.lsp).
    """

    name: Literal["duration_contrast_articulation"] = "duration_contrast_articulation"

    def changes(self, lines: Lines) -> Changes:
        """Return the gaps."""
        repeated = joined(lines) & (interval(lines) == 0)
        left_out = repeated | lines.is_drum | marked(lines, "legato") | marked(lines, "staccato")
        c = np.where(left_out, 0.0, contrast(lines.chords["dr_ms"]))
        return Changes.of(len(lines), gap_ms=-4.5 * self.k * c)
