"""Write configs/schema/technique_map.schema.json from the model; `--check` says whether it is up to date.

Editors complete and check maps by it. It takes what people write: note names, one key or a list, strokes of a
drum as bare keys. What ties places together (groups, fallbacks, the lower end first) only `load_map` checks.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from environment import ROOT, run_inside
from schema_file import DRAFT, as_text, write_or_check

TARGET = ROOT / "configs" / "schema" / "technique_map.schema.json"

Node = dict[str, Any]

NUMBER: Node = {"type": "integer", "minimum": 0, "maximum": 127}
NOTE: Node = {
    "description": "A note: a name such as C1, F#2 or Bb3, or a MIDI number.",
    "anyOf": [
        NUMBER,
        {
            "type": "string",
            "pattern": "^([a-gA-G][#♯b♭]?(-[12]|[0-9]|10)|0*([0-9]{1,2}|1[01][0-9]|12[0-7]))$",
        },
    ],
}
NOTES: Node = {"anyOf": [{"$ref": "#/$defs/Note"}, {"type": "array", "items": {"$ref": "#/$defs/Note"}}]}
NAMES: Node = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
ACTIONS: Node = {
    "anyOf": [{"$ref": "#/$defs/Action"}, {"type": "array", "items": {"$ref": "#/$defs/Action"}}]
}
OPEN_END: Node = {"anyOf": [{"$ref": "#/$defs/Note"}, {"type": "null"}]}
VELOCITIES = {"pattern": "^([0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])$"}
FOLLOWED = "^cc(0{0,2}[0-9]|0?[1-9][0-9]|1[01][0-9])$"


ONE_OR_MORE = (("TechniqueMap", "init"), ("Technique", "on"), ("Technique", "off"))
"""Lists of actions, of which one may stand without brackets."""

FIRST_ALONE = ("Technique", "latency_ms")
"""What may be one figure instead of its parts."""


def _two(item: Node) -> Node:
    return {"type": "array", "items": item, "minItems": 2, "maxItems": 2}


def _written() -> dict[tuple[str, str], Node]:
    """Return what people write for a field of a model, where that is not what the model keeps."""
    from composer_daw.techniques.actions import SOURCES

    return {
        ("TechniqueMap", "range"): _two({"$ref": "#/$defs/Note"}),
        ("Keyswitch", "keyswitch"): {
            "anyOf": [
                {"$ref": "#/$defs/Note"},
                {"type": "array", "items": {"$ref": "#/$defs/Note"}, "minItems": 1},
            ]
        },
        ("Condition", "pitch"): _two(OPEN_END),
        ("NoteShape", "pitch_range"): _two(OPEN_END),
        ("Trigger", "key"): OPEN_END,
        ("Stroke", "play"): {"$ref": "#/$defs/Note"},
        ("Technique", "plays"): NAMES,
        ("Technique", "fallback"): NAMES,
        ("Follow", "follow"): {"anyOf": [{"enum": list(SOURCES)}, {"type": "string", "pattern": FOLLOWED}]},
        **{(action, "only_with"): NAMES for action in _actions()},
    }


def _actions() -> list[str]:
    from composer_daw.techniques.actions import ACTIONS

    return [action.__name__ for action in ACTIONS]


def schema() -> Node:
    """Return the JSON Schema of technique maps as people write them."""
    from composer_daw.techniques import TechniqueMap

    whole = TechniqueMap.model_json_schema()
    parts: Node = {"TechniqueMap": whole, **whole["$defs"]}
    texts = _descriptions()
    action: Node = {}
    for name, part in parts.items():
        for field, node in part["properties"].items():
            written = _written().get((name, field))
            if written is not None:
                part["properties"][field] = node = dict(written)
            elif (name, field) in ONE_OR_MORE:
                action = node["items"]
                part["properties"][field] = node = dict(ACTIONS)
            elif (name, field) == FIRST_ALONE:
                alone = parts["Latency"]["properties"]["first"]["oneOf"][0]
                part["properties"][field] = node = {"anyOf": [dict(alone), node]}
            if (name, field) in texts:
                node["description"] = texts[name, field]
    _plain(whole)
    whole["$defs"] |= {"Action": action, "Note": NOTE, "Piece": _piece(whole["$defs"]["Piece"])}
    whole["properties"]["techniques"]["propertyNames"] = {"pattern": r"^(?!\s)(?!.*\s$)[^=+]+(\+[^=+]+)*$"}
    whole.pop("description")
    head = {"$schema": DRAFT, "title": "Technique map", "description": "How one instrument is told to play."}
    return {**head, **whole, "$defs": dict(sorted(whole["$defs"].items()))}


def _piece(piece: Node) -> Node:
    """Return a drum as it is written: every key but `written` is a stroke; or with `strokes` of any name."""
    stroke = {"$ref": "#/$defs/Stroke"}
    of_each = {"type": "object", "additionalProperties": {"type": "string"}}
    written = {
        "anyOf": [NOTES, of_each],
        "description": "The notes that scores write for it, or the stroke of each.",
    }
    short = {
        "type": "object",
        "properties": {"written": written},
        "additionalProperties": {"anyOf": [{"$ref": "#/$defs/Note"}, stroke]},
        "required": ["written"],
        "minProperties": 2,
        "not": {"required": ["strokes"]},
    }
    strokes = {"type": "object", "additionalProperties": stroke, "minProperties": 1}
    long = {
        "type": "object",
        "properties": {"written": written, "strokes": strokes},
        "additionalProperties": False,
        "required": ["written", "strokes"],
    }
    return {"description": piece["description"], "anyOf": [short, long]}


def _plain(node: Any) -> None:
    """Leave out titles and long defaults, write pairs as every draft knows them, check velocities as keys."""
    for child in _children(node):
        _plain(child)
    if isinstance(node.get("title"), str):
        del node["title"]
    if isinstance(node.get("default"), (dict, list)) or node.get("default", 0) is None:
        del node["default"]
    if "prefixItems" in node:
        node["items"] = node.pop("prefixItems")[0]
    inner = node.get("additionalProperties")
    if isinstance(inner, dict) and inner.get("type") in ("integer", "number"):
        node["propertyNames"] = VELOCITIES


def _children(node: Node) -> Iterator[Node]:
    for key in ("properties", "$defs"):
        yield from node.get(key, {}).values()
    for key in ("anyOf", "oneOf", "prefixItems"):
        yield from node.get(key, [])
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield node[key]


def _descriptions() -> dict[tuple[str, str], str]:
    """Return the text below each field in the source: (class, field) -> text."""
    from composer_daw.techniques import actions, maps, parts

    texts: dict[tuple[str, str], str] = {}
    for module in (actions, parts, maps):
        tree = ast.parse(textwrap.dedent(inspect.getsource(module)))
        for model in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for field, text in zip(model.body, model.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    said = (
                        text.value.value
                        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
                        else None
                    )
                    if isinstance(said, str):
                        texts[model.name, field.target.id] = " ".join(said.split())
    return texts | {
        (name, field): text
        for name in _actions()
        for (base, field), text in texts.items()
        if base == "Action"
    }


def text() -> str:
    """Return the file as it should stand."""
    return as_text(schema())


def main() -> int:
    """Write the file, or compare it."""
    return write_or_check(TARGET, text())


if __name__ == "__main__":
    run_inside(Path(__file__))
    sys.exit(main())
