"""The main tempo of a score, and what its own tempo map does around it: ritards that are written out.

The main tempo at a place is the one that last held for two bars. A change after which the tempo holds so long
begins a section; a shorter one, in steps or at once, is a ritard, an accelerando or a fermata, and what rules
and rubato would do of the same kind counts as done there. Before the first tempo that holds, that one is the
main tempo; where none holds, as in a map that a player tapped, the mean is. Bars count up to the last onset:
nobody hears the tempo of a note that is held. That two bars make a section is our own choice.
"""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.phrases import bar_length
from composer_daw.performance import Floats, TempoMap

SECTION_BARS = 2.0
SAME_SHARE = 1e-5
"""Tempos that differ by a smaller share are the same: files round them."""


def main_tempo(tempo: TempoMap, last_beat: float) -> TempoMap:
    """Return the main tempo of a score whose last onset is at a beat: what it would be without ritards."""
    begins = np.insert(np.abs(np.diff(tempo.bpm)) > SAME_SHARE * tempo.bpm[:-1], 0, True)
    beats, bpm = tempo.beats[begins], tempo.bpm[begins]
    if len(beats) == 1:
        return tempo
    until = np.minimum(np.append(beats[1:], np.inf), last_beat)
    holds = until - beats >= SECTION_BARS * bar_length(tempo.metres, beats) - 1e-6
    if not holds.any():
        end = max(last_beat, 1e-6)
        return TempoMap(np.zeros(1), np.full(1, 60.0 * end / float(tempo.seconds_at(end))), tempo.metres)
    return TempoMap(np.append(0.0, beats[holds][1:]), bpm[holds], tempo.metres)


def written_slowing(tempo: TempoMap, edges: Floats) -> Floats:
    """Return how many times longer than at the main tempo the score itself makes each span between beats.

    `edges` rise; the last is where the piece ends, the one before it the last onset. 1: the main tempo.
    """
    at_main = np.diff(main_tempo(tempo, float(edges[-2])).seconds_at(edges))
    return np.asarray(np.diff(tempo.seconds_at(edges)) / at_main)


def missing(change: Floats, already: Floats) -> Floats:
    """Return what is left of a change where so much is there already; what goes the other way counts not."""
    return np.asarray(change - np.clip(already, np.minimum(change, 0.0), np.maximum(change, 0.0)))
