"""Presets on plugins: what belongs together is opened, and what does not is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from probe_instrument import write_probe_instrument
from probe_plugin import ProbePlugins
from small_instruments import piece, write_instrument

from composer_daw.errors import DocumentError, HostError, InputError, LoadError
from composer_daw.files import sha256_of
from composer_daw.hosts.plugin import PluginHost
from composer_daw.plugins.binary import check_plugin
from composer_daw.rendering import Instrument, load_instrument, open_host, render

NOTE = piece((0.0, 0.3, 60, 90))
BOTH = piece((0.0, 0.3, 50, 90), (0.1, 0.3, 72, 90))


def instrument_on(folder: Path, plugin: Path, more: str = "", name: str = "Probe") -> Instrument:
    return load_instrument(write_probe_instrument(folder, plugin, name, more))


def opened(instrument: Instrument, fresh: bool = False) -> PluginHost:
    host = open_host(instrument, fresh=fresh)
    assert isinstance(host, PluginHost)
    return host


def saved_state(instrument: Instrument, path: Path) -> Path:
    with opened(instrument) as host:
        path.write_bytes(host.state)
    return path


# ---- how it is opened


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_everything_in_a_preset_reaches_the_plugin(
    probe_plugins: ProbePlugins, tmp_path: Path, format: str
) -> None:
    plugin = probe_plugins.variant("", format)
    state = saved_state(
        instrument_on(tmp_path, plugin, "set: {Cutoff: 0.4, Detune: 0.7}"), tmp_path / "x.state"
    )
    instrument = instrument_on(
        tmp_path,
        plugin,
        f"state: {state.name}\nset: {{waveform: saw, Level: 0.5}}\nfresh: true\nseats: 2\n"
        "limits: {load_s: 7, ready_s: 3, render_s: 5, renders: 9, growth_mb: 50}\n",
    )
    with opened(instrument) as host:
        values = {one.name: one.value for one in host.parameters()}
        assert values["Cutoff"] == pytest.approx(0.4, abs=1e-4)
        assert values["Detune"] == pytest.approx(0.7, abs=1e-4)
        assert values["Waveform"] == pytest.approx(0.5, abs=0.25)
        assert values["Level"] == 0.5
        assert host.sound.fresh
        limits = host.limits
    assert (limits.load_s, limits.ready_s, limits.render_s, limits.renders, limits.growth_mb) == (
        7,
        3,
        5,
        9,
        50,
    )
    assert instrument.sound_path == plugin


def test_fresh_is_for_the_preset_or_for_whoever_opens_it(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    plain = instrument_on(tmp_path / "a", probe_plugins.variant())
    always = instrument_on(tmp_path / "b", probe_plugins.variant(), "fresh: true")
    assert [opened(plain).sound.fresh, opened(plain, fresh=True).sound.fresh, opened(always).sound.fresh] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("more", "change", "block"),
    [
        ("", {}, 512),
        ("automation: [{parameter: Level, from_cc: 1}]", {}, 64),
        ("", {"on: [{keyswitch: 1}]": "on: [{cc: 32, value: 40}]"}, 64),
        ("", {"channels:": "dynamics: {cc: 1, follow: velocity}\nchannels:"}, 64),
    ],
    ids=["keys", "automation", "cc", "dynamics"],
)
def test_what_a_plugin_looks_at_once_in_a_block_comes_in_small_blocks(
    probe_plugins: ProbePlugins, tmp_path: Path, more: str, change: dict[str, str], block: int
) -> None:
    preset = write_probe_instrument(tmp_path, probe_plugins.variant(), more=more)
    for old, new in change.items():
        text = (tmp_path / "probe_map.yaml").read_text("utf-8")
        assert old in text
        (tmp_path / "probe_map.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert opened(load_instrument(preset)).sound.block == block


# ---- identity


def with_identity(folder: Path, plugin: Path, sha256: str, more: str = "") -> Instrument:
    kind = check_plugin(plugin).kind
    return instrument_on(folder, plugin, f"plugin: {{kind: {kind}, sha256: {sha256}{more}}}")


def test_the_version_that_a_preset_was_made_with_is_opened(
    probe_plugins: ProbePlugins, tmp_path: Path
) -> None:
    plugin = probe_plugins.variant()
    take = render(NOTE, with_identity(tmp_path, plugin, check_plugin(plugin).sha256))
    assert take.audio.peak_db > -40


def test_another_version_is_refused_unless_the_preset_says_otherwise(
    probe_plugins: ProbePlugins, tmp_path: Path
) -> None:
    plugin, other = probe_plugins.variant(), "ab" * 32
    refused = with_identity(tmp_path / "a", plugin, other)
    with pytest.raises(LoadError) as error:
        open_host(refused)
    found = check_plugin(plugin).sha256[:8]
    assert str(error.value) == (
        f"{refused.path}: was made with another version of Probe.vst3 (its SHA-256 begins abababab, "
        f"this one's {found}); capture it again, or set 'any_version: true' under plugin"
    )
    taken = with_identity(tmp_path / "b", plugin, other, ", any_version: true")
    assert render(NOTE, taken).audio.peak_db > -40


def test_the_state_of_the_other_kind_is_refused(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    vst2, vst3 = (probe_plugins.variant("", format) for format in ("vst2", "vst3"))
    state = saved_state(instrument_on(tmp_path, vst2), tmp_path / "x.state")
    with pytest.raises(
        InputError, match=r"x\.state: is the state of a VST2, but Probe is a VST3; give one of"
    ):
        open_host(instrument_on(tmp_path, vst3, f"state: {state.name}"))


def test_the_state_of_another_plugin_is_refused(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    probe, drums = probe_plugins.variant("", "vst2"), probe_plugins.variant("", "vst2", "ProbeDrums")
    state = saved_state(instrument_on(tmp_path, drums), tmp_path / "x.state")
    identity = f"plugin: {{kind: vst2, id: cDpi, sha256: {check_plugin(probe).sha256}}}"
    with pytest.raises(InputError, match=r"x\.state: belongs to the plugin 'cDpd', not to Probe \('cDpi'\)"):
        open_host(instrument_on(tmp_path, probe, f"{identity}\nstate: {state.name}"))


def test_what_is_no_state_is_refused(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    (tmp_path / "x.state").write_bytes(b"no state at all")
    instrument = instrument_on(tmp_path, probe_plugins.variant(), "state: x.state")
    with pytest.raises(InputError, match=r"x\.state: holds no state of a VST2 or VST3"):
        open_host(instrument)
    (tmp_path / "x.state").unlink()
    with pytest.raises(InputError, match=r"x\.state: no such file"):
        open_host(instrument)


# ---- what must come back


def test_a_fingerprint_finds_out_who_forgets(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    state = saved_state(
        instrument_on(tmp_path, probe_plugins.variant(), "set: {Cutoff: 0.4}"), tmp_path / "x.state"
    )
    (tmp_path / "x.json").write_text(json.dumps({"parameters": {"Cutoff": 0.4, "Level": 1.0}}))
    more = f"state: {state.name}\nfingerprint: x.json"
    assert render(NOTE, instrument_on(tmp_path, probe_plugins.variant(), more)).audio.peak_db > -40
    with pytest.raises(
        LoadError, match="^Probe@forget: did not take its state back: Cutoff is 1 and was 0.4$"
    ):
        render(NOTE, instrument_on(tmp_path, probe_plugins.variant("forget"), more))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"parameters": [1]}', '{"parameters": {"Cutoff": "much"}}']
)
def test_what_is_no_fingerprint_is_refused(probe_plugins: ProbePlugins, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match=r"x\.json: is no fingerprint; capture the preset again"):
        open_host(instrument_on(tmp_path, probe_plugins.variant(), "fingerprint: x.json"))


# ---- what is not there, or something else


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("./Prob.vst3", r"Prob\.vst3: no such plugin \(did you mean 'Probe\.vst3'\?\)"),
        ("no_such_plugin_anywhere", "no plugin 'no_such_plugin_anywhere'"),
        ("./probe_map.yaml", "probe_map.yaml: is no plugin: not a shared library at all"),
    ],
)
def test_a_missing_plugin_is_said_in_one_line(tmp_path: Path, source: str, says: str) -> None:
    (tmp_path / "Probe.vst3").mkdir()
    instrument = instrument_on(tmp_path, Path(source))
    preset = instrument.path.read_text("utf-8").replace(
        f"source: {Path(source).as_posix()}", f"source: {source}"
    )
    instrument.path.write_text(preset, encoding="utf-8")
    instrument = load_instrument(instrument.path)
    for use in (open_host, lambda one: one.digest):
        with pytest.raises(InputError, match=says) as error:
            use(instrument)
        assert "\n" not in str(error.value)


PLUGIN_ONLY = {
    "state": "x.state",
    "set": "{Level: 0.5}",
    "plugin": "{kind: vst2, sha256: " + "ab" * 32 + "}",
    "fingerprint": "x.json",
    "fresh": "true",
    "automation": "[{parameter: Level, from_cc: 1}]",
    "seats": "2",
}


@pytest.mark.parametrize("key", PLUGIN_ONLY)
def test_what_only_plugins_have_is_refused_elsewhere_with_its_line(tmp_path: Path, key: str) -> None:
    preset = write_instrument(tmp_path, more=f"\n{key}: {PLUGIN_ONLY[key]}\n")
    with pytest.raises(DocumentError) as error:
        load_instrument(preset)
    assert str(error.value) == f"{preset}:7: {key}: is for 'host: plugin', and this is 'fake'"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("limits: {load_s: 0}", "limits: load_s: 0: "),
        ("limits: {load: 5}", "limits: load: unknown"),
        ("seats: 0", "seats: 0: "),
        ("set: {Cutoff: 1.5}", "set"),
        ("plugin: {kind: vst2, sha256: abc}", "plugin: sha256: "),
        ("repeats: maybe", "repeats: "),
        ("finger: x", "finger"),
    ],
)
def test_a_preset_that_makes_no_sense_names_its_line(tmp_path: Path, more: str, says: str) -> None:
    preset = write_probe_instrument(tmp_path, Path("x.so"), more=more)
    with pytest.raises(DocumentError) as error:
        load_instrument(preset)
    assert str(error.value).startswith(f"{preset}:6: ")
    assert says.split(":")[0] in str(error.value) and "\n" not in str(error.value)


# ---- its digest


def test_the_digest_is_of_all_that_sounds(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    plugin = probe_plugins.variant("", "vst2")
    (tmp_path / "x.state").write_bytes(b"one")
    base = instrument_on(tmp_path, plugin, "state: x.state").digest
    assert instrument_on(tmp_path, plugin, "state: x.state\nlimits: {load_s: 5}\nseats: 3").digest == base
    others = {
        instrument_on(tmp_path, plugin, more).digest
        for more in ("", "state: x.state\nset: {Level: 0.5}", "state: x.state\noutputs: [kit]")
    }
    others.add(instrument_on(tmp_path, probe_plugins.variant("", "vst3"), "state: x.state").digest)
    (tmp_path / "x.state").write_bytes(b"two")
    others.add(instrument_on(tmp_path, plugin, "state: x.state").digest)
    assert len(others | {base}) == 6
    assert sha256_of(check_plugin(plugin).binary) == check_plugin(plugin).sha256


# ---- several outputs


@pytest.mark.parametrize("format", ["vst2", "vst3"])
def test_several_outputs_become_stems(probe_plugins: ProbePlugins, tmp_path: Path, format: str) -> None:
    plugin = probe_plugins.variant("", format, "ProbeDrums")
    take = render(BOTH, instrument_on(tmp_path, plugin, "outputs: [low]\nlevel_db: -3"))
    assert list(take.outputs) == ["low", "output 2"]
    low, high = take.outputs.values()
    assert {one.samples.shape for one in (low, high)} == {take.audio.samples.shape}
    assert (low.samples[0] != 0).argmax() == 0
    assert (high.samples[0] != 0).argmax() == pytest.approx(0.1 * 44_100, abs=1)
    np.testing.assert_allclose(low.samples + high.samples, take.audio.samples, atol=1e-6)


def test_stereo_has_no_outputs_beside_itself(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    assert render(NOTE, instrument_on(tmp_path, probe_plugins.variant())).outputs == {}


def test_more_names_than_outputs_are_refused(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    plugin = probe_plugins.variant("", "vst3", "ProbeDrums")
    instrument = instrument_on(tmp_path, plugin, "outputs: [kick, snare, room]")
    with pytest.raises(InputError, match=r"outputs: names 3, but the instrument has 2 stereo pairs$"):
        render(BOTH, instrument)


def test_a_fault_is_an_error_of_the_take(probe_plugins: ProbePlugins, tmp_path: Path) -> None:
    instrument = instrument_on(tmp_path, probe_plugins.variant("nan-note=60"))
    with pytest.raises(HostError, match="^Probe@nan-note=60: rendered NaN or infinite samples$"):
        render(NOTE, instrument)
