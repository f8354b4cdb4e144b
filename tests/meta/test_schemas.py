"""The JSON Schemas by which editors check documents: up to date, true of what ships, and strict."""

from __future__ import annotations

import copy
import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from small_composing import BAND, SONG

from composer_daw.files import shipped
from composer_daw.humanizer.emotion import PROFILE as PROFILE_FILE

ROOT = Path(__file__).parents[2]
SCHEMAS = {path.name.partition(".")[0]: path for path in (shipped("configs") / "schema").glob("*.json")}
PROFILE = shipped("configs") / PROFILE_FILE
SONGS = sorted([ROOT / "examples" / "song.yaml", *(ROOT / "examples" / "songs").glob("*.yaml")])


@cache
def check(kind: str) -> Draft7Validator:
    return Draft7Validator(json.loads(SCHEMAS[kind].read_text(encoding="utf-8")))


def test_each_schema_has_its_script() -> None:
    assert sorted(SCHEMAS) == ["emotion_profile", "song", "technique_map"]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_file_is_up_to_date(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    script: Any = importlib.import_module(f"{kind}_schema")
    assert SCHEMAS[kind].read_text(encoding="utf-8") == script.text()
    monkeypatch.setattr("sys.argv", [f"{kind}_schema.py", "--check"])
    assert script.main() == 0
    monkeypatch.setattr(script, "TARGET", tmp_path / "schema" / "x.json")
    assert script.main() == 1
    monkeypatch.setattr("sys.argv", [f"{kind}_schema.py"])
    assert script.main() == 0
    assert (tmp_path / "schema" / "x.json").read_bytes() == SCHEMAS[kind].read_bytes()


@pytest.mark.parametrize("kind", SCHEMAS)
def test_it_is_a_schema_of_its_draft(kind: str) -> None:
    Draft7Validator.check_schema(check(kind).schema)
    assert check(kind).schema["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize(
    ("kind", "path"),
    [("emotion_profile", PROFILE), *(("song", path) for path in SONGS)],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_what_ships_fits(kind: str, path: Path) -> None:
    assert list(check(kind).iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


GONE = object()


@pytest.mark.parametrize(
    ("kind", "way", "value"),
    [
        ("emotion_profile", "figures.swung", {"at": [1, 1, 1, 1, 1], "clip": [1, 3], "source": "ours"}),
        ("emotion_profile", "figures.swing.at", [1, 1, 1, 1]),
        ("emotion_profile", "figures.swing.scale", "cubic"),
        ("emotion_profile", "figures.swing", GONE),
        ("emotion_profile", "words.sad.at", [-3, 0]),
        ("emotion_profile", "words.sad.sauce", "ours"),
        ("emotion_profile", "emotion_profile", 2),
        ("song", "genra", "pop"),
        ("song", "tempo", 900),
        ("song", "form", []),
        ("song", "song", 2),
        ("song", "title", GONE),
        ("song", "sections.verse.bars", "eight"),
        ("song", "sections.verse.story", 3),
        ("song", "sections.verse.kind", "middle"),
        ("song", "instruments.bass.range", ["G2"]),
        ("song", "instruments.melody", 3),
        ("song", "instruments.bass.loud", 1),
    ],
)
def test_what_does_not_fit(kind: str, way: str, value: object) -> None:
    text = SONG + BAND if kind == "song" else PROFILE.read_text(encoding="utf-8")
    document: Any = yaml.safe_load(text)
    assert list(check(kind).iter_errors(document)) == []
    wrong = inner = copy.deepcopy(document)
    *outer, last = way.split(".")
    for key in outer:
        inner = inner[key]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    assert list(check(kind).iter_errors(wrong)) != []
