"""Sets of MuseScore's Keyswitch Creator (`.json`), to and from technique maps.

A file holds sets by name. Each has the keys of articulations, which MuseScore attaches to single notes, and
of techniques, which it writes as text and which last: a MIDI note, or "note|velocity". The format is
described at https://github.com/eakwarren/KeyswitchCreator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from composer_daw.errors import DocumentError
from composer_daw.techniques.actions import Follow, Keyswitch
from composer_daw.techniques.interchange.conversion import Conversion, Entry, Loss, map_of_entries, text_of
from composer_daw.techniques.interchange.differences import action_loss, brief, losses_of, spelled
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

WHAT = "keyswitch sets of MuseScore's Keyswitch Creator (.json)"
LARGEST_BYTES = 5_000_000
MOST_KEYS = 8_000
"""How many keyswitches the sets of a file may have together."""

VELOCITY = 64
"""What a key is pressed with where nothing is said."""

ARTICULATIONS, TECHNIQUES = "articulationKeyMap", "techniqueKeyMap"
SCOPES = {ARTICULATIONS: "note", TECHNIQUES: "until_changed"}
GROUP = "articulation"

SYMBOLS = frozenset(
    [
        *("accent", "staccato", "staccatissimo", "tenuto", "loure", "marcato", "accent-staccato", "sforzato"),
        *("marcato-staccato", "marcato-tenuto", "tenuto-accent", "stress", "unstress", "snap pizzicato"),
        *("up bow", "down bow", "fade in", "fade out", "volume swell", "fall", "doit", "plop", "scoop"),
        *("trill", "mordent", "turn", "fermata", "slur"),
    ]
)
"""What MuseScore writes as a symbol at the note, never as text."""

REASONS = {
    "technique": "a set holds keyswitches only",
    "instrument": "a set needs a name",
    "middle_c": "a set has MIDI numbers",
    "groups": "a set has one group",
    "groups.empty": "a set has one group",
    "groups.order": "a set has its articulations before its techniques",
    "groups.default": "a set has no default; none plays unless 'normal' or 'arco' is written",
    "key": "a set keeps what is written in the score, and it is read again as another",
    "plays": "a set keeps what is written in the score, and it is read again as something else",
    "title": "a set keeps what is written in the score",
    "scope": "MuseScore attaches it to single notes",
    "on": "a set has one key for each",
}

_VALUE = re.compile(r"\s*(-?\d{1,9})\s*(?:\|\s*(-?\d{1,9})?\s*)?", re.ASCII)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|\r\n?|\n')


def read_musescore(path: str | Path, vocabulary: Vocabulary | None = None) -> list[Conversion]:
    """Return a map for each set of a file; raise DocumentError with file, line and remedy.

    The outer braces may be missing: sets are handed round as text to be pasted between others. An entry that
    cannot be read is a loss of its set.
    """
    text = text_of(path, WHAT, LARGEST_BYTES)
    if text.lstrip().startswith('"'):
        text = "{" + text.rstrip().removesuffix(",") + "}"
    data = _parsed(text, str(path))
    if not any(isinstance(keys, dict) and keys.keys() & SCOPES.keys() for keys in data.values()):
        problem = f'no set; write {{"name": {{"{ARTICULATIONS}": {{"staccato": 2}}}}}}'
        raise DocumentError(f"{path}:1: {problem}")
    lines = _lines(text)
    count = sum(len(places) for keys, places in lines.items() if len(keys) == 3)
    if count > MOST_KEYS:
        problem = f"{count:,} keyswitches, more than the {MOST_KEYS:,} that are read"
        raise DocumentError(f"{path}:1: {problem}; split the file")
    reader = _Reader(str(path), lines, vocabulary or load_vocabulary())
    return [reader.conversion(name, keys) for name, keys in data.items()]


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(f"{name}:{error.lineno}: not JSON: {error.msg}; give {WHAT}") from error
    except RecursionError as error:
        raise DocumentError(f"{name}:1: nested too deep; give {WHAT}") from error
    except ValueError as error:
        raise DocumentError(f"{name}:1: not JSON that is read here: {error}") from error
    if not isinstance(data, dict):
        raise DocumentError(f"{name}:1: no sets by name; give {WHAT}")
    return data


def _lines(text: str) -> dict[tuple[str, ...], list[int]]:
    """Return the lines on which each key of a JSON text stands, by the keys that lead there, three deep."""
    found: dict[tuple[str, ...], list[int]] = {}
    above: list[str | None] = []
    line, last = 1, ""
    for token in _TOKEN.findall(text):
        if token in ("\n", "\r", "\r\n"):
            line += 1
            continue
        if token in "{[":
            above.append(None)
        elif token in "}]":
            above.pop()
        elif token == ":" and len(above) < 4:
            above[-1] = json.loads(last)
            keys = tuple(key for key in above if key is not None)
            found.setdefault(keys, []).append(line)
        last = token
    return found


class _Reader:
    """Reads sets, and gathers what it cannot read."""

    def __init__(self, name: str, lines: Mapping[tuple[str, ...], list[int]], vocabulary: Vocabulary) -> None:
        self.name = name
        self.words = vocabulary
        self.lines = lines
        self.losses: list[Loss] = []

    def place(self, *keys: str) -> str:
        """Return where a key stands."""
        return f"{self.name}:{self.lines.get(keys, [1])[-1]}"

    def conversion(self, name: str, keys: Any) -> Conversion:
        """Read one set."""
        self.losses = []
        self._twice((name,))
        entries = list(self._entries(name, keys)) if isinstance(keys, dict) else []
        if not isinstance(keys, dict) or not keys.keys() & SCOPES.keys():
            self.losses.append(Loss(self.place(name), name, "no keyswitches in this set"))
        instrument = name if name.strip() else "unnamed"
        groups = [GROUP] if entries else []
        return map_of_entries(instrument, entries, vocabulary=self.words, groups=groups, losses=self.losses)

    def _entries(self, name: str, keys: Mapping[str, Any]) -> Iterator[Entry]:
        for kind, values in keys.items():
            self._twice((name, kind))
            if kind not in SCOPES:
                why = "it says how MuseScore finds and writes keyswitches, not what they are"
                self.losses.append(Loss(self.place(name, kind), f"{kind} {_said(values)}", why))
            elif not isinstance(values, dict):
                self.losses.append(Loss(self.place(name, kind), kind, "keyswitches by name belong here"))
            else:
                for title, value in values.items():
                    self._twice((name, kind, title))
                    if entry := self._entry((name, kind, title), value):
                        yield entry

    def _entry(self, keys: tuple[str, str, str], value: Any) -> Entry | None:
        found = pitch_and_velocity(value)
        place = self.place(*keys)
        if found is None:
            why = 'write a MIDI note from 0 to 127, or "note|velocity"'
            self.losses.append(Loss(place, f"{keys[2]}: {_said(value)}", why))
            return None
        pitch, velocity = found
        if velocity == 0:
            why = f"a key pressed with velocity 0 is released; it is pressed with {VELOCITY}"
            self.losses.append(Loss(place, f"{keys[2]}: {_said(value)}", why))
        on = {"keyswitch": pitch, "velocity": velocity or VELOCITY}
        scope = SCOPES[keys[1]]
        return Entry(keys[2], GROUP, {"on": [on], "scope": scope}, place=place)

    def _twice(self, keys: tuple[str, ...]) -> None:
        if len(keys) > 1 and len(self.lines.get(keys[:-1], [])) > 1:
            return  # said where its set stands twice
        for line in self.lines.get(keys, [])[:-1]:
            self.losses.append(Loss(f"{self.name}:{line}", keys[-1], "stands twice; the last counts"))


def _said(value: Any) -> str:
    return brief(str(value) if isinstance(value, float) else value, "C4")


def pitch_and_velocity(value: Any) -> tuple[int, int] | None:
    """Return the key and the velocity of an entry: 6, "6", "6|99", {"pitch": 6, "velocity": 99}; or None."""
    if isinstance(value, dict):
        pitch = value.get("pitch", value.get("note"))
        value = f"{pitch}|{value.get('velocity', value.get('vel', VELOCITY))}"
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    match = None if isinstance(value, bool) else _VALUE.fullmatch(str(value))
    if match is None:
        return None
    pitch, velocity = int(match[1]), int(match[2] or VELOCITY)
    return (pitch, velocity) if 0 <= pitch <= 127 and 0 <= velocity <= 127 else None


def write_musescore(
    technique_map: TechniqueMap, vocabulary: Vocabulary | None = None
) -> tuple[str, tuple[Loss, ...]]:
    """Return a map as a file with one set, and what a set has no place for.

    What MuseScore has as a symbol, and what holds for one note, goes to the articulations; all else to the
    techniques, under the words that a score would have.
    """
    words = vocabulary or load_vocabulary()
    sets: dict[str, dict[str, int | str]] = {ARTICULATIONS: {}, TECHNIQUES: {}}
    names: dict[str, list[str]] = {ARTICULATIONS: [], TECHNIQUES: []}
    actions: list[Loss] = []
    titles = {name: _title(name, one, words) for name, one in technique_map.techniques.items()}
    single = {title for name, title in titles.items() if technique_map.techniques[name].scope == "note"}
    for name, technique in technique_map.techniques.items():
        key, problems = _key_of(technique)
        for row, why in problems:
            actions.append(action_loss(name, row, technique.on[row], why, technique_map.middle_c))
        if key is not None:
            at_note = technique.scope == "note" or titles[name] in SYMBOLS - single
            kind = ARTICULATIONS if at_note else TECHNIQUES
            sets[kind][_free(titles[name], sets[kind])] = _value(*key)
            names[kind].append(name)
    instrument = technique_map.instrument if technique_map.instrument.strip() else "unnamed"
    text = json.dumps({instrument: sets}, indent=4, ensure_ascii=False) + "\n"
    carried = _Reader("", {}, words).conversion(instrument, sets).technique_map
    keys = dict(zip([*names[ARTICULATIONS], *names[TECHNIQUES]], carried.techniques, strict=True))
    return text, losses_of(technique_map, carried, keys, REASONS, tuple(actions))


def _title(name: str, technique: Technique, vocabulary: Vocabulary) -> str:
    known = all(part in vocabulary.techniques for part in name.split("+"))
    return technique.title or (spelled(name) if known else name)


def _free(title: str, taken: Mapping[str, Any]) -> str:
    free, count = title, 1
    while free in taken:
        count += 1
        free = f"{title} {count}"
    return free


def _key_of(technique: Technique) -> tuple[tuple[int, int] | None, list[tuple[int, str]]]:
    """Return the key that asks for a technique, with its velocity, and why other actions are not carried."""
    keys = (one for one in technique.on if isinstance(one, Keyswitch) and not one.only_with)
    chosen = next(keys, None)
    if chosen is None:
        return None, []
    own = technique.on.index(chosen)
    problems = [(row, REASONS["on"]) for row in range(len(technique.on)) if row != own]
    if len(chosen.keyswitch) > 1:
        problems.append((own, REASONS["on"]))
    if isinstance(chosen.velocity, Follow):
        problems.append((own, "keys are pressed with a fixed velocity"))
    if chosen.mode != "latch" or chosen.starts is not None:
        problems.append((own, "keys are tapped, neither held nor toggled"))
    if chosen.channel is not None:
        problems.append((own, "keys go to the channel of the notes"))
    velocity = VELOCITY if isinstance(chosen.velocity, Follow) else chosen.velocity
    return (chosen.keyswitch[0], velocity), problems


def _value(pitch: int, velocity: int) -> int | str:
    return pitch if velocity == VELOCITY else f"{pitch}|{velocity}"
