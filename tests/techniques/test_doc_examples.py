"""The examples of docs/technique_map.md are maps, and the linter finds no fault in them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from composer_daw.techniques.lint import Finding, lint_map

PAGE = Path(__file__).parents[2] / "docs" / "technique_map.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
HEAD = "technique_map: 1\ninstrument: X\nmiddle_c: C3\n"
GROUPS = (
    "range: [G2, C7]\ngroups: {bowing: {default: sustain}, mute: {default: senza_sordino}}\ntechniques:\n"
)
USUAL = {
    "sustain": "  sustain: {group: bowing, on: [{keyswitch: 0}]}\n",
    "senza_sordino": "  senza_sordino: {group: mute}\n",
}


def whole(block: str) -> str:
    """Return an example as a map: what it leaves out is put around it."""
    if block.startswith("technique_map:"):
        return block
    if block.startswith("pieces:"):
        return HEAD + block
    usual = "".join(line for name, line in USUAL.items() if f"  {name}:" not in block)
    if block.startswith("    latency_ms:"):  # each line is an example
        entries = enumerate(zip(("staccato", "legato", "spiccato"), block.splitlines(), strict=True), 1)
        entry = "  {}:\n    group: bowing\n    on: {{keyswitch: {}}}\n{}\n"
        block = "".join(entry.format(name, key, line) for key, (name, line) in entries)
    return HEAD + GROUPS + usual + block


def linted(tmp_path: Path, text: str) -> list[Finding]:
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    return lint_map(tmp_path / "map.yaml")


MAPS = [block for block in BLOCKS if not block.startswith("technique_spans:")]


def test_there_are_examples() -> None:
    assert (len(BLOCKS), len(MAPS)) == (7, 6)


@pytest.mark.parametrize("block", MAPS, ids=lambda block: textwrap.shorten(block, 30))
def test_examples_have_no_faults(tmp_path: Path, block: str) -> None:
    assert [str(one) for one in linted(tmp_path, whole(block)) if one.severity == "fault"] == []


def test_an_example_with_a_fault_would_be_found(tmp_path: Path) -> None:
    found = linted(tmp_path, whole(MAPS[0].replace("staccato:", "stacc:", 1)))
    assert [one.kind for one in found if one.severity == "fault"] == ["unknown-name"]
