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

REST_S = 1.2
"""Silence after each note's key is let go: longer than any technique rings."""

APPROACH_S = 0.5
"""How long the note before is held, where a note is reached from another."""


@dataclass(frozen=True)
class SingleNote:
    """One note by itself: how it was asked for, and its sound from the written onset on (mono, read-only)."""

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
        """Return all that is measured of the note."""
        return measure_note(self.samples, self.sample_rate, self.frequency_hz, self.held_s)


def render_single_notes(
    instrument: Instrument,
    host: Host,
    technique: str,
    notes: Sequence[tuple[int, int, float]],
    seed: int = 0,
    approach: int = 0,
) -> list[SingleNote]:
    """Play (pitch, velocity, held_s) one after the other with one technique; return each by itself.

    With `approach` each note is reached, without a rest, from a note that many semitones away (legato is
    heard in no other way); what rings on of that note is in the sound. With 0 each begins in silence.
    """
    before_s = APPROACH_S if approach else 0.0
    spans = np.array([before_s + held_s + REST_S for *_, held_s in notes])
    onsets = np.cumsum(spans) - spans + before_s
    rows = []
    for onset_s, (pitch, velocity, held_s) in zip(onsets.tolist(), notes, strict=True):
        if approach:
            rows.append((onset_s - before_s, before_s, _near(pitch, approach, instrument), velocity))
        rows.append((onset_s, held_s, pitch, velocity))
    take = render(Performance(note_rows(rows)), instrument, technique, host=host, seed=seed)
    mono, rate = take.audio.mono(), take.audio.sample_rate
    mono = np.pad(mono, (0, max(0, round(spans.sum() * rate) - len(mono))))
    starts = np.rint(onsets * rate).astype(int)
    ends = np.rint((onsets + spans - before_s) * rate).astype(int)
    return [
        SingleNote(technique, *note, mono[start:end], rate)
        for note, start, end in zip(notes, starts, ends, strict=True)
    ]


def _near(pitch: int, approach: int, instrument: Instrument) -> int:
    """Return the pitch to come from: on the other side where the range ends."""
    low, high = instrument.technique_map.range
    return pitch + approach if low <= pitch + approach <= high else pitch - approach
