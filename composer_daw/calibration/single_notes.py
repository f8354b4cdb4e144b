"""Single notes: an instrument played one note at a time, far enough apart to be measured alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from composer_daw.hosts.base import Host
from composer_daw.measure import NoteFeatures, measure_note
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import Instrument, render

BEFORE_S = 0.1
"""How much is heard before the written onset: a note may be sent early, and speak before its time."""

REST_S = 1.2
"""Silence after each note's key is let go: longer than any technique rings."""


@dataclass(frozen=True)
class SingleNote:
    """One note by itself: how it was asked for, and its sound from `BEFORE_S` before its onset (mono)."""

    technique: str
    pitch: int
    velocity: int
    held_s: float
    samples: npt.NDArray[np.float32]
    sample_rate: int

    @property
    def frequency_hz(self) -> float:
        """Return the frequency of the pitch in equal temperament, A4 = 440 Hz."""
        return float(440.0 * 2.0 ** ((self.pitch - 69) / 12.0))

    def measured(self) -> NoteFeatures:
        """Return all that is measured of the note; times count from `BEFORE_S` before its onset."""
        return measure_note(self.samples, self.sample_rate, self.frequency_hz, self.held_s)


def render_single_notes(
    instrument: Instrument,
    host: Host,
    technique: str,
    notes: Sequence[tuple[int, int, float]],
    seed: int = 0,
) -> list[SingleNote]:
    """Play (pitch, velocity, held_s) one after the other with one technique; return each by itself."""
    spans = np.array([BEFORE_S + held_s + REST_S for *_, held_s in notes])
    starts = np.cumsum(spans) - spans
    rows = [
        (start + BEFORE_S, held_s, pitch, velocity)
        for start, (pitch, velocity, held_s) in zip(starts.tolist(), notes, strict=True)
    ]
    take = render(Performance(note_rows(rows)), instrument, technique, host=host, seed=seed)
    rate = take.audio.sample_rate
    edges = np.rint(np.append(starts, spans.sum()) * rate).astype(int)
    mono = take.audio.mono()
    mono = np.pad(mono, (0, max(0, int(edges[-1]) - len(mono))))
    return [
        SingleNote(technique, *note, mono[start:end], rate)
        for note, start, end in zip(notes, edges[:-1], edges[1:], strict=True)
    ]
