"""A song through its graph: stems add up, branches stay aligned, tails are whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from probe_plugin import FORMATS, Format, ProbePlugins
from small_songs import TRACKS, save_song, write_graph

from composer_daw.audio import Audio
from composer_daw.errors import HostError, InputError
from composer_daw.midi import load_midi
from composer_daw.performance import Performance
from composer_daw.rendering.effects import Plugin
from composer_daw.rendering.graph_plan import Plan, plan_graph
from composer_daw.rendering.graph_render import Mixdown, direct_gains, render_graph
from composer_daw.rendering.mixing import fader

RATE = 44_100
NESTED = """\
  melody: {track: Melody, instrument: fake.yaml, pan: -0.6, level_db: -2, output: high, sends: {hall: -6}}
  alto: {track: Alto, instrument: fake.yaml, pan: 0.4, output: high, sends: {group: -9}}
  bass: {track: Bass, instrument: fake.yaml, effects: [{reverb: {}}], output: squeezed, sends: {hall: -20}}
"""
BUSES = """\
buses:
  high: {level_db: -4, pan: 0.3, output: group, sends: {hall: -12}}
  group: {level_db: 1, pan: -0.2}
  squeezed: {effects: [{compressor: {threshold: -40, ratio: 4}}], output: group}
  hall: {effects: [{reverb: {dry_level: 0, wet_level: 1, room_size: 0.8}}], level_db: -3}
"""


@pytest.fixture
def song(tmp_path: Path) -> Performance:
    return load_midi(save_song(tmp_path / "song.mid"))


def planned(folder: Path, song: Performance, tracks: str = TRACKS, rest: str = "") -> Plan:
    return plan_graph(write_graph(folder, tracks, rest), song)


def sum_of_stems(mixdown: Mixdown) -> np.ndarray:
    return sum(stem.audio.samples.astype(np.float64) for stem in mixdown.stems if stem.in_mix)  # type: ignore


def stem(mixdown: Mixdown, kind: str, name: str) -> np.ndarray:
    return next(one.audio.samples for one in mixdown.stems if (one.kind, one.name) == (kind, name))


def decibels(difference: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(difference).max() + 1e-12))


# --- the law of sums ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "in_mix"),
    [
        (BUSES, {"melody", "alto", "squeezed", "hall"}),
        (BUSES + "master: {loudness_lufs: -14}\n", {"melody", "alto", "squeezed", "hall"}),
        (BUSES + "master: {loudness_lufs: -8, true_peak_db: -6}\n", {"melody", "alto", "squeezed", "hall"}),
        (
            BUSES.replace("high: {", "high: {effects: [{filter: {}}], "),
            {"alto", "high", "squeezed", "hall"},
        ),
    ],
)
def test_stems_add_up_to_the_mix(song: Performance, tmp_path: Path, rest: str, in_mix: set[str]) -> None:
    mixdown = render_graph(planned(tmp_path, song, NESTED, rest))
    assert {one.name for one in mixdown.stems if one.in_mix} == in_mix
    assert decibels(sum_of_stems(mixdown) - mixdown.audio.samples) < -100
    assert {one.audio.samples.shape[1] for one in mixdown.stems} == {mixdown.audio.samples.shape[1]}
    assert mixdown.audio.peak_db > -40


def test_with_effects_on_the_master_stems_add_up_to_what_enters_them(
    song: Performance, tmp_path: Path
) -> None:
    master = "master: {effects: [{compressor: {threshold: -40, ratio: 8}}], loudness_lufs: -20}\n"
    mixdown = render_graph(planned(tmp_path, song, NESTED, BUSES + master))
    premaster = stem(mixdown, "premaster", "premaster")
    assert decibels(sum_of_stems(mixdown) - premaster) < -100
    assert decibels(premaster - mixdown.audio.samples) > -40
    assert mixdown.audio.loudness_lufs() == pytest.approx(-20, abs=0.1)


def test_a_ridden_track_is_so_in_its_stem_and_in_what_it_sends(song: Performance, tmp_path: Path) -> None:
    plain, moved = (
        render_graph(planned(tmp_path, song, NESTED.replace("Melody,", f"Melody, {ride}"), BUSES))
        for ride in ("", "ride: [[0, -6], [0.01, -6]],")
    )
    assert decibels(sum_of_stems(moved) - moved.audio.samples) < -100
    length = min(
        mixdown.audio.samples.shape[1] for mixdown in (plain, moved)
    )  # the tail of the hall is shorter
    one, other = (stem(mixdown, "wet", "melody")[:, :length] for mixdown in (plain, moved))
    assert decibels(one * np.float32(10 ** (-6 / 20)) - other) < -120 < decibels(other)


def test_direct_gains_follow_every_way(song: Performance, tmp_path: Path) -> None:
    gains = direct_gains(planned(tmp_path, song, NESTED, BUSES).graph)
    group = fader(1, -0.2)
    assert gains["melody"] == pytest.approx(fader(-4, 0.3) * group)
    assert gains["alto"] == pytest.approx(fader(-4, 0.3) * group + 10 ** (-9 / 20) * group)
    assert gains["bass"].tolist() == [0, 0]
    assert gains["squeezed"] == pytest.approx(group)
    assert gains["hall"].tolist() == [1, 1]


def test_a_bus_without_effects_is_the_sum_of_what_goes_in(song: Performance, tmp_path: Path) -> None:
    tracks = TRACKS.replace("Melody,", "Melody, output: high,").replace("Alto,", "Alto, output: high,")
    mixdown = render_graph(planned(tmp_path, song, tracks, "buses:\n  high: {level_db: -6, pan: 0.5}\n"))
    parts = stem(mixdown, "wet", "melody") + stem(mixdown, "wet", "alto")
    assert decibels(parts - stem(mixdown, "bus", "high")) < -120
    assert {one.name for one in mixdown.stems if one.in_mix} == {"melody", "alto", "bass"}


# --- levels and ways ------------------------------------------------------------------------------------


def test_levels_pans_and_dry_stems(song: Performance, tmp_path: Path) -> None:
    tracks = TRACKS.replace("Melody,", "Melody, level_db: -12, pan: -1,")
    mixdown = render_graph(planned(tmp_path, song, tracks))
    dry, wet = stem(mixdown, "dry", "melody"), stem(mixdown, "wet", "melody")
    assert dry.shape[0] == 1
    np.testing.assert_allclose(wet[0], dry[0] * 10 ** (-12 / 20), atol=1e-6)
    assert np.abs(wet[1]).max() < 1e-6
    centre = stem(mixdown, "wet", "alto")
    np.testing.assert_allclose(
        centre, np.tile(stem(mixdown, "dry", "alto") * np.sqrt(0.5), (2, 1)), atol=1e-6
    )


def test_a_mono_track_is_as_loud_with_effects_as_without(song: Performance, tmp_path: Path) -> None:
    neutral = "effects: [{compressor: {threshold: 0, ratio: 1}}],"
    mixdown = render_graph(planned(tmp_path, song, TRACKS.replace("Melody,", f"Melody, pan: 0.5, {neutral}")))
    plain = render_graph(planned(tmp_path, song, TRACKS.replace("Melody,", "Melody, pan: 0.5,")))
    assert decibels(stem(mixdown, "wet", "melody") - stem(plain, "wet", "melody")) < -80


def test_a_send_is_taken_after_the_level(song: Performance, tmp_path: Path) -> None:
    tracks = TRACKS.replace("Melody,", "Melody, level_db: -6, pan: 1, sends: {copy: -10},")
    mixdown = render_graph(planned(tmp_path, song, tracks, "buses:\n  copy: {}\n"))
    wet = stem(mixdown, "wet", "melody")
    np.testing.assert_allclose(stem(mixdown, "bus", "copy"), wet / (1 + 10**-0.5) * 10**-0.5, atol=1e-6)


def test_takes_that_were_turned_down_come_back_at_their_level(song: Performance, tmp_path: Path) -> None:
    levels = []
    for name, more in (("quiet", ""), ("loud", "level_db: 24\n")):
        plan = planned(tmp_path / name, song)
        preset = tmp_path / name / "fake.yaml"
        preset.write_text(preset.read_text() + more)
        mixdown = render_graph(plan_graph(tmp_path / name / "graph.yaml", song))
        levels.append(Audio(stem(mixdown, "dry", "melody"), RATE).peak_db)
        assert plan.parts
    assert levels[1] - levels[0] == pytest.approx(24, abs=0.01)
    assert levels[1] > 0


# --- time -----------------------------------------------------------------------------------------------


class Late:
    """An effect that gives back what it gets, and then a fading copy `tail_s` later, as a plugin would."""

    def __init__(self, tail_s: float = 0.0) -> None:
        self.tail_s, self.opened, self.heard = tail_s, 0, 0

    @contextmanager
    def open(self, effect: Plugin, sample_rate: int, beside: Path) -> Iterator[Late]:
        self.opened += 1
        yield self

    def process(self, audio: Audio) -> Audio:
        self.heard += 1
        samples, shift = audio.samples.copy(), round(self.tail_s * audio.sample_rate)
        if 0 < shift < samples.shape[1]:
            samples[:, shift:] += 0.5 * audio.samples[:, :-shift]
        return Audio(samples, audio.sample_rate)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Late:
    fake = Late()
    monkeypatch.setattr("composer_daw.rendering.effects.open_plugin", fake.open)
    monkeypatch.setattr(Plugin, "checked", lambda self, beside: None)
    return fake


PLUGIN = "{plugin: {source: late.so}}"


@pytest.mark.parametrize("format", FORMATS)
def test_a_plugin_that_is_late_is_no_later_in_the_mix(
    song: Performance, tmp_path: Path, probe_plugins: ProbePlugins, format: Format
) -> None:
    """A send through a real plugin that delays by 4096 samples and says so, beside the dry sound."""
    plugin = probe_plugins.variant("latency=4096", format, "ProbeEffect")
    tracks = TRACKS.replace("Melody,", "Melody, sends: {copy: 0},")
    effect = f"{{plugin: {{source: '{plugin}', set: {{Gain: '1.000000'}}}}}}"
    mixdown = render_graph(planned(tmp_path, song, tracks, f"buses:\n  copy: {{effects: [{effect}]}}\n"))
    assert decibels(stem(mixdown, "wet", "melody") - stem(mixdown, "bus", "copy")) < -100
    assert decibels(stem(mixdown, "bus", "copy")) > -40


def test_a_parameter_that_an_effect_has_not_is_found_before_anything_plays(
    song: Performance, tmp_path: Path, probe_plugins: ProbePlugins
) -> None:
    plugin = probe_plugins.variant("", "vst2", "ProbeEffect")
    effect = f"{{plugin: {{source: '{plugin}', set: {{Gian: 0.5}}}}}}"
    tracks = TRACKS.replace("Melody,", f"Melody, effects: [{effect}],")
    with pytest.raises(
        InputError, match=r"graph\.yaml:3: tracks.*no parameter 'Gian' \(did you mean 'Gain'\?\)"
    ):
        planned(tmp_path, song, tracks)


def test_tails_are_whole_and_all_is_padded_to_the_longest(
    song: Performance, tmp_path: Path, late: Late
) -> None:
    late.tail_s = 6.0
    plain = render_graph(planned(tmp_path, song))
    tracks = TRACKS.replace("Melody,", f"Melody, effects: [{PLUGIN}],")
    mixdown = render_graph(planned(tmp_path, song, tracks))
    assert mixdown.audio.duration_s == pytest.approx(plain.audio.duration_s + 6.0, abs=0.01)
    assert not stem(mixdown, "wet", "alto")[:, -4 * RATE :].any()
    assert (late.opened, late.heard, mixdown.notes) == (1, 2, ())


def test_what_never_ends_fades_out_and_is_told(
    song: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: Late
) -> None:
    monkeypatch.setattr(late, "process", lambda audio: Audio(np.full((2, audio.samples.shape[1]), 0.1), RATE))
    mixdown = render_graph(planned(tmp_path, song, TRACKS, f"master: {{effects: [{PLUGIN}]}}\n"))
    assert mixdown.notes == ("master: still sounds after 32 s; the song fades out there",)
    assert mixdown.audio.duration_s > 32
    assert np.abs(mixdown.audio.samples[:, -100:]).max() < 0.001


# --- hosts, seeds, errors -------------------------------------------------------------------------------


def test_tracks_with_one_instrument_share_a_host(
    song: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from composer_daw.rendering import graph_play

    opened, real, told = [], graph_play.open_host, list[str]()

    def counting(instrument: Any, sample_rate: int) -> Any:
        opened.append((instrument.name, sample_rate))
        return real(instrument, sample_rate)

    monkeypatch.setattr(graph_play, "open_host", counting)
    plan = planned(tmp_path, song, NESTED, BUSES + "sample_rate: 22050\n")
    mixdown = render_graph(plan, told=told.append)
    assert opened == [(str(tmp_path / "fake.yaml"), 22_050)]
    assert mixdown.audio.sample_rate == 22_050
    assert told == ["melody", "alto", "bass", "high", "squeezed", "hall", "group", "master"]


def test_the_same_seed_the_same_samples_and_no_two_tracks_alike(song: Performance, tmp_path: Path) -> None:
    plan = planned(tmp_path, song)
    once, again, other = (render_graph(plan, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(once.audio.samples, again.audio.samples)
    assert not np.array_equal(once.audio.samples, other.audio.samples)


def test_without_stems_the_mix_is_the_same(song: Performance, tmp_path: Path) -> None:
    plan = planned(tmp_path, song, NESTED, BUSES)
    bare = render_graph(plan, stems=False)
    assert bare.stems == ()
    np.testing.assert_array_equal(bare.audio.samples, render_graph(plan).audio.samples)


def test_labels_of_all_tracks_tell_the_notes_of_the_score(song: Performance, tmp_path: Path) -> None:
    mixdown = render_graph(planned(tmp_path, song), stems=False)
    notes = np.concatenate([take.labels.rows["note"] for take in mixdown.takes.values()])
    assert sorted(notes.tolist()) == list(range(12))


def test_errors_name_the_track(song: Performance, tmp_path: Path) -> None:
    tracks = TRACKS.replace("Alto, instrument: fake.yaml", "Alto, instrument: broken.yaml")
    path = write_graph(tmp_path, tracks)
    broken = (tmp_path / "fake.yaml").read_text().replace("source: sine", "source: broken")
    (tmp_path / "broken.yaml").write_text(broken)
    with pytest.raises(HostError, match=r"^alto: fake: broken on purpose$"):
        render_graph(plan_graph(path, song))
    low = song.with_notes(pitch=np.where(song.notes["channel"] == 2, 12, song.notes["pitch"]))
    with pytest.raises(InputError, match=r"^bass: 4 notes outside"):
        render_graph(planned(tmp_path, low))


def test_a_silent_track_is_told(song: Performance, tmp_path: Path) -> None:
    path = write_graph(tmp_path, TRACKS.replace("Alto, instrument: fake.yaml", "Alto, instrument: off.yaml"))
    (tmp_path / "off.yaml").write_text((tmp_path / "fake.yaml").read_text() + "level_db: -60\n")
    assert render_graph(plan_graph(path, song)).notes == ("alto: is silent",)


def test_an_effect_that_gives_no_sound_is_an_error(
    song: Performance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: Late
) -> None:
    monkeypatch.setattr(late, "process", lambda audio: Audio(audio.samples * np.float32(np.nan), RATE))
    tracks = TRACKS.replace("Melody,", f"Melody, effects: [{PLUGIN}],")
    with pytest.raises(HostError, match="melody: an effect gave samples that are not finite"):
        render_graph(planned(tmp_path, song, tracks))


def test_a_silent_mix_is_an_error(song: Performance, tmp_path: Path) -> None:
    tracks = TRACKS.replace("instrument:", "level_db: -110, instrument:")
    with pytest.raises(InputError, match="the mix is silent"):
        render_graph(planned(tmp_path, song, tracks))
