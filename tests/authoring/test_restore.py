"""Presets that are refused, and states that are written for other programs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from installed_plugins import probe_plugins

from composer_daw.authoring.capture import Wanted, capture
from composer_daw.authoring.fingerprint import Difference
from composer_daw.authoring.listing import preset_rows, show_preset
from composer_daw.authoring.restore import (
    Checked,
    apply_preset,
    check_preset,
    describe,
    export_preset,
    load_patch,
)
from composer_daw.errors import ComposerError, InputError, LoadError
from composer_daw.files import sha256_of
from composer_daw.plugins.state_files import load_state
from composer_daw.rendering import instrument_names, load_instrument

SETTINGS = {"Cutoff": 0.5, "Waveform": "square"}


def probe(options: str = "", format: str = "vst2") -> Path:
    return probe_plugins().variant(options, format)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one preset of the probe as VST2, and one as VST3; tests leave them as they are."""
    folder = tmp_path_factory.mktemp("presets")
    for format in ("vst2", "vst3"):
        wanted = Wanted(str(probe("", format)), settings=SETTINGS, name=f"Square {format}")
        capture(wanted, folder / f"{format}.yaml")
    return folder


def changed(preset: Path, old: str, new: str) -> Path:
    """Write the preset again beside itself, with one thing changed in its text."""
    text = preset.read_text(encoding="utf-8")
    assert old in text
    other = preset.with_name("changed.yaml")
    other.write_text(text.replace(old, new), encoding="utf-8")
    return other


def test_another_version_is_refused_unless_told(made: Path) -> None:
    other = changed(made / "vst2.yaml", sha256_of(probe()), "0" * 64)
    with pytest.raises(
        LoadError, match=r"was made with another version of Probe\.so \(its SHA-256 begins 0000"
    ):
        check_preset(other)
    assert check_preset(other, any_version=True).came_back


def test_another_plugin_is_refused_whatever_is_told(made: Path) -> None:
    source = str(probe("", "vst3"))
    other = changed(made / "vst3.yaml", source, str(probe("", "vst2")))
    for any_version in (False, True):
        with pytest.raises(
            LoadError, match=r"is a preset of another plugin \(VST3 '[0-9A-F]{32}'\) than Probe\.so"
        ):
            load_patch(other, any_version)


def test_the_state_of_another_plugin_is_refused(made: Path) -> None:
    other = changed(made / "vst2.yaml", "states/vst2.fxb", "states/vst3.vstpreset")
    with pytest.raises(InputError, match="is the state of a VST3, but Probe is a VST2"):
        load_patch(other)


def test_a_preset_of_another_host(fake_preset: Path) -> None:
    with pytest.raises(InputError, match="is played by the host 'fake'; this works on presets of plugins"):
        load_patch(fake_preset)


def test_a_preset_without_a_fingerprint(made: Path) -> None:
    other = changed(made / "vst2.yaml", "fingerprint: states/vst2.json\n", "")
    with pytest.raises(
        InputError, match="has no fingerprint to be compared with; `composer-daw presets capture` makes"
    ):
        check_preset(other)


@pytest.mark.parametrize(
    ("preset", "form"),
    [("vst2", "fxp"), ("vst2", "fxb"), ("vst2", "raw"), ("vst3", "vstpreset"), ("vst3", "raw")],
)
def test_every_form_that_is_exported_makes_the_same_sound(
    made: Path, tmp_path: Path, preset: str, form: str
) -> None:
    target = tmp_path / "exported"
    export_preset(made / f"{preset}.yaml", target, form)  # type: ignore[arg-type]
    patch = load_patch(made / f"{preset}.yaml")
    assert load_state(target).kind == preset
    if form != "fxp":
        assert load_state(target).raw == patch.sound.state
        return
    again = capture(Wanted(str(patch.sound.path), from_file=target), tmp_path / "again.yaml")
    assert again.kept.fingerprint == patch.fingerprint


@pytest.mark.parametrize(("preset", "form"), [("vst2", "vstpreset"), ("vst3", "fxp"), ("vst3", "fxb")])
def test_a_form_of_the_other_kind(made: Path, tmp_path: Path, preset: str, form: str) -> None:
    with pytest.raises(InputError, match=f"the state of a {preset.upper()} cannot be written as {form}"):
        export_preset(made / f"{preset}.yaml", tmp_path / "x", form)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_not_exported_without_what_is_set_on_top(made: Path, tmp_path: Path) -> None:
    other = changed(made / "vst2.yaml", "fingerprint:", "set: {Level: 0.5}\nfingerprint:")
    with pytest.raises(InputError, match="sets Level on top of its state, which is not in the file"):
        export_preset(other, tmp_path / "x.fxb", "fxb")
    assert apply_preset(other, tmp_path / "x.fxb") == ["Level is 0.5 and was 1"]
    again = capture(Wanted(str(probe()), from_file=tmp_path / "x.fxb"), tmp_path / "again.yaml")
    assert again.kept.fingerprint.parameters["Level"] == 0.5


def test_applying_names_its_form(made: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be told from its name; let it end in .fxp"):
        apply_preset(made / "vst2.yaml", tmp_path / "state.txt")
    apply_preset(made / "vst3.yaml", tmp_path / "state.vstpreset")
    assert (
        load_state(tmp_path / "state.vstpreset").identity
        == load_patch(made / "vst3.yaml").instrument.preset.plugin.id
    )  # type: ignore[union-attr]  # noqa: E501


def test_what_is_found_is_said_in_words() -> None:
    alike, other = Difference(False, 0.01, 0.005), Difference(False, 3.0, 0.2)
    assert describe(Difference(True), 0.02) == "sound: bit-identical"
    assert describe(alike, 0.02).startswith(
        "sound: the same within 0.01 dB (spectrum 0.01, envelope 0.01), not"
    )
    assert describe(other, 0.02) == (
        "sound: another one, 3.00 dB (spectrum 3.00, envelope 0.20) from what was captured; "
        "0.02 dB would be the same"
    )
    found = Checked((), alike, 0.02)
    assert found.came_back
    assert not dataclasses.replace(found, lost=("Level is 1 and was 0.5",)).came_back
    assert not dataclasses.replace(found, difference=other).came_back


def test_what_a_preset_changes(made: Path) -> None:
    shown = show_preset(made / "vst3.yaml")
    assert [(row["name"], row["text"], row["default_text"]) for row in shown["parameters"]] == [
        ("Cutoff", "10010.000000", "20000.000000"),
        ("Waveform", "square", "sine"),
    ]


def test_presets_are_listed_without_their_plugins(made: Path) -> None:
    gone = changed(made / "vst2.yaml", str(probe()), "/nowhere/Probe.so")
    (made / "broken.yaml").write_text("instrument: x\n")
    rows = {Path(row["name"]).name: row for row in preset_rows(made)}
    gone.unlink()
    (made / "broken.yaml").unlink()
    assert list(rows) == ["broken.yaml", "changed.yaml", "vst2.yaml", "vst3.yaml"]
    assert "is missing" in rows["broken.yaml"]["error"]
    assert rows["vst3.yaml"] == {
        "name": (made / "vst3.yaml").as_posix(),
        "instrument": "Square vst3",
        "source": "Probe.vst3",
        "kind": "vst3",
        "repeats": "yes",
        "licence": "unknown",
    }


def test_those_that_ship_are_listed_by_name() -> None:
    assert [row["name"] for row in preset_rows()] == ["plugins/amsynth", "plugins/zynaddsubfx"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        preset_rows(tmp_path / "nowhere")


SHIPPED = [name for name in instrument_names() if name.startswith("plugins/")]


@pytest.mark.parametrize("name", SHIPPED)
def test_presets_that_ship_load_without_their_plugin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from composer_daw.plugins import search

    monkeypatch.setattr(search, "plugin_folders", lambda kind: [])
    instrument = load_instrument(name)
    assert instrument.preset.plugin is not None
    assert instrument.preset.plugin.any_version
    with pytest.raises(InputError, match="no plugin '"):
        _ = instrument.digest


@pytest.mark.parametrize("name", SHIPPED)
def test_presets_that_ship_come_back(name: str) -> None:
    from installed_plugins import installed

    installed(load_instrument(name).preset.source)
    try:
        checked = check_preset(name)
    except ComposerError as error:
        pytest.fail(str(error))
    assert checked.lost == ()
    assert checked.difference.largest_db < 1.0  # another version of the plugin may differ a little
