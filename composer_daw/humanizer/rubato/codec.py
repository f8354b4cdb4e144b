"""How a score was played, as numbers that can be taken apart and put together again.

The four parameters are those of partitura's performance codec (Cancino-Chacon et al. 2018;
`encode_performance`): beat period for each distinct onset, here in seconds for each *quarter note*; for each
note its velocity, its timing in seconds (**positive is early**) and log2 of how long it sounds against what
is written. Grace notes and notes not played say nothing about the beat. Durations are those of the keys; the
pedal is left out.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.rubato.alignments import Aligned, Score
from composer_daw.performance import Array, Floats

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

TOGETHER_BEATS = 1 / 48
"""Written onsets that lie closer are one: .match files round positions to four digits."""


@dataclass(frozen=True)
class Encoded:
    """A performance as parameters.

    For each distinct onset: `onset_beat` (quarter notes) and `beat_period_s`. For each note: `onset_of` (its
    row of those), `velocity` (0..127), `timing_s` (positive is early) and `articulation_log2`; NaN where not
    played. `start_s` is when the first onset is played; `heard` tells of each onset whether it was, and in
    order.
    """

    onset_beat: Floats
    beat_period_s: Floats
    heard: Array
    start_s: float
    onset_of: Ints
    velocity: Floats
    timing_s: Floats
    articulation_log2: Floats

    @property
    def onset_s(self) -> Floats:
        """Return when each distinct onset falls, by its beat periods alone."""
        spans = np.diff(self.onset_beat) * self.beat_period_s[:-1]
        return np.asarray(self.start_s + np.concatenate([[0.0], np.cumsum(spans)]))


def distinct_onsets(beat: Floats) -> tuple[Floats, Ints]:
    """Return the distinct onsets of sorted positions, and for each note the row of its onset."""
    if not len(beat):
        return np.zeros(0), np.zeros(0, np.int64)
    begins = np.concatenate([[True], np.diff(beat) > TOGETHER_BEATS])
    return beat[begins], np.cumsum(begins) - 1


def encode(aligned: Aligned) -> Encoded:
    """Return the parameters of a performance (reverse of `decode`).

    Where an onset was not played, or out of order with those around it, its time is put on the line between
    its neighbours. The last onset has no beat period of its own: it has that of the one before.
    """
    notes = aligned.notes
    beat, onset_of = distinct_onsets(notes["beat"])
    counts = np.isfinite(notes["onset_s"]) & (notes["length"] > 0)
    played = np.bincount(onset_of, counts, len(beat))
    total = np.bincount(onset_of, np.where(counts, notes["onset_s"], 0.0), len(beat))
    rows = np.flatnonzero(played)
    times = np.round(total[rows] / played[rows], 6)  # what is less than a microsecond apart is together
    keep = rising(times)
    heard = np.zeros(len(beat), bool)
    heard[rows[keep]] = True
    period = _periods(beat, beat[heard], times[keep])
    first = times[keep[0]] - _elapsed(beat, period)[np.flatnonzero(heard)[0]] if heard.any() else 0.0
    encoded = Encoded(
        beat, period, heard, float(first), onset_of, notes["velocity"].copy(), *_blank(len(notes))
    )
    length_s = np.where(notes["length"] > 0, notes["length"], 1.0) * period[onset_of]
    grace = np.isfinite(notes["onset_s"]) & (notes["length"] <= 0)
    encoded.timing_s[:] = encoded.onset_s[onset_of] - notes["onset_s"]
    encoded.articulation_log2[:] = np.where(grace, 0.0, np.log2(notes["duration_s"] / length_s))
    return encoded


def decode(encoded: Encoded, score: Score) -> tuple[Floats, Floats]:
    """Return onset and duration of each note in seconds (reverse of `encode`); a grace note lasts a beat."""
    length = np.where(score.length > 0, score.length, 1.0)
    onset_s = encoded.onset_s[encoded.onset_of] - encoded.timing_s
    return onset_s, 2**encoded.articulation_log2 * length * encoded.beat_period_s[encoded.onset_of]


def rising(times: Floats) -> Ints:
    """Return the rows of the longest run of strictly rising values: what is left out is out of order."""
    ends: list[float] = []
    rows: list[int] = []
    before = np.full(len(times), -1)
    for row, value in enumerate(times):
        place = bisect_left(ends, float(value))
        before[row] = rows[place - 1] if place else -1
        ends[place : place + 1] = [float(value)]
        rows[place : place + 1] = [row]
    kept = []
    row = rows[-1] if rows else -1
    while row >= 0:
        kept.append(row)
        row = int(before[row])
    return np.array(kept[::-1], dtype=np.int64)


def beat_periods(onset_beat: Floats, onset_s: Floats, grid: Floats) -> Floats:
    """Return seconds a quarter note between the points of a grid; times between onsets lie on a line."""
    return np.diff(np.interp(grid, onset_beat, onset_s)) / np.diff(grid)


def _periods(beat: Floats, known: Floats, times: Floats) -> Floats:
    if len(known) < 2:
        return np.full(len(beat), 0.5)
    slopes = np.diff(times) / np.diff(known)
    row = np.clip(np.searchsorted(known, beat, side="right") - 1, 0, len(slopes) - 1)
    return np.asarray(slopes[row])


def _elapsed(beat: Floats, period: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.diff(beat) * period[:-1])])


def _blank(count: int) -> tuple[Floats, Floats]:
    return np.full(count, np.nan), np.full(count, np.nan)
