"""The entries of a foreign map, and the keys that they get in a technique map."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from composer_daw.techniques.naming import read_name
from composer_daw.techniques.origins.annotate import AS_WRITTEN
from composer_daw.techniques.vocabulary import Vocabulary, folded

LONGEST_KEY = 80
"""A name of more characters is cut when it becomes a key; `title` keeps all of it."""


@dataclass(frozen=True)
class Entry:
    """One entry of a foreign map, before it has a key."""

    title: str
    group: str
    technique: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of `Technique`, as in YAML; pitches are numbers. `plays` goes before its title."""
    label: str = ""
    """What `only_with` and `fallback` of other entries call it."""
    key: str = ""
    """The key it must have, where the format carries one."""
    place: str = ""
    """Where it stands, "file:line", for the losses."""


def reading(entry: Entry, words: Vocabulary, instrument: str) -> tuple[str, ...]:
    """Return what an entry plays: as it says itself, else as its title is understood; empty if it is not."""
    if "plays" in entry.technique:
        return tuple(entry.technique["plays"])
    if entry.key:
        return tuple(part.strip() for part in entry.key.split("+"))
    return read_name(entry.title, words, instrument).techniques


def keys_of(entries: Sequence[Entry], readings: Sequence[tuple[str, ...]], words: Vocabulary) -> list[str]:
    """Return a key for each entry: given ones, then those of the vocabulary, then their own words."""
    keys = {row: entry.key for row, entry in enumerate(entries) if entry.key}
    first = {key: row for row, key in keys.items()}
    for row, plays in enumerate(readings):
        joined = "+".join(plays)
        if is_legal(joined) and row not in keys and first.setdefault(joined, row) == row:
            keys[row] = joined
    taken = {*first, *words.techniques}
    counts: dict[str, int] = {}
    for row, (entry, plays) in enumerate(zip(entries, readings, strict=True)):
        if row not in keys:
            keys[row] = _free(snake_case(entry.title) if plays else legal_key(entry.title), taken, counts)
            taken.add(keys[row])
    return [keys[row] for row in range(len(entries))]


def is_legal(key: str) -> bool:
    """Tell whether a technique map takes a key."""
    return key == key.strip() and "=" not in key and all(part.strip() for part in key.split("+"))


def _free(key: str, taken: set[str], counts: dict[str, int]) -> str:
    """Return the key, with a number behind where it is taken or reserved."""
    free = key
    while free in taken or folded(free) in ("", "default", AS_WRITTEN):
        counts[key] = counts.get(key, 1) + 1
        free = f"{key}{' ' if ' ' in key else '_'}{counts[key]}"
    return free


def legal_key(title: str) -> str:
    """Return a title as a key: without '=', '+', brackets, control characters and needless blanks."""
    text = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in title)
    return " ".join(re.sub(r"[=+\[\]]", " ", text)[:LONGEST_KEY].split()) or "unnamed"


def snake_case(title: str) -> str:
    """Return the words of a title in small letters, joined by '_'."""
    return "_".join(re.findall(r"\w+", title.casefold()))[:LONGEST_KEY].strip("_") or "unnamed"
