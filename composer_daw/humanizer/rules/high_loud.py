"""High notes are louder."""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.rule import Rule


class HighLoud(Rule):
    """Raise the level with pitch: L += k (pitch - mean pitch of the line) / 4 dB, 3 dB an octave.

    Source: Director Musices, `high-loud` (frules2.lsp). Drums have no pitch and stay.
    """

    name: Literal["high_loud"] = "high_loud"

    def changes(self, lines: Lines) -> Changes:
        """Return the change of level."""
        line, top = lines.chords["line"], lines.chords["top"].astype(float)
        mean = np.bincount(line, top) / np.maximum(np.bincount(line), 1)
        return Changes.of(len(lines), level_db=np.where(lines.is_drum, 0.0, self.k * (top - mean[line]) / 4))
