"""Notes as lines: what comes before and after each note of a voice, looked at for all notes at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

CONNECTED_S = 0.05
"""Notes this close are one line (VioPTT's rule for a sustained bow)."""

SAME_S = 1e-6
"""Times this close are the same: seconds from ticks differ in the last bits."""


def next_onset(onset_s: Floats, key: Array) -> Floats:
    """Return when the next later note of the same key begins; infinity where none does."""
    order = np.lexsort((onset_s, key))
    times, keys = onset_s[order], key[order]
    # Notes that begin together share the next onset: go by distinct (key, time), then look one group on.
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(times) > SAME_S) | (keys[1:] != keys[:-1])
    group = np.cumsum(new) - 1
    starts, owners = times[new], keys[new]
    after = np.full(len(starts), np.inf)
    after[:-1] = np.where(owners[1:] == owners[:-1], starts[1:], np.inf)
    following = np.empty(len(order))
    following[order] = after[group]
    return following


def intervals(onset_s: Floats, pitch: Array, line: Array) -> Floats:
    """Return the semitones from each note to the nearest of those that begin next on its line; NaN: none."""
    order = np.lexsort((pitch, onset_s, line))
    times, pitches, lines = onset_s[order], pitch[order].astype(float), line[order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(times) > SAME_S) | (lines[1:] != lines[:-1])
    chord = np.cumsum(new) - 1
    starts = np.append(np.flatnonzero(new), len(order))
    alike = np.append(lines[starts[1:-1]] == lines[starts[:-2]], [False]) if len(order) else np.zeros(0, bool)
    place = np.searchsorted(chord * 256.0 + pitches, (chord + 1) * 256.0 + pitches)
    first, last = (
        starts[np.minimum(chord + 1, len(starts) - 1)],
        starts[np.minimum(chord + 2, len(starts) - 1)] - 1,
    )
    below, above = np.clip(place - 1, first, last), np.clip(place, first, last)
    below, above = (np.clip(one, 0, max(0, len(order) - 1)) for one in (below, above))
    nearest = np.where(np.abs(pitches[below] - pitches) <= np.abs(pitches[above] - pitches), below, above)
    found = np.where(alike[chord], pitches[nearest] - pitches, np.nan)
    result = np.empty(len(order))
    result[order] = found
    return result


def last_end(onset_s: Floats, end_s: Floats, line: Array) -> Floats:
    """Return when the last of the notes that began earlier on its line ends; -infinity where none did."""
    order = np.lexsort((onset_s, line))
    result = np.full(len(order), -np.inf)
    for number in np.unique(line):
        mine = order[line[order] == number]
        onsets, held = onset_s[mine], np.maximum.accumulate(end_s[mine])
        before = np.searchsorted(onsets, onsets - SAME_S, side="left")
        result[mine] = np.where(before > 0, held[np.maximum(before - 1, 0)], -np.inf)
    return result
