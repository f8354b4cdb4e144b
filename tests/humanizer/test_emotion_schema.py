"""The JSON Schema of emotion profiles, by which editors check them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from composer_daw.files import shipped
from composer_daw.humanizer.emotion import PROFILE

FILE = shipped("configs") / "schema" / "emotion_profile.schema.json"
CHECK = Draft7Validator(json.loads(FILE.read_text(encoding="utf-8")))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    import emotion_profile_schema

    return emotion_profile_schema


@pytest.fixture
def document() -> Any:
    return yaml.safe_load((shipped("configs") / PROFILE).read_text(encoding="utf-8"))


def test_the_file_is_up_to_date(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert FILE.read_text(encoding="utf-8") == script.text()
    monkeypatch.setattr("sys.argv", ["emotion_profile_schema.py", "--check"])
    assert script.main() == 0
    monkeypatch.setattr(script, "TARGET", tmp_path / "x.json")
    assert script.main() == 1
    monkeypatch.setattr("sys.argv", ["emotion_profile_schema.py"])
    assert script.main() == 0
    assert (tmp_path / "x.json").read_bytes() == FILE.read_bytes()


def test_the_profile_that_ships_fits(document: Any) -> None:
    Draft7Validator.check_schema(CHECK.schema)
    assert list(CHECK.iter_errors(document)) == []


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("figures", "swung"), {"at": [1, 1, 1, 1, 1], "clip": [1, 3], "source": "ours"}),
        (("figures", "swing", "at"), [1, 1, 1, 1]),
        (("figures", "swing", "scale"), "cubic"),
        (("words", "sad", "at"), [-3, 0]),
        (("words", "sad", "sauce"), "ours"),
        (("emotion_profile",), 2),
    ],
)
def test_what_does_not_fit(document: Any, way: tuple[str, ...], value: object) -> None:
    wrong = copy.deepcopy(document)
    inner = wrong
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = value
    assert list(CHECK.iter_errors(wrong)) != []
    del document["figures"]["swing"]
    assert list(CHECK.iter_errors(document)) != []
