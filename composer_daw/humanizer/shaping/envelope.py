"""Envelope: how the level goes within a stroke: attack, swell, decay, accent, and the change of the bow."""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.shaping.bearing import Bearing
from composer_daw.humanizer.shaping.figures import (
    ACCENT_S,
    ATTACK_DB,
    ATTACK_SHARE,
    CHANGE_DB,
    NO_GAP_S,
    SILENCE_S,
    SWELLS_FROM_S,
    SWELLS_WHOLLY_S,
    TURN_S,
    WITHIN,
    Figures,
)
from composer_daw.humanizer.shaping.strokes import adjoins
from composer_daw.performance import Array, Floats

UNIT_DB = 40.0
"""Controller values and levels: a factor of ten is 40 dB, as DLS and General MIDI 2 have it."""


def level_db(strokes: Array, figures: Figures, time_s: Floats, stroke: Array, moved: Array) -> Floats:
    """Return how far below its full level each moment is, 0 dB and less.

    `strokes` (dtype `SPAN`) are those of one line; `stroke` is the row of each moment's, `moved` tells in
    which the score itself moves the controller. Nothing is ever louder than what the score says.
    """
    at_s = np.maximum(time_s - strokes["start_s"][stroke], 0.0)
    level = _attack_db(strokes, figures, at_s, stroke) + _body_db(strokes, figures, at_s, stroke, moved)
    return _turned(level, strokes, figures, moved, time_s, stroke)


def _attack_db(strokes: Array, figures: Figures, at_s: Floats, stroke: Array) -> Floats:
    """Return the rise from a soft beginning: straight in controller values."""
    length_s = strokes["end_s"] - strokes["start_s"]
    lasts_s = np.maximum(np.minimum(figures.attack_s, ATTACK_SHARE * length_s), 1e-6)
    deep_db = np.interp(strokes["gap_s"], (NO_GAP_S, SILENCE_S), (CHANGE_DB, ATTACK_DB))
    lowest = np.where(_rises(strokes) & (figures.attack_s > 0), 10.0 ** (-deep_db / UNIT_DB), 1.0)
    share = np.clip(at_s / lasts_s[stroke], 0.0, 1.0)
    return np.asarray(UNIT_DB * np.log10(lowest[stroke] + (1.0 - lowest[stroke]) * share))


def _rises(strokes: Array) -> Array:
    """Tell which strokes begin softly; the others speak at once."""
    return np.isin(strokes["bearing"], (Bearing.HELD, Bearing.CONNECTED))


def _body_db(strokes: Array, figures: Figures, at_s: Floats, stroke: Array, moved: Array) -> Floats:
    """Return swell and decay of long notes, and the fall after an accent."""
    length_s = np.maximum(strokes["end_s"] - strokes["start_s"], 1e-6)
    long = np.clip((length_s - SWELLS_FROM_S) / (SWELLS_WHOLLY_S - SWELLS_FROM_S), 0.0, 1.0)
    amount = np.where(_rises(strokes), long * np.where(moved, WITHIN, 1.0), 0.0)[stroke]
    place = np.clip(at_s / length_s[stroke], 0.0, 1.0)
    swell = figures.swell_db * (1.0 - np.sin(np.pi * place)) + figures.decay_db * place
    accented = (strokes["bearing"] == Bearing.ACCENTED)[stroke]
    accent = figures.accent_db * (1.0 - np.exp(-at_s / ACCENT_S))
    return np.asarray(-amount * swell - np.where(accented, accent, 0.0))


def _turned(
    level: Floats, strokes: Array, figures: Figures, moved: Array, time_s: Floats, stroke: Array
) -> Floats:
    """Return the level, on its last way down to where the next stroke begins without a silence."""
    following = np.minimum(np.arange(len(strokes)) + 1, len(strokes) - 1)
    rows, start_s = np.arange(len(strokes)), np.zeros(len(strokes))
    begins = _attack_db(strokes, figures, start_s, rows) + _body_db(strokes, figures, start_s, rows, moved)
    turns = adjoins(strokes)[following] & (following > rows)
    lasts_s = np.minimum(TURN_S, 0.25 * (strokes["end_s"] - strokes["start_s"]))
    lasts_s = np.maximum(lasts_s, 1e-6)[stroke]
    share = np.clip(1.0 - (strokes["end_s"][stroke] - time_s) / lasts_s, 0.0, 1.0)
    share = np.where(turns[stroke], share, 0.0)
    return np.asarray((1.0 - share) * level + share * np.minimum(level, begins[following[stroke]]))
