"""SoundFonts: programs by bank, events on their sample, every render afresh, and MuseScore's strings."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from small_sf2 import write_small_sf2

from composer_daw.audio import Audio
from composer_daw.calibration.single_notes import BEFORE_S, SingleNote, render_single_notes
from composer_daw.errors import HostError, InputError, LoadError
from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.hosts import soundfont_file
from composer_daw.hosts.base import Host
from composer_daw.hosts.soundfont import SoundFontHost, find_soundfont, sound_digest
from composer_daw.hosts.soundfont_file import folders, read_programs
from composer_daw.measure import onset_s
from composer_daw.measure.modulation import amplitude_modulation
from composer_daw.measure.onsets import find_onset, sounding_duration_s
from composer_daw.measure.pitch import cents_from
from composer_daw.rendering import Instrument, load_instrument

if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") != "1":
    pytest.importorskip("tinysoundfont")

RATE = 44_100
PRE_ROLL_S = 0.05
Row = tuple[float, int, int, int, float, int]
PROGRAMS = [
    (0, 0, "Piano", 0.80),
    (0, 48, "Strings Fast", 0.60),
    (20, 48, "Violins Fast", 0.50),
    (20, 49, "Violins Slow", 0.40),
    (128, 0, "Standard Kit", 0.30),
    (128, 48, "Orchestra Kit", 0.20),
    (2565, 7, "Far Away", 0.10),
]
VALUE = {(bank, program): value for bank, program, _, value in PROGRAMS}


def note(
    onset_s: float, length_s: float = 0.1, pitch: int = 60, channel: int = 0, velocity: float = 127.0
) -> list[Row]:
    return [
        (onset_s, Kind.NOTE_ON, channel, pitch, velocity, -1),
        (onset_s + length_s, Kind.NOTE_OFF, channel, pitch, 0.0, -1),
    ]


def controller(time_s: float, number: int, value: float, channel: int = 0) -> list[Row]:
    return [(time_s, Kind.CONTROL, channel, number, value, -1)]


def program(time_s: float, bank: int | None, number: int, channel: int = 0) -> list[Row]:
    """Return what a map's program action sends."""
    chosen: list[Row] = [(time_s, Kind.PROGRAM, channel, number, 0.0, -1)]
    if bank is None:
        return chosen
    most, least = divmod(bank, 128)
    return [*controller(time_s, 0, most, channel), *controller(time_s, 32, least, channel), *chosen]


def events(*parts: list[Row]) -> Events:
    stream = sorted_stream(np.array([row for part in parts for row in part], EVENT))
    return Events(stream, float(stream["time_s"].max(initial=0.0)), PRE_ROLL_S)


def played(path: Path, *parts: list[Row], seconds: float = 0.4, sample_rate: int = RATE) -> Audio:
    with SoundFontHost(path, sample_rate) as host:
        return host.render(events(*parts), seconds)


def at(audio: Audio, time_s: float) -> float:
    """Return the sample at a time of the score."""
    return float(audio.samples[0, round((time_s + PRE_ROLL_S) * audio.sample_rate)])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_sf2(tmp_path_factory.mktemp("small") / "small.sf2", PROGRAMS)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_sf2(tmp_path_factory.mktemp("held") / "held.sf2", PROGRAMS[:1], looped=True)


@pytest.fixture(scope="module")
def gain(small: Path) -> float:
    """What the engine makes of a sample value of 1: its pan."""
    return at(played(small, note(0.0)), 0.0) / VALUE[0, 0]


# Time and programs


@pytest.mark.parametrize("sample_rate", [44_100, 48_000, 96_000])
def test_every_note_begins_on_its_sample_with_its_program(small: Path, sample_rate: int) -> None:
    gain = at(played(small, note(0.0), sample_rate=sample_rate), 0.0) / VALUE[0, 0]
    rng = np.random.default_rng(sample_rate)
    parts, heard, time_s = [], [], 0.1
    choices = [(0, 48), (20, 48), (20, 49), (0, 0), (2565, 7)]
    chosen = choices[3]
    while len(parts) < 550:
        if rng.random() < 0.2:
            chosen = choices[rng.integers(len(choices))]
            parts.append(program(time_s - 0.005 * rng.integers(0, 2), *chosen))
        size = int(rng.integers(1, 5))
        for pitch in rng.choice(np.arange(36, 97), size, replace=False):
            parts.append(note(time_s, float(rng.uniform(0.001, 0.3)), int(pitch)))
        heard.append((time_s, chosen, size))
        time_s += float(rng.uniform(0.006, 0.05))
    score = events(*parts)
    with SoundFontHost(small, sample_rate) as host:
        sound = host.render(score, score.duration_s + 0.1).samples[0].copy()
    onset = np.array([round((onset_s + PRE_ROLL_S) * sample_rate) for onset_s, _, _ in heard])
    np.testing.assert_allclose(
        sound[onset], [gain * VALUE[which] * size for _, which, size in heard], atol=0.001
    )
    assert np.abs(sound[onset - 1]).max() < 0.001
    for after in range(200):  # the click, and how the engine's filter rings
        sound[onset + after] = 0.0
    assert np.abs(sound).max() < 0.001


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (program(-0.01, 20, 48), (20, 48)),
        (program(-0.01, 2565, 7), (2565, 7)),  # both bytes in one number
        (program(-0.01, 128, 48), (128, 48)),
        ([*controller(-0.01, 0, 20), *program(-0.01, None, 49)], (20, 49)),  # one byte alone is the bank
        ([*controller(-0.01, 32, 20), *program(-0.01, None, 49)], (20, 49)),
        (program(-0.01, None, 48), (0, 48)),
        ([], (0, 0)),
    ],
)
def test_bank_and_program_choose_the_sound(
    small: Path, gain: float, sent: list[Row], wanted: tuple[int, int]
) -> None:
    assert at(played(small, sent, note(0.0)), 0.0) == pytest.approx(gain * VALUE[wanted], abs=0.001)


def test_channel_ten_plays_drums_unless_told_otherwise(small: Path, gain: float) -> None:
    for sent, wanted in (
        ([], (128, 0)),
        (program(-0.01, None, 48, 9), (128, 48)),
        (program(-0.01, 20, 48, 9), (20, 48)),
    ):
        assert at(played(small, sent, note(0.0, channel=9)), 0.0) == pytest.approx(
            gain * VALUE[wanted], abs=0.001
        )


def test_channels_have_programs_of_their_own(small: Path, gain: float) -> None:
    sent = [*program(-0.01, 20, 48, 1), *program(-0.01, 20, 49, 15)]
    sound = played(small, sent, note(0.0), note(0.0, channel=1), note(0.0, channel=15))
    assert at(sound, 0.0) == pytest.approx(gain * (0.8 + 0.5 + 0.4), abs=0.001)


@pytest.mark.parametrize(
    ("bank", "number", "said"),
    [
        (20, 7, "small.sf2: no program 7 in bank 20; it has 48 Violins Fast, 49 Violins Slow"),
        (21, 48, "small.sf2: no bank 21; it has 0, 20, 128, 2565"),
    ],
)
def test_a_program_that_is_not_there_is_an_error(small: Path, bank: int, number: int, said: str) -> None:
    with pytest.raises(HostError, match=said):
        played(small, program(0.0, bank, number), note(0.0))


# What a host promises


def test_it_is_a_host(small: Path) -> None:
    with SoundFontHost(small, RATE) as host:
        assert isinstance(host, Host)
        assert (host.latency_samples, host.parameters(), host.deterministic) == (0, (), True)
        assert host.state.hex() == sound_digest(small)
        assert host.render(events(note(0.0)), 0.25).samples.shape == (2, round((0.25 + PRE_ROLL_S) * RATE))
        silence = host.render(Events(np.zeros(0, EVENT), 0.0), 0.1)
        assert silence.samples.shape == (2, 4410) and not silence.samples.any()
        assert host.render(Events(np.zeros(0, EVENT), 0.0), 0.0).samples.shape == (2, 0)
    with pytest.raises(HostError, match="small.sf2: the host is closed"):
        host.render(events(note(0.0)), 0.25)


def test_every_render_starts_afresh_here_and_elsewhere(held: Path) -> None:
    piece = [*note(0.0, 0.05), *note(0.1, 0.05, 64)]
    other = [
        *note(0.0, 9.0, 62),
        *(row for number in (7, 10, 11) for row in controller(0.0, number, 30)),
        *controller(0.0, 64, 127),
        (0.0, Kind.PITCH_BEND, 0, 0, 4000.0, -1),
    ]
    with SoundFontHost(held, RATE) as host:
        first, again = host.render(events(piece), 0.3), host.render(events(piece), 0.3)
        between = host.render(events(other), 0.3)
        after = host.render(events(piece), 0.3, seed=4)
    assert not np.array_equal(first.samples, between.samples)
    np.testing.assert_array_equal(again.samples, first.samples)
    np.testing.assert_array_equal(after.samples, first.samples)
    code = (
        "import hashlib, sys; from pathlib import Path; import numpy as np\n"
        "from composer_daw.events import EVENT, Events, sorted_stream\n"
        "from composer_daw.hosts.soundfont import SoundFontHost\n"
        f"rows = np.array({[tuple(map(float, row)) for row in piece]}, EVENT)\n"
        f"host = SoundFontHost(Path(sys.argv[1]), {RATE})\n"
        f"sound = host.render(Events(sorted_stream(rows), 0.15, {PRE_ROLL_S}), 0.3).samples\n"
        "print(hashlib.sha256(sound.tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(held)], capture_output=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(first.samples.tobytes()).hexdigest(), done.stderr


def test_what_comes_after_the_end_is_not_played(small: Path) -> None:
    assert not played(small, note(0.5), seconds=0.4).samples.any()


def test_controllers_and_velocities_are_heard(held: Path) -> None:
    full = at(played(held, note(0.0)), 0.05)
    assert at(played(held, controller(-0.01, 7, 64), note(0.0)), 0.05) < 0.3 * full
    assert at(played(held, controller(-0.01, 11, 64), note(0.0)), 0.05) < 0.3 * full
    assert at(played(held, note(0.0, velocity=64.0)), 0.05) == pytest.approx(full * 64 / 127, rel=0.02)
    right = played(held, controller(-0.01, 10, 127), note(0.0))
    assert at(right, 0.05) < 0.2 * full and right.peak_db > -10
    pressed: list[Row] = [(0.0, Kind.PRESSURE, 0, 0, 90.0, -1)]
    assert at(played(held, pressed, note(0.0)), 0.05) == full  # the engine hears no aftertouch


def test_the_pedal_holds_notes_until_it_is_let_go(held: Path) -> None:
    down, up = controller(-0.01, 64, 100), controller(0.2, 64, 0)
    sound = played(held, down, up, note(0.0, 0.05), note(0.0, 0.3, 64))
    both, one = at(sound, 0.1), at(sound, 0.27)
    assert at(played(held, note(0.0, 0.05), note(0.0, 0.3, 64)), 0.1) == pytest.approx(one, abs=1e-4)
    assert both == pytest.approx(2 * one, rel=0.01) and at(sound, 0.38) == pytest.approx(0.0, abs=1e-4)


def test_a_velocity_of_nothing_is_a_release(held: Path) -> None:
    sound = played(held, note(0.0, 0.3)[:1], [(0.1, Kind.NOTE_ON, 0, 60, 0.0, -1)])
    assert at(sound, 0.05) > 0.3 and at(sound, 0.2) == pytest.approx(0.0, abs=1e-4)


# Files


def test_programs_are_read_from_the_header(small: Path) -> None:
    listed = [(one.bank, one.program, one.name) for one in read_programs(small)]
    assert listed == [(bank, number, name) for bank, number, name, _ in PROGRAMS]


@pytest.mark.parametrize(
    ("keep", "said"),
    [
        (slice(0, 5000), "cut.sf2: ends after 5,000 of .* bytes; copy it again"),
        (slice(4, None), "cut.sf2: is no SoundFont; give an .sf2 or .sf3 file"),
        (slice(0, 0), "cut.sf2: is no SoundFont"),
    ],
)
def test_what_is_no_soundfont_is_said_in_one_line(
    small: Path, tmp_path: Path, keep: slice, said: str
) -> None:
    path = tmp_path / "cut.sf2"
    path.write_bytes(small.read_bytes()[keep])
    with pytest.raises(LoadError, match=said) as failed:
        SoundFontHost(path, RATE)
    assert "\n" not in str(failed.value)


def test_a_soundfont_without_its_samples_cannot_be_read(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "hollow.sf2"
    path.write_bytes(small.read_bytes().replace(b"smpl", b"xxxx"))
    with pytest.raises(LoadError, match="hollow.sf2: the engine cannot read it"):
        SoundFontHost(path, RATE)
    path.write_bytes(small.read_bytes().replace(b"phdr", b"xxxx"))
    with pytest.raises(LoadError, match="hollow.sf2: lists no program"):
        SoundFontHost(path, RATE)
    with pytest.raises(LoadError, match="none.sf2: no such file; give a SoundFont"):
        SoundFontHost(tmp_path / "none.sf2", RATE)


def test_parameters_are_refused(small: Path) -> None:
    with pytest.raises(HostError, match="has no parameters, only programs and controllers"):
        played(small, [(0.0, Kind.PARAMETER, 0, 0, 1.0, -1)], note(0.0))


def test_samples_that_are_not_finite_are_an_error(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SoundFontHost(small, RATE) as host:
        monkeypatch.setattr(host, "_play", lambda *_: np.full((10, 2), np.nan, np.float32))
        with pytest.raises(HostError, match="rendered NaN or infinite samples"):
            host.render(events(note(0.0)), 0.1)


def test_what_the_engine_raises_becomes_a_host_error(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Error in\nchannel_note_on")

    with SoundFontHost(small, RATE) as host:
        monkeypatch.setattr(host, "_play", fail)
        with pytest.raises(HostError, match="failed while rendering: Error in channel_note_on"):
            host.render(events(note(0.0)), 0.1)


def test_without_the_engine_it_says_what_to_install(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinysoundfont", None)
    with pytest.raises(LoadError, match=r"needs tinysoundfont; run: pip install --no-deps tinysoundfont"):
        SoundFontHost(small, RATE)


def test_a_soundfont_is_found_beside_the_preset_or_where_the_system_keeps_them(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundfont_file, "folders", lambda: (tmp_path / "system",))
    assert find_soundfont("small.sf2", small.parent) == small
    assert find_soundfont(f"{small.parent.name}/small.sf2", small.parent.parent) == small
    assert find_soundfont(str(small), tmp_path) == small
    theirs = write_small_sf2(tmp_path / "system" / "theirs.sf2", PROGRAMS)
    assert find_soundfont("theirs.sf2", tmp_path) == theirs
    with pytest.raises(InputError, match=r"no SoundFont 'their.sf2' \(did you mean 'theirs.sf2'\?\); put it"):
        find_soundfont("their.sf2", tmp_path)
    with pytest.raises(InputError, match="Debian and Ubuntu have it in musescore-general-soundfont-small"):
        find_soundfont("MuseScore_General_Lite.sf3", tmp_path)


def test_each_system_has_its_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert folders()[0] == tmp_path / "soundfonts"
    assert {Path("/usr/share/sounds/sf2"), Path("/usr/share/sounds/sf3")} <= set(folders())
    monkeypatch.setattr(sys, "platform", "darwin")
    assert folders()[0] == Path.home() / "Library/Audio/Sounds/Banks"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path))
    assert folders()[0] == tmp_path / "soundfonts"


# MuseScore General's strings

SECTIONS = {"violins": (57, 69, 88), "violas": (50, 62, 81), "celli": (38, 50, 69), "basses": (28, 38, 52)}


@pytest.fixture(scope="module", params=SECTIONS)
def section(request: pytest.FixtureRequest) -> tuple[str, Instrument]:
    return request.param, load_instrument(f"musescore/{request.param}")


@pytest.fixture(scope="module")
def musescore() -> Iterator[SoundFontHost]:
    try:
        path = find_soundfont("MuseScore_General_Lite.sf3", Path())
    except InputError as error:
        pytest.fail(str(error)) if os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1" else pytest.skip(
            str(error)
        )
    with SoundFontHost(path, RATE) as host:
        yield host


def single(section: tuple[str, Instrument], host: SoundFontHost, technique: str) -> list[SingleNote]:
    name, instrument = section
    notes = [(pitch, velocity, 1.0) for pitch in SECTIONS[name] for velocity in (50, 110)]
    return render_single_notes(instrument, host, technique, notes)


def test_every_technique_of_a_section_is_in_tune_on_time_and_itself(
    section: tuple[str, Instrument], musescore: SoundFontHost
) -> None:
    played = {name: single(section, musescore, name) for name in section[1].technique_map.playable()}
    assert list(played) == ["sustain", "detache", "pizzicato", "tremolo"]
    rise, lasts, trembling = {}, {}, {}
    for technique, notes in played.items():
        late = [1000 * (onset_s(one.samples, RATE) - BEFORE_S) for one in notes]
        assert abs(np.median(late)) < 12 and max(map(abs, late)) < 30, (technique, late)
        for one in notes:
            start, end = (0.03, 0.25) if technique == "pizzicato" else (0.35, 0.95)
            part = one.samples[round((BEFORE_S + start) * RATE) : round((BEFORE_S + end) * RATE)]
            assert abs(cents_from(part, RATE, one.frequency_hz)) < 25, (technique, one.pitch)
        rise[technique] = np.median([find_onset(one.samples, RATE).rise_ms for one in notes])
        lasts[technique] = np.median([sounding_duration_s(one.samples, RATE) for one in notes])
        middle = [one.samples[round(0.4 * RATE) : round(1.05 * RATE)] for one in notes]
        trembling[technique] = np.median([amplitude_modulation(part, RATE).depth for part in middle])
    assert lasts["pizzicato"] < 0.7 * lasts["sustain"]
    assert rise["pizzicato"] < 50 < rise["detache"] < 0.9 * rise["sustain"]
    assert trembling["tremolo"] > trembling["sustain"] + 0.3


@pytest.mark.parametrize(("bend_range", "semitones"), [(2.0, 2.0), (7.0, 7.0)])
def test_the_wheel_bends_by_the_range_that_is_asked_for(
    musescore: SoundFontHost, monkeypatch: pytest.MonkeyPatch, bend_range: float, semitones: float
) -> None:
    monkeypatch.setattr(musescore, "bend_range", bend_range)
    violins = program(-0.04, 20, 48)
    for wheel, wanted in ((8191.0, semitones), (-8192.0, -semitones), (0.0, 0.0)):
        bend: list[Row] = [(-0.01, Kind.PITCH_BEND, 0, 0, wheel, -1)]
        sound = musescore.render(events(violins, bend, note(0.0, 1.0, 69)), 1.0)
        part = sound.mono()[round(0.4 * RATE) : round(1.0 * RATE)]
        assert abs(cents_from(part, RATE, 440.0 * 2 ** (wanted / 12))) < 25


def test_the_names_in_the_header_are_those_of_the_maps(
    section: tuple[str, Instrument], musescore: SoundFontHost
) -> None:
    words = {"sustain": "Slow", "detache": "Fast", "pizzicato": "Pizzicato", "tremolo": "Tremolo"}
    named = {(one.bank, one.program): one.name for one in musescore.programs}
    for technique, entry in section[1].technique_map.techniques.items():
        (action,) = entry.on
        assert named[action.bank, action.program] == f"{section[0].title()} {words[technique]}"
