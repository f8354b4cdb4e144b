"""Phrases: where a score breathes, found from its rests, note lengths and leaps, or given by the user.

A boundary is strong where the melody changes: the local boundary detection model (LBDM) of E. Cambouropoulos,
"The Local Boundary Detection Model (LBDM) and its Application in the Study of Expressive Timing", ICMC 2001.
Its weights are the paper's (pitch .25, inter-onset interval .5, rest .25). How groups are made of it is our
own choice: spans are cut in two at the best boundary, from the whole piece down, until none is longer than
its level allows; bar lines and halves are favoured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.errors import InputError
from composer_daw.humanizer.lines import Lines
from composer_daw.performance import Floats

WEIGHTS = (0.25, 0.5, 0.25)
"""Of pitch, inter-onset interval and rest."""
LONGEST_BARS = (8.0, 4.0, 2.0)
"""How long a group of each level may be, from phrases down to their parts."""
SHORTEST_SHARE = 0.25
"""A group is no shorter than this share of the longest."""
BAR_BONUS, BEAT_BONUS, HALF_BONUS = 0.3, 0.1, 0.4
"""What a bar line, a beat and the middle of the span are worth against the strongest boundary (1)."""
LARGEST_INTERVAL = 24.0
"""Semitones; a wider leap says no more."""

NEAR_BEATS = 0.1
"""A note so near to where a phrase is said to start, in quarter notes, starts it."""

Metres = Sequence[tuple[float, int, int]]
"""From which quarter note on how many of which notes are a bar: (0, 6, 8) is 6/8."""
Rows = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Phrases:
    """Groups of a piece in quarter notes: for each level, long ones first, where groups start; `end` closes
    all.
    """

    levels: tuple[Floats, ...]
    end: float

    def around(self, beats: Floats, level: int = 0) -> tuple[Floats, Floats]:
        """Return start and end of the group that each beat lies in; beats outside belong to the nearest."""
        starts = self.levels[level]
        row = np.clip(np.searchsorted(starts, beats + 1e-9, side="right") - 1, 0, len(starts) - 1)
        return starts[row], np.append(starts[1:], self.end)[row]

    def place(self, beats: Floats, level: int = 0) -> Floats:
        """Return how far through its group each beat is, 0..1."""
        start, end = self.around(beats, level)
        return np.clip((beats - start) / np.maximum(end - start, 1e-9), 0.0, 1.0)


def given_phrases(lines: Lines, starts: Sequence[float]) -> Phrases:
    """Return the phrases that a user names by the quarter notes they start at, with parts as they are found.

    They are the groups of all levels but the last, however long; what comes before the first is one, too. A
    start means the note next to it, where one begins within 0.1 quarter notes. Raises InputError unless the
    starts rise and a note begins at or after each.
    """
    if not len(starts) or not np.isfinite(starts).all() or np.any(np.diff(starts) <= 0):
        raise InputError("phrases: give where each starts, one after the other")
    beats = np.unique(lines.chords["beat"][~lines.is_drum])
    if not len(beats) or starts[0] < 0 or starts[-1] > beats[-1] + NEAR_BEATS:
        raise InputError("phrases: each must start within the piece")
    nearest = beats[np.abs(beats - np.asarray(starts, float)[:, None]).argmin(axis=1)]
    near = np.abs(nearest - starts) <= NEAR_BEATS
    return group(*_notes_of(lines), given=np.unique(np.where(near, nearest, starts)))


def find_phrases(lines: Lines, longest_bars: Sequence[float] = LONGEST_BARS) -> Phrases:
    """Return the phrases of a score, one structure for all parts: that of the highest notes but drums'."""
    return group(*_notes_of(lines), longest_bars)


def _notes_of(lines: Lines) -> tuple[Floats, Floats, Floats, Metres]:
    """Return onset, length and pitch of all chords but drums', sorted by onset, and the metres."""
    chords = lines.chords[~lines.is_drum]
    chords = chords[np.argsort(chords["beat"], kind="stable")]
    length = chords["end_beat"] - chords["beat"]
    return chords["beat"], length, chords["top"].astype(float), lines.performance.tempo.metres


def group(
    beat: Floats,
    length: Floats,
    pitch: Floats,
    metres: Metres,
    longest_bars: Sequence[float] = LONGEST_BARS,
    given: Floats | None = None,
) -> Phrases:
    """Return the phrases of notes sorted by onset, in quarter notes; the melody is what sounds highest.

    Starts that are `given` are those of all levels but the last, which has them and what is found between.
    """
    if not len(beat):
        return Phrases(tuple(np.zeros(1) for _ in longest_bars), 0.0)
    end = float(max((beat + length).max(), beat[-1] + 1e-3))
    rows = melody(beat, length, pitch)
    at = beat[rows]
    strength = boundary_strengths(at, np.minimum(length[rows], np.diff(at, append=end)), pitch[rows])
    bar = bar_length(metres, at)
    phase, pulse = bar_phase(metres, at), beat_length(metres, at)
    on_bar = (phase < 1e-3) | (phase > bar - 1e-3)
    off = np.abs(phase / pulse - np.round(phase / pulse))
    score = strength + BAR_BONUS * on_bar + BEAT_BONUS * (off < 1e-3)
    if given is not None:
        cuts = sorted({0, *np.searchsorted(at, given - 1e-6).tolist(), len(at)})
        parts = np.setdiff1d(_cut(at, score, np.median(bar) * longest_bars[-1], cuts, end), cuts)
        starts = np.union1d(given, at[:1]) if at[0] < given[0] else given
        return Phrases((*[starts] * (len(longest_bars) - 1), np.union1d(starts, at[parts])), end)
    levels: list[Floats] = []
    cuts = [0, len(at)]
    for bars in longest_bars:
        cuts = _cut(at, score, np.median(bar) * bars, cuts, end)
        levels.append(at[cuts[:-1]])
    return Phrases(tuple(levels), end)


def melody(beat: Floats, length: Floats, pitch: Floats) -> Rows:
    """Return the rows of the notes that begin with none above them, one for each onset, of notes sorted by
    onset.
    """
    order = np.lexsort((-pitch, beat))
    rows, until, top = [], -np.inf, -np.inf
    last = -np.inf
    for row in order:
        if beat[row] - last < 1e-6 or (beat[row] < until - 1e-3 and pitch[row] < top):
            continue
        rows.append(int(row))
        last, until, top = beat[row], beat[row] + length[row], pitch[row]
    return np.array(rows, dtype=np.int64)


def boundary_strengths(beat: Floats, length: Floats, pitch: Floats) -> Floats:
    """Return how strong a boundary lies before each note of a melody, 0..1 (LBDM); 0 before the first."""
    if len(beat) < 3:
        return np.zeros(len(beat))
    ioi = np.maximum(np.diff(beat), 1e-6)
    rest = np.maximum(beat[1:] - (beat + length)[:-1], 0.0)
    leap = np.minimum(np.abs(np.diff(pitch)), LARGEST_INTERVAL)
    total = np.zeros(len(ioi))
    for weight, intervals in zip(WEIGHTS, (leap, ioi, rest), strict=True):
        strength = _change_strength(intervals)
        total += weight * strength / max(strength.max(), 1e-9)
    return np.concatenate([[0.0], total / max(total.max(), 1e-9)])


def _change_strength(intervals: Floats) -> Floats:
    """Return each interval times how much it differs from both neighbours, by their relative change."""
    both = intervals[1:] + intervals[:-1]
    change = np.abs(np.diff(intervals)) / np.where(both > 0, both, 1.0)
    beside = np.concatenate([[0.0], change]) + np.concatenate([change, [0.0]])
    return np.asarray(intervals * beside)


def _cut(at: Floats, score: Floats, longest: float, cuts: list[int], end: float) -> list[int]:
    """Cut each span between `cuts` (rows) in two at its best row, until none is longer than `longest`."""
    done: list[int] = []
    waiting = [(first, until) for first, until in zip(cuts, cuts[1:], strict=False)][::-1]
    while waiting:
        first, until = waiting.pop()
        stop = at[until] if until < len(at) else end
        best = _best_cut(at, score, first, until, stop, longest)
        if best is None:
            done.append(first)
        else:
            waiting += [(best, until), (first, best)]
    return [*done, cuts[-1]]


def _best_cut(at: Floats, score: Floats, first: int, until: int, stop: float, longest: float) -> int | None:
    span = stop - at[first]
    if span <= longest * 1.1:
        return None
    rows = np.arange(first + 1, until)
    far = np.minimum(at[rows] - at[first], stop - at[rows])
    rows, far = rows[far >= SHORTEST_SHARE * longest], far[far >= SHORTEST_SHARE * longest]
    if not len(rows):
        return None
    return int(rows[np.argmax(score[rows] + HALF_BONUS * 2 * far / span)])


def _metre_of(metres: Metres, beats: Floats) -> tuple[Floats, Floats, Floats]:
    table = np.maximum(np.array(metres or [(0.0, 4, 4)], float), (0.0, 1.0, 1.0))  # a file may say 0/4
    return tuple(table[np.clip(np.searchsorted(table[:, 0], beats + 1e-6, side="right") - 1, 0, None)].T)


def bar_length(metres: Metres, beats: Floats) -> Floats:
    """Return how long the bar at each position is, in quarter notes."""
    _, above, below = _metre_of(metres, beats)
    return above * 4.0 / below


def bar_phase(metres: Metres, beats: Floats) -> Floats:
    """Return how far into its bar each position is, in quarter notes."""
    start, above, below = _metre_of(metres, beats)
    return np.asarray(np.mod(beats - start + 1e-6, above * 4.0 / below) - 1e-6).clip(0.0)


def beat_length(metres: Metres, beats: Floats) -> Floats:
    """Return how long a beat of the metre is, in quarter notes: of 6/8, 9/8 and 12/8 three eighths."""
    _, above, below = _metre_of(metres, beats)
    compound = (above > 3) & (np.mod(above, 3) == 0)
    return np.where(compound, 3.0, 1.0) * 4.0 / below
