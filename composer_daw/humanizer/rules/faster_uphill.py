"""Rising notes hurry."""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import flag, interval
from composer_daw.humanizer.rules.rule import Rule


class FasterUphill(Rule):
    """Shorten each note of a rise by 2 k ms.

    They are those with a lower note before and a higher one after, and the first of all. Source:
    Director Musices, `faster-uphill` (frules2.lsp).
    """

    name: Literal["faster_uphill"] = "faster_uphill"

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration."""
        rises = np.nan_to_num(interval(lines)) > 0
        inside = rises & flag(lines, rises, -1)
        return Changes.of(
            len(lines), duration_ms=np.where(inside | flag(lines, inside, 1), -2.0 * self.k, 0.0)
        )
