"""docs/humanizer.md says what the code does."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from midi_building import note, save_tracks

from composer_daw.cli import main
from composer_daw.files import shipped
from composer_daw.humanizer.draw import STEADY
from composer_daw.humanizer.emotion import PROFILE
from composer_daw.humanizer.expression import FIGURES
from composer_daw.humanizer.rules.palette import ROWS
from composer_daw.humanizer.velocities import ROOM_DB, velocity_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "humanizer.md").read_text(encoding="utf-8")
BLOCKS = [
    pytest.param(kind, text, id=f"{page}-{number}")
    for page in ("humanizer", "technique_shaping")
    for number, (kind, text) in enumerate(
        re.findall(r"^```(python|)\n(.*?)^```", (DOCS / f"{page}.md").read_text("utf-8"), re.M | re.S)
    )
]


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the documents speak of, as the current one."""
    scale = (62, 64, 66, 67, 69, 71, 73, 74)
    tune = [one for n in range(96) for one in note(240 * n, 220, scale[n % 8])]
    save_tracks(tmp_path / "tune.mid", tune)
    save_tracks(tmp_path / "beat.mid", [one for n in range(16) for one in note(480 * n, 99, 38, channel=9)])
    (tmp_path / "mine.yaml").write_bytes((shipped("configs") / PROFILE).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_what_the_documents_show_runs(
    kind: str, text: str, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind:
        exec(compile(text, "docs", "exec"), {})
        return
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["composer-daw"] or "FOLDER" in words:
            continue
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None), line
    if "again.mid" in text:
        sad, again = (beside / name for name in ("sad.mid", "again.mid"))
        assert sad.read_bytes() == again.read_bytes()


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
