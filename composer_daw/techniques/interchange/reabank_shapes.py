"""What a Reaticulate articulation does to notes: their pitch and their velocity."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from composer_daw.techniques.parts import NoteShape


def _span(text: str) -> tuple[int | None, int | None]:
    match = re.fullmatch(r"\s*(\d{0,3})\s*-?\s*(\d{0,3})\s*", text, re.ASCII)
    low, high = (int(end) if end else None for end in match.groups()) if match else (1, 0)
    if not 0 <= (low or 0) <= (127 if high is None else high) <= 127:
        raise ValueError("a range is two numbers from 0 to 127, the lower first")
    return low, high


def _transpose(text: str, _: Mapping[str, Any]) -> dict[str, Any]:
    if not re.fullmatch(r"\s*[-+]?\d{1,3}\s*", text, re.ASCII) or abs(int(text)) > 127:
        raise ValueError("semitones are a whole number from -127 to 127")
    return {"transpose": int(text)}


def _velocity(text: str, _: Mapping[str, Any]) -> dict[str, Any]:
    if not re.fullmatch(r"\s*\d{0,4}\.?\d{1,9}\s*", text, re.ASCII) or not 0 < float(text) <= 10:
        raise ValueError("the factor on velocities is more than 0, and 10 at most")
    return {"velocity": float(text)}


def _velocity_range(text: str, _: Mapping[str, Any]) -> dict[str, Any]:
    low, high = _span(text)
    return {"velocity_range": (low or 0, 127 if high is None else high)}


def _pitch_range(text: str, note: Mapping[str, Any]) -> dict[str, Any]:
    """Return the range before `transpose`, where Reaticulate has it behind."""
    low, high = (None if end is None else end - note.get("transpose", 0) for end in _span(text))
    if (low or 0) > 127 or (high or 0) < 0:
        raise ValueError("no transposed pitch comes into this range")
    return {"pitch_range": (low if (low or 0) >= 0 else None, high if (high or 0) <= 127 else None)}


SHAPES: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    "transpose": _transpose,
    "velocity": _velocity,
    "velrange": _velocity_range,
    "pitchrange": _pitch_range,
}
"""How the attributes that change notes are read, given what was read before."""


def shape_attributes(note: NoteShape) -> dict[str, str]:
    """Return what a note goes through as attributes (reverse of `SHAPES`), as near as they can say it."""
    found = {}
    if note.transpose:
        found["transpose"] = str(note.transpose)
    if not isinstance(note.velocity, dict) and (factor := f"{min(note.velocity, 10):.2f}") not in (
        "1.00",
        "0.00",
    ):
        found["velocity"] = factor.rstrip("0").rstrip(".")
    if note.velocity_range != NoteShape().velocity_range:
        found["velrange"] = "{}-{}".format(*note.velocity_range)
    ends = ["" if end is None else str(end + note.transpose) for end in note.pitch_range]
    if any(ends) and all(0 <= int(end or 0) <= 127 for end in ends):
        found["pitchrange"] = "-".join(ends)
    return found
