"""Every YAML that ships loads and lints clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer_daw.files import shipped
from composer_daw.rendering import instrument_names, load_instrument
from composer_daw.techniques import load_vocabulary
from composer_daw.techniques.index import load_index
from composer_daw.techniques.lint import lint_map

MAPS = [path for path in sorted(shipped("technique_maps").rglob("*.yaml")) if path.name != "vocabulary.yaml"]


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_every_map_lints_clean(path: Path) -> None:
    assert lint_map(path) == []


@pytest.mark.parametrize("name", instrument_names())
def test_every_preset_loads_and_plays_what_its_map_names(name: str) -> None:
    instrument = load_instrument(name)
    assert instrument.preset.instrument == instrument.technique_map.instrument
    assert instrument.technique_map.playable()


def test_every_map_is_in_the_index_and_the_index_knows_no_other() -> None:
    maps = {path.relative_to(shipped("technique_maps")).as_posix() for path in MAPS}
    assert set(load_index().instruments.values()) == maps


def test_the_vocabulary_has_each_group_with_its_default() -> None:
    vocabulary = load_vocabulary()
    for group, entry in vocabulary.groups.items():
        assert not entry.default or vocabulary.group_of(entry.default) == group
    assert vocabulary.groups["articulation"].default == "sustain"
    used = {term.group for term in vocabulary.techniques.values()}
    assert used == set(vocabulary.groups)


def test_no_yaml_ships_that_nothing_checks() -> None:
    checked = {*MAPS, shipped("technique_maps") / "vocabulary.yaml"}
    assert set(shipped("technique_maps").rglob("*.y*ml")) == checked
    files = [path for path in shipped("presets").rglob("*") if path.is_file()]
    states = {path for path in files if path.parent.name == "states"}
    assert {path.suffix for path in files if path not in states} <= {".yaml"}
    assert {path.suffix for path in states} <= {".fxb", ".vstpreset", ".bin", ".json"}
