"""The values of Reaticulate's attributes, to and from those of technique maps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from composer_daw.techniques.parts import NoteShape

GROUPS = ("articulation", "group_2", "group_3", "group_4")
"""What its four groups are called here; by its manual the first holds the main articulations."""

DEFAULT_CHASE = (1, 2, 11, *range(64, 70))

COLORS = {
    "default": "",
    "short": "#6c30c6",
    "short-light": "#9630c6",
    "short-dark": "#533bca",
    "legato": "#218561",
    "legato-light": "#49ba91",
    "legato-dark": "#1c5e46",
    "long": "#305fc6",
    "long-light": "#4474e1",
    "long-dark": "#2c4b94",
    "textured": "#9909bd",
    "fx": "#883333",
}
"""The colours that have a name, as Reaticulate shows them unless it is told otherwise."""

NUMBERS = {
    "sustain": 1,
    "con_sordino": 7,
    "marcato": 9,
    "tremolo": 11,
    "sul_tasto": 17,
    "flautando": 17,
    "legato": 20,
    "staccato": 40,
    "spiccato": 42,
    "pizzicato": 56,
}
"""The numbers that its manual recommends, so that sketches play on any bank."""

ICONS = {
    "sustain": "note-whole",
    "legato": "legato",
    "staccato": "staccato",
    "spiccato": "spiccato",
    "pizzicato": "pizz",
    "tremolo": "tremolo",
    "marcato": "marcato",
    "con_sordino": "con-sord",
    "sul_ponticello": "sul-pont",
    "sul_tasto": "sul-tasto",
    "col_legno": "col-legno",
    "flautando": "flautando",
    "harmonics": "harmonics",
    "flutter_tongue": "multitongued",
    "vibrato": "vibrato",
    "trill": "trill",
    "snap_pizzicato": "pizz-bartok",
    "portamento": "portamento",
    "ricochet": "ricochet",
}
PLAIN_ICON = "note-eighth"

_SOURCE = re.compile(
    r"Reaticulate bank (\*|\d{1,3}) (\*|\d{1,3})"
    r'(?: g="([^"\r\n]*)")?(?: n="([^"\r\n]*)")?(?: id="([^"\r\n]*)")?',
    re.ASCII,
)


def source_of(numbers: Sequence[str], attributes: Mapping[str, str]) -> str:
    """Return where a bank is from: its numbers, vendor and product, patch and id (reverse of `bank_of`)."""
    named = [f'{key}="{attributes[key]}"' for key in ("g", "n", "id") if key in attributes]
    if list(numbers) == ["*", "*"] and not named:
        return ""
    return " ".join(["Reaticulate bank", *numbers, *named])


def bank_of(source: str) -> tuple[tuple[str, str], dict[str, str]]:
    """Return the numbers and attributes of the bank that a map is from; stars and none for another source."""
    match = _SOURCE.fullmatch(source)
    if not match or any(part != "*" and int(part) > 127 for part in match.groups()[:2]):
        return ("*", "*"), {}
    found = {key: match[row] for row, key in ((3, "g"), (4, "n"), (5, "id"))}
    return (match[1], match[2]), {key: value for key, value in found.items() if value is not None}


def quoted(text: str) -> str:
    """Return a text as the value of an attribute; line breaks and quotes are written as the manual says."""
    inner = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n").replace('"', "&quot;")
    return f'"{inner}"'


def unquoted(inner: str) -> str:
    """Return the text that stands between the quotes (reverse of `quoted`)."""
    return inner.replace("\\n", "\n").replace("&quot;", '"')


def one_line(text: str) -> str:
    """Return a text as a name can be: without line breaks, and without blanks at its ends."""
    return re.sub(r"[\r\n]+", " ", text).strip()


def encoded(name: str) -> str:
    """Return a name without blanks and quotes, to stand alone as a value (reverse of `decoded`)."""
    return "".join(one if one.isprintable() and one not in ' "%\\' else quote(one) for one in name)


def decoded(value: str) -> str:
    """Return the name that was written by `encoded`."""
    return unquote(value)


def chase_of(numbers: Sequence[int]) -> str:
    """Return controllers as a list with ranges, such as 1,11,64-69."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ",".join(
        f"{part[0]}-{part[-1]}" if len(part) > 2 else ",".join(str(number) for number in part)
        for part in parts
    )


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
