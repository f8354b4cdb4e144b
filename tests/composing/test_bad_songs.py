"""The bad input that a song file may hold, through the real command: one line each, with file and line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from composer_daw.cli import main

SONG = """\
song: 1
title: Wrong
tempo: 90
form: [verse, chorus]
sections:
  verse: {bars: 8, story: Rain at night., techniques: {violin: pizzicato}}
  chorus: {bars: 8, story: The sun returns.}
instruments:
  bass: {instrument: studio/electric_bass, range: [E1, G3]}
"""

CASES = {
    "unknown key": ("tempo: 90", "tenpo: 90", "3: tenpo: unknown key (did you mean 'tempo'?)"),
    "a story with a comma": (
        "Rain at night.",
        "Rain, and a door.",
        "6: sections: verse: and a door.: unknown key; a text with a comma, ': ' or ' #' in it needs quotes",
    ),
    "a story with a colon": (
        "The sun returns.",
        "The sun: it returns.",
        "7: not YAML: did not find expected ',' or '}'; a text with a comma, ': ' or ' #' in it needs quotes",
    ),
    "unknown key of a section": (
        "bars: 8, story: The",
        "bars: 8, stroy: The",
        "7: sections: chorus: stroy: unknown key (did you mean 'story'?)",
    ),
    "unknown key of a part": ("range:", "rang:", "9: instruments: bass: rang: unknown key (did you mean"),
    "no length": ("bars: 8, story: The", "story: The", "7: sections: chorus: 'bars' is missing"),
    "an impossible range": (
        "[E1, G3]",
        "[G3, E1]",
        "9: instruments: bass: range: the lowest note is above the highest",
    ),
    "a range beyond the instrument": (
        "[E1, G3]",
        "[C0, G3]",
        "9: instruments: bass: range: C0 to G3 is beyond 'studio/electric_bass', which has ",
    ),
    "an impossible tempo": (
        "tempo: 90",
        "tempo: 9000",
        "3: tempo: Input should be less than or equal to 300",
    ),
    "an instrument that lacks the technique": (
        "violin: pizzicato",
        "bass: tremolo",
        "6: sections: verse: techniques: bass: 'studio/electric_bass' does not have 'tremolo'; it has ",
    ),
    "a language that it does not know": (
        "Rain at night.",
        "Der Regen ist in der Nacht und sie ist allein.",
        "6: sections: verse: story: this looks like German; write Japanese or English",
    ),
    "a form that names a missing section": (
        "form: [verse, chorus]",
        "form: [verse, bridge]",
        "4: form[1]: no section 'bridge'; there are verse, chorus",
    ),
    "a name that is a command": (
        "  chorus: {",
        '  "chorus [technique:slap]": {',
        "7: sections: chorus [technique:slap]: 'chorus [technique:slap]' would be read as a technique",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_is_one_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, problem = CASES[case]
    assert SONG.count(old) == 1
    path, out = tmp_path / "song.yaml", tmp_path / "out"
    path.write_text(SONG.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["composer-daw", "compose", str(path), "-o", str(out), "--no-audio"])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    assert (left.value.code, printed.out, printed.err.count("\n")) == (1, "", 1)
    assert printed.err.startswith(f"error: {path}:{problem}"), printed.err
    assert [one.name for one in tmp_path.iterdir()] == ["song.yaml"]
