"""Controls and texts keep on their side of the notes that they speak to."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_scores import POINTS, scores

from composer_daw.events import Kind
from composer_daw.humanizer import humanize
from composer_daw.midi import load_midi, load_score, save_midi
from composer_daw.performance import CONTROL, KeySignature, Performance, TempoMap, Text, note_rows


@given(scores(), POINTS, st.sampled_from(["keep", "map"]), st.data())
def test_nothing_is_overtaken(
    score: Performance, point: tuple[float, float], tempo: str, data: st.DataObject
) -> None:
    at = data.draw(st.lists(st.sampled_from(score.notes["onset_s"].tolist()), max_size=4))
    controls = np.zeros(len(at), CONTROL)
    controls["time_s"], controls["kind"] = at, Kind.PROGRAM
    controls["number"], controls["channel"] = np.arange(len(at)), data.draw(st.sampled_from([0, 1, 9]))
    texts = tuple(Text(one, str(number), track=number % 3) for number, one in enumerate(at))
    score = dataclasses.replace(score, controls=controls, texts=texts)
    played = humanize(score, *point, tempo=tempo).performance
    before, after = (one.notes[np.argsort(one.notes["source"])] for one in (score, played))
    for one in score.controls:
        (now,) = played.controls[played.controls["number"] == one["number"]]["time_s"]
        follow = (before["channel"] == one["channel"]) & (before["onset_s"] >= one["time_s"])
        assert (after["onset_s"][follow] >= now).all()
    for was, text in zip(score.texts, played.texts, strict=True):
        mine = before["track"] == text.track
        mine = mine if mine.any() else np.ones(len(mine), bool)
        assert (after["onset_s"][mine & (before["onset_s"] >= was.time_s)] >= text.time_s).all()


def test_what_is_between_two_notes_stays_there() -> None:
    notes = note_rows([(0.25 * n, 0.25, 60 + n, 80) for n in range(40)])
    texts = tuple(Text(0.25 * n, str(n)) for n in range(40))
    played = humanize(Performance(notes, texts=texts), -1, -1, seed=4).performance
    onsets = played.notes[np.argsort(played.notes["source"])]["onset_s"]
    times = np.array([text.time_s for text in played.texts])
    assert (times <= onsets).all()
    assert (times[1:] > onsets[:-1]).all()
    assert np.abs(times - onsets).max() < 0.2


PLACES = (("Verse", "marker"), ("A", "marker"), ("サビ", "marker"), ("strings in", "cue"))
SPOKEN = (
    ("[technique:pizzicato]", "marker"),
    ("pizz. con sord.", "marker"),
    ("ピチカート", "cue"),
    ("espressivo", "text"),
    ("la", "lyric"),
)


@pytest.mark.parametrize("tempo", ["keep", "map"])
def test_sections_and_cues_stay_on_their_beats(tempo: str) -> None:
    beats = np.arange(0.0, 64.0, 0.5)
    written = TempoMap(np.array([0.0, 20.0]), np.array([100.0, 140.0]), ((0.0, 3, 4),))
    onset_s, ends_s = written.seconds_at(beats), written.seconds_at(beats + 0.5)
    notes = note_rows([(at, to - at, 60, 80) for at, to in zip(onset_s, ends_s, strict=True)])
    notes["pitch"] += np.arange(len(notes), dtype=np.int16) % 12
    texts = tuple(
        Text(float(written.seconds_at(beat)), text, kind, track=beat % 2)
        for beat in range(3, 60, 3)
        for text, kind in (*PLACES, *SPOKEN)
    )
    score = Performance(notes, texts=texts, tempo=written)
    played = humanize(score, -1, -1, tempo=tempo, rubato=0.8, seed=3).performance
    now = dict(zip(played.notes["source"].tolist(), played.notes["onset_s"].tolist(), strict=True))
    beside = []
    for was, text in zip(score.texts, played.texts, strict=True):
        beat = float(written.beats_at(was.time_s))
        if (text.text, text.kind) in PLACES:
            assert text.time_s == pytest.approx(float(played.tempo.seconds_at(beat)), abs=1e-9)
            if tempo == "keep":
                assert text.time_s == pytest.approx(was.time_s, abs=1e-9)
            beside.append(abs(text.time_s - now[round(2 * beat)]))
        else:
            assert now[round(2 * beat) - 1] < text.time_s <= now[round(2 * beat)]
    assert max(beside) > 0.01  # the notes did leave their beats


@pytest.mark.parametrize("tempo", ["keep", "map"])
def test_the_file_ends_on_its_beat_and_in_its_key(tmp_path: Path, tempo: str) -> None:
    """A loop of 16 beats whose last hit ends at 14.75."""
    hits = [(0.25 * step, 0.1, 36 + step % 3, 90) for step in range(29)] + [(7.25, 0.125, 38, 90)]
    loop = Performance(note_rows(hits, channel=9), end_beat=16.0, keys=(KeySignature(8.0, -4, True),))
    played = humanize(loop, 0.8, 0.8, tempo=tempo, seed=1)
    save_midi(played.performance, tmp_path / "a.mid", by_track=True)
    again = load_midi(tmp_path / "a.mid")
    assert (again.end_beat, again.keys) == (16.0, loop.keys)
    assert again.duration_s < float(again.tempo.seconds_at(16.0)) - 0.3
    if tempo == "keep":
        assert float(again.tempo.seconds_at(again.end_beat)) == 8.0


def test_sakura_is_as_long_as_it_was(tmp_path: Path) -> None:
    score = load_score(Path(__file__).parents[2] / "examples" / "sakura.mid")
    save_midi(humanize(score, -0.6, -0.6, seed=1).performance, tmp_path / "a.mid", by_track=True)
    assert load_midi(tmp_path / "a.mid").end_beat == score.end_beat == 56.0
