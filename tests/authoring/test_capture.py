"""Presets of real plugins: captured, brought up in a fresh process, and the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from installed_plugins import installed, probe_plugins
from small_instruments import MAP

from composer_daw.authoring.capture import Captured, Wanted, capture
from composer_daw.authoring.restore import apply_preset, check_preset, load_patch, look_at
from composer_daw.errors import ComposerError, HostError, InputError
from composer_daw.plugins.state_files import load_state
from composer_daw.rendering import load_instrument, open_host
from composer_daw.rendering.preset import Limits

Case = tuple[Callable[[], Path], dict[str, float | str], str, str]
CASES: dict[str, Case] = {
    "amsynth": (
        lambda: installed("amsynth_vst"),
        {"filter_cutoff": 0.4, "osc1_waveform": 0.3},
        "fresh",
        ".fxp",
    ),
    "zynaddsubfx": (lambda: installed("ZynAddSubFX"), {"Slot 1": 0.4}, "yes", ".fxb"),
    "probe-vst2": (lambda: probe("", "vst2"), {"Cutoff": "440", "Waveform": 0.3}, "yes", ".fxb"),
    "probe-vst3": (lambda: probe("", "vst3"), {"Cutoff": "440", "Waveform": "saw"}, "yes", ".vstpreset"),
}
"""How to find a plugin, what to set in it, how it repeats, and a form for its state."""


def probe(options: str = "", format: str = "vst2") -> Path:
    return probe_plugins().variant(options, format)  # type: ignore[arg-type]


def captured(plugin: Path, output: Path, **more: object) -> Captured:
    return capture(Wanted(str(plugin), **more), output)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_a_round_trip_gives_the_same_parameters_and_the_same_samples(name: str, tmp_path: Path) -> None:
    find, settings, repeats, suffix = CASES[name]
    output, applied = tmp_path / "one.yaml", tmp_path / f"applied{suffix}"
    made = captured(find(), output, settings=settings)
    assert made.kept.notes == []
    assert made.kept.difference.identical
    assert made.repeats.verdict == repeats
    checked = check_preset(output)
    assert checked.lines() == ["sound: bit-identical"]
    assert checked.came_back
    assert apply_preset(output, applied) == []
    patch = load_patch(output)
    seen = look_at(patch.with_sound(dataclasses.replace(patch.sound, state=load_state(applied).raw)))
    assert seen.values == made.kept.fingerprint.parameters
    assert seen.sound == made.kept.fingerprint.sound
    with open_host(load_instrument(output)) as host:  # which compares with the fingerprint, too
        assert len(host.parameters()) == len(seen.parameters)


@pytest.mark.parametrize(("format", "suffix"), [("vst2", ".fxp"), ("vst3", ".bin")])
def test_what_is_applied_makes_the_same_preset_again(format: str, suffix: str, tmp_path: Path) -> None:
    first, state = tmp_path / "first.yaml", tmp_path / f"state{suffix}"
    one = captured(probe("", format), first, settings={"Level": 0.5})
    assert apply_preset(first, state) == []
    other = captured(probe("", format), tmp_path / "second.yaml", from_file=state)
    assert other.kept.fingerprint == one.kept.fingerprint
    assert other.kept.state.to_bytes() == one.kept.state.to_bytes()


def test_the_preset_says_what_was_asked(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    made = captured(
        probe(), tmp_path / "one.yaml", technique_map=tmp_path / "map.yaml", limits=Limits(load_s=90.0)
    )
    preset = load_instrument(tmp_path / "one.yaml").preset
    assert made.map_written is None
    assert (preset.instrument, preset.technique_map, preset.limits.load_s) == (
        "Fake Strings",
        "map.yaml",
        90.0,
    )
    assert preset.plugin is not None
    assert (preset.plugin.kind, preset.plugin.id, preset.plugin.any_version) == ("vst2", "cDpi", False)


def test_a_state_that_is_forgotten_is_set_on_top(tmp_path: Path) -> None:
    made = captured(probe("forget"), tmp_path / "one.yaml", settings={"Cutoff": 0.5, "Waveform": "saw"})
    assert made.kept.notes == ["the state does not hold Cutoff, Waveform: set on top of it, in the preset"]
    assert load_instrument(tmp_path / "one.yaml").preset.set == {"Cutoff": 0.5, "Waveform": 0.5}
    assert check_preset(tmp_path / "one.yaml").came_back


def test_a_plugin_that_never_repeats_is_known_by_its_spread(tmp_path: Path) -> None:
    made = captured(probe("random"), tmp_path / "one.yaml", settings={"Cutoff": 0.5})
    sound = made.kept.fingerprint.sound
    assert made.repeats.verdict == "no"
    assert 0.05 < sound.spread_db < 1.0
    checked = check_preset(tmp_path / "one.yaml")
    assert checked.came_back
    assert not checked.difference.identical
    assert "not bit-identical" in checked.lines()[0]
    other = captured(probe("random,patch=bells"), tmp_path / "two.yaml", settings={"Cutoff": 0.5})
    text = (tmp_path / "one.yaml").read_text().replace("states/one.fxb", "states/two.fxb")
    (tmp_path / "one.yaml").write_text(text)
    assert other.kept.fingerprint.parameters == made.kept.fingerprint.parameters
    assert not check_preset(tmp_path / "one.yaml").came_back


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_a_sound_that_no_parameter_shows_comes_back_too(tmp_path: Path, format: str) -> None:
    output = tmp_path / "one.yaml"
    made = captured(probe("patch=bells", format), output)
    plain = captured(probe("", format), tmp_path / "plain.yaml")
    assert made.kept.fingerprint.parameters == plain.kept.fingerprint.parameters
    assert made.kept.fingerprint.sound != plain.kept.fingerprint.sound
    move(output, probe("patch=bells", format), probe("", format))  # it begins as another sound
    assert check_preset(output).lines() == ["sound: bit-identical"]


def move(preset: Path, old: Path, new: Path) -> None:
    """Have a preset name another copy of its plugin."""
    text = preset.read_text(encoding="utf-8")
    assert str(old) in text
    preset.write_text(text.replace(str(old), str(new)), encoding="utf-8")


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_check_catches_a_plugin_that_forgets_its_state(tmp_path: Path, format: str) -> None:
    output = tmp_path / "one.yaml"
    captured(probe("", format), output, settings={"Level": 0.5, "Waveform": "square"})
    move(output, probe("", format), probe("forget", format))
    checked = check_preset(output)
    assert not checked.came_back
    assert not checked.sounds_the_same
    assert checked.lines()[0].startswith("sound: another one, ")
    if format == "vst2":  # the half of a VST3 that shows parameters remembers them
        assert set(checked.lost) == {"Level is 1 and was 0.5", "Waveform is 0 and was 1"}


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_check_catches_a_hidden_state_that_is_forgotten(tmp_path: Path, format: str) -> None:
    output = tmp_path / "one.yaml"
    captured(probe("patch=bells", format), output)
    move(output, probe("patch=bells", format), probe("forget", format))
    checked = check_preset(output)
    assert checked.lost == ()
    assert not checked.came_back
    assert checked.difference.spectrum_db > 1.0


def test_nothing_is_written_of_a_plugin_that_crashes(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="crash"):
        captured(probe("crash-note=60"), tmp_path / "one.yaml")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_of_a_plugin_that_stays_silent(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="sustain stays silent"):
        captured(probe("missing=sustain"), tmp_path / "one.yaml", limits=Limits(ready_s=0.5))
    assert list(tmp_path.iterdir()) == []


REFUSALS = {
    "no plugin": (lambda: Path(__file__), {}, "is no plugin: not a shared library"),
    "effect": (lambda: installed("DragonflyHallReverb-vst"), {}, "is an effect, not an instrument"),
    "unknown": (probe, {"settings": {"Cutof": 0.5}}, r"no parameter 'Cutof' \(did you mean 'Cutoff'\?\)"),
    "range": (probe, {"settings": {"Cutoff": 1.5}}, "Cutoff: 1.5 is outside 0..1"),
    "text": (probe, {"settings": {"Waveform": "sqare"}}, r"never shows 'sqare' \(did you mean 'square'\?\)"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_captured_is_one_line(name: str, tmp_path: Path) -> None:
    find, more, problem = REFUSALS[name]
    with pytest.raises(ComposerError, match=problem) as caught:
        captured(find(), tmp_path / "one.yaml", **more)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_state_of_another_plugin(tmp_path: Path) -> None:
    captured(probe("", "vst2"), tmp_path / "one.yaml")
    state = tmp_path / "states" / "one.fxb"
    with pytest.raises(InputError, match="belongs to the plugin 'cDpi', not to amsynth"):
        captured(installed("amsynth_vst"), tmp_path / "two.yaml", from_file=state)
    with pytest.raises(InputError, match="is the state of a VST2, but Probe is a VST3"):
        captured(probe("", "vst3"), tmp_path / "two.yaml", from_file=state)


def test_a_state_begins_what_is_captured(tmp_path: Path) -> None:
    captured(probe(), tmp_path / "one.yaml", settings={"Level": 0.5, "Detune": 0.25})
    state = tmp_path / "states" / "one.fxb"
    made = captured(probe(), tmp_path / "two.yaml", from_file=state, settings={"Level": 0.75})
    values = made.kept.fingerprint.parameters
    assert (values["Level"], values["Detune"]) == (0.75, 0.25)
    assert load_state(state).to_bytes() != made.kept.state.to_bytes()


def test_a_look_takes_the_state_before_it_plays(tmp_path: Path) -> None:
    captured(probe(), tmp_path / "one.yaml")
    patch = load_patch(tmp_path / "one.yaml")
    assert look_at(patch).state == patch.sound.state
