"""Write configs/schema/emotion_profile.schema.json from the model; `--check` says whether it is up to date.

Editors complete and check profiles by it. What ties places together (that a source is named, that no spelling
stands twice) only `load_profile` checks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from environment import ROOT, run_inside
from schema_file import DRAFT, as_text, plain, write_or_check

TARGET = ROOT / "configs" / "schema" / "emotion_profile.schema.json"


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
    plain(whole)
    head = {"$schema": DRAFT, "title": "Emotion profile", "description": "How emotions are played."}
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
