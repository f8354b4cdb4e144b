"""An instrument is a YAML: found by name or path, with its map, and a digest of all that makes its sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_instruments import MAP, write_instrument

from composer_daw.errors import DocumentError, HostError, InputError
from composer_daw.files import shipped
from composer_daw.hosts.fake import FakeHost
from composer_daw.rendering import instrument_names, load_instrument, open_host
from composer_daw.rendering.effects import Reverb


def test_by_path_with_the_map_beside_it(fake_preset: Path) -> None:
    instrument = load_instrument(fake_preset)
    assert instrument.name == fake_preset.as_posix()
    assert instrument.preset.instrument == instrument.technique_map.instrument == "Fake Strings"
    assert (instrument.preset.level_db, instrument.preset.bend_range, instrument.preset.effects) == (
        0.0,
        2.0,
        (),
    )
    assert instrument.preset.licence.audio_redistribution == "yes"
    with open_host(instrument, 22_050) as host:
        assert isinstance(host, FakeHost)
        assert host.sample_rate == 22_050


def test_where_it_stands_and_whether_it_ships(fake_preset: Path) -> None:
    own, violin = load_instrument(fake_preset), load_instrument("studio/violin")
    assert (own.path, own.map_path, own.ships) == (fake_preset, fake_preset.parent / "map.yaml", False)
    assert violin.ships
    assert violin.path == shipped("presets") / "studio" / "violin.yaml"
    assert violin.map_path == shipped("technique_maps") / "studio" / "violin.yaml"


def test_another_map_takes_the_place_of_the_one_that_is_named(fake_preset: Path, tmp_path: Path) -> None:
    own, other = load_instrument(fake_preset), tmp_path / "other" / "any.yaml"
    other.parent.mkdir()
    other.write_text(MAP.replace("lead_ms: 20", "lead_ms: 21"), encoding="utf-8")
    given = load_instrument(fake_preset, other)
    assert (given.map_path, given.technique_map.lead_ms) == (other, 21)
    assert given.digest != own.digest
    (fake_preset.parent / "map.yaml").rename(tmp_path / "moved.yaml")
    moved = load_instrument(fake_preset, tmp_path / "moved.yaml")
    assert moved.digest == own.digest  # what stands in it counts, not where it stands


def test_an_unknown_faust_instrument_is_found_at_once(tmp_path: Path) -> None:
    preset = tmp_path / "a.yaml"
    preset.write_text(
        "instrument: X\nhost: faust\nsource: studio/violn\nlicence: {name: x}\n"
        "technique_map: technique_maps/studio/violin.yaml\n"
    )
    with pytest.raises(HostError, match=r"no Faust instrument 'studio/violn' \(did you mean 'studio/violin'"):
        load_instrument(preset)


def test_by_name() -> None:
    assert "studio/violin" in instrument_names()
    violin = load_instrument("studio/violin")
    assert (violin.name, violin.preset.host, violin.technique_map.range) == (
        "studio/violin",
        "faust",
        (55, 105),
    )


def test_a_map_that_ships_or_that_the_index_names(tmp_path: Path) -> None:
    named = "instrument: Studio Violin\nhost: fake\nsource: sine\nlicence: {name: x}\n"
    (tmp_path / "a.yaml").write_text(named + "technique_map: technique_maps/studio/violin.yaml\n")
    (tmp_path / "b.yaml").write_text(named)
    assert (
        load_instrument(tmp_path / "a.yaml").technique_map
        == load_instrument(tmp_path / "b.yaml").technique_map
    )


def test_the_digest_follows_preset_map_and_sound(tmp_path: Path) -> None:
    one = load_instrument(write_instrument(tmp_path / "one")).digest
    assert load_instrument(write_instrument(tmp_path / "same")).digest == one
    assert load_instrument(write_instrument(tmp_path / "louder", more="level_db: 1\n")).digest != one
    assert load_instrument(write_instrument(tmp_path / "other", source="saw")).digest != one
    (tmp_path / "same" / "map.yaml").write_text(MAP.replace("lead_ms: 20", "lead_ms: 21"))
    assert load_instrument(tmp_path / "same" / "fake.yaml").digest != one


def test_effects_are_read(tmp_path: Path) -> None:
    preset = write_instrument(tmp_path, more="effects: [{reverb: {room_size: 0.9}}]\n")
    assert load_instrument(preset).preset.effects == (Reverb(room_size=0.9),)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "studio/violn",
            r"no instrument 'studio/violn' \(did you mean 'studio/violin'\?\); `composer-daw instr",
        ),
        ("x" * 5000, "no instrument 'x+'; `composer-daw instruments list` shows them"),
        ("nothing.yaml", r"nothing\.yaml: no such file; give an instrument \(YAML\)"),
        ("", "is a folder; give an instrument"),
    ],
)
def test_what_is_no_instrument(
    name: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=problem):
        load_instrument(name)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("level_db: 99\n", "6: level_db: Input should be less than or equal to 24, not 99"),
        ("level_db: inf\n", "6: level_db: Input should be a finite number, not 'inf'"),
        ("lvel_db: 1\n", r"6: lvel_db: unknown key \(did you mean 'level_db'\?\)"),
        (
            "effects: [{reverb: {room_siz: 1}}]\n",
            r"6: effects\[0\]: reverb: room_siz: unknown key \(did you mean 'room_size'",
        ),
        (
            "effects: [{echo: {}}]\n",
            r"6: effects\[0\]: 'echo' is no effect; write one of reverb, filter, compressor",
        ),
    ],
)
def test_errors_of_a_preset_name_the_line(tmp_path: Path, more: str, problem: str) -> None:
    with pytest.raises(DocumentError, match=rf"fake\.yaml:{problem}"):
        load_instrument(write_instrument(tmp_path, more=more))


def test_a_map_that_is_nowhere(tmp_path: Path) -> None:
    preset = write_instrument(tmp_path)
    (tmp_path / "map.yaml").unlink()
    with pytest.raises(
        InputError, match=r"fake\.yaml: no technique map 'map\.yaml' beside it, nor among those"
    ):
        load_instrument(preset)
