"""The texts of a song file: names and titles in one line, names of files and markers, what is sung."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from composer_daw.composing.band import HALL
from composer_daw.composing.conditions import Kind, Role
from composer_daw.rendering.graph import LONGEST_NAME, MASTER, NAME
from composer_daw.techniques.pitch_names import pitch_of

KIND_WORDS: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("prechorus",), "prechorus"),
    (("pre", "chorus"), "prechorus"),
    (("intro",), "intro"),
    (("verse",), "verse"),
    (("chorus",), "chorus"),
    (("refrain",), "chorus"),
    (("hook",), "chorus"),
    (("bridge",), "bridge"),
    (("interlude",), "bridge"),
    (("outro",), "outro"),
    (("coda",), "outro"),
)
"""Whole words of English that the name of a section has in it, and of what kind it is then."""
JAPANESE_KINDS: tuple[tuple[str, Kind], ...] = (
    ("イントロ", "intro"),
    ("aメロ", "verse"),
    ("bメロ", "prechorus"),
    ("サビ", "chorus"),
    ("cメロ", "bridge"),
    ("間奏", "bridge"),
    ("アウトロ", "outro"),
)
"""The same in Japanese, which has no spaces: they may stand anywhere in a name."""
TAKEN = (MASTER, HALL)
"""Names that the render graph of a song has already."""


def _one_line(value: str) -> str:
    text = value.strip()
    if not text:
        raise ValueError("is empty; write a word or more")
    if not text.isprintable():
        raise ValueError("has line breaks or control characters; write it in one line")
    return text


def _part_name(value: str) -> str:
    if len(value) > LONGEST_NAME or not NAME.fullmatch(value):
        raise ValueError(
            f"is no name for a file; write letters, digits, spaces and . + - _ ({LONGEST_NAME} at most)"
        )
    if value.casefold() in TAKEN:
        raise ValueError("is what the mix calls a part of its own; take another name")
    return value


def lines_of(value: Any) -> Any:
    """Take a text for its lines."""
    if not isinstance(value, str):
        return value
    return tuple(line.strip() for line in value.splitlines() if line.strip())


def _pitch(value: Any) -> Any:
    return pitch_of(value, "C4") if isinstance(value, (str, int)) and not isinstance(value, bool) else value


Line = Annotated[str, AfterValidator(_one_line)]
"""A text in one line, without space around it."""
PartName = Annotated[str, AfterValidator(_part_name)]
"""The name of a part, which its stem has too."""
Number = Annotated[float, Field(strict=True)]
"""A number; `true` and "1" are none."""
Pitch = Annotated[int, BeforeValidator(_pitch), Field(strict=True, ge=0, le=127)]


def kind_by_name(name: str) -> Kind | None:
    """Return of what kind a section is by its name; None where that tells nothing."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = re.findall(r"[^\W\d_]+", plain)
    for run, kind in KIND_WORDS:
        if any(tuple(words[at : at + len(run)]) == run for at in range(len(words))):
            return kind
    joined = re.sub(r"\s+", "", plain)
    return next((kind for word, kind in JAPANESE_KINDS if word in joined), None)


def role_by_name(name: str) -> Role | None:
    """Return the role of a part by its name; None where that tells nothing."""
    return next((role for role in get_args(Role) if role == name.strip().casefold()), None)


def is_sung(line: str) -> bool:
    """Tell whether a line of lyrics has anything to sing in it."""
    return any(one.isalpha() for one in unicodedata.normalize("NFKC", line))
