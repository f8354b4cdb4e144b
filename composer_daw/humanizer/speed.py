"""Speed: the same beats, so many times as fast; and what tempo can be played at all."""

from __future__ import annotations

import dataclasses

from composer_daw.errors import InputError
from composer_daw.performance import Performance, TempoMap

FASTEST_BPM = 10_000.0
"""A tempo of zero in a file is read as one microsecond a beat: 60 million beats a minute."""


def at_speed(performance: Performance, factor: float) -> Performance:
    """Return the same beats, so many times as fast."""
    if factor == 1.0:
        return performance
    notes, controls = performance.notes.copy(), performance.controls.copy()
    for column in ("onset_s", "duration_s", "written_onset_s", "written_duration_s"):
        notes[column] /= factor
    controls["time_s"] /= factor
    texts = tuple(dataclasses.replace(text, time_s=text.time_s / factor) for text in performance.texts)
    tempo = TempoMap(performance.tempo.beats.copy(), performance.tempo.bpm * factor, performance.tempo.metres)
    return dataclasses.replace(performance, notes=notes, controls=controls, texts=texts, tempo=tempo)


def check_tempo(tempo: TempoMap) -> None:
    """Raise InputError for a tempo at which nothing can be played."""
    for beat, bpm in zip(tempo.beats.tolist(), tempo.bpm.tolist(), strict=True):
        if not 0.0 < bpm <= FASTEST_BPM:
            said = f"{bpm:g} beats a minute" if bpm <= FASTEST_BPM else "zero, or near it, for a beat"
            raise InputError(f"the tempo at beat {beat:g} is {said}; give it one that can be played")
