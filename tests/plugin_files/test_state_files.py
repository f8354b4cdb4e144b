"""State files: told by their content, converted without loss, refused for another plugin; real ones too."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe_plugin import ProbePlugins

from composer_daw.errors import InputError
from composer_daw.plugins.fxp import Bank, Program, encoded_name
from composer_daw.plugins.introspect import introspect
from composer_daw.plugins.juce_vst3_state import Vst3State
from composer_daw.plugins.search import find_plugin
from composer_daw.plugins.state_files import (
    SavedState,
    check_belongs,
    converted,
    load_state,
    read_state,
    save_state,
)
from composer_daw.plugins.vstpreset import VstPreset, new_vstpreset

AMSY = 0x616D7379
CLASS_ID = "2046504473616C636970446300000000"
CHUNKED = Bank(AMSY, 3, b"patch", count=1)
PLAIN = Program(AMSY, 3, count=2, parameters=(0.25, 0.75), name_field=encoded_name("Plain"))
SEVERAL = Bank(AMSY, 3, count=2, programs=(PLAIN, replace(PLAIN, parameters=(0.5, 0.5))))
PRESET = new_vstpreset(CLASS_ID, b"component", b"own")
HALVES = Vst3State(b"component", b"own")


@pytest.mark.parametrize(
    ("content", "kind", "identity"),
    [
        (CHUNKED, "vst2", "amsy"),
        (PLAIN, "vst2", "amsy"),
        (PRESET, "vst3", CLASS_ID),
        (HALVES, "vst3", None),
    ],
)
def test_the_content_decides_whatever_the_name(
    tmp_path: Path, content: Any, kind: str, identity: str | None
) -> None:
    path = tmp_path / "sound.bin"
    path.write_bytes(content.to_bytes())
    state = load_state(path)
    assert (state.kind, state.identity) == (kind, identity)
    assert state.to_bytes() == path.read_bytes()


def test_what_a_host_takes() -> None:
    assert SavedState(PRESET).raw == SavedState(HALVES).raw == HALVES.to_bytes()
    assert SavedState(CHUNKED).raw == CHUNKED.to_bytes()
    newer = replace(SEVERAL, format=2, reserved=struct.pack(">I", 1) + bytes(124))
    assert SavedState(newer).raw == SEVERAL.to_bytes()  # JUCE passes over format 2 without a word
    assert SavedState(replace(PLAIN, format=2)).raw == PLAIN.to_bytes()


def test_conversions_of_a_vst2() -> None:
    fxp = converted(SavedState(CHUNKED), "fxp", name="Soft").content
    assert isinstance(fxp, Program)
    assert (fxp.name, fxp.chunk, fxp.plugin_version) == ("Soft", b"patch", 3)
    assert converted(SavedState(fxp), "fxb").content == CHUNKED
    assert converted(SavedState(PLAIN), "fxb").content == Bank(AMSY, 3, count=1, programs=(PLAIN,))
    assert converted(converted(SavedState(PLAIN), "fxb"), "fxp").content == PLAIN
    assert converted(SavedState(SEVERAL), "fxp", program=1).content == SEVERAL.programs[1]
    assert converted(SavedState(SEVERAL), "raw").to_bytes() == SEVERAL.to_bytes()
    newer = replace(SEVERAL, format=2, reserved=struct.pack(">I", 1) + bytes(124))
    assert converted(SavedState(newer), "fxp").content == SEVERAL.programs[1]


def test_conversions_of_a_vst3() -> None:
    assert converted(SavedState(HALVES), "vstpreset", class_id=CLASS_ID).content == PRESET
    assert converted(SavedState(PRESET), "raw").content == HALVES
    described = VstPreset(CLASS_ID, (*PRESET.chunks, ("Info", b"<MetaInfo/>")))
    assert converted(SavedState(described), "vstpreset").content == described  # nothing of it is lost


@pytest.mark.parametrize(
    ("content", "form", "line"),
    [
        (SEVERAL, "fxp", "holds 2 programs and none is current; give the number of one"),
        (CHUNKED, "vstpreset", "the state of a VST2 cannot be written as vstpreset"),
        (HALVES, "fxp", "the state of a VST3 cannot be written as fxp"),
        (PRESET, "fxb", "the state of a VST3 cannot be written as fxb"),
        (HALVES, "vstpreset", "the plugin's class ID is needed too"),
    ],
)
def test_conversions_that_cannot_be(content: Any, form: Any, line: str) -> None:
    with pytest.raises(InputError, match=line):
        converted(SavedState(content), form)


def test_a_program_that_a_bank_does_not_have() -> None:
    with pytest.raises(InputError, match="has no program 2; it holds 2, counted from 0"):
        converted(SavedState(SEVERAL), "fxp", program=2)
    with pytest.raises(InputError, match="saved no state that a .vstpreset could hold"):
        converted(SavedState(Vst3State(None, None)), "vstpreset", class_id=CLASS_ID)


def test_the_suffix_decides_what_is_written(tmp_path: Path) -> None:
    for name, content in (("a.fxb", CHUNKED), ("a.state", CHUNKED), ("a.fxp", PLAIN), ("b.bin", HALVES)):
        save_state(tmp_path / name, SavedState(content))
        assert load_state(tmp_path / name).content == read_state(content.to_bytes()).content
    save_state(tmp_path / "b.VSTPRESET", SavedState(HALVES), class_id=CLASS_ID)
    assert load_state(tmp_path / "b.VSTPRESET").content == PRESET
    with pytest.raises(InputError, match=r"c\.wav: cannot be told from its name; let it end in \.fxp, \.fxb"):
        save_state(tmp_path / "c.wav", SavedState(PLAIN))
    with pytest.raises(InputError, match=r"d\.fxp: the state of a VST3 cannot be written as fxp"):
        save_state(tmp_path / "d.fxp", SavedState(HALVES))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.fxb",
        "a.fxp",
        "a.state",
        "b.VSTPRESET",
        "b.bin",
    ]


@pytest.mark.parametrize("content", [b"", b"hello, I am a text", bytes(200), b"CcnK", b"VST3", b"VC2!"])
def test_files_that_are_no_state(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sound.fxp"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"sound\.fxp: ") as caught:
        load_state(path)
    assert "\n" not in str(caught.value)


def test_places_that_hold_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sound.fxp").write_bytes(PLAIN.to_bytes())
    with pytest.raises(
        InputError, match=r"soud\.fxp: no such file \(did you mean 'sound\.fxp'\?\); give a preset"
    ):
        load_state(tmp_path / "soud.fxp")
    with pytest.raises(InputError, match="is a folder; give a preset"):
        load_state(tmp_path)
    monkeypatch.setattr("composer_daw.plugins.state_files.LARGEST_BYTES", 20)
    with pytest.raises(InputError, match="is larger than"):
        load_state(tmp_path / "sound.fxp")


def test_a_state_of_another_plugin_is_refused() -> None:
    check_belongs(SavedState(PLAIN), "x.fxp", "amsynth_vst", "vst2", "amsy")
    check_belongs(SavedState(PLAIN), "x.fxp", "amsynth_vst", "vst2", "")
    check_belongs(SavedState(HALVES), "x.bin", "Probe", "vst3", CLASS_ID)  # it does not say whose it is
    check_belongs(SavedState(PRESET), "x.vstpreset", "Probe", "vst3", CLASS_ID.lower())
    with pytest.raises(InputError, match="x.fxp: belongs to the plugin 'amsy', not to ZynAddSubFX .'ZASF'."):
        check_belongs(SavedState(PLAIN), "x.fxp", "ZynAddSubFX", "vst2", "ZASF")
    with pytest.raises(InputError, match="x.fxp: belongs to the plugin 'amsy', not to Other .'AMSY'."):
        check_belongs(SavedState(PLAIN), "x.fxp", "Other", "vst2", "AMSY")
    with pytest.raises(InputError, match="x.fxp: is the state of a VST2, but Probe is a VST3"):
        check_belongs(SavedState(PLAIN), "x.fxp", "Probe", "vst3", "")
    with pytest.raises(InputError, match=f"x: belongs to the plugin '{CLASS_ID}', not to Other"):
        check_belongs(SavedState(PRESET), "x", "Other", "vst3", "0" * 32)


# --------------------------------------------------------------------------------------------- real plugins

RESTORE = """
import json, sys
import dawdreamer

path, state, change = sys.argv[1], open(sys.argv[2], "rb").read(), sys.argv[3] == "change"
if state:
    engine = dawdreamer.RenderEngine.__new__(dawdreamer.RenderEngine)
    plugin = {"pickle_version": 1, "unique_name": "x", "plugin_path": path, "sample_rate": 44100.0,
              "plugin_state": state}
    engine.__setstate__({"pickle_version": 1, "sample_rate": 44100.0, "buffer_size": 512,
                         "processors": [{"type": "PluginProcessor", "state": plugin}],
                         "dag": [{"processor_name": "x", "inputs": []}]})
    plugin = engine.get_processor("x")
else:
    engine = dawdreamer.RenderEngine(44100, 512)
    plugin = engine.make_plugin_processor("x", path)
    engine.load_graph([(plugin, [])])
own = [one["index"] for one in plugin.get_parameters_description() if not one["name"].startswith("MIDI")]
if change:
    for index in own[:12]:
        plugin.set_parameter(index, 0.7 if index % 2 else 0.3)
engine.render(0.1)
values = [plugin.get_parameter(index) for index in own]
if sys.argv[4].endswith(".vstpreset"):
    plugin.load_vst3_preset(sys.argv[4])
    values = [plugin.get_parameter(index) for index in own]
with open(sys.argv[5], "wb") as stream:
    stream.write(plugin.__getstate__()["plugin_state"])
with open(sys.argv[5] + ".json", "w") as stream:
    json.dump(values, stream)
"""


def in_own_process(
    plugin: Path, folder: Path, state: bytes = b"", change: bool = False, preset: Path | None = None
) -> tuple[bytes, list[float]]:
    """Load a plugin, restore or change its sound, and return its raw state and its parameters."""
    given, got = folder / "given", folder / "got"
    given.write_bytes(state)
    how = ["change" if change else "keep", str(preset or "-"), str(got)]
    command = [sys.executable, "-c", RESTORE, str(plugin), str(given), *how]
    subprocess.run(command, check=True, timeout=100, capture_output=True)
    return got.read_bytes(), json.loads(Path(f"{got}.json").read_text())


def installed(name: str) -> Path:
    """Return a plugin of the system; without it skip, or fail where all is required."""
    try:
        return find_plugin(name, Path("/"))
    except InputError as error:
        pytest.fail(str(error)) if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip(
            str(error)
        )


@pytest.mark.parametrize(
    "name", ["probe", "amsynth_vst", "ZynAddSubFX", "ZynReverb", "DragonflyHallReverb-vst"]
)
def test_a_vst2_takes_every_form_of_its_state(probe_plugins: ProbePlugins, tmp_path: Path, name: str) -> None:
    plugin = probe_plugins.variant("", "vst2") if name == "probe" else installed(name)
    _, untouched = in_own_process(plugin, tmp_path)
    raw, _ = in_own_process(plugin, tmp_path, change=True)
    state = read_state(raw)
    assert state.to_bytes() == state.raw == raw
    identity = introspect(plugin)
    check_belongs(state, "state", identity.name, "vst2", identity.id)
    # a stepped parameter reads as it was set until it is restored: what returns then is what counts
    restored, expected = in_own_process(plugin, tmp_path, raw)
    assert restored == raw
    assert expected != untouched
    for suffix in ("fxp", "fxb", "state"):
        save_state(tmp_path / f"x.{suffix}", state, name="Test")
        again, read_back = in_own_process(plugin, tmp_path, load_state(tmp_path / f"x.{suffix}").raw)
        assert read_back == expected, suffix
    assert isinstance(state.content, Bank)
    newer = SavedState(replace(state.content, format=2))
    assert in_own_process(plugin, tmp_path, newer.to_bytes())[1] == untouched  # why `raw` writes format 1
    assert in_own_process(plugin, tmp_path, newer.raw)[1] == expected


def test_a_vst3_takes_its_state_as_a_preset(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    plugin = probe_plugins.variant("", "vst3")
    raw, _ = in_own_process(plugin, tmp_path, change=True)
    state, identity = read_state(raw), introspect(plugin)
    assert state.to_bytes() == raw  # byte for byte what JUCE writes
    again, expected = in_own_process(plugin, tmp_path, raw)
    assert again == raw
    path = tmp_path / "x.vstpreset"
    save_state(path, state, class_id=identity.id)
    check_belongs(load_state(path), path, identity.name, "vst3", identity.id)
    assert load_state(path).raw == raw
    # DawDreamer's own reader of the format takes what we wrote
    assert in_own_process(plugin, tmp_path, preset=path) == (raw, expected)
