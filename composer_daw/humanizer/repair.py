"""Repair: what must hold of any performance, whatever the rules asked for.

Notes of a voice keep their order, none is shorter than 20 ms, and one pitch of a channel never overlaps itself.
"""

from __future__ import annotations

import numpy as np

from composer_daw.performance import Array, Floats

SHORTEST_S = 0.020
MOST_ROUNDS = 50


def in_order(onset_s: Floats, notes: Array) -> Floats:
    """Return onsets that keep the order of the notes (by `written_onset_s`) in each track and channel.

    Notes of one pitch and channel that begin together are parted by the length of the shortest note.
    """
    line = notes["track"].astype(np.int64) * 16 + notes["channel"]
    key = notes["channel"].astype(np.int64) * 128 + notes["pitch"]
    by_line = np.lexsort((notes["source"], notes["written_onset_s"], line))
    by_key = np.lexsort((notes["source"], notes["written_onset_s"], key))
    onset_s = np.maximum(onset_s, 0.0)
    for _ in range(MOST_ROUNDS):
        before = onset_s
        onset_s = _pushed(onset_s, by_key, key, SHORTEST_S)
        onset_s = _pushed(onset_s, by_line, line, 0.0)
        if np.array_equal(before, onset_s):
            break
    return onset_s


def _pushed(onset_s: Floats, order: Array, group: Array, apart_s: float) -> Floats:
    """Return onsets of which each is at least so long after the one before it in its group."""
    groups = np.concatenate([[True], np.diff(group[order]) != 0])
    number = np.cumsum(groups) - 1
    place = np.arange(len(order)) - np.flatnonzero(groups)[number]
    span = float(onset_s.max(initial=0.0)) + apart_s * len(order) + 1.0
    own = onset_s[order] - apart_s * place
    pushed = np.maximum.accumulate(own + 2.0 * span * number) - 2.0 * span * number
    result = onset_s.copy()
    moved = pushed > own + 1e-7  # what is in order keeps its very value
    result[order[moved]] = (pushed + apart_s * place)[moved]
    return result


def apart(onset_s: Floats, end_s: Floats, notes: Array) -> Floats:
    """Return ends at least 20 ms after their onsets and not after the next onset of that pitch and channel."""
    key = notes["channel"].astype(np.int64) * 128 + notes["pitch"]
    order = np.lexsort((onset_s, key))
    following = np.full(len(order), np.inf)
    same = np.diff(key[order]) == 0
    following[order[:-1]] = np.where(same, onset_s[order[1:]], np.inf)
    return np.minimum(np.maximum(end_s, onset_s + SHORTEST_S), following)
