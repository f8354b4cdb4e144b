"""Write configs/schema/emotion_profile.schema.json from the model; `--check` says whether it is up to date.

Editors complete and check profiles by it. What ties places together (that a source is named, that no spelling
stands twice) only `load_profile` checks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from environment import ROOT, run_inside

TARGET = ROOT / "configs" / "schema" / "emotion_profile.schema.json"
DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that all editors know."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of emotion profiles: every figure by name, with its unit and what it may be."""
    from composer_daw.humanizer.emotion import EmotionProfile
    from composer_daw.humanizer.expression import FIGURES

    whole = EmotionProfile.model_json_schema()
    figures = {
        name: {
            "description": f"{one.what}; {one.unit or 'no unit'}, from {one.lowest:g} to {one.highest:g}",
            "allOf": [{"$ref": "#/$defs/Figure"}],
        }
        for name, one in FIGURES.items()
    }
    whole["properties"]["figures"] |= {
        "properties": figures,
        "required": list(figures),
        "additionalProperties": False,
    }
    whole["properties"]["words"]["additionalProperties"] = {"$ref": "#/$defs/Word"}
    _plain(whole)
    head = {"$schema": DRAFT, "title": "Emotion profile", "description": "How emotions are played."}
    return {**head, **{key: value for key, value in whole.items() if key not in head}}


def _plain(node: Any) -> None:
    """Leave out titles, and write fixed lists as the draft has them."""
    if isinstance(node, list):
        for one in node:
            _plain(one)
    elif isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        if "prefixItems" in node:
            node["items"] = node.pop("prefixItems")
        for one in node.values():
            _plain(one)


def text() -> str:
    """Return the file as it should stand."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the file, or compare it."""
    if "--check" in sys.argv:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text() else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(text().encode("utf-8"))
    return 0


if __name__ == "__main__":
    run_inside(Path(__file__))
    sys.exit(main())
