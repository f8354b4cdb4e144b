"""Beside the notes: controls and texts go with their beats, and stay on their side of every note.

A program change, a controller or "pizz." speaks to the notes that follow it. Played a little early, these
must not overtake it. A section's name, a rehearsal mark or a cue marks a place of the score, and stays there.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from composer_daw.humanizer.warp import Warp
from composer_daw.performance import Array, Floats, Performance, TempoMap, Text
from composer_daw.techniques import load_vocabulary
from composer_daw.techniques.origins.annotate import names_techniques

BEFORE_S = 0.001
"""So much after the notes before it, where there is room."""
SAME_S = 1e-6


def moved_controls(score: Performance, onset_s: Floats, warp: Warp) -> Array:
    """Return the controls of a score whose notes now begin at `onset_s`; each minds those of its channel."""
    controls = score.controls.copy()
    for channel in np.unique(controls["channel"]):
        mine, notes = controls["channel"] == channel, score.notes["channel"] == channel
        was_s = controls["time_s"][mine]
        controls["time_s"][mine] = _moved(was_s, score, score.notes["onset_s"][notes], onset_s[notes], warp)
    return controls


def moved_texts(score: Performance, onset_s: Floats, warp: Warp, grid: TempoMap) -> tuple[Text, ...]:
    """Return the texts; each minds the notes of its track, or of all where its track has none.

    What marks a place keeps its beat by the tempo map `grid`, wherever the notes there are.
    """
    notes = score.notes
    was_s, track = np.array([one.time_s for one in score.texts]), np.array([one.track for one in score.texts])
    time_s = np.empty(len(was_s))
    for number in np.unique(track):
        texts, mine = track == number, notes["track"] == number
        mine = mine if mine.any() else np.ones(len(notes), bool)
        time_s[texts] = _moved(was_s[texts], score, notes["onset_s"][mine], onset_s[mine], warp)
    place = np.array([_marks_a_place(text) for text in score.texts], bool)
    time_s[place] = grid.seconds_at(score.tempo.beats_at(was_s[place]))
    moved = zip(score.texts, time_s.tolist(), strict=True)
    return tuple(dataclasses.replace(text, time_s=at) for text, at in moved)


def _marks_a_place(text: Text) -> bool:
    """Tell whether a text belongs to its beat, not to the notes: a marker or cue that is no technique."""
    return text.kind in ("marker", "cue") and not names_techniques(text, load_vocabulary())


def _moved(was_s: Floats, score: Performance, before_s: Floats, after_s: Floats, warp: Warp) -> Floats:
    """Return when what was at `was_s` comes, beside notes that began at `before_s`, now at `after_s`."""
    order = np.argsort(before_s, kind="stable")
    earlier = np.insert(np.maximum.accumulate(after_s[order]), 0, -np.inf)
    later = np.append(np.minimum.accumulate(after_s[order][::-1])[::-1], np.inf)
    row = np.searchsorted(before_s[order], was_s - SAME_S)
    time_s = np.maximum(warp.at(score.tempo.beats_at(was_s)), earlier[row] + BEFORE_S)
    return np.asarray(np.maximum(np.minimum(time_s, later[row]), 0.0))
