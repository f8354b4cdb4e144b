"""MIDI files are read with all that a renderer needs, and damage is a MidiError, never anything else."""

from __future__ import annotations

import random
from pathlib import Path

import mido
import numpy as np
import pytest
from midi_building import meta, note, save_score, save_tracks

from composer_daw.errors import InputError, MidiError
from composer_daw.events import Kind
from composer_daw.midi import load_midi
from composer_daw.performance import KeySignature, Performance, Text


def notes_of(performance: Performance) -> list[tuple[float, float, int, int]]:
    columns = (performance.notes[name].tolist() for name in ("onset_s", "duration_s", "pitch", "velocity"))
    return [(round(onset, 9), round(length, 9), *rest) for onset, length, *rest in zip(*columns, strict=True)]


def test_notes_in_seconds(score: Path) -> None:
    performance = load_midi(score)
    assert notes_of(performance) == [(step * 0.5, 0.5, 60 + step, 80) for step in range(4)]
    np.testing.assert_array_equal(performance.notes["written_onset_s"], performance.notes["onset_s"])
    np.testing.assert_array_equal(performance.notes["written_duration_s"], performance.notes["duration_s"])
    assert performance.notes["source"].tolist() == [0, 1, 2, 3]
    assert performance.techniques == ((),)


def test_tempo_changes_count_wherever_their_track(tmp_path: Path) -> None:
    tempos = [meta(0, "set_tempo", tempo=1_000_000), meta(960, "set_tempo", tempo=250_000)]
    path = save_tracks(tmp_path / "a.mid", tempos, note(480, 960, 60) + note(1440, 480, 62))
    performance = load_midi(path)
    assert notes_of(performance) == [(1.0, 1.25, 60, 80), (2.25, 0.25, 62, 80)]
    assert performance.tempo.beats.tolist() == [0.0, 2.0]
    assert performance.tempo.bpm.tolist() == [60.0, 240.0]


def test_without_a_tempo_it_is_120_and_a_late_one_keeps_it_until_then(tmp_path: Path) -> None:
    path = save_tracks(tmp_path / "a.mid", [meta(480, "set_tempo", tempo=1_000_000), *note(0, 960, 60)])
    performance = load_midi(path)
    assert performance.tempo.bpm.tolist() == [120.0, 60.0]
    assert notes_of(performance) == [(0.0, 1.5, 60, 80)]


def test_metres(tmp_path: Path) -> None:
    metre = meta(960, "time_signature", numerator=6, denominator=8)
    assert load_midi(save_tracks(tmp_path / "a.mid", [metre, *note(0, 9, 60)])).tempo.metres == (
        (0.0, 4, 4),
        (2.0, 6, 8),
    )


def test_keys_of_every_track(tmp_path: Path) -> None:
    conductor = [meta(0, "key_signature", key="Eb"), meta(1920, "key_signature", key="Cm")]
    clarinet = [meta(0, "key_signature", key="F"), *note(0, 9, 60), meta(1920, "key_signature", key="A#m")]
    assert load_midi(save_tracks(tmp_path / "a.mid", conductor, clarinet)).keys == (
        KeySignature(0.0, -3),
        KeySignature(0.0, -1, track=1),
        KeySignature(4.0, -3, minor=True),
        KeySignature(4.0, 7, minor=True, track=1),
    )


def test_the_file_ends_with_its_longest_track(tmp_path: Path) -> None:
    tracks = [[meta(1440, "end_of_track")], note(0, 960, 60), [meta(1920, "end_of_track")]]
    performance = load_midi(save_tracks(tmp_path / "a.mid", *tracks))
    assert performance.end_beat == 4.0
    assert performance.duration_s == 1.0  # what is rendered ends with the last note


@pytest.mark.parametrize(("ticks", "end_beat"), [(10_368_000, 21_600.0), (10_368_001, 0.0), (2**31, 0.0)])
def test_an_end_after_three_hours_is_damage(tmp_path: Path, ticks: int, end_beat: float) -> None:
    path = save_tracks(tmp_path / "a.mid", [*note(0, 960, 60), meta(ticks, "end_of_track")])
    assert load_midi(path).end_beat == end_beat


def test_channels_tracks_and_their_names(tmp_path: Path) -> None:
    path = save_tracks(
        tmp_path / "a.mid",
        [meta(0, "track_name", name="Tempo")],
        [meta(0, "track_name", name="ヴァイオリン"), *note(0, 480, 60, channel=15)],
        [*note(0, 480, 55, channel=9)],
        charset="utf-8",
    )
    performance = load_midi(path)
    assert [track.name for track in performance.tracks] == ["Tempo", "ヴァイオリン", ""]
    rows = performance.notes[["pitch", "channel", "track"]].tolist()
    assert rows == [(55, 9, 2), (60, 15, 1)]


def test_controls_of_every_kind(tmp_path: Path) -> None:
    messages = [
        (0, mido.Message("program_change", program=40, channel=2)),
        (0, mido.Message("control_change", control=64, value=127)),
        (240, mido.Message("pitchwheel", pitch=-8192)),
        (480, mido.Message("aftertouch", value=99)),
    ]
    controls = load_midi(save_tracks(tmp_path / "a.mid", note(0, 480, 60), messages)).controls
    assert controls[["time_s", "kind", "channel", "track", "number", "value"]].tolist() == [
        (0.0, Kind.PROGRAM, 2, 1, 40, 0),
        (0.0, Kind.CONTROL, 0, 1, 64, 127),
        (0.25, Kind.PITCH_BEND, 0, 1, 0, -8192),
        (0.5, Kind.PRESSURE, 0, 1, 0, 99),
    ]


def test_texts_of_every_kind(tmp_path: Path) -> None:
    kinds = {"marker": "marker", "text": "text", "cue_marker": "cue", "lyrics": "lyric"}
    texts = [meta(240 * place, kind, text=kind) for place, kind in enumerate(kinds)]
    performance = load_midi(save_tracks(tmp_path / "a.mid", note(0, 480, 60), texts))
    assert performance.texts == tuple(
        Text(0.25 * place, kind, name, 1) for place, (kind, name) in enumerate(kinds.items())
    )


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis"])
@pytest.mark.parametrize("text", ["ピチカート", "弓で", "表情を込めて"])
def test_japanese_in_both_of_its_encodings(tmp_path: Path, charset: str, text: str) -> None:
    path = save_tracks(tmp_path / "a.mid", [meta(0, "text", text=text), *note(0, 9, 60)], charset=charset)
    assert load_midi(path).texts[0].text == text


def test_latin_1_is_what_is_left(tmp_path: Path) -> None:
    path = save_tracks(
        tmp_path / "a.mid", [meta(0, "text", text="jeté é"), *note(0, 9, 60)], charset="latin1"
    )
    assert load_midi(path).texts[0].text == "jeté é"


def test_a_note_left_on_ends_with_its_track(tmp_path: Path) -> None:
    messages = [*note(0, 480, 60)[:1], *note(480, 480, 62), meta(1440, "end_of_track")]
    assert notes_of(load_midi(save_tracks(tmp_path / "a.mid", messages))) == [
        (0.0, 1.5, 60, 80),
        (0.5, 0.5, 62, 80),
    ]


def test_a_note_of_no_length_gets_a_tick(tmp_path: Path) -> None:
    assert notes_of(load_midi(save_score(tmp_path / "a.mid", [(480, 0, 60)]))) == [(0.5, 0.001041667, 60, 80)]


def test_note_on_with_velocity_0_is_a_note_off_and_strays_are_ignored(tmp_path: Path) -> None:
    messages = [
        (0, mido.Message("note_off", note=60)),
        *note(10, 470, 60)[:1],
        (480, mido.Message("note_on", note=60, velocity=0)),
        (490, mido.Message("note_off", note=60)),
    ]
    assert notes_of(load_midi(save_tracks(tmp_path / "a.mid", messages))) == [
        (0.010416667, 0.489583333, 60, 80)
    ]


def test_overlapping_notes_of_one_key_end_in_the_order_they_began(tmp_path: Path) -> None:
    path = save_score(tmp_path / "a.mid", [(0, 960, 60, 50), (480, 960, 60, 90)])
    assert notes_of(load_midi(path)) == [(0.0, 1.0, 60, 50), (0.5, 1.0, 60, 90)]


def test_one_key_on_two_channels_is_two_keys(tmp_path: Path) -> None:
    path = save_score(tmp_path / "a.mid", [(0, 960, 60, 50, 0), (480, 240, 60, 90, 1)])
    assert notes_of(load_midi(path)) == [(0.0, 1.0, 60, 50), (0.5, 0.25, 60, 90)]


def test_type_0(tmp_path: Path) -> None:
    track = [meta(0, "set_tempo", tempo=1_000_000), meta(0, "marker", text="pizz."), *note(480, 480, 60)]
    performance = load_midi(save_tracks(tmp_path / "a.mid", track, kind=0))
    assert notes_of(performance) == [(1.0, 1.0, 60, 80)]
    assert performance.texts == (Text(0.0, "pizz.", "marker", 0),)


# --- what is no score -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty; give a Standard MIDI File"),
        (b"RIFF....WAVE", r"is not a MIDI file \(it does not begin with MThd\); give a Standard MIDI File"),
        (b"MThd", r"is cut short or damaged \(.+\); export it again"),
        (bytes.fromhex("4d546864 00000006 0001 0000 01e0"), "holds no notes; there is nothing to play"),
        (bytes.fromhex("4d546864 00000006 0000 0000 e728"), "counts SMPTE frames instead of beats"),
        (bytes.fromhex("4d546864 00000006 0000 0000 0000"), "counts SMPTE frames instead of beats"),
        (bytes.fromhex("4d546864 00000006 0002 0000 01e0"), r"type 2 \(independent patterns\)"),
    ],
)
def test_bad_files_say_what_and_what_to_do(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "bad.mid").write_bytes(data)
    with pytest.raises(MidiError, match=rf"bad\.mid: {problem}"):
        load_midi(tmp_path / "bad.mid")


def test_no_file_and_a_folder(tmp_path: Path, score: Path) -> None:
    with pytest.raises(
        InputError, match=r"scor\.mid: no such file \(did you mean 'score\.mid'\?\); give a MIDI"
    ):
        load_midi(tmp_path / "scor.mid")
    with pytest.raises(InputError, match=r"is a folder; give a MIDI file \(\.mid\)"):
        load_midi(tmp_path)


@pytest.fixture
def rich_file(tmp_path: Path) -> bytes:
    """A file with a message of every kind that is read, and some that are not."""
    messages = [
        meta(0, "track_name", name="Violin"),
        meta(0, "key_signature", key="Bb"),
        meta(0, "set_tempo", tempo=400_000),
        meta(0, "time_signature", numerator=3, denominator=4),
        meta(0, "smpte_offset"),
        meta(0, "marker", text="pizz."),
        (0, mido.Message("sysex", data=[1, 2, 3])),
        (0, mido.Message("pitchwheel", pitch=100)),
        (0, mido.Message("program_change", program=3)),
        *note(0, 200, 60),
        *note(200, 200, 62),
    ]
    return save_tracks(tmp_path / "rich.mid", messages).read_bytes()


def outcome(data: bytes, path: Path) -> str:
    """Return "read" or "refused"; whatever else is raised fails the test."""
    path.write_bytes(data)
    try:
        performance = load_midi(path)
    except MidiError as error:
        assert str(error).startswith(f"{path}: ")
        assert "\n" not in str(error)
        return "refused"
    assert len(performance.notes) > 0
    assert (performance.notes["duration_s"] > 0).all()
    return "read"


def test_every_prefix_is_refused(tmp_path: Path, rich_file: bytes) -> None:
    outcomes = [outcome(rich_file[:length], tmp_path / "cut.mid") for length in range(len(rich_file))]
    assert set(outcomes) == {"refused"}
    assert outcome(rich_file, tmp_path / "whole.mid") == "read"


def test_every_damaged_byte_is_read_or_refused(tmp_path: Path, rich_file: bytes) -> None:
    outcomes = [
        outcome(rich_file[:place] + bytes([byte]) + rich_file[place + 1 :], tmp_path / "x.mid")
        for place in range(len(rich_file))
        for byte in (0x00, 0x01, 0x05, 0x7F, 0x80, 0xF7, 0xFF, rich_file[place] ^ 0x10)
    ]
    assert set(outcomes) == {"read", "refused"}


def test_random_damage_is_read_or_refused(tmp_path: Path, rich_file: bytes) -> None:
    rng = random.Random(1)
    for _ in range(500):
        data = bytearray(rich_file)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        assert outcome(bytes(data), tmp_path / "x.mid") in ("read", "refused")
