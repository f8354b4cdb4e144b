"""What harmony says of a note: its chord, and how strong its place is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from composer_daw.composing.arranger.chords import Chord
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
