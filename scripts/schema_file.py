"""What the scripts that write a JSON Schema share."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that all editors know."""


def plain(node: Any) -> None:
    """Leave out titles that the model makes, and write fixed lists as the draft has them."""
    if isinstance(node, list):
        for one in node:
            plain(one)
    elif isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        if "prefixItems" in node:
            node["items"] = node.pop("prefixItems")
        for one in node.values():
            plain(one)


def as_text(schema: dict[str, Any]) -> str:
    """Return a schema as its file should stand."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def write_or_check(target: Path, text: str) -> int:
    """Write the file, or with `--check` compare it: 1 where it differs."""
    if "--check" in sys.argv:
        return 0 if target.is_file() and target.read_text(encoding="utf-8") == text else 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode("utf-8"))
    return 0
