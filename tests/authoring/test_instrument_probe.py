"""What an instrument does on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from installed_plugins import probe_plugins
from probe_plugin import ProbePlugins
from small_instruments import write_instrument

from composer_daw.authoring.instrument_probe import probe_instrument
from composer_daw.errors import LoadError
from composer_daw.rendering import load_instrument

MAP = """\
technique_map: 1
instrument: Probe
range: [C2, C6]
groups: {articulation: {default: sustain}}
techniques:
  sustain: {group: articulation, on: [{keyswitch: 0}]}
  staccato: {group: articulation, on: [{keyswitch: 1}]}
  pizzicato: {group: articulation, on: [{keyswitch: 2}]}
"""


@pytest.fixture(scope="module")
def probe() -> ProbePlugins:
    return probe_plugins()


def preset_of(plugin: Path, folder: Path) -> Path:
    """Write a preset of the probe, with its map."""
    (folder / "probe_map.yaml").write_text(MAP)
    preset = folder / "probe.yaml"
    preset.write_text(
        f"instrument: Probe\nhost: plugin\nsource: {plugin}\ntechnique_map: probe_map.yaml\n"
        "limits: {ready_s: 0.5, load_s: 20}\nlicence: {name: CC0-1.0}\n"
    )
    return preset


def test_a_plugin_that_does_all_it_should(probe: ProbePlugins, tmp_path: Path) -> None:
    found = probe_instrument(load_instrument(preset_of(probe.variant("latency=64"), tmp_path)))
    assert [one.technique for one in found.techniques] == ["sustain", "staccato", "pizzicato"]
    assert all(one.level_db is not None and one.level_db > -60 for one in found.techniques)
    assert found.failing == []
    assert found.latency_samples == 64
    assert found.repeats is not None and found.repeats.verdict == "yes"
    assert found.speed is not None and found.speed > 5
    assert 0 < found.load_s < 20


def test_a_technique_without_samples(probe: ProbePlugins, tmp_path: Path) -> None:
    preset = preset_of(probe.variant("missing=pizzicato"), tmp_path)
    found = probe_instrument(load_instrument(preset))
    assert found.failing == ["pizzicato"]
    *well, silent = found.techniques
    assert [one.problem for one in well] == ["", ""]
    assert (silent.level_db, silent.technique) == (None, "pizzicato")
    assert "pizzicato stays silent for 0.5 s" in silent.problem
    assert (found.speed, found.repeats) == (None, None)


def test_an_instrument_that_does_not_load(probe: ProbePlugins, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="crashing at load"):
        probe_instrument(load_instrument(preset_of(probe.variant("crash-load"), tmp_path)))


def test_a_host_without_a_plugin(fake_preset: Path) -> None:
    found = probe_instrument(load_instrument(fake_preset))
    assert [one.technique for one in found.techniques][:2] == ["sustain", "legato"]
    assert found.failing == [] and found.repeats is not None


def test_a_host_that_fails(tmp_path: Path) -> None:
    found = probe_instrument(load_instrument(write_instrument(tmp_path, source="broken")))
    assert len(found.failing) == len(found.techniques) > 3
    assert {one.problem for one in found.techniques} == {"fake: broken on purpose"}
