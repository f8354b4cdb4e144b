"""What harmony says of a note: its chord, and how strong its place is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.counterpoint import Line
from composer_daw.composing.arranger.rhythm import LATER, weight_of_beat


class Placed(Protocol):
    """Anything with an onset and a length in quarter notes."""

    @property
    def onset(self) -> float:
        """Return where it begins."""

    @property
    def beats(self) -> float:
        """Return how long it is."""


@dataclass(frozen=True)
class Ground:
    """What harmony says of one note."""

    chord: Chord
    """The chord it belongs to: a note that comes before its beat belongs to the chord on the beat."""
    strength: int
    """See `rhythm.weight_of_beat`."""
    others: tuple[Chord, ...]
    """Chords it goes on into."""


def ground_of(note: Placed, chords: Sequence[Chord]) -> Ground:
    """Return the chord of a note, and how strong its place is; without any chord below it, the last one."""
    end = note.onset + note.beats
    under = [one for one in chords if one.start < end - LATER and one.end > note.onset + LATER] or [
        chords[-1]
    ]
    here, strength = under[0], weight_of_beat(note.onset)
    if strength < 2 and note.beats > 0.5:  # it sounds on the beat that it came before
        beat = float(np.ceil(note.onset + LATER))
        if end > beat + LATER:
            strength = max(strength, min(weight_of_beat(beat), 3))
            here = [one for one in under if one.start <= beat + LATER][-1]
    return Ground(here, strength, tuple(one for one in under if one.start > here.start + LATER))


def chord_at(chords: Sequence[Chord], at: float) -> Chord:
    """Return the chord that sounds at a place; past all of them, the last one."""
    return next((one for one in chords if one.start <= at + LATER < one.end), chords[-1])


def harshness(melody: Line, chords: Sequence[Chord]) -> float:
    """Return at what share of first and third beats the melody holds a dissonance that is not resolved."""
    onsets = [note.onset for note in melody]
    strong = harsh = 0
    for beat in np.arange(np.ceil(chords[0].start / 2) * 2, chords[-1].end - LATER, 2.0):
        at = bisect_right(onsets, beat + LATER) - 1
        if at < 0 or melody[at].end <= beat + LATER:
            continue
        strong += 1
        harsh += melody[at].pitch % 12 not in chord_at(chords, beat).tones and not _resolved(
            melody, at, chords
        )
    return harsh / max(1, strong)


def _resolved(melody: Line, at: int, chords: Sequence[Chord]) -> bool:
    """Tell whether a note becomes a chord tone where it lies, or goes on to one by step."""
    note = melody[at]
    under = [one for one in chords if note.onset - LATER < one.end and one.start < note.end - LATER]
    if any(note.pitch % 12 in one.tones for one in under[1:]):
        return True
    after = next((one for one in melody[at + 1 :] if one.pitch != note.pitch), None)
    if after is None or abs(after.pitch - note.pitch) > 2:
        return False
    return after.pitch % 12 in chord_at(chords, after.onset).tones
