"""Lines: a score as the rules see it, with one row for each moment at which a voice begins something.

A *line* is one voice: the notes of one track and channel. A *chord* is what begins in it at once: one note
or several. Rules look at chords, in milliseconds as the score writes them, and every note has its chord's
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from composer_daw.performance import Array, Floats, Performance

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

TOGETHER_BEATS = 1 / 24
"""Notes that begin within so many quarter notes of each other are one chord."""

REST_BEATS, REST_SHARE = 0.2, 0.25
"""Silence after a chord is a rest where it lasts so many quarter notes and such a share of the time to the
next; what is less is how the file was written, not music."""

DRUMS = 9
"""The channel of drums in General MIDI, counted from 0."""

CHORD = np.dtype(
    [
        ("line", "i4"),
        ("beat", "f8"),  # quarter notes from the start of the score
        ("end_beat", "f8"),  # when the last of its notes is let go, as written
        ("onset_ms", "f8"),
        ("ioi_ms", "f8"),  # to the next chord of the line; of the last: how long it is
        ("dr_ms", "f8"),  # its duration: up to the next chord, or to the rest before that
        ("rest_ms", "f8"),  # how long that rest is
        ("top", "i2"),  # its highest pitch
        ("bottom", "i2"),
        ("velocity", "f8"),  # the mean of its notes
        ("before", "i4"),  # row of the chord before it in its line, or -1
        ("after", "i4"),  # row of the one after it, or -1
    ]
)


@dataclass(frozen=True)
class Lines:
    """A score in chords, sorted by line, then time; dtype `CHORD`.

    `chord_of` has the row of the chord of each note, in the order of `performance.notes`; `beat` and
    `end_beat` are when each note is written, in quarter notes.
    """

    performance: Performance
    chords: Array
    chord_of: Ints
    beat: Floats
    end_beat: Floats

    def __len__(self) -> int:
        """Return how many chords there are."""
        return len(self.chords)

    @cached_property
    def is_drum(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Tell of each chord whether drums play it."""
        drum = np.zeros(len(self.chords), bool)
        drum[self.chord_of] = self.performance.notes["channel"] == DRUMS
        return drum

    def previous(self, column: str, missing: float) -> Floats:
        """Return a column of the chord before each chord; `missing` where there is none."""
        return self._beside("before", column, missing)

    def following(self, column: str, missing: float) -> Floats:
        """Return a column of the chord after each chord; `missing` where there is none."""
        return self._beside("after", column, missing)

    def _beside(self, side: str, column: str, missing: float) -> Floats:
        rows = self.chords[side]
        return np.where(rows >= 0, self.chords[column][rows].astype(float), missing)


def lines_of(performance: Performance) -> Lines:
    """Return the lines of a performance, by its written times."""
    notes, tempo = performance.notes, performance.tempo
    beat = tempo.beats_at(notes["written_onset_s"])
    end_beat = tempo.beats_at(notes["written_onset_s"] + notes["written_duration_s"])
    line = notes["track"].astype(np.int64) * 16 + notes["channel"]
    order = np.lexsort((notes["pitch"], beat, line))
    begins = np.ones(len(order), bool)
    begins[1:] = (np.diff(line[order]) != 0) | (np.diff(beat[order]) > TOGETHER_BEATS + 1e-6)
    number = np.cumsum(begins) - 1
    chord_of = np.empty(len(order), np.int64)
    chord_of[order] = number
    first = order[begins]
    chords = np.zeros(len(first), CHORD)
    _, chords["line"] = np.unique(line[first], return_inverse=True)
    chords["beat"] = beat[first]
    starts = np.flatnonzero(begins)
    if len(starts):
        chords["end_beat"] = np.maximum.reduceat(end_beat[order], starts)
        chords["top"] = np.maximum.reduceat(notes["pitch"][order], starts)
        chords["bottom"] = np.minimum.reduceat(notes["pitch"][order], starts)
        chords["velocity"] = np.bincount(chord_of, notes["velocity"]) / np.bincount(chord_of)
    _link(chords)
    _time(chords, performance)
    for rows in (chords, chord_of, beat, end_beat):
        rows.setflags(write=False)
    return Lines(performance, chords, chord_of, beat, end_beat)


def _link(chords: Array) -> None:
    """Fill in the chords before and after."""
    rows = np.arange(len(chords))
    same = chords["line"][1:] == chords["line"][:-1]
    chords["before"], chords["after"] = -1, -1
    chords["before"][1:] = np.where(same, rows[:-1], -1)
    chords["after"][:-1] = np.where(same, rows[1:], -1)


def _time(chords: Array, performance: Performance) -> None:
    """Fill in what lasts how long."""
    after = chords["after"]
    next_beat = np.where(after >= 0, chords["beat"][after], np.inf)
    silent = next_beat - chords["end_beat"]
    rests = (silent >= REST_BEATS) & (silent >= REST_SHARE * (next_beat - chords["beat"]))
    last = after < 0
    ends = np.where(rests | last, chords["end_beat"], next_beat)
    onset_ms, end_ms = (1000.0 * performance.tempo.seconds_at(at) for at in (chords["beat"], ends))
    next_ms = 1000.0 * performance.tempo.seconds_at(np.where(last, ends, next_beat))
    chords["onset_ms"], chords["dr_ms"] = onset_ms, np.maximum(end_ms - onset_ms, 1.0)
    chords["ioi_ms"], chords["rest_ms"] = (
        np.maximum(next_ms - onset_ms, 1.0),
        np.maximum(next_ms - end_ms, 0.0),
    )
