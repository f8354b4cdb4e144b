"""Pace: the tempo map of a performance: each section a little faster or slower, and a ritard at the end.

The score keeps one tempo. A section that is more aroused than the song goes a little faster; the last bars
slow down as measured ritards do: speed is a cubic root of score position (Friberg & Sundberg 1999, equation
1, q=3). The share by which sections differ is our choice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from composer_daw.humanizer import Expression
from composer_daw.performance import Floats, Performance, TempoMap

FASTER = 0.05
"""A section goes so much faster, as a share, for each step of arousal that it lies above the song."""
RITARD_BEATS = 8.0
STEPS = 4
"""Tempos in a beat of the ritard."""
SLOWING = 0.3
"""What the ritard takes off the speed, up to its end, where the emotion's `final_ritard` is 1."""
SLOWEST = 0.5
CURVE = 3.0


def paced(performance: Performance, edges: Sequence[float], moods: Sequence[Expression]) -> Performance:
    """Return a performance at the pace of its sections; `edges` are where they begin and end, in beats.

    Notes, controls and texts keep their beats. What comes after the end goes at the last tempo.
    """
    beats, factors = speeds(edges, moods)
    bpm = float(performance.tempo.bpm[0])
    tempo = TempoMap(beats, _as_midi(bpm * factors), performance.tempo.metres)
    old = performance.tempo
    notes, controls = performance.notes.copy(), performance.controls.copy()
    for onset, duration in (("onset_s", "duration_s"), ("written_onset_s", "written_duration_s")):
        end_s = tempo.seconds_at(old.beats_at(notes[onset] + notes[duration]))
        notes[onset] = tempo.seconds_at(old.beats_at(notes[onset]))
        notes[duration] = end_s - notes[onset]
    controls["time_s"] = tempo.seconds_at(old.beats_at(controls["time_s"]))
    texts = tuple(
        dataclasses.replace(text, time_s=float(tempo.seconds_at(old.beats_at(text.time_s))))
        for text in performance.texts
    )
    return dataclasses.replace(performance, notes=notes, controls=controls, texts=texts, tempo=tempo)


def speeds(edges: Sequence[float], moods: Sequence[Expression]) -> tuple[Floats, Floats]:
    """Return the beats at which a tempo begins, and how many times the song's tempo each is."""
    lengths = np.diff(edges)
    arousal = np.array([mood.arousal for mood in moods])
    middle = float(np.average(arousal, weights=lengths))
    starts, factors = np.array(edges[:-1], float), 1.0 + FASTER * (arousal - middle)
    end = float(edges[-1])
    begins = max(end - RITARD_BEATS, float(starts[-1]))
    steps = np.arange(begins, end - 1e-9, 1.0 / STEPS)
    last = float(np.clip(1.0 - SLOWING * moods[-1].final_ritard, SLOWEST, 1.0))
    share = (steps + 0.5 / STEPS - begins) / (end - begins)
    slowing = (1.0 + (last**CURVE - 1.0) * share) ** (1.0 / CURVE)
    before = starts < begins - 1e-9
    return np.append(starts[before], steps), np.append(factors[before], factors[-1] * slowing)


def _as_midi(bpm: Floats) -> Floats:
    """Return tempos as a MIDI file can hold them: whole microseconds a beat."""
    return np.asarray(60e6 / np.rint(60e6 / bpm))
