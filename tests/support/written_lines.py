"""Scores written as notes in milliseconds, as the rules see them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer_daw.events import Kind
from composer_daw.humanizer.lines import Lines, lines_of
from composer_daw.performance import CONTROL, NOTE, Performance, TempoMap, Track

Pitches = int | tuple[int, ...] | None
Step = tuple[Pitches, float] | tuple[Pitches, float, str]
"""What sounds (None: a rest), for how many ms, and a technique."""


def written(
    *parts: Sequence[Step],
    bpm: float = 60.0,
    channels: Sequence[int] | None = None,
    names: Sequence[str] = (),
    programs: Sequence[tuple[int, int]] = (),
    metres: tuple[tuple[float, int, int], ...] = ((0.0, 4, 4),),
) -> Lines:
    """Return the lines of parts, one track and channel each; at 60 bpm a quarter note is 1000 ms.

    `programs` has (channel, program).
    """
    techniques: list[tuple[str, ...]] = [()]
    rows = []
    for track, part in enumerate(parts):
        at = 0.0
        for pitches, length_ms, *technique in part:
            asked = tuple(technique)
            if asked not in techniques:
                techniques.append(asked)
            for pitch in () if pitches is None else (pitches,) if isinstance(pitches, int) else pitches:
                channel = channels[track] if channels else track
                rows.append((at, length_ms / 1000, pitch, channel, track, techniques.index(asked)))
            at += length_ms / 1000
    notes = np.zeros(len(rows), NOTE)
    for column, values in zip(
        ("onset_s", "duration_s", "pitch", "channel", "track", "technique"),
        zip(*rows, strict=True),
        strict=False,
    ):
        notes[column] = values
    notes["written_onset_s"], notes["written_duration_s"] = notes["onset_s"], notes["duration_s"]
    notes["velocity"], notes["source"] = 80, np.arange(len(notes))
    controls = np.zeros(len(programs), CONTROL)
    controls["kind"] = Kind.PROGRAM
    for row, (channel, program) in enumerate(programs):
        controls["channel"][row], controls["number"][row] = channel, program
    tracks = tuple(Track(name) for name in names) or tuple(Track() for _ in parts) or (Track(),)
    tempo = TempoMap(np.zeros(1), np.full(1, bpm), metres)
    return lines_of(Performance(notes, controls, (), tempo, tracks, tuple(techniques)))


def rich() -> Lines:
    """Return a score in which every rule finds something: melody, chords, bass and drums, 24 bars at 120."""
    bar: list[Step] = [(72, 250), (74, 250), (76, 500), (76, 250), (67, 250), (65, 500)]
    gesture: list[Step] = [(71, 500), (74, 250), (77, 750), (73, 250), (None, 250)]
    marks: list[Step] = [(72, 500, "staccato"), (74, 500, "legato"), (79, 500, "legato"), (76, 500)]
    melody = 8 * [*bar, *gesture, *marks]
    chords: list[Step] = 8 * [((60, 64, 67), 2000.0), ((59, 62, 67), 2000.0), ((61, 64, 69), 2000.0)]
    bass: list[Step] = 48 * [(36, 250), (36, 250), (43, 500)]
    drums: list[Step] = 96 * [(42, 250), (38, 250)]
    return written(melody, chords, bass, drums, bpm=120.0, channels=(0, 1, 2, 9))
