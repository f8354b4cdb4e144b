"""Warp: how the written time of a score becomes played time, one curve for all its parts.

Chords that begin together stay together, and nothing overtakes anything: the curve always rises. Between two
onsets it follows one chord, the highest that begins there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.main_tempo import written_slowing
from composer_daw.humanizer.phrases import bar_length, beat_length
from composer_daw.midi.write import TICKS_PER_BEAT
from composer_daw.performance import Floats, TempoMap

SLOWEST, FASTEST = 3.1, 0.5
"""No stretch between two onsets lasts more or less than so many times its time at the main tempo, unless the
score itself has it so: measured ritards end at 32 to 51 % of the tempo (Friberg & Sundberg 1999)."""

FINE_PULSES = 8
SLOWEST_US = 2**24 - 1
"""The longest quarter note of a MIDI file, in microseconds."""
SHORTEST_STEP = 1 / 64
"""The shortest beat or bar in quarter notes; a metre may say anything."""


@dataclass(frozen=True)
class Warp:
    """Played seconds over beats: straight lines between `beat` and `time_s`, both rising, and beyond them."""

    beat: Floats
    time_s: Floats

    def at(self, beats: Floats) -> Floats:
        """Return when each beat is played, in seconds."""
        row = np.clip(np.searchsorted(self.beat, beats, side="right") - 1, 0, len(self.beat) - 2)
        slope = np.diff(self.time_s) / np.diff(self.beat)
        return np.asarray(self.time_s[row] + (beats - self.beat[row]) * slope[row])


def stretches(lines: Lines, duration_ms: Floats) -> tuple[Floats, Floats]:
    """Return the beats at which something begins, and how many times longer each stretch to the next is."""
    chords = lines.chords
    counts = np.flatnonzero(~lines.is_drum) if not lines.is_drum.all() else np.arange(len(chords))
    rows = counts[np.lexsort((-chords["top"][counts].astype(int), chords["beat"][counts]))]
    beat, first = np.unique(chords["beat"][rows], return_index=True)
    rows = rows[first]
    return beat, 1.0 + duration_ms[rows] / chords["ioi_ms"][rows]


def bounded(tempo: TempoMap, beat: Floats, longer: Floats, end_beat: float) -> Floats:
    """Return factors, none extreme, under which the whole lasts what is written.

    Rules shape the tempo; they do not choose it. What the score slows down or hurries by itself, beside its
    main tempo, counts: so much less is left for them.
    """
    edges = np.append(beat, max(end_beat, beat[-1] + 1e-6))
    slowing = written_slowing(tempo, edges)
    slowest = np.maximum(SLOWEST / np.maximum(slowing, 1.0), 1.0)
    fastest = np.minimum(FASTEST / np.minimum(slowing, 1.0), 1.0)
    longer, spans = np.clip(longer, fastest, slowest), np.diff(tempo.seconds_at(edges))
    return np.asarray(longer * float(spans.sum()) / float((spans * longer).sum()))


def warp_of(tempo: TempoMap, beat: Floats, longer: Floats) -> Warp:
    """Return the warp of a score whose stretches from `beat` on last `longer` times what is written.

    Before the first of them time is as written; the last has no end, so that no tempo changes after it.
    """
    knots = np.unique(np.concatenate([beat, [0.0], tempo.beats]))
    knots = knots[np.insert(np.diff(knots) > 1e-9, 0, True)]
    knots = np.append(knots, knots[-1] + 1.0)
    row = np.searchsorted(beat, knots[:-1] + 1e-9, side="right") - 1
    factor = np.where(row >= 0, longer[np.clip(row, 0, None)], 1.0)
    spans = np.diff(tempo.seconds_at(knots)) * factor
    return Warp(knots, np.concatenate([[float(tempo.seconds_at(knots[0]))], spans]).cumsum())


def within_bars(warp: Warp, tempo: TempoMap, end_beat: float) -> Warp:
    """Return the warp with every bar line where it is written: what happens inside the bars is left.

    From the bar line at or after `end_beat` on, time is as written.
    """
    lines = bar_lines(tempo, end_beat)
    inside = np.unique(np.concatenate([warp.beat[(warp.beat > 0.0) & (warp.beat < lines[-1])], lines]))
    played, bars, written = warp.at(inside), warp.at(lines), tempo.seconds_at(lines)
    row = np.clip(np.searchsorted(lines, inside + 1e-9, side="right") - 1, 0, len(lines) - 2)
    share = (played - bars[row]) / (bars[row + 1] - bars[row])
    time_s = written[row] + share * (written[row + 1] - written[row])
    after = np.append(tempo.beats[tempo.beats > lines[-1]], max(lines[-1], tempo.beats[-1]) + 1.0)
    return Warp(np.append(inside, after), np.append(time_s, tempo.seconds_at(after)))


def tempo_map_of(warp: Warp, tempo: TempoMap, end_beat: float) -> TempoMap:
    """Return the tempo map that follows a warp from beat to beat; what is finer stays with the notes.

    The beats before the last change, of which a ritard makes many, are followed in quarters; after it the
    tempo stays. Tempos are whole microseconds and stand at whole ticks, as a MIDI file has them.
    """
    beats, length_us = _followed(warp, tempo, end_beat)
    bpm = 60e6 / np.clip(np.rint(length_us), 1, SLOWEST_US)
    keeps = np.insert(np.abs(np.diff(bpm)) > 1e-9, 0, True)
    return dataclasses.replace(tempo, beats=beats[keeps], bpm=bpm[keeps])


def unfollowed_s(warp: Warp, tempo: TempoMap, end_beat: float) -> float:
    """Return how much longer a warp lasts than its tempo map, for MIDI has no tempo so slow."""
    beats, length_us = _followed(warp, tempo, end_beat)
    beats = np.append(beats[beats < end_beat], end_beat)
    over_us = np.maximum(length_us[: len(beats) - 1] - SLOWEST_US, 0.0)
    return float((over_us * np.diff(beats)).sum()) / 1e6


def _followed(warp: Warp, tempo: TempoMap, end_beat: float) -> tuple[Floats, Floats]:
    """Return the beats at which a tempo map may change, and the microseconds of a quarter note from each."""
    beats = pulses(tempo, end_beat)
    last = int(np.searchsorted(beats, warp.beat[warp.beat < end_beat - 1e-9].max(initial=0.0), side="right"))
    rows = np.arange(max(last - FINE_PULSES, 0), min(last, len(beats) - 1))
    quarters = beats[rows] + np.diff(beats)[rows] * np.array([[0.25], [0.5], [0.75]])
    beats = np.unique(np.rint(np.append(beats, quarters) * TICKS_PER_BEAT) / TICKS_PER_BEAT)
    beats = np.append(beats, tempo.beats[tempo.beats > beats[-1]])
    edges = np.append(beats, beats[-1] + 1.0)
    return beats, 1e6 * np.diff(warp.at(edges)) / np.diff(edges)


def pulses(tempo: TempoMap, end_beat: float) -> Floats:
    """Return the beats of the metre from the start up to the first at or after the end, in quarter notes."""
    return _steps(tempo, end_beat, beat_length)


def bar_lines(tempo: TempoMap, end_beat: float) -> Floats:
    """Return the bar lines from the start up to the first at or after the end, in quarter notes."""
    return _steps(tempo, end_beat, bar_length)


def _steps(
    tempo: TempoMap, end_beat: float, length: Callable[[list[tuple[float, int, int]], Floats], Floats]
) -> Floats:
    """Return steps so long as each metre has them, from its place on; a step that it cuts off is shorter."""
    metres = sorted(tempo.metres or ((0.0, 4, 4),))
    end_beat = max(end_beat, SHORTEST_STEP)
    starts = np.array([0.0, *(beat for beat, _, _ in metres if 0.0 < beat < end_beat)])
    steps = np.maximum(length(metres, starts), SHORTEST_STEP)
    counts = np.ceil(np.diff(starts, append=end_beat) / steps - 1e-9).astype(int)
    found = [
        start + step * np.arange(count) for start, step, count in zip(starts, steps, counts, strict=True)
    ]
    return np.append(np.concatenate(found), starts[-1] + steps[-1] * counts[-1])
