"""What hands and feet do beside the notes: a pedal that holds them, hands that take turns.

Notes come as arrays of channel, pitch and times in samples, sorted by channel, then onset.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from composer_daw.events import Events, Kind

Ints = npt.NDArray[np.int64]

PEDAL_DOWN = 64
"""The value of its controller from which on the pedal is down (MIDI: 0..63 off, 64..127 on)."""

NEVER = np.iinfo(np.int64).max // 2


def held_by_pedal(
    key: Ints, channel: Ints, times: tuple[Ints, Ints], events: Events, controller: int, sample_rate: int
) -> Ints:
    """Return the releases as the pedal has them: held until it goes up, or until the key is struck again.

    `key` tells the keys of all channels apart, `times` are onset and release. A pedal that moves at the very
    sample of a release comes after it. One that never goes up again lets go where the music ends, at
    `events.duration_s`, but never before the key does.
    """
    onset, release = times
    rows = events.of(Kind.CONTROL)
    rows = rows[rows["number"] == controller]
    moves, down = events.to_samples(rows["time_s"], sample_rate), rows["value"] >= PEDAL_DOWN
    end = int(events.to_samples(events.duration_s, sample_rate))
    held = release.copy()
    for one in np.unique(rows["channel"]).tolist():
        mine, here = rows["channel"] == one, np.flatnonzero(channel == one)
        held[here] = _lifted(release[here], moves[mine], down[mine], end)
    return np.maximum(np.minimum(held, struck_next(key, onset)), release)


def _lifted(release: Ints, moves: Ints, down: npt.NDArray[np.bool_], end: int) -> Ints:
    """Return when notes of one channel end: where the pedal, down at their release, goes up next."""
    before = np.searchsorted(moves, release, side="left") - 1
    caught = (before >= 0) & down[np.maximum(before, 0)] if len(down) else np.zeros(len(release), dtype=bool)
    ups = moves[~down]
    following = np.append(ups, end)[np.searchsorted(ups, release, side="left")]
    return np.asarray(np.where(caught, np.maximum(following, release), release), dtype=np.int64)


def struck_next(key: Ints, onset: Ints) -> Ints:
    """Return when the key of each note is struck next; NEVER where it is not."""
    order = np.lexsort((onset, key))
    following = np.full(len(key), NEVER)
    same = np.flatnonzero(np.diff(key[order]) == 0)
    following[order[same]] = onset[order[same + 1]]
    return following


def in_turn(key: Ints, onset: Ints, within: int) -> Ints:
    """Return 0 and 1 in turn for strokes of one key that follow each other within so many samples.

    A stroke after a longer rest is 0: a drummer leads with the same hand.
    """
    order = np.lexsort((onset, key))
    rests = np.ones(len(key), dtype=bool)
    rests[1:] = (np.diff(key[order]) != 0) | (np.diff(onset[order]) > within)
    place = np.arange(len(key))
    turn = np.empty(len(key), dtype=np.int64)
    turn[order] = (place - np.maximum.accumulate(np.where(rests, place, 0))) % 2
    return turn
