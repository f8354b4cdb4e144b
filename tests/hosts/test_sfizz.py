"""SFZ libraries in sfizz: every event on its sample, every render afresh, every fault said in one line."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_sfz import CODES, HIGH, LOW, SWITCHES, write_small_sfz, write_tones

from composer_daw.audio import Audio
from composer_daw.errors import HostError
from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.hosts.base import Host
from composer_daw.hosts.sfizz import BLOCKS, SfizzHost, sound_digest
from composer_daw.hosts.sfizz_text import read_sfz

if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") != "1":
    pytest.importorskip("pysfizz")

RATE = 44_100
PRE_ROLL_S = 0.05
Row = tuple[float, int, int, int, float, int]


def switch(time_s: float, technique: str, channel: int = 0) -> list[Row]:
    return [
        (time_s, Kind.SWITCH_ON, channel, SWITCHES[technique], 100.0, -1),
        (time_s + 0.001, Kind.SWITCH_OFF, channel, SWITCHES[technique], 0.0, -1),
    ]


def note(onset_s: float, length_s: float, pitch: int, channel: int = 0, velocity: float = 100.0) -> list[Row]:
    return [
        (onset_s, Kind.NOTE_ON, channel, pitch, velocity, -1),
        (onset_s + length_s, Kind.NOTE_OFF, channel, pitch, 0.0, -1),
    ]


def controller(time_s: float, number: int, value: float, channel: int = 0) -> list[Row]:
    return [(time_s, Kind.CONTROL, channel, number, value, -1)]


def events(*parts: list[Row], pre_roll_s: float = PRE_ROLL_S) -> Events:
    stream = sorted_stream(np.array([row for part in parts for row in part], EVENT))
    return Events(stream, float(stream["time_s"].max(initial=0.0)), pre_roll_s)


def played(path: Path, *parts: list[Row], seconds: float = 0.5, bend_range: float = 2.0) -> Audio:
    with SfizzHost(path, RATE, bend_range) as host:
        return host.render(events(*parts), seconds)


def hertz(audio: Audio, start_s: float, end_s: float) -> float:
    """Return the strongest frequency of a part, in steps of half a hertz."""
    part = audio.samples[0, round((start_s + PRE_ROLL_S) * RATE) : round((end_s + PRE_ROLL_S) * RATE)]
    return float(np.abs(np.fft.rfft(part * np.hanning(len(part)), 2 * RATE)).argmax() / 2)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_sfz(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def gain(small: Path) -> float:
    """What the engine makes of a sample value of 1: its own volume and pan."""
    return float(played(small, note(0.0, 0.1, 60)).samples[0, round(PRE_ROLL_S * RATE)]) / CODES["sustain"]


# Time and techniques


def long_score(seed: int) -> tuple[list[list[Row]], list[tuple[float, str, int]]]:
    """Return a score of 500 notes and 50 changes, and for each onset (s) its technique and count of notes.

    Chords of up to four notes, notes held over the next ones, and changes 5 ms apart, some at the very sample
    of their note and some between two notes.
    """
    rng = np.random.default_rng(seed)
    parts, heard, time_s, notes, names = [], [], 0.1, 0, list(CODES)
    changes = set(rng.choice(np.arange(1, 150), 50, replace=False).tolist())
    technique, chord = "sustain", 0
    while notes < 500:
        if chord in changes:
            for name in rng.choice([name for name in names if name != technique], 2, replace=False):
                parts.append(switch(time_s - 0.005 * rng.integers(0, 2), technique := str(name)))
                time_s += 0.005
            time_s -= 0.005 * rng.integers(0, 2)
        size = min(int(rng.integers(1, 5)), 500 - notes)
        for pitch in rng.choice(np.arange(LOW, HIGH + 1), size, replace=False):
            parts.append(note(time_s, float(rng.uniform(0.002, 0.3)), int(pitch)))
        heard.append((time_s, technique, size))
        notes, chord = notes + size, chord + 1
        time_s += float(rng.uniform(0.005, 0.12))
    assert chord > max(changes)
    return parts, heard


@pytest.mark.parametrize(
    ("sample_rate", "block"),
    [
        (44_100, 64),
        (44_100, 0),
        (44_100, 441),
        (44_100, 2048),
        (48_000, 512),
        (48_000, 0),
        (96_000, 1024),
        (96_000, 64),
    ],
)
def test_every_note_begins_on_its_sample_with_its_technique(
    tmp_path: Path, gain: float, sample_rate: int, block: int
) -> None:
    parts, heard = long_score(seed=block + sample_rate)
    score = events(*parts)
    with SfizzHost(write_small_sfz(tmp_path, sample_rate), sample_rate, block=block) as host:
        sound = host.render(score, score.duration_s + 0.3).samples[0].copy()
    onset = [round((time_s + PRE_ROLL_S) * sample_rate) for time_s, _, _ in heard]
    wanted = [gain * CODES[technique] * size for _, technique, size in heard]
    np.testing.assert_allclose(sound[onset], wanted, atol=0.004)
    assert np.abs(sound[np.array(onset) - 1]).max() < 0.004  # nothing a sample too early
    for after in range(4):  # the click itself, and one sample that the engine repeats
        sound[np.array(onset) + after] = 0.0
    assert np.abs(sound).max() < 0.01  # and no note that nobody wrote


def test_channels_keep_keyswitches_and_controllers_of_their_own(small: Path, gain: float) -> None:
    sound = played(
        small,
        [*switch(-0.02, "tremolo", 1), *switch(-0.02, "staccato", 5), *controller(-0.02, 7, 0, 9)],
        [*note(0.0, 0.1, 60), *note(0.0, 0.1, 60, 1), *note(0.0, 0.1, 60, 5), *note(0.0, 0.1, 60, 9)],
    ).samples[0]
    wanted = gain * (CODES["sustain"] + CODES["tremolo"] + CODES["staccato"])
    assert sound[round(PRE_ROLL_S * RATE)] == pytest.approx(wanted, abs=0.004)


def test_a_switch_and_its_note_at_one_sample_keep_their_order(small: Path, gain: float) -> None:
    sound = played(small, switch(0.1, "pizzicato"), note(0.1, 0.1, 60)).samples[0]
    assert sound[round((0.1 + PRE_ROLL_S) * RATE)] == pytest.approx(gain * CODES["pizzicato"], abs=0.004)


def test_a_sample_shorter_than_a_block_is_heard(tmp_path: Path) -> None:
    tick = np.zeros(100, np.float32)
    tick[:50] = 0.5
    soundfile.write(tmp_path / "tick.wav", tick, RATE, "FLOAT")
    path = tmp_path / "tick.sfz"
    path.write_text("<region> sample=tick.wav loop_mode=one_shot pitch_keytrack=0")
    onsets = [0.05 + 0.0301 * number for number in range(10)]
    sound = played(path, *(note(onset_s, 0.001, 60, velocity=127) for onset_s in onsets)).samples[0]
    assert (sound[[round((onset_s + PRE_ROLL_S) * RATE) for onset_s in onsets]] > 0.1).all()
    with SfizzHost(path, RATE) as host:
        assert BLOCKS[0] <= host._engine.get_block_size() <= 25


# What a host promises


def test_it_is_a_host(small: Path) -> None:
    with SfizzHost(small, RATE) as host:
        assert isinstance(host, Host)
        assert (host.latency_samples, host.parameters(), host.deterministic) == (0, (), True)
        assert host.state.hex() == sound_digest(small)
        audio = host.render(events(note(0.0, 0.1, 60)), 0.25)
        assert audio.samples.shape == (2, round((0.25 + PRE_ROLL_S) * RATE))
        silence = host.render(Events(np.zeros(0, EVENT), 0.0), 0.1)
        assert silence.samples.shape == (2, 4410) and not silence.samples.any()
    with pytest.raises(HostError, match="small.sfz: the host is closed"):
        host.render(events(note(0.0, 0.1, 60)), 0.25)


STATEFUL = """\
<control> set_hdcc10=0.3 set_cc1=20
<global> sw_lokey=24 sw_hikey=25 sw_default=24 ampeg_release=0.4 gain_cc1=6
<group> sw_last=24
<region> seq_length=3 seq_position=1 sample=a.wav loop_mode=loop_continuous
<region> seq_length=3 seq_position=2 sample=b.wav loop_mode=loop_continuous
<region> seq_length=3 seq_position=3 sample=a.wav transpose=3 loop_mode=loop_continuous
<group> sw_last=25
<region> sample=b.wav transpose=5
<effect> type=fverb reverb_size=60 reverb_wet=40 reverb_dry=100
"""
PIECE = [*note(0.0, 0.2, 60), *note(0.3, 0.1, 60)]
OTHER = [
    *(row for onset_s in (0.0, 0.2) for row in note(onset_s, 5.0, 62)),
    *controller(0.0, 10, 127),
    *controller(0.0, 1, 127),
    (0.1, Kind.SWITCH_ON, 0, 25, 100.0, -1),
    (0.1, Kind.PITCH_BEND, 0, 0, 8191.0, -1),
]


def test_every_render_starts_afresh_here_and_elsewhere(tmp_path: Path) -> None:
    path = write_tones(tmp_path, STATEFUL)
    with SfizzHost(path, RATE) as host:
        assert host.deterministic
        first, again = host.render(events(PIECE), 0.8), host.render(events(PIECE), 0.8)
        other = host.render(events(OTHER), 0.8)
        after = host.render(events(PIECE), 0.8, seed=5)
    assert first.peak_db > -40 and not np.array_equal(first.samples, other.samples)
    np.testing.assert_array_equal(again.samples, first.samples)
    np.testing.assert_array_equal(after.samples, first.samples)
    code = (
        "import hashlib, sys; from pathlib import Path; import numpy as np\n"
        "from composer_daw.events import EVENT, Events, sorted_stream\n"
        "from composer_daw.hosts.sfizz import SfizzHost\n"
        f"rows = np.array({[tuple(map(float, row)) for row in PIECE]}, EVENT)\n"
        f"host = SfizzHost(Path(sys.argv[1]), {RATE})\n"
        f"sound = host.render(Events(sorted_stream(rows), 0.4, {PRE_ROLL_S}), 0.8).samples\n"
        "print(hashlib.sha256(sound.tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(first.samples.tobytes()).hexdigest(), done.stderr


def test_samples_longer_than_the_preload_leave_no_hole(tmp_path: Path) -> None:
    regions = "".join(f"<region> key={40 + number} sample=s{number}.wav\n" for number in range(24))
    path = write_tones(tmp_path, regions)
    for number in range(24):
        level = np.full(RATE, 0.2 + number / 100, np.float32)
        soundfile.write(tmp_path / f"s{number}.wav", level, RATE, "PCM_24")
    score = events(*(note(0.5 * number, 0.5, 40 + number) for number in range(24)))
    for _ in range(8):  # left to stream, half of such renders had holes
        with SfizzHost(path, RATE, block=2048) as host:
            held = host.render(score, 12.0).samples[0, round(PRE_ROLL_S * RATE) : round(11.9 * RATE)]
        assert np.abs(held).min() > 0.01


CHANCE = """lorand=0 hirand=0.5 | pitch_random=20 | amp_random=3 | oscillator=on oscillator_phase=-1
    | cutoff_oncc135=100 | lfo01_freq=3 lfo01_wave=12"""


@pytest.mark.parametrize("opcodes", CHANCE.split("|"))
def test_a_library_that_draws_lots_says_so(tmp_path: Path, opcodes: str) -> None:
    assert read_sfz(write_tones(tmp_path, f"<global> {opcodes}\n<region> sample=a.wav")).draws_random
    assert not read_sfz(write_tones(tmp_path, "<region> sample=a.wav hirand=1 pitch_random=0")).draws_random


def test_noise_is_chance_too(tmp_path: Path) -> None:
    assert read_sfz(write_tones(tmp_path, "<region> sample=*noise")).draws_random
    assert not read_sfz(write_tones(tmp_path, "<region> sample=*sine")).draws_random


# Controllers and the wheel


def test_the_wheel_bends_by_the_range_that_is_asked_for(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "<region> sample=a.wav pitch_keycenter=60 bend_up=1200 bend_down=-1200")
    bend = [(-0.01, Kind.PITCH_BEND, 0, 0, 8191.0, -1)]
    for bend_range, wanted in ((2.0, 493.9), (7.0, 659.3), (12.0, 880.0)):
        sound = played(path, bend, note(0.0, 0.5, 60), bend_range=bend_range)
        assert hertz(sound, 0.05, 0.35) == pytest.approx(wanted, abs=2.0)
    assert hertz(played(path, note(0.0, 0.5, 60)), 0.05, 0.35) == pytest.approx(440.0, abs=1.0)
    with pytest.raises(HostError, match=r"tones.sfz: bends 12 semitones; set bend_range to 12"):
        SfizzHost(path, RATE, bend_range=24.0)


def test_regions_that_bend_unlike_each_other_take_no_bend(tmp_path: Path) -> None:
    path = write_tones(
        tmp_path, "<region> sample=a.wav bend_up=1200 <region> sample=b.wav bend_up=0 bend_down=0"
    )
    middle = [(0.0, Kind.PITCH_BEND, 0, 0, 0.0, -1)]
    assert played(path, middle, note(0.0, 0.2, 60)).peak_db > -40
    with pytest.raises(HostError, match="its regions bend by different ranges"):
        played(path, [(0.0, Kind.PITCH_BEND, 0, 0, 5.0, -1)], note(0.0, 0.2, 60))


def test_controllers_and_velocities_are_heard(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "<region> sample=a.wav")
    full = played(path, controller(-0.01, 7, 127), note(0.0, 0.4, 60, velocity=127)).rms_db
    assert played(path, controller(-0.01, 7, 64), note(0.0, 0.4, 60, velocity=127)).rms_db < full - 6
    assert played(path, controller(-0.01, 7, 127), note(0.0, 0.4, 60, velocity=50)).rms_db < full - 6
    pressed = [(0.1, Kind.PRESSURE, 0, 0, 90.0, -1)]
    same = played(path, pressed, controller(-0.01, 7, 127), note(0.0, 0.4, 60, velocity=127))
    assert same.rms_db == full  # the engine hears no aftertouch


def test_the_pedal_holds_notes(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "<region> sample=a.wav ampeg_release=0.01")
    dry = played(path, note(0.0, 0.1, 60)).samples[0, round(0.3 * RATE) :]
    held = played(path, controller(-0.01, 64, 127), note(0.0, 0.1, 60)).samples[0, round(0.3 * RATE) :]
    assert np.abs(dry).max() < 1e-4 < 0.01 < np.abs(held).max()


# Text: includes, definitions, paths


def test_includes_definitions_and_folders_lead_to_the_samples(tmp_path: Path) -> None:
    home = tmp_path / "My $Library"
    write_tones(home / "Samples" / "deep", "")
    (home / "parts").mkdir()
    (home / "Programs").mkdir()
    path = home / "Programs" / "main.sfz"
    path.write_text(
        "// a comment <region>\n#define $KEY 60 #define $HIGH 72\n/* another\n<region> */\n"
        '<control> default_path=..\\Samples\\\n<global> loop_mode=one_shot\n#include "../parts/$KEY.sfz"\n'
        "<control>\n<region> sample=../Samples/deep/B.wav key=$HIGH pitch_keycenter=72\n"
    )
    (home / "parts" / "60.sfz").write_text("<region> key=$KEY sample=deep/a.wav // the low one\n")
    sfz = read_sfz(path)
    assert [sample.resolve().name for sample in sfz.samples] == ["a.wav", "B.wav"]
    assert [region["key"] for region in sfz.regions] == ["60", "72"]
    assert all(region["loop_mode"] == "one_shot" for region in sfz.regions)
    sound = played(path, note(0.0, 0.2, 60), note(1.2, 0.2, 72), seconds=2.0)
    assert hertz(sound, 0.1, 0.3) == pytest.approx(440, abs=1)
    assert hertz(sound, 1.3, 1.5) == pytest.approx(880, abs=1)


def test_a_sample_by_its_full_path_is_found(tmp_path: Path) -> None:
    write_tones(tmp_path / "elsewhere", "")
    path = tmp_path / "full.sfz"
    path.write_text(f"<region> sample={tmp_path}/elsewhere/a.wav")
    assert played(path, note(0.0, 0.3, 60)).peak_db > -40


def test_an_oscillator_needs_no_sample(tmp_path: Path) -> None:
    path = tmp_path / "sine.sfz"
    path.write_text("<control> default_path=samples/ <region> sample=*sine")
    assert hertz(played(path, note(0.0, 0.4, 69)), 0.05, 0.35) == pytest.approx(440, abs=1)


def test_lines_of_windows_lose_no_opcode(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "")
    path.write_bytes(b"<region>\r\nsample=a.wav\r\nhirand=0.5\r\n")
    sfz = read_sfz(path)
    assert (sfz.regions[0], sfz.draws_random) == ({"sample": "a.wav", "hirand": "0.5"}, True)


def test_a_name_that_is_defined_by_itself_is_refused(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "#define $A $A\n<region> sample=$A.wav")
    with pytest.raises(HostError, match=r"tones.sfz:2: '\$A.wav' is defined by itself"):
        read_sfz(path).regions  # noqa: B018


def test_the_digest_knows_text_includes_and_samples(tmp_path: Path) -> None:
    path = write_tones(tmp_path, '<region> sample=a.wav\n#include "more.inc"')
    (tmp_path / "more.inc").write_text("<region> sample=b.wav")
    digests = {sound_digest(path)}
    assert digests == {sound_digest(path)}
    (tmp_path / "more.inc").write_text("<region> sample=b.wav key=3")
    digests.add(sound_digest(path))
    soundfile.write(tmp_path / "b.wav", np.zeros(10, np.float32), RATE)
    digests.add(sound_digest(path))
    (tmp_path / "b.wav").unlink()
    digests.add(sound_digest(path))
    assert len(digests) == 4


# Faults, in one line each


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "<region> sample=Aa.wav",
            r"tones.sfz: no sample '.*Aa.wav' \(did you mean 'a.wav'\?\); is the library",
        ),
        (
            "<region> sample=c.wav <region> sample=d.wav <region> sample=a.wav",
            r"c.wav'.* and 1 more of 3; is the",
        ),
        ("<region> sample=broken.wav", "the sample '.*broken.wav' cannot be played: it is not audio"),
        ("<region> sample=empty.wav", "the sample '.*empty.wav' cannot be played: it holds no samples"),
        ("<region> sample=three.wav", "it has 3 channels, and the engine plays 1 or 2"),
        ("<group> sample=a.wav", "tones.sfz: holds no <region>; give an SFZ instrument"),
        ('<region> sample=a.wav #include "none.sfz"', "includes 'none.sfz', and there is no such file"),
        ('<region> sample=a.wav #include "tones.sfz"', "includes files more than 32 deep; does one include"),
        ("<region> sample=a.wav\0", "tones.sfz: is not text; give an SFZ instrument"),
    ],
)
def test_what_cannot_be_played_is_said_before_it_is(tmp_path: Path, text: str, said: str) -> None:
    path = write_tones(tmp_path, text)
    (tmp_path / "broken.wav").write_bytes(b"RIFF, but not audio at all")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0, np.float32), RATE)
    soundfile.write(tmp_path / "three.wav", np.zeros((10, 3), np.float32), RATE)
    with pytest.raises(HostError, match=said) as failed:
        SfizzHost(path, RATE)
    assert "\n" not in str(failed.value)


def test_no_file_no_sound(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="nothing.sfz: no such file; give an SFZ file"):
        SfizzHost(tmp_path / "nothing.sfz", RATE)
    with pytest.raises(HostError, match="is a folder; give an SFZ file"):
        SfizzHost(tmp_path, RATE)
    with pytest.raises(HostError, match="500000 Hz is outside"):
        SfizzHost(write_tones(tmp_path, "<region> sample=a.wav"), 500_000)


def test_an_sfz_that_the_engine_cannot_play_says_why(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(HostError, match=r"the engine found no region that it can play \(Parse error in"):
        SfizzHost(write_tones(tmp_path, "?<region> sample=a.wav"), RATE)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("kind", "said"), [(Kind.PARAMETER, "has no parameters"), (Kind.PROGRAM, "has no programs")]
)
def test_what_an_sfz_does_not_have_is_refused(small: Path, kind: Kind, said: str) -> None:
    with pytest.raises(HostError, match=said):
        played(small, [(0.0, kind, 0, 0, 1.0, -1)], note(0.0, 0.1, 60))


def test_more_voices_than_the_engine_has_are_an_error(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "<region> sample=a.wav\n" * 4)
    chord = [row for pitch in range(30, 95) for row in note(0.0, 0.4, pitch)]
    with pytest.raises(HostError, match=r"more than 256 voices at 0.05 s of the take"):
        played(path, chord)


def test_samples_that_are_not_finite_are_an_error(tmp_path: Path) -> None:
    path = write_tones(tmp_path, "<region> sample=bad.wav")
    soundfile.write(tmp_path / "bad.wav", np.full(5000, np.nan, np.float32), RATE, "FLOAT")
    with pytest.raises(HostError, match="rendered NaN or infinite samples"):
        played(path, note(0.0, 0.2, 60))


def test_without_the_engine_it_says_what_to_install(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysfizz", None)
    with pytest.raises(HostError, match=r"SFZ needs pysfizz; run: pip install 'composer_daw\[hosts\]'"):
        SfizzHost(small, RATE)


def test_a_closed_host_leaves_nothing_behind(small: Path) -> None:
    host = SfizzHost(small, RATE)
    folder = host._text.parent
    assert folder.is_dir()
    host.close()
    host.close()
    assert not folder.exists() and small.is_file()
