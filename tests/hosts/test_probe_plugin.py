"""The probe plugin does what it says, in a bare DawDreamer: what the tests of the plugin host stand on.

Variants that only sound wrong are loaded here; those that kill or stop a process get one of their own.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
from probe_plugin import (
    FORMATS,
    PARAMETERS,
    PROGRAMS,
    TECHNIQUES,
    Format,
    Kind,
    Onset,
    ProbePlugins,
    build,
    read_onsets,
)

RATE = 48_000
Timed = tuple[int, mido.Message]
both_formats = pytest.mark.parametrize("format", FORMATS)


@pytest.fixture
def plugins(probe_plugins: ProbePlugins) -> ProbePlugins:
    return probe_plugins


def note(frame: int, length: int, pitch: int, velocity: int = 127, channel: int = 0) -> list[Timed]:
    start = mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)
    return [(frame, start), (frame + length, mido.Message("note_off", note=pitch, channel=channel))]


def control(frame: int, controller: int, value: int) -> list[Timed]:
    return [(frame, mido.Message("control_change", control=controller, value=value))]


def save_exact(path: Path, messages: list[Timed], rate: int = RATE) -> Path:
    """Write messages at their frames: four ticks to a sample, aimed at its middle: DawDreamer rounds down."""
    file, last = mido.MidiFile(ticks_per_beat=rate // 4), 0
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=62_500)])
    for frame, message in sorted(messages, key=lambda timed: timed[0]):
        track.append(message.copy(time=4 * frame + 2 - last))
        last = 4 * frame + 2
    file.tracks.append(track)
    file.save(path)
    return path


class Player:
    """One plugin in an engine of its own."""

    def __init__(self, plugin: Path, rate: int = RATE, block: int = 512) -> None:
        import dawdreamer

        self.rate = rate
        self.engine = dawdreamer.RenderEngine(rate, block)
        self.plugin: Any = self.engine.make_plugin_processor("probe", str(plugin))
        self.engine.load_graph([(self.plugin, [])])

    def play(self, folder: Path, *parts: list[Timed], frames: int = RATE // 2) -> np.ndarray:
        file = save_exact(folder / "score.mid", [message for part in parts for message in part], self.rate)
        self.plugin.clear_midi()
        self.plugin.load_midi(str(file), beats=False, all_events=True)
        self.engine.render(frames / self.rate)
        return np.array(self.engine.get_audio())

    def index(self, name: str) -> int:
        rows = self.plugin.get_parameters_description()
        return next(int(row["index"]) for row in rows if row["name"] == name)

    def set(self, name: str, value: float) -> None:
        self.plugin.set_parameter(self.index(name), value)

    def values(self) -> list[float]:
        return [float(self.plugin.get_parameter(self.index(name))) for name in PARAMETERS]


A4 = note(1000, 12_000, 69)


def partials(samples: np.ndarray, *hertz: float) -> list[float]:
    """Which of these frequencies 20 ms of sound hold, at least a third as strong as the strongest."""
    spectrum = np.abs(np.fft.rfft(samples[:960] * np.hanning(960), RATE))  # one bin is one hertz
    return [one for one in hertz if spectrum[round(one)] > spectrum.max() / 3]


# ---- the build


def test_it_is_built_once_and_copied_under_each_name(plugins: ProbePlugins) -> None:
    first, second = plugins.variant("latency=64", "vst2"), plugins.variant("", "vst2")
    built = (plugins.folder / "Probe.vst2.so").stat()
    assert build().folder == plugins.folder
    assert (plugins.folder / "Probe.vst2.so").stat().st_mtime_ns == built.st_mtime_ns
    assert len({first.stat().st_ino, second.stat().st_ino, built.st_ino}) == 3
    assert first.name == "Probe@latency=64.so"
    with pytest.raises(ValueError, match="latencies=64: the probe knows latency, "):
        plugins.variant("latencies=64")
    with pytest.raises(ValueError, match="missing=pizz: the techniques are sustain, "):
        plugins.variant("missing=pizz")


# ---- what it plays


def dense_score(rate: int, seed: int = 5) -> tuple[list[Timed], list[Onset]]:
    """60 chords of one to four notes on three channels, overlapping, each channel switched 5 ms before."""
    rng, messages, onsets = np.random.default_rng(seed), [], []
    frames = np.cumsum(rng.integers(rate // 100, rate // 20, 60)) + rate // 10
    for frame in frames:
        channel, technique = int(rng.integers(3)), int(rng.integers(5))
        messages += note(int(frame) - rate // 200, 40, technique, 1, channel)
        for pitch in rng.choice(np.arange(40, 100), rng.integers(1, 5), replace=False):
            messages += note(int(frame), int(rng.integers(50, rate // 4)), int(pitch), 90, channel)
            onsets.append(Onset(int(frame), channel, int(pitch), TECHNIQUES[technique]))
    return messages, sorted(onsets)


@pytest.mark.parametrize("block", [64, 480, 2048])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@both_formats
def test_every_note_starts_on_its_sample(
    plugins: ProbePlugins, tmp_path: Path, format: Format, rate: int, block: int
) -> None:
    messages, onsets = dense_score(rate)
    player = Player(plugins.variant("marks", format), rate, block)
    tone, marks = player.play(tmp_path, messages, frames=3 * rate)
    assert read_onsets(marks) == onsets
    assert np.flatnonzero(tone)[0] == onsets[0].sample
    assert abs(tone[onsets[0].sample]) > 0.05


@pytest.mark.parametrize("latency", [64, 4096])
@both_formats
def test_it_is_as_late_as_it_says(
    plugins: ProbePlugins, tmp_path: Path, format: Format, latency: int
) -> None:
    dry = Player(plugins.variant("marks", format)).play(tmp_path, A4)
    player = Player(plugins.variant(f"marks,latency={latency}", format))
    late = player.play(tmp_path, A4)
    assert player.plugin.get_latency_samples() == latency
    np.testing.assert_array_equal(late[:, latency:], dry[:, :-latency])
    assert not late[:, : latency + 1000].any()


@both_formats
def test_the_effect_is_a_gain_and_as_late_as_it_says(plugins: ProbePlugins, format: Format) -> None:
    import dawdreamer

    engine = dawdreamer.RenderEngine(RATE, 512)
    click = engine.make_playback_processor("click", np.eye(2, 5000, 1000, dtype=np.float32))
    effect = engine.make_plugin_processor("e", str(plugins.variant("latency=100", format, "ProbeEffect")))
    rows = effect.get_parameters_description()
    effect.set_parameter(next(row["index"] for row in rows if row["name"] == "Gain"), 0.25)
    engine.load_graph([(click, []), (effect, ["click"])])
    engine.render(0.1)
    assert effect.get_latency_samples() == 100
    heard = engine.get_audio()
    assert [(list(np.flatnonzero(side)), float(side.max())) for side in heard] == [
        ([1100], 0.5),
        ([1101], 0.5),
    ]


PARTIALS = ([440, 880], [440, 1320], [440, 2200], [440, 3080], [880, 3520])


@pytest.mark.parametrize("technique", range(5))
def test_a_technique_is_heard_in_20_ms(plugins: ProbePlugins, tmp_path: Path, technique: int) -> None:
    sound = Player(plugins.variant()).play(tmp_path, note(0, 10, technique), A4)[0][1000:]
    assert partials(sound, 440, 880, 1320, 1760, 2200, 2640, 3080, 3520) == PARTIALS[technique]


def test_techniques_have_envelopes_of_their_own(plugins: ProbePlugins, tmp_path: Path) -> None:
    player = Player(plugins.variant())

    def level(technique: int, at_s: float) -> float:
        heard = player.play(tmp_path, note(0, 10, technique), A4)[0]
        start = 1000 + round(at_s * RATE)
        return float(np.sqrt(np.mean(heard[start : start + 960] ** 2)))

    assert level(0, 0.2) == pytest.approx(level(0, 0.01), rel=0.05)
    assert level(1, 0.2) / level(1, 0.0) == pytest.approx(np.exp(-0.2 / 0.04), rel=0.1)
    assert level(2, 0.2) / level(2, 0.0) == pytest.approx(np.exp(-0.2 / 0.15), rel=0.1)
    assert level(3, 0.0525) < 0.25 * level(3, 0.115)  # a trough and a crest of 8 Hz


@both_formats
def test_controllers_and_bends_are_obeyed(plugins: ProbePlugins, tmp_path: Path, format: Format) -> None:
    player = Player(plugins.variant("", format))
    assert not player.play(tmp_path, A4, control(0, 1, 0)).any()
    assert not player.play(tmp_path, A4, control(0, 11, 0)).any()
    pizzicato = player.play(tmp_path, A4, control(0, 32, 64))[0][1000:]
    assert partials(pizzicato, 440, 880, 2200) == [440, 2200]
    for bend, pitch in ((-8192, 67), (8191, 71)):
        bent = player.play(tmp_path, A4, [(0, mido.Message("pitchwheel", pitch=bend))])
        straight = player.play(tmp_path, note(1000, 12_000, pitch))
        np.testing.assert_allclose(bent, straight, atol=0.005)


@pytest.mark.parametrize(("format", "steps"), [("vst2", {4000, 4050}), ("vst3", {3584})])
def test_a_controller_acts_on_its_sample_in_vst2_and_with_its_block_in_vst3(
    plugins: ProbePlugins, tmp_path: Path, format: Format, steps: set[int]
) -> None:
    """JUCE hands a VST3 the last value that a controller has in a block, at the block's first sample."""
    player = Player(plugins.variant("", format))
    plain = player.play(tmp_path, A4)[0]
    twice = player.play(tmp_path, A4, control(4000, 1, 0), control(4050, 1, 127))[0]
    changed = np.flatnonzero(twice != plain)
    if format == "vst2":
        assert {int(changed[0]), int(changed[-1]) + 1} == steps
    else:
        assert not len(changed)
        silent = player.play(tmp_path, A4, control(4000, 1, 64), control(4050, 1, 0))[0]
        assert int(np.flatnonzero(silent)[-1]) + 1 in steps


def test_a_program_change_reaches_vst2_and_a_parameter_chooses_it_in_vst3(
    plugins: ProbePlugins, tmp_path: Path
) -> None:
    sounds = []
    for number in range(len(PROGRAMS)):
        change = [(0, mido.Message("program_change", program=number))]
        vst2 = Player(plugins.variant("", "vst2")).play(tmp_path, change, A4)
        vst3 = Player(plugins.variant("", "vst3"))
        vst3.set("Current Program", number / 2)
        np.testing.assert_array_equal(vst3.play(tmp_path, A4), vst2)
        sounds.append(vst2)
    assert len({sound.tobytes() for sound in sounds}) == 3


def test_the_two_formats_show_their_parameters_in_their_own_way(plugins: ProbePlugins) -> None:
    vst2, vst3 = Player(plugins.variant("", "vst2")), Player(plugins.variant("", "vst3"))
    rows2, rows3 = (player.plugin.get_parameters_description() for player in (vst2, vst3))
    assert tuple(row["name"] for row in rows2) == PARAMETERS
    assert [row["name"] for row in rows3[:3]] == ["Latency", "Current Program", "MIDI Ch. 1 CC 0"]
    assert tuple(row["name"] for row in rows3[-len(PARAMETERS) :]) == PARAMETERS
    assert len(rows3) == 2 + 16 * 130 + len(PARAMETERS)
    for player in (vst2, vst3):
        player.set("Waveform", 0.5)
        assert player.plugin.get_parameter_text(player.index("Waveform")) == "saw"
        assert player.plugin.get_parameter_text(player.index("Cutoff")) == "20000.000000"


@both_formats
def test_drums_come_out_of_two_pairs(plugins: ProbePlugins, tmp_path: Path, format: Format) -> None:
    player = Player(plugins.variant("marks", format, "ProbeDrums"))
    heard = player.play(tmp_path, note(1000, 500, 36), note(9000, 500, 72))
    assert [int(np.flatnonzero(channel)[0]) for channel in heard] == [1000, 1000, 9000, 9000]
    assert [read_onsets(channel)[0].pitch for channel in heard[1::2]] == [36, 72]


def test_marks_that_were_scaled_are_refused(plugins: ProbePlugins, tmp_path: Path) -> None:
    marks = Player(plugins.variant("marks")).play(tmp_path, A4)[1]
    assert read_onsets(marks) == [Onset(1000, 0, 69, "sustain")]
    with pytest.raises(ValueError, match="more than marks"):
        read_onsets(marks * np.float32(0.7))


# ---- what it keeps


@both_formats
def test_repeats_are_equal_to_the_bit(plugins: ProbePlugins, tmp_path: Path, format: Format) -> None:
    player, (other, _) = Player(plugins.variant("", format)), dense_score(RATE)
    first, again = player.play(tmp_path, A4), player.play(tmp_path, A4)
    player.play(tmp_path, other)
    after = player.play(tmp_path, A4)
    fresh = Player(plugins.variant("", format), block=100).play(tmp_path, A4)
    assert {sound.tobytes() for sound in (first, again, after, fresh)} == {first.tobytes()}
    random = Player(plugins.variant("random", format))
    assert not np.array_equal(random.play(tmp_path, A4), random.play(tmp_path, A4))


@both_formats
def test_techniques_stay_latched_only_when_asked(
    plugins: ProbePlugins, tmp_path: Path, format: Format
) -> None:
    def second(options: str) -> str:
        player = Player(plugins.variant(options, format))
        player.play(tmp_path, note(0, 10, 3), A4)
        return read_onsets(player.play(tmp_path, A4)[1])[0].technique

    assert (second("marks"), second("marks,latch")) == ("sustain", "tremolo")


def restored(player: Player) -> tuple[Any, Any]:
    """A copy of a player's engine and plugin, by the road that opens no window."""
    engine = pickle.loads(pickle.dumps(player.engine))
    return engine, engine.get_processor("probe")


@both_formats
def test_state_holds_parameters_and_what_no_parameter_shows(
    plugins: ProbePlugins, tmp_path: Path, format: Format
) -> None:
    player = Player(plugins.variant("", format))
    plain = player.play(tmp_path, A4)
    player.play(tmp_path, control(0, 119, 77))
    patched = player.play(tmp_path, A4)
    assert not np.array_equal(patched, plain)
    assert player.values() == Player(plugins.variant("", format)).values()
    for name, value in {"Level": 0.3123456, "Cutoff": 0.2345678, "Waveform": 1.0, "Detune": 0.61}.items():
        player.set(name, value)
    sound = player.play(tmp_path, A4)
    engine, plugin = restored(player)
    engine.render(len(sound[0]) / RATE)
    np.testing.assert_array_equal(engine.get_audio(), sound)
    back = [plugin.get_parameter(player.index(name)) for name in PARAMETERS]
    assert back == pytest.approx(player.values(), abs=1e-6)


@both_formats
def test_one_that_forgets_ignores_what_is_restored(
    plugins: ProbePlugins, tmp_path: Path, format: Format
) -> None:
    player = Player(plugins.variant("forget", format))
    plain = player.play(tmp_path, A4)
    player.set("Waveform", 1.0)
    player.play(tmp_path, control(0, 119, 77))
    assert not np.array_equal(player.play(tmp_path, A4), plain)
    engine, _ = restored(player)
    engine.render(len(plain[0]) / RATE)
    np.testing.assert_array_equal(engine.get_audio(), plain)


# ---- how it fails


def test_two_copies_in_one_process_fail_each_in_its_way(plugins: ProbePlugins, tmp_path: Path) -> None:
    whole = Player(plugins.variant("", "vst2"))
    lacking = Player(plugins.variant("missing=pizzicato", "vst2"))
    slow = Player(plugins.variant("slow=60", "vst2"))
    for technique, name in enumerate(TECHNIQUES):
        switch = note(0, 10, technique)
        assert whole.play(tmp_path, switch, A4).any()
        assert lacking.play(tmp_path, switch, A4).any() == (name != "pizzicato")
        assert not slow.play(tmp_path, switch, A4).any()


@both_formats
def test_slow_samples_arrive_by_the_clock(plugins: ProbePlugins, tmp_path: Path, format: Format) -> None:
    player, loaded = Player(plugins.variant("slow=0.4", format)), time.monotonic()
    assert not player.play(tmp_path, A4).any()
    time.sleep(max(0.0, 0.45 - (time.monotonic() - loaded)))
    assert player.play(tmp_path, A4).any()


@pytest.mark.parametrize(("fault", "check"), [("nan-note", np.isnan), ("inf-note", np.isinf)])
@both_formats
def test_fault_notes_are_not_sound(
    plugins: ProbePlugins, tmp_path: Path, format: Format, fault: str, check: Any
) -> None:
    player = Player(plugins.variant(fault, format))
    bad = player.play(tmp_path, A4, note(2000, 500, 127))
    assert list(np.flatnonzero(check(bad[0]))[:1]) == [2000]
    assert np.isfinite(player.play(tmp_path, A4)).all()
    elsewhere = Player(plugins.variant(f"{fault}=40", format))
    assert np.isfinite(elsewhere.play(tmp_path, note(2000, 500, 127))).all()
    assert check(elsewhere.play(tmp_path, note(2000, 500, 40))).any()


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


@both_formats
def test_a_leak_grows_with_each_render(plugins: ProbePlugins, tmp_path: Path, format: Format) -> None:
    player, sizes = Player(plugins.variant("leak=48", format)), []  # larger than what is kept when freed
    for _ in range(4):
        player.play(tmp_path, A4, frames=2000)
        sizes.append(resident_mb())
    assert np.diff(sizes) == pytest.approx([48] * 3, abs=3)


CHILD = """\
import sys, dawdreamer
engine = dawdreamer.RenderEngine(48_000, 512)
print("loading", file=sys.stderr, flush=True)
plugin = engine.make_plugin_processor("probe", sys.argv[1])
print("loaded", file=sys.stderr, flush=True)
plugin.load_midi(sys.argv[2], beats=False, all_events=True)
engine.load_graph([(plugin, [])])
engine.render(0.2)
print("rendered", abs(engine.get_audio()).max() > 0, file=sys.stderr, flush=True)
"""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Any]:
    """A function that loads a plugin in a process of its own and plays keys 69 and 127."""
    score, processes = save_exact(tmp_path / "fault.mid", A4 + note(2000, 500, 127)), []

    def start(plugin: Path, **more: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHILD, str(plugin), str(score)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **more)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("fault", "told"), [("crash-load", "crashing at load"), ("crash-note", "crashing on key 127")]
)
@both_formats
def test_a_crash_leaves_last_words(
    plugins: ProbePlugins, child: Any, format: Format, fault: str, told: str
) -> None:
    process = child(plugins.variant(fault, format))
    _, words = process.communicate(timeout=30)
    assert process.returncode < 0
    assert words.splitlines()[-1] == f"Probe: {told}"
    assert ("loaded" in words.splitlines()) == (fault == "crash-note")


@pytest.mark.parametrize(
    ("fault", "told"), [("hang-load", "hanging at load"), ("hang-note", "hanging on key 127")]
)
@both_formats
def test_a_hang_says_so_and_goes_on(
    plugins: ProbePlugins, child: Any, format: Format, fault: str, told: str
) -> None:
    process = child(plugins.variant(fault, format))
    lines = []
    for line in process.stderr:
        lines.append(line.strip())
        if lines[-1].startswith("Probe:"):
            break
    assert lines[-1] == f"Probe: {told}"
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)


def test_a_flood_fills_both_streams(plugins: ProbePlugins, child: Any) -> None:
    kind: Kind = "Probe"
    process = child(plugins.variant("flood", "vst3", kind), stdout=subprocess.PIPE)
    printed, told = process.communicate(timeout=30)
    assert process.returncode == 0
    assert printed.count("~") > 2_000_000 and told.count("~") > 2_000_000
    assert "rendered True" in told
