"""Write configs/schema/song.schema.json from the model; `--check` says whether it is up to date.

Editors complete and check song files by it. What ties places together (that the form names sections that are
there, that an instrument has a technique, what language a text is in) only `load_request` checks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

from environment import ROOT, run_inside
from schema_file import DRAFT, as_text, plain, write_or_check

TARGET = ROOT / "configs" / "schema" / "song.schema.json"

NOTE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": r"^\s*[A-Ga-g](#|b|♯|♭)?-?\d\s*$|^\d{1,3}$"},
        {"type": "integer", "minimum": 0, "maximum": 127},
    ]
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of song files, with the short forms that they may take."""
    from composer_daw.composing.band import load_band
    from composer_daw.composing.conditions import Role
    from composer_daw.composing.song import Song

    whole = Song.model_json_schema()
    plain(whole)
    player = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Player"}, {"type": "null"}]}
    players = whole["properties"]["instruments"]
    players |= {"properties": dict.fromkeys(get_args(Role), player), "additionalProperties": player}
    ranges = whole["$defs"]["Player"]["properties"]["range"]
    ranges["anyOf"][0] |= {"items": [NOTE, NOTE]}
    lines = whole["$defs"]["Section"]["properties"]["lyrics"]
    listed = {key: lines.pop(key) for key in ("items", "type")}
    lines["anyOf"] = [{"type": "string"}, listed]
    whole["properties"]["genre"]["examples"] = list(load_band().genres)
    head = {"$schema": DRAFT, "title": "Song file", "description": "What a song is to be; docs/compose.md."}
    return {**head, **{key: value for key, value in whole.items() if key not in head}}


def text() -> str:
    """Return the file as it should stand."""
    return as_text(schema())


def main() -> int:
    """Write the file, or compare it."""
    return write_or_check(TARGET, text())


if __name__ == "__main__":
    run_inside(Path(__file__))
    sys.exit(main())
