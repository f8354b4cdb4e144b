"""Does a sound repeat itself? Real plugins, the probe, and hosts without one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from installed_plugins import installed, probe_plugins
from probe_plugin import FORMATS, Format, ProbePlugins
from small_instruments import DRUMS, read_map, write_instrument

from composer_daw.audio import Audio
from composer_daw.authoring import determinism
from composer_daw.authoring.determinism import Repeats, probe_effect_repeats, probe_repeats
from composer_daw.authoring.probe_music import ANY_SOUND, busy_music, plain_music
from composer_daw.errors import CrashError, HostError
from composer_daw.events import Kind
from composer_daw.hosts.fake import FakeHost
from composer_daw.hosts.plugin_seat import Limits, PluginSound
from composer_daw.rendering import load_instrument

both_formats = pytest.mark.parametrize("format", FORMATS)
QUICK = Limits(load_s=20, ready_s=0.5, render_s=20)


@pytest.fixture(scope="module")
def probe() -> ProbePlugins:
    return probe_plugins()


@both_formats
def test_a_plugin_that_repeats(probe: ProbePlugins, format: Format) -> None:
    assert probe_repeats(PluginSound(probe.variant(format=format))) == Repeats("yes")


def test_another_that_repeats() -> None:
    assert probe_repeats(PluginSound(installed("ZynAddSubFX")), 48_000).verdict == "yes"


def test_one_that_repeats_in_a_new_instance_only() -> None:
    found = probe_repeats(PluginSound(installed("amsynth_vst")))
    assert (found.verdict, found.broken) == ("fresh", "a take after busy music")
    assert found.difference_db is not None and -200 < found.difference_db < -100
    assert str(found).startswith("fresh: a take after busy music differs by -1")


@both_formats
def test_one_that_never_repeats(probe: ProbePlugins, format: Format) -> None:
    found = probe_repeats(PluginSound(probe.variant("random", format)))
    assert (found.verdict, found.broken) == ("no", "a second take")
    assert found.difference_db is not None and found.difference_db > -60


def test_samples_that_come_late_are_waited_for(probe: ProbePlugins) -> None:
    limits = dataclasses.replace(QUICK, ready_s=10)
    assert probe_repeats(PluginSound(probe.variant("slow=0.5")), limits=limits).verdict == "yes"


def test_silence_proves_nothing(probe: ProbePlugins) -> None:
    with pytest.raises(HostError, match=r"^Probe@missing=sustain: the sound stays silent for 0.5 s"):
        probe_repeats(PluginSound(probe.variant("missing=sustain")), limits=QUICK)


def test_a_crash_is_named(probe: ProbePlugins) -> None:
    pitch = int(plain_music(ANY_SOUND).of(Kind.NOTE_ON)["number"][0])
    with pytest.raises(CrashError, match=rf"^Probe@crash-note={pitch}: crashed while rendering \(SIGSEGV\)"):
        probe_repeats(PluginSound(probe.variant(f"crash-note={pitch}")), limits=QUICK)


def test_effects() -> None:
    assert probe_effect_repeats(PluginSound(installed("DragonflyHallReverb-vst"))).verdict == "yes"


def test_an_effect_with_chance_in_it() -> None:
    found = probe_effect_repeats(PluginSound(installed("ZynPhaser")))
    assert (found.verdict, found.broken) == ("no", "a second take")


def test_an_instrument_of_another_host(fake_preset: Path) -> None:
    assert probe_repeats(load_instrument(fake_preset)) == Repeats("yes")


def test_the_last_take_is_played_in_another_process(
    fake_preset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FakeHost.render
    monkeypatch.setattr(FakeHost, "render", lambda self, *given: real(self, *given).gained(-6.0))  # only here
    found = probe_repeats(load_instrument(fake_preset))
    assert (found.verdict, found.broken) == ("no", "a take in another process")


def test_a_host_that_depends_on_what_came_before(fake_preset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, lengths = FakeHost.render, []

    def render(self: FakeHost, events: object, duration_s: float, seed: int = 0) -> Audio:
        lengths.append(len(events))  # type: ignore[arg-type]
        after_busy = len(lengths) > 1 and lengths[-2] > lengths[-1]
        sound = real(self, events, duration_s, seed)  # type: ignore[arg-type]
        return Audio(sound.samples + np.float32(1e-3 * after_busy), sound.sample_rate)

    monkeypatch.setattr(FakeHost, "render", render)
    found = probe_repeats(load_instrument(fake_preset))
    assert (found.verdict, found.broken) == ("no", "a take after busy music")
    assert found.difference_db == pytest.approx(-60.0, abs=0.1)


def test_an_instrument_that_fails(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="broken on purpose"):
        probe_repeats(load_instrument(write_instrument(tmp_path, source="broken")))


def test_a_preset_is_probed_whatever_it_says_of_itself(probe: ProbePlugins, tmp_path: Path) -> None:
    write_instrument(tmp_path)
    preset = tmp_path / "plugin.yaml"
    preset.write_text(
        f"instrument: Probe\nhost: plugin\nsource: {probe.variant()}\nfresh: true\nrepeats: 'no'\n"
        "technique_map: map.yaml\nlicence: {name: CC0-1.0}\n"
    )
    assert probe_repeats(load_instrument(preset)).verdict == "yes"


def test_equal_numbers_with_other_bits_are_not_the_same() -> None:
    one = Audio(np.array([[0.5, 0.0]], np.float32), 44_100)
    other = Audio(np.array([[0.5, -0.0]], np.float32), 44_100)
    found = determinism._compared([one, one, other, one])
    assert (found.verdict, found.broken) == ("no", "a take after busy music")
    assert found.difference_db is not None and found.difference_db < -700


def test_the_music_is_what_it_says() -> None:
    for known in (ANY_SOUND, read_map()):
        busy = busy_music(known)
        on, off = busy.of(Kind.NOTE_ON), busy.of(Kind.NOTE_OFF)
        low, high = known.range
        assert len(on) == 32 and len(set(on["number"].tolist())) >= 24
        assert low <= on["number"].min() < low + 13 and high - 13 < on["number"].max() <= high
        assert off["time_s"].min() > np.sort(on["time_s"])[8]  # two chords at least sound together
        plain = plain_music(known)
        assert 4 <= len(plain.of(Kind.NOTE_ON)) <= 9 and plain.duration_s < 4
    assert len(plain_music(read_map()).of(Kind.SWITCH_ON)) >= 4  # several techniques


@pytest.mark.parametrize("text", [DRUMS, "technique_map: 1\ninstrument: One Note\nrange: [C4, C4]\n"])
def test_the_music_of_small_instruments(text: str) -> None:
    known = read_map(text)
    for music in (plain_music(known), busy_music(known)):
        assert len(music.of(Kind.NOTE_ON)) >= 3
