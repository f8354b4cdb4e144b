"""Pitch classes, scales and keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from composer_daw.composing.conditions import Key, Mode

STEPS: dict[Mode, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
"""Semitones above the tonic; minor is the natural one, chords bring its raised seventh."""


def scale_of(key: Key) -> tuple[int, ...]:
    """Return the pitch classes of a key, from its tonic up."""
    return tuple((key.tonic + step) % 12 for step in STEPS[key.mode])


def relative(key: Key) -> Key:
    """Return the key of the same signature and the other mode."""
    if key.mode == "major":
        return Key((key.tonic + 9) % 12, "minor")
    return Key((key.tonic + 3) % 12, "major")


def pitch_at(key: Key, step: int) -> int:
    """Return the MIDI pitch that lies `step` scale steps above the tonic in the octave of C-1 (pitch 0..11).

    Step 35 is the tonic five octaves up; steps may be any whole number.
    """
    octave, degree = divmod(step, 7)
    return key.tonic + 12 * octave + STEPS[key.mode][degree]


def step_near(key: Key, pitch: float) -> int:
    """Return the scale step (see `pitch_at`) that lies nearest to a pitch."""
    about = round((pitch - key.tonic) * 7 / 12)
    return min(range(about - 2, about + 3), key=lambda step: (abs(pitch_at(key, step) - pitch), step))


def pitches_of(classes: Iterable[int], lowest: int, highest: int) -> list[int]:
    """Return the pitches of some pitch classes from `lowest` to `highest`, both counted in."""
    wanted = set(classes)
    return [pitch for pitch in range(lowest, highest + 1) if pitch % 12 in wanted]


def nearest(classes: Iterable[int], pitch: float, lowest: int = 0, highest: int = 127) -> int:
    """Return the pitch of these classes nearest to `pitch`, the lower of two; raise ValueError for none."""
    return min(pitches_of(classes, lowest, highest), key=lambda one: (abs(one - pitch), one))


def among(pitches: npt.NDArray[np.int64], classes: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return which pitches are of one of the pitch classes."""
    return _mask(classes)[pitches % 12]


@cache
def _mask(classes: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(12), classes)
