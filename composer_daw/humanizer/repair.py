"""Repair: what must hold of any performance, whatever the rules asked for.

Notes of a voice keep their order, and repair makes no new conflict: notes of one pitch and channel that did
not overlap in the score do not overlap. What began together or overlapped there may do so still: it does not
wait, and is not cut. No note is shorter than 20 ms but where the score, at the tempo that is played, strikes
its pitch again sooner. Times come out in whole microseconds, in which these comparisons are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.performance import Array, Floats

SHORTEST_S = 0.020
US = 1_000_000
"""Microseconds in a second."""
SHORTEST_US = round(SHORTEST_S * US)
SAME_US = 2
"""What overlaps by so little only touches: times are rounded."""

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def in_order(onset_s: Floats, notes: Array, latest_s: float = np.inf) -> Floats:
    """Return onsets, none below 0, that keep the order of `notes["onset_s"]` in each track and channel.

    What began together may come apart either way. Of one pitch and channel, what begins later does so at
    least 20 ms later, or as much as in `notes` where that is less. None is later than `latest_s`, if there is
    room for all before it.
    """
    if not len(notes):
        return onset_s
    was, groups = whole_us(notes["onset_s"]), ((voices(notes), 0), (pitches(notes), SHORTEST_US))
    at = _settled(whole_us(np.maximum(onset_s, 0.0)), [_Moments.of(was, *group) for group in groups])
    if at.max() > latest_s * US:
        latest = np.minimum(at, int(latest_s * US))
        back = -_settled(-latest, [_Moments.of(-was, *group) for group in groups])
        at = back if back.min() >= 0 else at
    return np.asarray(at / US)


def apart(onset_s: Floats, end_s: Floats, notes: Array) -> Floats:
    """Return ends that make no new overlap, for the onsets that `in_order` gave to `notes`.

    A note lasts 20 ms at least, and ends before any of its pitch and channel that began after its end.
    """
    if not len(notes):
        return end_s
    was, pitch = whole_us(notes["onset_s"]), pitches(notes)
    ended = np.maximum(whole_us(notes["onset_s"] + notes["duration_s"]) - SAME_US, was + 1)
    moments, span = _Moments.of(was, pitch, SHORTEST_US), int(ended.max()) + 1
    first = moments.order[moments.first]
    following = np.searchsorted(pitch[first] * span + was[first], pitch * span + ended)
    same = np.append(pitch[first], -1)[following] == pitch
    next_s = np.append(np.minimum.reduceat(onset_s[moments.order], moments.first), np.inf)[following]
    return np.asarray(np.minimum(np.maximum(end_s, onset_s + SHORTEST_S), np.where(same, next_s, np.inf)))


def told(wished_s: Floats, onset_s: Floats, duration_s: Floats) -> tuple[str, ...]:
    """Return a remark each for onsets over 20 ms from what was wished, and notes under 20 ms, if any are."""
    moved_us = np.abs(whole_us(onset_s) - whole_us(np.maximum(wished_s, 0.0)))
    moved, short = moved_us > SHORTEST_US, whole_us(duration_s) < SHORTEST_US
    remarks = []
    if moved.any():
        most = f"{moved_us.max() / 1000:.0f} ms at most"
        remarks.append(f"{moved.sum()} of {len(moved)} notes are moved, by {most}, to keep their order")
    if short.any():
        remarks.append(
            f"{short.sum()} of {len(short)} notes last less than 20 ms: their pitch begins again that soon"
        )
    return tuple(remarks)


def whole_us(time_s: Floats) -> Ints:
    """Return times in whole microseconds."""
    return np.asarray(np.rint(time_s * US).astype(np.int64))


def voices(notes: Array) -> Ints:
    """Return a number for the track and channel of each note."""
    return np.asarray(notes["track"].astype(np.int64) * 16 + notes["channel"])


def pitches(notes: Array) -> Ints:
    """Return a number for the channel and pitch of each note."""
    return np.asarray(notes["channel"].astype(np.int64) * 128 + notes["pitch"])


@dataclass(frozen=True)
class _Moments:
    """What begins at once in each group, by group, then time; `order` has the notes, moment by moment."""

    order: Ints
    first: Ints
    """Where in `order` each moment begins."""
    opens: Array
    """Whether it is the first of its group."""
    since: Ints
    """Its least time after the first of all, the steps added up."""

    @classmethod
    def of(cls, was: Ints, group: Ints, most: int) -> _Moments:
        """Return the moments of notes that began at `was`; a step is as long as it was, or `most`."""
        order = np.lexsort((was, group))
        opens = np.insert(np.diff(group[order]) != 0, 0, True)
        first = np.flatnonzero(opens | np.insert(np.diff(was[order]) != 0, 0, True))
        step = np.where(opens[first], 0, np.minimum(np.diff(was[order[first]], prepend=0), most))
        return cls(order, first, opens[first], np.cumsum(step))

    def settled(self, at: Ints) -> Ints:
        """Return the earliest times, none before `at`, that are steps after all of the moments before."""
        latest = _running_most(np.maximum.reduceat(at[self.order], self.first) - self.since, self.opens)
        soonest = np.where(self.opens, at.min(), np.insert(latest[:-1], 0, 0) + self.since)
        result = np.empty_like(at)
        result[self.order] = np.repeat(soonest, np.diff(self.first, append=len(at)))
        return np.maximum(at, result)


def _settled(at: Ints, orders: list[_Moments]) -> Ints:
    """Return the earliest times, none before `at`, that fit all orders; they agree, so it ends."""
    while True:
        before = at
        for moments in orders:
            at = moments.settled(at)
        if np.array_equal(before, at):
            return at


def _running_most(values: Ints, begins: Array) -> Ints:
    """Return the largest value so far in each group; groups begin where it says."""
    shift = (int(values.max()) - int(values.min()) + 1) * np.cumsum(begins)
    return np.asarray(np.maximum.accumulate(values + shift) - shift)
