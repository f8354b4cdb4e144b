"""docs/humanizer.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from composer_daw.humanizer.draw import STEADY
from composer_daw.humanizer.expression import FIGURES
from composer_daw.humanizer.rules.palette import ROWS
from composer_daw.humanizer.velocities import ROOM_DB, velocity_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "humanizer.md").read_text(encoding="utf-8")


def test_the_table_of_rules_is_the_palette() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in PAGE.splitlines()
        if line.startswith("| `")
    ]
    told = {row[0].strip("`"): row[1:] for row in rows if len(row) == 5 and row[0] != "`map`"}
    assert list(told) == [one.name for one in ROWS]
    for one in ROWS:
        does, default, here, source = told[one.name]
        assert (does, default, source) == (one.does, str(one.k or "-"), one.source)
        assert one.name not in STEADY or here == str(STEADY[one.name])


def test_the_table_of_figures_has_each() -> None:
    assert set(FIGURES) <= set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))


def test_the_room_above() -> None:
    assert "A score louder than 64 on average" in PAGE
    assert velocity_of([ROOM_DB])[0] == 64  # type: ignore[arg-type]
