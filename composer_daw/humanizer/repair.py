"""Repair: what must hold of any performance, whatever the rules asked for.

Notes of a voice keep their order, none is shorter than 20 ms, and one pitch of a channel never overlaps
itself. Times come out in whole microseconds, in which these comparisons are exact.
"""

from __future__ import annotations

import numpy as np

from composer_daw.performance import Array, Floats

SHORTEST_S = 0.020
US = 1_000_000
"""Microseconds in a second."""
SHORTEST_US = round(SHORTEST_S * US)

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def in_order(onset_s: Floats, notes: Array, latest_s: float = np.inf) -> Floats:
    """Return onsets, none below 0, that keep the order of `notes["onset_s"]` in each track and channel.

    What began together may come apart either way. Notes of one pitch and channel are at least the shortest
    note apart. None is later than `latest_s`, if there is room for all before it.
    """
    line = notes["track"].astype(np.int64) * 16 + notes["channel"]
    was, source = np.rint(notes["onset_s"] * US).astype(np.int64), notes["source"].astype(np.int64)
    key = pitch_keys(notes)
    at = _settled(np.rint(np.maximum(onset_s, 0.0) * US).astype(np.int64), was, source, line, key)
    if len(at) and at.max() > latest_s * US:
        latest = np.minimum(at, int(latest_s * US))
        back = -_settled(-latest, -was, -source, line, key)
        at = back if back.min() >= 0 else at
    return np.asarray(at / US)


def apart(onset_s: Floats, end_s: Floats, notes: Array) -> Floats:
    """Return ends at least 20 ms after their onsets, and not after the next onset of that pitch."""
    order, same = _by_key(onset_s, notes)
    following = np.full(len(order), np.inf)
    following[order[:-1]] = np.where(same, onset_s[order[1:]], np.inf)
    return np.asarray(np.minimum(np.maximum(end_s, onset_s + SHORTEST_S), following))


def last_of_pitch(onset_s: Floats, of: Array, notes: Array) -> Array:
    """Tell of each note whether it is the last of its pitch and channel, of those that some note `of` has."""
    order, same = _by_key(onset_s, notes)
    last = np.ones(len(order), bool)
    last[order[:-1]] = ~same
    return np.asarray(last & np.isin(pitch_keys(notes), pitch_keys(notes)[of]))


def pitch_keys(notes: Array) -> Ints:
    """Return a number for the channel and pitch of each note."""
    return np.asarray(notes["channel"].astype(np.int64) * 128 + notes["pitch"])


def _by_key(onset_s: Floats, notes: Array) -> tuple[Ints, Array]:
    key = pitch_keys(notes)
    order = np.lexsort((notes["source"], onset_s, key))
    return order, np.diff(key[order]) == 0


def _settled(at: Ints, was: Ints, source: Ints, line: Ints, key: Ints) -> Ints:
    """Return the earliest times, none before `at`, that are in order; both orders are one, so it ends."""
    by_line, by_key = np.lexsort((was, line)), np.lexsort((source, was, key))
    while True:
        before = at
        at = _after_earlier(at, by_line, was, line)
        at = _spaced(at, by_key, key)
        if np.array_equal(before, at):
            return at


def _after_earlier(at: Ints, order: Ints, was: Ints, line: Ints) -> Ints:
    """Return times of which none is before that of a note which was earlier in its line."""
    if not len(at):
        return at
    was, line = was[order], line[order]
    new_line = np.insert(np.diff(line) != 0, 0, True)
    begins = new_line | np.insert(np.diff(was) != 0, 0, True)
    first, moment = np.flatnonzero(begins), np.cumsum(begins) - 1
    latest = _running_most(np.maximum.reduceat(at[order], first), new_line[first])
    earlier = np.where(new_line[first], at.min(), np.insert(latest[:-1], 0, 0))
    result = at.copy()
    result[order] = np.maximum(at[order], earlier[moment])
    return result


def _spaced(at: Ints, order: Ints, key: Ints) -> Ints:
    """Return times of which each is at least the shortest note after the one before it of its pitch."""
    if not len(at):
        return at
    begins = np.insert(np.diff(key[order]) != 0, 0, True)
    first = np.flatnonzero(begins)
    steps = SHORTEST_US * (np.arange(len(order)) - first[np.cumsum(begins) - 1])
    result = at.copy()
    result[order] = _running_most(at[order] - steps, begins) + steps
    return result


def _running_most(values: Ints, begins: Array) -> Ints:
    """Return the largest value so far in each group; groups begin where it says."""
    shift = (int(values.max()) - int(values.min()) + 1) * np.cumsum(begins)
    return np.asarray(np.maximum.accumulate(values + shift) - shift)
