"""The files of a preset: read back as they were meant, all or none, and found from where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.authoring.fingerprint import Fingerprint, SoundPrint
from composer_daw.authoring.preset_files import (
    check_place,
    map_for,
    map_text,
    preset_text,
    source_for,
    write_preset,
)
from composer_daw.documents import parse_document
from composer_daw.errors import InputError, OutputError
from composer_daw.files import shipped
from composer_daw.plugins.fxp import Bank
from composer_daw.plugins.state_files import SavedState, load_state
from composer_daw.rendering import Licence, Preset, load_instrument
from composer_daw.rendering.preset import Identity, Limits
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.lint import lint_map

STATE = SavedState(Bank(0x616D7379, 1, b"a sound", count=1))
PRINT = Fingerprint(
    parameters={"Cutoff": 0.5},
    sound=SoundPrint(
        sample_rate=44_100,
        notes=((0.0, 1.0, 60, 90),),
        sha256="0" * 64,
        bands_db=((-10.0,),),
        envelope_db=((-10.0,),),
    ),
)


def preset(**more: Any) -> Preset:
    return Preset(
        instrument="Pad", host="plugin", source="amsynth_vst", licence=Licence(name="CC0-1.0"), **more
    )


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(
    name=TEXTS,
    settings=st.dictionaries(TEXTS, st.one_of(st.floats(0.0, 1.0), TEXTS), max_size=4),
    sha256=st.from_regex(r"\A[0-9a-f]{64}\Z"),
    outputs=st.lists(TEXTS, max_size=3),
)
def test_a_preset_is_read_back_as_it_was_written(
    name: str, settings: dict[str, float | str], sha256: str, outputs: list[str]
) -> None:
    one = preset(
        set=settings,
        plugin=Identity(kind="vst2", sha256=sha256, id=name[:4]),
        outputs=tuple(outputs),
        limits=Limits(load_s=120.0),
        repeats="yes",
    ).model_copy(update={"instrument": name})
    assert parse_document(preset_text(one), Preset, "preset.yaml") == one


def test_what_goes_without_saying_is_not_said() -> None:
    assert preset_text(preset()).splitlines() == [
        "instrument: Pad",
        "host: plugin",
        "source: amsynth_vst",
        "licence: {name: CC0-1.0, audio_redistribution: unknown}",
    ]


def test_the_smallest_map_loads_and_lints_clean(tmp_path: Path) -> None:
    text = map_text("A 'quoted': name # and more")
    assert parse_document(text, TechniqueMap, "map").instrument == "A 'quoted': name # and more"
    (tmp_path / "x.map.yaml").write_text(text, encoding="utf-8")
    assert lint_map(tmp_path / "x.map.yaml") == []


def test_all_files_are_written_and_lead_to_each_other(tmp_path: Path) -> None:
    output = tmp_path / "new" / "pad.yaml"
    whole = write_preset(preset(technique_map="pad.map.yaml"), output, STATE, PRINT, map_text("Pad"))
    assert (whole.state, whole.fingerprint) == ("states/pad.fxb", "states/pad.json")
    loaded = load_instrument(output)
    assert loaded.preset == whole
    assert loaded.technique_map.playable() == ("sustain",)
    assert load_state(output.parent / "states" / "pad.fxb").to_bytes() == STATE.to_bytes()
    assert sorted(path.name for path in output.parent.rglob("*") if path.is_file()) == [
        "pad.fxb",
        "pad.json",
        "pad.map.yaml",
        "pad.yaml",
    ]


def test_nothing_is_written_where_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "states" / "pad.json").mkdir(parents=True)
    with pytest.raises(OutputError, match="is a folder"):
        write_preset(preset(), tmp_path / "pad.yaml", STATE, PRINT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("there", ["pad.yaml", "states/pad.fxb", "states/pad.json", "pad.map.yaml"])
def test_nothing_is_written_over(tmp_path: Path, there: str) -> None:
    place = tmp_path / there
    place.parent.mkdir(exist_ok=True)
    place.write_text("mine")
    with pytest.raises(OutputError, match="is there already; give another name, or --force"):
        check_place(tmp_path / "pad.yaml", "vst2", with_map=True, force=False)
    check_place(tmp_path / "pad.yaml", "vst2", with_map=True, force=True)


def test_a_preset_ends_in_yaml(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="let its name end in .yaml"):
        check_place(tmp_path / "pad.fxp", "vst2", with_map=False, force=False)


def test_a_plugin_beside_a_preset_is_named_from_there(tmp_path: Path) -> None:
    near, far = tmp_path / "presets" / "x.yaml", tmp_path / "a" / "b" / "c" / "x.yaml"
    plugin = tmp_path / "plugins" / "Own.so"
    assert source_for(plugin, near) == "../plugins/Own.so"
    assert source_for(plugin, far) == plugin.as_posix()


def test_a_map_that_ships_is_named_as_such(tmp_path: Path) -> None:
    shipping = shipped("technique_maps") / "studio" / "violin.yaml"
    assert map_for(shipping, tmp_path / "x.yaml") == "technique_maps/studio/violin.yaml"
    assert map_for(tmp_path / "own.yaml", tmp_path / "x.yaml") == "own.yaml"
