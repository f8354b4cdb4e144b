"""What is written reads the same, and comes in the order that players need."""

from __future__ import annotations

import tempfile
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_daw.errors import OutputError
from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.midi import load_midi, save_events, save_midi
from composer_daw.midi.write import TICKS_PER_BEAT
from composer_daw.performance import CONTROL, KeySignature, Performance, TempoMap, Text, Track, note_rows

TICK_S = 0.5 / TICKS_PER_BEAT


def messages_of(path: Path) -> list[tuple[int, str]]:
    """Return what stands in the second track: ticks, and messages as "type channel values"."""
    tick, found = 0, []
    for message in mido.MidiFile(path, charset="utf-8").tracks[1]:
        tick += message.time
        fields = {name: str(value) for name, value in message.dict().items() if name != "time"}
        first = [fields.pop(name) for name in ("type", "channel") if name in fields]
        found.append((tick, " ".join([*first, *fields.values()])))
    return found


# --- round trips ----------------------------------------------------------------------------------------


@st.composite
def performances(draw: st.DrawFn) -> Performance:
    """Return notes on the grid of ticks, none over another of its key, with controls, texts and tempos."""
    changes = draw(st.lists(st.tuples(st.integers(1, 5000), st.integers(20, 300)), max_size=4))
    beats = np.cumsum([0, *(ticks for ticks, _ in changes)]) / TICKS_PER_BEAT
    tempo = TempoMap(beats, np.array([120.0, *(float(bpm) for _, bpm in changes)]))
    spans, free = [], dict[tuple[int, int], int]()
    keys = st.tuples(st.integers(0, 15), st.integers(0, 127))
    drawn = st.tuples(keys, st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 127))
    for key, rest, length, velocity in draw(st.lists(drawn, min_size=1, max_size=12)):
        start = free.get(key, 0) + rest
        free[key] = start + length
        spans.append((start, length, key[1], velocity, key[0]))
    start, length, pitch, velocity, channel = np.array(spans).T
    onset = tempo.seconds_at(start / TICKS_PER_BEAT)
    end = tempo.seconds_at((start + length) / TICKS_PER_BEAT)
    rows = note_rows(list(zip(onset, end - onset, pitch, velocity, strict=True)), channel=channel)
    controls = np.zeros(3, CONTROL)
    controls["kind"] = Kind.CONTROL, Kind.PITCH_BEND, Kind.PRESSURE
    controls["time_s"] = tempo.seconds_at(draw(st.integers(0, 999)) / TICKS_PER_BEAT)
    controls["number"] = draw(st.integers(0, 127)), 0, 0
    controls["value"] = draw(st.integers(0, 127)), draw(st.integers(-8192, 8191)), draw(st.integers(0, 127))
    words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=8)
    kinds = st.sampled_from(["marker", "text", "cue", "lyric"])
    texts = tuple(Text(0.0, text, kind) for text, kind in draw(st.lists(st.tuples(words, kinds), max_size=3)))
    places = draw(
        st.dictionaries(st.integers(0, 9999), st.tuples(st.integers(-7, 7), st.booleans()), max_size=3)
    )
    keys = tuple(KeySignature(tick / TICKS_PER_BEAT, *key) for tick, key in sorted(places.items()))
    end_beat = draw(st.integers(0, 40_000)) / TICKS_PER_BEAT
    return Performance(rows, controls, texts, tempo, keys=keys, end_beat=end_beat)


@settings(max_examples=60, deadline=None)
@given(performances(), st.booleans())
def test_a_performance_reads_back_as_it_was_written(performance: Performance, by_track: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        save_midi(performance, Path(folder) / "a.mid", by_track=by_track)
        again = load_midi(Path(folder) / "a.mid")
        save_midi(again, Path(folder) / "b.mid", by_track=by_track)
        assert load_midi(Path(folder) / "b.mid").end_beat == again.end_beat
    assert len(again.notes) == len(performance.notes)
    tolerance = {"rtol": 5e-6, "atol": 1e-6}  # a tempo is written in whole microseconds a beat
    for name in ("onset_s", "duration_s"):
        both = (np.sort(one.notes, order=["pitch", "channel", "onset_s"]) for one in (again, performance))
        np.testing.assert_allclose(*(one[name] for one in both), **tolerance)
    for name in ("pitch", "velocity", "channel"):
        assert sorted(again.notes[name].tolist()) == sorted(performance.notes[name].tolist())
    assert again.controls[["kind", "number", "value"]].tolist() == (
        performance.controls[["kind", "number", "value"]].tolist()
    )
    assert [(text.text, text.kind) for text in again.texts] == [(t.text, t.kind) for t in performance.texts]
    np.testing.assert_allclose(again.tempo.bpm[-1], performance.tempo.bpm[-1], rtol=1e-5)
    assert again.keys == performance.keys
    ends = [performance.tempo.beats_at(performance.duration_s), performance.tempo.beats[-1]]
    ends += [performance.tempo.beats_at(one) for one in performance.controls["time_s"]]
    last = max(performance.end_beat, *ends, *(key.beat for key in performance.keys))
    assert round(again.end_beat * TICKS_PER_BEAT) == round(float(last) * TICKS_PER_BEAT)


@pytest.mark.parametrize("duration_s", [1e-6, TICK_S / 4, TICK_S / 2, TICK_S])
@pytest.mark.parametrize("onset_s", [0.0, TICK_S * 1.5, TICK_S * 2.5])
def test_the_shortest_notes_do_not_hang(tmp_path: Path, onset_s: float, duration_s: float) -> None:
    save_midi(Performance(note_rows([(onset_s, duration_s, 60, 80), (1.0, 1.0, 62, 80)])), tmp_path / "a.mid")
    short, long = load_midi(tmp_path / "a.mid").notes["duration_s"] / TICK_S
    assert round(short) in (1, 2)  # an onset and an end halfway between ticks may part
    assert long == pytest.approx(1.0 / TICK_S)


def test_the_same_performance_gives_the_same_bytes(tmp_path: Path, score: Path) -> None:
    for name in ("a.mid", "b.mid"):
        save_midi(load_midi(score), tmp_path / name)
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


# --- order ----------------------------------------------------------------------------------------------


def test_one_sorted_track_after_the_tempo(tmp_path: Path) -> None:
    controls = np.array(
        [(0.5, Kind.CONTROL, 0, 0, 7, 90), (0.5, Kind.PROGRAM, 0, 0, 4, 0), (0.5, Kind.CONTROL, 0, 0, 32, 2)],
        CONTROL,
    )
    notes = note_rows([(0.0, 0.5, 60, 80), (0.5, 0.5, 60, 81)])
    save_midi(Performance(notes, controls, (Text(0.5, "弱く"),)), tmp_path / "a.mid")
    assert messages_of(tmp_path / "a.mid") == [
        (0, "note_on 0 60 80"),
        (960, "text 弱く"),
        (960, "note_off 0 60 0"),
        (960, "control_change 0 32 2"),
        (960, "program_change 0 4"),
        (960, "control_change 0 7 90"),
        (960, "note_on 0 60 81"),
        (1920, "note_off 0 60 0"),
        (1920, "end_of_track"),
    ]


def test_each_track_can_stay_what_it_was(tmp_path: Path) -> None:
    notes = note_rows([(0.0, 0.5, 60, 80), (0.5, 0.5, 62, 80), (0.5, 0.5, 40, 80)], track=[1, 1, 2])
    texts = (Text(0.5, "arco", track=2), Text(0.0, "Allegro", "marker"))
    tracks = (Track("Song"), Track("Flute"), Track("ベース"))
    tempo = TempoMap(np.array([0.0, 1.0]), np.array([120.0, 90.0]))
    save_midi(Performance(notes, texts=texts, tracks=tracks, tempo=tempo), tmp_path / "a.mid", by_track=True)
    read = load_midi(tmp_path / "a.mid")
    assert read.tracks == tracks
    assert sorted(zip(read.notes["track"].tolist(), read.notes["pitch"].tolist(), strict=True)) == [
        (1, 60),
        (1, 62),
        (2, 40),
    ]
    assert {(text.text, text.track) for text in read.texts} == {("Allegro", 0), ("arco", 2)}
    assert read.tempo.bpm.tolist() == [120.0, pytest.approx(90.0, abs=1e-4)]
    save_midi(read, tmp_path / "b.mid", by_track=True)
    assert (tmp_path / "b.mid").read_bytes() == (tmp_path / "a.mid").read_bytes()


def test_all_tracks_end_with_the_file(tmp_path: Path) -> None:
    rows = note_rows([(0.0, 0.5, 60, 80), (0.5, 0.5, 40, 80)], track=[1, 2])
    for name, end_beat in (("longer", 4.0), ("unsaid", 0.0)):
        save_midi(Performance(rows, end_beat=end_beat), tmp_path / f"{name}.mid", by_track=True)
    lengths = {
        name: [sum(one.time for one in track) for track in mido.MidiFile(tmp_path / f"{name}.mid").tracks]
        for name in ("longer", "unsaid")
    }
    assert lengths == {"longer": [3840] * 3, "unsaid": [1920] * 3}


def test_keys_that_differ_between_tracks(tmp_path: Path) -> None:
    keys = (KeySignature(0.0, 2, track=1), KeySignature(0.0, 4, track=2), KeySignature(2.0, -1, True, 2))
    rows = note_rows([(0.0, 0.5, 60, 80), (0.5, 0.5, 40, 80)], track=[1, 2])
    performance = Performance(rows, keys=keys)
    save_midi(performance, tmp_path / "a.mid", by_track=True)
    assert load_midi(tmp_path / "a.mid").keys == keys
    save_midi(performance, tmp_path / "a.mid")
    assert load_midi(tmp_path / "a.mid").keys == (KeySignature(0.0, 2), KeySignature(2.0, -1, True))


def test_what_real_files_say_is_kept(shared_data: Path, tmp_path: Path) -> None:
    """Two pieces by each composer of ASAP; of all 398 MIDI files there and in VGMIDI it was true, too."""
    composers = sorted(path for path in (shared_data / "asap").iterdir() if path.is_dir())
    paths = [path for one in composers for path in sorted(one.rglob("midi_score.mid"))[:2]]
    keyed = 0
    for path in paths:
        read = load_midi(path)
        save_midi(read, tmp_path / "a.mid", by_track=True)
        again = load_midi(tmp_path / "a.mid")
        assert [(one.fifths, one.minor, one.track) for one in again.keys] == [
            (one.fifths, one.minor, one.track) for one in read.keys
        ]
        np.testing.assert_allclose(
            [again.end_beat, *(one.beat for one in again.keys)],
            [read.end_beat, *(one.beat for one in read.keys)],
            atol=0.5 / TICKS_PER_BEAT,
        )
        keyed += bool(read.keys)
    assert keyed >= 5


def test_techniques_become_markers_where_they_change(tmp_path: Path) -> None:
    notes = note_rows([(step * 0.5, 0.5, 60, 80) for step in range(4)], technique=[0, 1, 1, 2])
    performance = Performance(notes, techniques=((), ("pizzicato", "con_sordino"), ("sustain",)))
    save_midi(performance, tmp_path / "a.mid", tag="played")
    assert [(text.time_s, text.text) for text in load_midi(tmp_path / "a.mid").texts] == [
        (0.0, "[played:default]"),
        (0.5, "[played:pizzicato+con_sordino]"),
        (1.5, "[played:sustain]"),
    ]


def test_events_are_written_as_a_plugin_is_sent_them(tmp_path: Path) -> None:
    rows = [
        (-0.05, Kind.SWITCH_ON, 0, 12, 100, -1),
        (-0.045, Kind.SWITCH_OFF, 0, 12, 0, -1),
        (-0.05, Kind.CONTROL, 0, 0, 1, -1),
        (-0.05, Kind.PROGRAM, 0, 5, 0, -1),
        (-0.05, Kind.PARAMETER, 0, 0, 0.5, -1),
        (0.0, Kind.NOTE_ON, 3, 60, 80, 0),
        (0.25, Kind.PITCH_BEND, 3, 0, -8192, -1),
        (0.25, Kind.PRESSURE, 3, 0, 64, -1),
        (0.5, Kind.NOTE_OFF, 3, 60, 0, 0),
    ]
    events = Events(sorted_stream(np.array(rows, EVENT)), 0.5, pre_roll_s=0.05, parameters=("Mute",))
    save_events(events, tmp_path / "a.mid")
    assert messages_of(tmp_path / "a.mid") == [
        (0, "control_change 0 0 1"),
        (0, "program_change 0 5"),
        (0, "note_on 0 12 100"),
        (10, "note_off 0 12 0"),
        (96, "note_on 3 60 80"),
        (576, "pitchwheel 3 -8192"),
        (576, "aftertouch 3 64"),
        (1056, "note_off 3 60 0"),
        (1056, "end_of_track"),
    ]


def test_events_keep_their_times_through_tempo_changes(tmp_path: Path) -> None:
    tempo = TempoMap(np.array([0.0, 2.0]), np.array([60.0, 180.0]), ((0.0, 3, 4), (3.0, 4, 4)))
    rows = [
        (time_s, Kind.NOTE_ON, 0, 60 + step, 80, step) for step, time_s in enumerate((0.0, 1.9, 2.1, 5.0))
    ]
    rows += [(time_s + 0.1, Kind.NOTE_OFF, 0, number, 0, step) for time_s, _, _, number, _, step in rows]
    save_events(Events(sorted_stream(np.array(rows, EVENT)), 5.1, 0.25), tmp_path / "a.mid", tempo)
    again = load_midi(tmp_path / "a.mid")
    np.testing.assert_allclose(again.notes["onset_s"], [0.25, 2.15, 2.35, 5.25], atol=1e-3)
    assert again.tempo.metres == ((0.0, 3, 4), (3.25, 4, 4))


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, score: Path) -> None:
    with pytest.raises(OutputError, match=f"{tmp_path}: is a folder; give the name of a file"):
        save_midi(load_midi(score), tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        save_midi(load_midi(score), score / "a.mid")
    assert [path.name for path in tmp_path.iterdir()] == ["score.mid"]
