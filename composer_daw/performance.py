"""A performance: notes and controls in seconds, with the technique of each note.

Notes and controls are structured arrays, sorted and read-only; a change makes a new `Performance`. A note
keeps what was written (`written_*`) beside what is played, so that a label can tell both.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

NOTE = np.dtype(
    [
        ("onset_s", "f8"),
        ("duration_s", "f8"),
        ("written_onset_s", "f8"),
        ("written_duration_s", "f8"),
        ("pitch", "i2"),  # MIDI, 60 is middle C
        ("velocity", "u1"),  # 1..127
        ("channel", "u1"),  # 0..15
        ("track", "u2"),
        ("technique", "u2"),  # index into `Performance.techniques`
        ("source", "i4"),  # number of the note in the score it came from
    ]
)

CONTROL = np.dtype(
    [
        ("time_s", "f8"),
        ("kind", "u1"),  # events.Kind: PROGRAM, CONTROL, PITCH_BEND or PRESSURE
        ("channel", "u1"),
        ("track", "u2"),
        ("number", "i2"),  # controller or program; 0 for bend and pressure
        ("value", "i2"),  # 0..127; a bend -8192..8191
    ]
)

TechniqueSet = tuple[str, ...]
"""Techniques that hold at once, one of each group; empty means the instrument's defaults."""


@dataclass(frozen=True)
class Text:
    """A text in the score: a marker, a direction, a cue or a lyric."""

    time_s: float
    text: str
    kind: Literal["marker", "text", "cue", "lyric"] = "text"
    track: int = 0


@dataclass(frozen=True)
class Track:
    """One track of the score."""

    name: str = ""


@dataclass(frozen=True)
class KeySignature:
    """A key signature: at which beat, how many sharps (flats are negative), and which mode it is said to be.

    Raises ValueError for more than seven sharps or flats.
    """

    beat: float
    fifths: int
    minor: bool = False
    track: int = 0

    def __post_init__(self) -> None:
        """Check the number of sharps."""
        if not -7 <= self.fifths <= 7:
            raise ValueError(f"a key signature has up to seven sharps or flats, not {abs(self.fifths)}")

    def shifted(self, fifths: int, minor: bool | None = None) -> KeySignature:
        """Return it with so many sharps more: a semitone up is 7, the parallel minor -3.

        Of two spellings of a key, such as C# and Db major, the one with fewer signs is taken. `minor` is the
        new mode, if it changes.
        """
        sharps = (self.fifths + fifths + 6) % 12 - 6 if fifths % 12 else self.fifths
        return dataclasses.replace(self, fifths=sharps, minor=self.minor if minor is None else minor)


@dataclass(frozen=True)
class TempoMap:
    """Tempo and metre: where each tempo begins, in beats (quarter notes) and seconds.

    `beats`, `times_s` and `bpm` have one value for each tempo; `metres` holds (beat, numerator, denominator).
    """

    beats: Floats = dataclasses.field(default_factory=lambda: np.zeros(1))
    bpm: Floats = dataclasses.field(default_factory=lambda: np.full(1, 120.0))
    metres: tuple[tuple[float, int, int], ...] = ((0.0, 4, 4),)
    times_s: Floats = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Derive `times_s` and freeze the arrays."""
        spans = np.diff(self.beats) * 60.0 / self.bpm[:-1]
        object.__setattr__(self, "times_s", np.concatenate([[0.0], np.cumsum(spans)]))
        for values in (self.beats, self.bpm, self.times_s):
            values.setflags(write=False)

    def seconds_at(self, beats: npt.ArrayLike) -> Floats:
        """Return the time of each beat (reverse of `beats_at`)."""
        at = np.asarray(beats, dtype=np.float64)
        row = np.clip(np.searchsorted(self.beats, at, side="right") - 1, 0, None)
        return np.asarray(self.times_s[row] + (at - self.beats[row]) * 60.0 / self.bpm[row])

    def beats_at(self, times_s: npt.ArrayLike) -> Floats:
        """Return the beat at each time (reverse of `seconds_at`)."""
        at = np.asarray(times_s, dtype=np.float64)
        row = np.clip(np.searchsorted(self.times_s, at, side="right") - 1, 0, None)
        return np.asarray(self.beats[row] + (at - self.times_s[row]) * self.bpm[row] / 60.0)


@dataclass(frozen=True)
class Performance:
    """Notes, controls, texts and tempo of one piece, in seconds from its start.

    `notes` has dtype `NOTE`, sorted by onset, then pitch; `controls` has dtype `CONTROL`, sorted by time.
    `techniques[notes["technique"]]` is the set of techniques asked of each note. `keys` and `end_beat` go by
    beats of `tempo`: the key signatures, and where the file ends, which is never before its last note.
    """

    notes: Array = dataclasses.field(default_factory=lambda: np.zeros(0, NOTE))
    controls: Array = dataclasses.field(default_factory=lambda: np.zeros(0, CONTROL))
    texts: tuple[Text, ...] = ()
    tempo: TempoMap = dataclasses.field(default_factory=TempoMap)
    tracks: tuple[Track, ...] = (Track(),)
    techniques: tuple[TechniqueSet, ...] = ((),)
    keys: tuple[KeySignature, ...] = ()
    end_beat: float = 0.0

    def __post_init__(self) -> None:
        """Sort and freeze the arrays."""
        notes = self.notes[np.lexsort((self.notes["source"], self.notes["pitch"], self.notes["onset_s"]))]
        controls = self.controls[np.argsort(self.controls["time_s"], kind="stable")]
        for name, rows in (("notes", notes), ("controls", controls)):
            rows.setflags(write=False)
            object.__setattr__(self, name, rows)

    @property
    def duration_s(self) -> float:
        """Return when the last note ends."""
        return float((self.notes["onset_s"] + self.notes["duration_s"]).max(initial=0.0))

    def with_notes(self, **columns: npt.ArrayLike) -> Performance:
        """Return the performance with these columns of the notes replaced."""
        notes = self.notes.copy()
        for name, values in columns.items():
            notes[name] = values
        return dataclasses.replace(self, notes=notes)

    def with_technique(self, techniques: Iterable[str]) -> Performance:
        """Return the performance with one set of techniques for every note."""
        changed = self.with_notes(technique=0)
        return dataclasses.replace(changed, techniques=(tuple(techniques),))


def note_rows(notes: Sequence[tuple[float, float, int, int]], **columns: npt.ArrayLike) -> Array:
    """Return `NOTE` rows of (onset_s, duration_s, pitch, velocity); further columns by name."""
    rows = np.zeros(len(notes), NOTE)
    for name, values in zip(
        ("onset_s", "duration_s", "pitch", "velocity"), zip(*notes, strict=True), strict=False
    ):
        rows[name] = values
    rows["written_onset_s"], rows["written_duration_s"] = rows["onset_s"], rows["duration_s"]
    rows["source"] = np.arange(len(rows))
    for name, column in columns.items():
        rows[name] = column
    return rows
