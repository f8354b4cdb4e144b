"""The piece slows down to its last note as a runner comes to a stop."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, FiniteFloat

from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.main_tempo import main_tempo, missing
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.performance import Floats

WINDOW_MS = 1300.0
LAST_NOTE = 1.25
"""The last note is at least so many times as long as the one before it."""
SAME_MS = 1.0
LEAST_K = 1e-3
"""What is less is no ritard: its window is as short as the shortest notes of a file."""


class FinalRitard(Rule):
    """Slow the end: v(x) = [1 + (v_end^q - 1) x]^(1/q), v_end = 1 / (1 + 3 |k|).

    x is the share of the way, in written time, from the last onset at least 1300 |k| ms before the last note
    to that note; at k = 1 the tempo ends at a quarter. A note from x1 to x2 of a window w then lasts w (t(x2)
    - t(x1)) with t(x) = q ([1 + (v_end^q - 1) x]^((q-1)/q) - 1) / ((q - 1) (v_end^q - 1)). Where 1.25 times
    the last note is shorter than the note before it now is, it becomes 1.25 times that. Where k is below 0
    notes are shortened in the ratio in which they would be lengthened, the last as the one before it. The
    onsets are those of all lines together, so they stay together. Sources: A. Friberg & J. Sundberg, "Does
    music performance allude to locomotion?", J. Acoust. Soc. Am. 105 (1999); Director Musices, `final-ritard`
    (FinalRitard.lsp). Listeners prefer q from 2 to 3. Our own: all this is at the main tempo, and where the
    score itself slows down already, only what is missing is added (see `main_tempo`).
    """

    name: Literal["final_ritard"] = "final_ritard"
    q: Annotated[FiniteFloat, Field(gt=1)] = 3.0

    def changes(self, lines: Lines) -> Changes:
        """Return the changes of duration."""
        chords = lines.chords
        starts, ends = _at_main_tempo(lines)
        onsets = np.unique(starts)
        onsets = onsets[np.diff(onsets, prepend=-np.inf) > SAME_MS]
        if len(onsets) < 2 or abs(self.k) < LEAST_K:
            return Changes.none(len(lines))
        stop = float(onsets[-1])
        wanted = stop - WINDOW_MS * abs(self.k)
        begin = float(onsets[max(int(np.searchsorted(onsets, wanted + 1e-6, side="right")) - 1, 0)])
        length = ends - starts
        already = np.where(chords["after"] >= 0, chords["ioi_ms"], chords["dr_ms"]) - length
        before = (np.clip(edge, begin, stop) for edge in (starts, ends))
        x1, x2 = ((edge - begin) / (stop - begin) for edge in before)
        old, new = (stop - begin) * (x2 - x1), (stop - begin) * (self._time(x2) - self._time(x1))
        at_end = np.abs(starts - stop) <= SAME_MS
        step = stop - float(onsets[-2])
        x = np.array([1.0 - step / (stop - begin), 1.0])
        before_last = (stop - begin) * float(np.diff(self._time(x))[0])
        if self.k < 0:
            shorter = np.divide(old, new, out=np.ones_like(new), where=new > 0) * old - old
            last = np.where(at_end, (step / before_last - 1.0) * length, 0.0)
            return Changes.of(len(lines), duration_ms=missing(shorter + last, already))
        longest = float(length[at_end].max())
        stretch = LAST_NOTE * before_last - longest if LAST_NOTE * longest < before_last else 0.0
        sounding = at_end | (ends > stop + SAME_MS)
        return Changes.of(len(lines), duration_ms=missing(new - old + stretch * sounding, already))

    def _time(self, x: Floats) -> Floats:
        """Return when the share x of the way is reached, in units of the window at full speed."""
        fall = (1.0 / (1.0 + 3.0 * abs(self.k))) ** self.q - 1.0
        time = self.q * ((1.0 + fall * x) ** ((self.q - 1.0) / self.q) - 1.0) / ((self.q - 1.0) * fall)
        return np.asarray(time)


def _at_main_tempo(lines: Lines) -> tuple[Floats, Floats]:
    """Return when each chord begins and ends at the main tempo, in ms; it ends where the next one begins."""
    chords = lines.chords
    until = np.where(chords["after"] >= 0, chords["beat"][chords["after"]], chords["end_beat"])
    main = main_tempo(lines.performance.tempo, float(chords["beat"].max(initial=0.0)))
    starts, ends = (1000.0 * main.seconds_at(beats) for beats in (chords["beat"], until))
    return starts, np.maximum(ends, starts + 1.0)
