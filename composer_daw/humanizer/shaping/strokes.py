"""Strokes: notes as one movement of the bow or one breath, from where it begins to where it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.lines import Lines, lines_of
from composer_daw.humanizer.shaping.bearing import Bearing, Bearings
from composer_daw.humanizer.shaping.figures import CONNECTS_S, SOUNDS_ON
from composer_daw.performance import Array, Floats, Performance

SPAN = np.dtype(
    [
        ("line", "i4"),  # row of `Played.keys`
        ("start_s", "f8"),
        ("end_s", "f8"),  # when it is let go, or the next of its line begins
        ("bearing", "i8"),  # a `Bearing`
        (
            "gap_s",
            "f8",
        ),  # since a held one of its line was let go (below 0: it sounds on), or infinite
        ("velocity", "f8"),  # the loudest of its notes
        ("vibrato", "f8"),  # share of the vibrato
    ]
)
"""What sounds in one line from one time to another: a chord, or a stroke of several."""


@dataclass(frozen=True)
class Played:
    """The chords of a performance and its strokes, both of dtype `SPAN`, sorted by line, then time.

    `keys` has the (track, channel) of each line.
    """

    chords: Array
    strokes: Array
    keys: tuple[tuple[int, int], ...]


def played(performance: Performance, found: Bearings, one_player: bool) -> Played:
    """Return chords and strokes; the lines are tracks and channels, or with `one_player` all is one line.

    Slurred notes share a stroke, and so do notes of which one begins while another still sounds.
    """
    lines = lines_of(performance.with_notes(track=0, channel=0) if one_player else performance)
    chords = _chords(lines, found)
    keys = _keys(performance, lines, one_player)
    order = np.lexsort((chords["start_s"], chords["line"]))
    chords = chords[order]
    goes_on, chords["gap_s"] = _linked(chords)
    first = np.flatnonzero(~goes_on)
    strokes = chords[first].copy()
    if len(first):
        strokes["end_s"] = np.maximum.reduceat(chords["end_s"], first)
        strokes["velocity"] = np.maximum.reduceat(chords["velocity"], first)
    for spans in (strokes, chords):
        spans["end_s"] = _up_to_the_next(spans)
    return Played(chords, strokes, keys)


def _chords(lines: Lines, found: Bearings) -> Array:
    """Return what begins together, as it is played."""
    notes, chord_of = lines.performance.notes, lines.chord_of
    chords = np.zeros(len(lines), SPAN)
    chords["line"] = lines.chords["line"]
    chords["start_s"], chords["vibrato"] = np.inf, np.inf
    np.minimum.at(chords["start_s"], chord_of, notes["onset_s"])
    np.minimum.at(chords["vibrato"], chord_of, found.vibrato)
    np.maximum.at(chords["end_s"], chord_of, notes["onset_s"] + notes["duration_s"])
    np.maximum.at(chords["bearing"], chord_of, found.bearing)
    np.maximum.at(chords["velocity"], chord_of, notes["velocity"].astype(float))
    return chords


def _keys(performance: Performance, lines: Lines, one_player: bool) -> tuple[tuple[int, int], ...]:
    """Return the track and channel of each line; those of the first note for one player."""
    notes = performance.notes
    if one_player:
        return tuple((int(row["track"]), int(row["channel"])) for row in notes[:1])
    first = np.zeros(int(lines.chords["line"].max(initial=-1)) + 1, int)
    first[lines.chords["line"][lines.chord_of]] = np.arange(len(notes))
    return tuple((int(row["track"]), int(row["channel"])) for row in notes[first])


def _linked(chords: Array) -> tuple[Array, Floats]:
    """Tell which chords go on in the stroke before, and how long after it was let go each begins."""
    apart_s = 2.0 * float(chords["end_s"].max(initial=0.0)) + 2.0
    shift_s = chords["line"] * apart_s
    held = chords["bearing"] >= Bearing.HELD
    until_s = np.maximum.accumulate(shift_s + np.where(held, chords["end_s"], -apart_s)) - shift_s
    gap_s, slurred = np.full(len(chords), np.inf), np.zeros(len(chords), bool)
    same = np.diff(chords["line"]) == 0
    gap_s[1:] = np.where(same, chords["start_s"][1:] - until_s[:-1], np.inf)
    gap_s[gap_s > apart_s / 2] = np.inf
    slurs = chords["bearing"] == Bearing.CONNECTED
    slurred[1:] = same & slurs[1:] & slurs[:-1] & (gap_s[1:] <= CONNECTS_S)
    through_s = np.maximum(CONNECTS_S, SOUNDS_ON * (chords["end_s"] - chords["start_s"]))
    return slurred | (-gap_s > through_s), gap_s


def _up_to_the_next(spans: Array) -> Floats:
    """Return ends none of which lies after the next beginning of its line; what adjoins closes the gap."""
    following = np.append(np.where(np.diff(spans["line"]) == 0, spans["start_s"][1:], np.inf), [np.inf])
    closes = np.append(adjoins(spans)[1:], [False])
    ends = np.minimum(spans["end_s"], following[: len(spans)])
    return np.where(closes[: len(spans)], following[: len(spans)], ends)


def adjoins(spans: Array) -> Array:
    """Tell which spans are held and begin where another was held up to then."""
    return np.asarray((spans["gap_s"] <= CONNECTS_S) & (spans["bearing"] >= Bearing.HELD))
