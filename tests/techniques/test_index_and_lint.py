"""The index finds the map of an instrument; the linter finds what a map cannot mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_instruments import MAP

from composer_daw.errors import InputError
from composer_daw.files import shipped
from composer_daw.techniques.index import load_index, map_path_for
from composer_daw.techniques.lint import lint_map


def test_the_index_leads_to_maps_that_ship() -> None:
    assert map_path_for("Studio Violin") == shipped("technique_maps") / "studio" / "violin.yaml"
    assert all(map_path_for(name).is_file() for name in load_index().instruments)


def test_an_unknown_instrument_gets_a_hint() -> None:
    with pytest.raises(
        InputError, match=r"no technique map for 'Studio Violn' in the index \(did you mean 'Studio"
    ):
        map_path_for("Studio Violn")


@pytest.mark.parametrize(
    ("old", "new", "findings"),
    [
        ("", "", []),
        ("pizzicato:", "pizz:", ["pizz: not in the vocabulary; write pizzicato"]),
        ("pizzicato:", "growl:", ["growl: not in the vocabulary"]),
        ("D#0", "D0", ["pizzicato: switched on exactly as staccato; one of them cannot be heard"]),
        ("keyswitch: F0", "keyswitch: G3", ["con_sordino: keyswitch G3 lies inside the playable range"]),
    ],
)
def test_findings(tmp_path: Path, old: str, new: str, findings: list[str]) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(MAP.replace(old, new) if old else MAP)
    assert lint_map(path) == [f"{path}: {finding}" for finding in findings]


def test_a_map_that_does_not_load_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("technique_map: 1\n")
    assert lint_map(tmp_path / "map.yaml") == [f"{tmp_path}/map.yaml:1: 'instrument' is missing"]
