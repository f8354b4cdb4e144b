"""The JSON Schema of song files, by which editors check them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from small_composing import BAND, SONG

from composer_daw.files import shipped

ROOT = Path(__file__).parents[2]
FILE = shipped("configs") / "schema" / "song.schema.json"
CHECK = Draft7Validator(json.loads(FILE.read_text(encoding="utf-8")))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import song_schema

    return song_schema


def test_the_file_is_up_to_date(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert FILE.read_text(encoding="utf-8") == script.text()
    monkeypatch.setattr("sys.argv", ["song_schema.py", "--check"])
    assert script.main() == 0
    monkeypatch.setattr(script, "TARGET", tmp_path / "x.json")
    assert script.main() == 1
    monkeypatch.setattr("sys.argv", ["song_schema.py"])
    assert script.main() == 0
    assert (tmp_path / "x.json").read_bytes() == FILE.read_bytes()


SONGS = sorted([ROOT / "examples" / "song.yaml", *(ROOT / "examples" / "songs").glob("*.yaml")])


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_the_songs_that_ship_fit(path: Path) -> None:
    Draft7Validator.check_schema(CHECK.schema)
    assert list(CHECK.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("genra",), "pop"),
        (("tempo",), 900),
        (("form",), []),
        (("song",), 2),
        (("sections", "verse", "bars"), "eight"),
        (("sections", "verse", "story"), 3),
        (("sections", "verse", "kind"), "middle"),
        (("instruments", "bass", "range"), ["G2"]),
        (("instruments", "melody"), 3),
        (("instruments", "bass", "loud"), 1),
    ],
)
def test_what_does_not_fit(way: tuple[str, ...], value: object) -> None:
    document: Any = yaml.safe_load(SONG + BAND)
    assert list(CHECK.iter_errors(document)) == []
    wrong = copy.deepcopy(document)
    inner = wrong
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    assert list(CHECK.iter_errors(wrong)) != []
