"""Warp: how the written time of a score becomes played time, one curve for all its parts.

Chords that begin together stay together, and nothing overtakes anything: the curve always rises. Between two
onsets it follows one chord, the highest that begins there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.phrases import bar_length, beat_length
from composer_daw.performance import Floats, TempoMap

SLOWEST, FASTEST = 4.0, 0.25
"""No stretch between two onsets lasts longer or shorter than so many times its written time."""

BPM = (4.0, 960.0)
"""The tempos that are written."""


@dataclass(frozen=True)
class Warp:
    """Played seconds over beats: straight lines between `beat` and `time_s`, both rising, and beyond them."""

    beat: Floats
    time_s: Floats

    def at(self, beats: Floats) -> Floats:
        """Return when each beat is played, in seconds."""
        inside = np.interp(beats, self.beat, self.time_s)
        first, last = (
            (self.time_s[row[1]] - self.time_s[row[0]]) / (self.beat[row[1]] - self.beat[row[0]])
            for row in ((0, 1), (-2, -1))
        )
        inside = np.where(beats < self.beat[0], self.time_s[0] + (beats - self.beat[0]) * first, inside)
        return np.where(beats > self.beat[-1], self.time_s[-1] + (beats - self.beat[-1]) * last, inside)


def normalised(tempo: TempoMap, beat: Floats, longer: Floats, end_beat: float) -> Floats:
    """Return factors under which the whole lasts what is written: rules shape the tempo, they do not choose it."""
    spans = np.diff(tempo.seconds_at(np.append(beat, max(end_beat, beat[-1] + 1e-6))))
    return longer * float(spans.sum()) / float((spans * longer).sum()) if len(beat) else longer


def stretches(lines: Lines, duration_ms: Floats) -> tuple[Floats, Floats]:
    """Return the beats at which something begins, and how many times longer each stretch to the next is."""
    chords = lines.chords
    counts = np.flatnonzero(~lines.is_drum) if not lines.is_drum.all() else np.arange(len(chords))
    rows = counts[np.lexsort((-chords["top"][counts].astype(int), chords["beat"][counts]))]
    beat, first = np.unique(chords["beat"][rows], return_index=True)
    rows = rows[first]
    return beat, np.clip(1.0 + duration_ms[rows] / chords["dr_ms"][rows], FASTEST, SLOWEST)


def warp_of(tempo: TempoMap, beat: Floats, longer: Floats, end_beat: float) -> Warp:
    """Return the warp of a score whose stretches from `beat` on last `longer` times what is written."""
    ends = [0.0, end_beat, *tempo.beats.tolist()]
    knots = np.unique(np.concatenate([beat, ends]))
    knots = knots[np.insert(np.diff(knots) > 1e-9, 0, True)]
    if len(knots) == 1:
        knots = np.append(knots, knots[0] + 1.0)
    row = np.searchsorted(beat, knots[:-1] + 1e-9, side="right") - 1
    factor = np.where(row >= 0, longer[np.clip(row, 0, None)], 1.0)
    spans = np.diff(tempo.seconds_at(knots)) * factor
    return Warp(knots, np.concatenate([[float(tempo.seconds_at(knots[0]))], spans]).cumsum())


def within_bars(warp: Warp, tempo: TempoMap, end_beat: float) -> Warp:
    """Return the warp with every bar line where it is written: what happens inside the bars is left."""
    lines = bar_lines(tempo, end_beat)
    knots = np.unique(np.concatenate([warp.beat, lines]))
    played, bars = warp.at(knots), warp.at(lines)
    row = np.clip(np.searchsorted(lines, knots + 1e-9, side="right") - 1, 0, len(lines) - 2)
    share = (played - bars[row]) / np.maximum(bars[row + 1] - bars[row], 1e-9)
    written = tempo.seconds_at(lines)
    return Warp(knots, written[row] + share * (written[row + 1] - written[row]))


def tempo_map_of(warp: Warp, tempo: TempoMap, end_beat: float) -> TempoMap:
    """Return the tempo map that follows a warp from beat to beat; what is finer stays with the notes."""
    beats = pulses(tempo, end_beat)
    bpm = 60.0 * np.diff(beats) / np.maximum(np.diff(warp.at(beats)), 1e-6)
    bpm = np.clip(np.append(bpm, bpm[-1]), *BPM)
    keeps = np.insert(np.abs(np.diff(bpm)) > 1e-9, 0, True)
    return TempoMap(beats[keeps], bpm[keeps], tempo.metres)


def pulses(tempo: TempoMap, end_beat: float) -> Floats:
    """Return the beats of the metre from the start up to the end, in quarter notes."""
    return _steps(tempo, end_beat, beat_length)


def bar_lines(tempo: TempoMap, end_beat: float) -> Floats:
    """Return the bar lines from the start up to the first at or after the end, in quarter notes."""
    return _steps(tempo, end_beat, bar_length)


def _steps(tempo: TempoMap, end_beat: float, length: object) -> Floats:
    metres = sorted(tempo.metres or ((0.0, 4, 4),))
    starts = [0.0, *(beat for beat, _, _ in metres if 0.0 < beat < end_beat)]
    found = []
    for start, end in zip(starts, [*starts[1:], max(end_beat, 1e-3)], strict=True):
        step = float(length(metres, np.array([start]))[0])  # type: ignore[operator]
        found.append(start + step * np.arange(int(np.ceil((end - start) / step - 1e-9))))
        last = start + step * np.ceil((end - start) / step - 1e-9)
    return np.append(np.concatenate(found), last)
