"""The values of Reaticulate's attributes, to and from those of technique maps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

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
