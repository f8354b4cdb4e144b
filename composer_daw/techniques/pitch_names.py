"""Note names and MIDI numbers, for every idea of where middle C is."""

from __future__ import annotations

import re

MIDDLE_C = {"C3": 3, "C4": 4, "C5": 5}
"""What MIDI 60 is called -> the octave number of its name."""

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NAME = re.compile(r"^([a-gA-G])([#♯b♭]?)(-?\d{1,2})$")


def pitch_of(name: str | int, middle_c: str = "C4") -> int:
    """Return the MIDI number of a note name or number (reverse of `name_of`); raise ValueError."""
    if middle_c not in tuple(MIDDLE_C):
        raise ValueError(f"middle_c is {', '.join(MIDDLE_C)}, not {middle_c!r}")
    if isinstance(name, bool) or not isinstance(name, (int, str)):
        raise ValueError(f"{name!r} is not a note; write C1, F#2, Bb3 or a number from 0 to 127")
    if isinstance(name, int) or re.fullmatch(r"\d{1,3}", name):
        pitch = int(name)
    elif match := _NAME.match(name.strip()):
        letter, sign, octave = match.groups()
        pitch = 60 + 12 * (int(octave) - MIDDLE_C[middle_c]) + _LETTERS[letter.lower()] + _SIGNS[sign]
    else:
        raise ValueError(f"'{name}' is not a note; write C1, F#2, Bb3 or a number from 0 to 127")
    if not 0 <= pitch <= 127:
        raise ValueError(f"key '{name}' is outside 0..127 (it is {pitch} where middle C is {middle_c})")
    return pitch


def name_of(pitch: int, middle_c: str = "C4") -> str:
    """Return the name of a MIDI number, with sharps (reverse of `pitch_of`)."""
    return f"{_NAMES[pitch % 12]}{(pitch - 60) // 12 + MIDDLE_C[middle_c]}"
