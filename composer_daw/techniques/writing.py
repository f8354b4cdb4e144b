"""Technique maps as YAML that a person would write (reverse of `load_map`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from composer_daw.errors import OutputError
from composer_daw.files import write_text
from composer_daw.techniques.actions import Action, Keyswitch
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Condition, NoteShape, Piece, Stroke, Technique, Trigger
from composer_daw.techniques.pitch_names import name_of

WIDTH = 110
LONGEST_KEY = 1000
"""YAML takes no longer one on a line of its own."""

PITCHES = {
    (TechniqueMap, "range"),
    (Keyswitch, "keyswitch"),
    (Condition, "pitch"),
    (NoteShape, "pitch_range"),
    (Trigger, "key"),
    (Piece, "written"),
    (Stroke, "play"),
}
"""The fields that are written as note names."""

SECTIONS = ("groups", "techniques", "pieces")
"""What stands below a blank line of its own, one entry a line or more."""

_PLAIN = re.compile(r"[\w(](?:[\w ()/.+'&%;-]*[\w()/.+'%])?")
_OTHERWISE = re.compile(r"(?i:null|true|false)|[-+.\dexo_]+", re.ASCII)
"""Words and figures that are something else than a text."""

_ELSEWHERE = re.compile(r"(?i:yes|no|on|off|y|n)")
"""Words that are truth values in older YAML, so that they are quoted as values."""


def save_map(technique_map: TechniqueMap, path: str | Path) -> None:
    """Write a map as a YAML file, whole or not at all; raise OutputError."""
    write_text(path, write_map(technique_map))


def write_map(technique_map: TechniqueMap) -> str:
    """Return a map as YAML text, which loads as the same map.

    Keys are in the schema's order, defaults are left out, pitches are note names by the map's middle C.
    """
    data = _plain(technique_map, technique_map.middle_c)
    lines: list[str] = []
    for key, value in data.items():
        if key in SECTIONS:
            lines += ["", f"{key}:", *_entries(value, spread=key == "techniques"), ""]
        else:
            lines += _block(key, value, "")
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return text.strip("\n") + "\n"


def shown(part: Any, middle_c: str = "C4") -> str:
    """Return any part of a map on one line, as it stands in YAML."""
    return _flow(_any(part, middle_c))


def _entries(section: Mapping[str, Any], spread: bool) -> Iterator[str]:
    for key, value in section.items():
        if spread:
            yield f"  {_key(key)}:"
            for field, inner in value.items():
                yield from _block(field, inner, "    ")
        else:
            yield from _block(key, value, "  ")


def _block(key: object, value: Any, indent: str) -> list[str]:
    """Return a key and its value on one line where they fit, else spread over several."""
    line = f"{indent}{_key(key)}: {_flow(value)}"
    if len(line) <= WIDTH or not value or not isinstance(value, (dict, list)):
        return [line]
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [row for name, one in value.items() for row in _block(name, one, inner)]
    else:
        rows = [row for one in value for row in _item(one, inner)]
    return [f"{indent}{_key(key)}:", *rows]


def _item(value: Any, indent: str) -> list[str]:
    line = f"{indent}- {_flow(value)}"
    if len(line) <= WIDTH or not value or not isinstance(value, dict):
        return [line]
    rows = [row for name, one in value.items() for row in _block(name, one, indent + "  ")]
    return [f"{indent}- {rows[0].lstrip()}", *rows[1:]]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return scalar(value)


def _key(key: object) -> str:
    text = str(key) if _ELSEWHERE.fullmatch(str(key)) else scalar(key)
    if len(text) > LONGEST_KEY:
        raise OutputError(
            f"the name {text[:40]}... has {len(text):,} characters; {LONGEST_KEY:,} are the most"
        )
    return text


def scalar(value: object) -> str:
    """Return a value as YAML reads it back: plain where that is safe, else in quotes."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and not _OTHERWISE.fullmatch(text) and not _ELSEWHERE.fullmatch(text)
    return text if plain else quoted(text)


def quoted(text: str) -> str:
    """Return a text in quotes, what cannot be printed as its number."""
    if '"' in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(one) for one in text) + '"'


def _escaped(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    if one.isprintable():
        return one
    return {"\n": "\\n", "\t": "\\t"}.get(
        one, f"\\u{ord(one):04X}" if ord(one) < 65536 else f"\\U{ord(one):08X}"
    )


ALWAYS = ("middle_c",)
"""Written though it is the default: without it a reader has to guess what C3 is."""


def _plain(model: BaseModel, middle_c: str) -> dict[str, Any]:
    """Return what differs from the defaults, as YAML has it, in the schema's order."""
    if isinstance(model, Piece):
        return _piece(model, middle_c)
    fields = type(model).model_fields
    own = [name for name in fields if not (isinstance(model, Action) and name in Action.model_fields)]
    data = {}
    for name in (*own, *(name for name in fields if name not in own)):
        value = getattr(model, name)
        always = fields[name].is_required() or name in ALWAYS
        if always or value != fields[name].get_default(call_default_factory=True):
            data[name] = _value(model, name, value, middle_c)
    return data


def _value(model: BaseModel, name: str, value: Any, middle_c: str) -> Any:
    if (type(model), name) in PITCHES:
        return _named(value, middle_c, bare=name == "keyswitch")
    if isinstance(model, Technique) and name == "plays":
        return _joined(value)
    if name == "only_with" and len(value) == 1:
        return value[0]
    return _any(value, middle_c)


def _any(value: Any, middle_c: str) -> Any:
    if isinstance(value, BaseModel):
        return _plain(value, middle_c)
    if isinstance(value, Mapping):
        return {key: _any(one, middle_c) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_any(one, middle_c) for one in value]
    return value


def _named(value: Any, middle_c: str, bare: bool) -> Any:
    if isinstance(value, Sequence):
        names = [None if one is None else name_of(one, middle_c) for one in value]
        return names[0] if bare and len(names) == 1 else names
    return name_of(value, middle_c)


def _joined(plays: tuple[str, ...]) -> str | list[str]:
    """Return the names with '+' between them where that reads back as the same ones."""
    joined = "+".join(plays)
    return joined if tuple(part.strip() for part in joined.split("+")) == plays else list(plays)


def _piece(piece: Piece, middle_c: str) -> dict[str, Any]:
    """Return a piece with its strokes beside `written`, unless one has a name that stands for more."""
    strokes = {
        name: name_of(stroke.play, middle_c) if stroke.velocity == 1.0 else _plain(stroke, middle_c)
        for name, stroke in piece.strokes.items()
    }
    if strokes.keys() & {"written", "strokes"}:
        full = {name: _plain(stroke, middle_c) for name, stroke in piece.strokes.items()}
        return {"written": dict(piece.written), "strokes": full}
    named = {name_of(pitch, middle_c): stroke for pitch, stroke in piece.written.items()}
    plain = Piece.model_validate({"written": list(piece.written), "strokes": piece.strokes})
    return {"written": list(named) if plain == piece else named, **strokes}
