"""A score as the band plays it: sections in their moods, at their pace, shaped for the instruments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_composing import SONG, Plain, write_song

from composer_daw.composing.band import load_band
from composer_daw.composing.pace import paced, speeds
from composer_daw.composing.perform import Performed, perform
from composer_daw.composing.request import Request, load_request
from composer_daw.composing.spans import spans_of
from composer_daw.humanizer import Expression, load_profile
from composer_daw.performance import Performance, TempoMap, Text, note_rows


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    return load_request(write_song(tmp_path))


def played(request: Request, seed: int = 1) -> tuple[Performance, Performed]:
    score = Plain().generate(request.conditions, seed)
    return score, perform(score, request.conditions, request.band, seed)


def moods(*points: tuple[float, float]) -> list[Expression]:
    return [load_profile().at(*point) for point in points]


def test_spans(request_: Request) -> None:
    spans = [(one.name, one.start, one.end) for one in spans_of(request_.conditions)]
    assert spans == [("verse", 0, 32), ("chorus", 32, 64), ("verse", 64, 96)]


def test_all_notes_are_played_near_their_beats(request_: Request) -> None:
    score, done = played(request_)
    performance = done.performance
    assert len(performance.notes) == len(score.notes)
    after, before = (one.notes[np.argsort(one.notes["source"])] for one in (performance, score))
    beats = performance.tempo.beats_at(after["onset_s"])
    written = score.tempo.beats_at(before["onset_s"])
    assert np.abs(beats - written).max() < 0.2
    assert np.abs(beats - written).max() > 0.002  # it is played, not copied
    np.testing.assert_array_equal(after["pitch"], before["pitch"])
    np.testing.assert_array_equal(after["technique"], before["technique"])


def test_each_section_is_played_in_its_own_mood(request_: Request) -> None:
    _, done = played(request_)
    sections = request_.conditions.sections
    assert [one.valence for one in done.expressions] == [section.valence for section in sections]
    performance = done.performance
    bass = performance.notes[performance.notes["track"] == 1]
    beats = performance.tempo.beats_at(bass["onset_s"])
    share = bass["duration_s"] / bass["written_duration_s"]
    held = [share[(beats >= low - 0.2) & (beats < low + 31.5)].mean() for low in (0, 32, 64)]
    assert held[0] > held[1] + 0.1 and held[2] > held[1] + 0.1  # the happy one is detached


def mean_level_db(performance: Performance, low: float) -> float:
    """Return the mean level of a section that begins on a beat, inside its edges."""
    beats = performance.tempo.beats_at(performance.notes["onset_s"])
    chosen = performance.notes["velocity"][(beats >= low + 0.5) & (beats < low + 31.5)]
    return float(40 * np.log10(chosen / 127).mean())


@pytest.mark.parametrize("share", [0.0, 0.35])
def test_a_section_has_the_level_of_its_score_and_a_share_of_its_mood(
    request_: Request, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verse is sad (softer), the chorus happy (louder): each by the share of what its mood asks for."""
    band = load_band().model_copy(update={"level_share": share})
    monkeypatch.setattr("composer_daw.composing.perform.load_band", lambda: band)
    score, done = played(request_)
    asked = [one.level_db for one in done.expressions]
    assert asked[0] < -2 and asked[1] > 2
    for low, louder_db in ((0, share * asked[0]), (32, share * asked[1])):
        moved_db = mean_level_db(done.performance, low) - mean_level_db(score, low)
        assert moved_db == pytest.approx(louder_db, abs=0.4)


def test_no_pitch_of_a_channel_sounds_twice(request_: Request) -> None:
    _, done = played(request_)
    notes = done.performance.notes
    for key in np.unique(notes["channel"].astype(int) * 128 + notes["pitch"]):
        mine = notes[notes["channel"].astype(int) * 128 + notes["pitch"] == key]
        ends = mine["onset_s"] + mine["duration_s"]
        assert (ends[:-1] <= mine["onset_s"][1:] + 1e-6).all()


def test_markers_stand_on_the_bar_lines(request_: Request) -> None:
    _, done = played(request_)
    markers = [text for text in done.performance.texts if text.kind == "marker"]
    beats = [float(done.performance.tempo.beats_at(text.time_s)) for text in markers]
    assert [text.text for text in markers] == ["verse", "chorus", "verse"]
    assert beats == pytest.approx([0, 32, 64], abs=0.02)


def test_the_same_seed_the_same_notes(request_: Request) -> None:
    once, again, other = (played(request_, seed)[1].performance.notes for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once["onset_s"], other["onset_s"])


def test_one_mood_more_leaves_the_other_sections_alone(tmp_path: Path) -> None:
    """What is drawn for a section hangs on the seed and its place, not on what others are like."""
    song = SONG.replace("genre:", "tempo: 80\ngenre:")
    first = load_request(write_song(tmp_path / "a", song))
    second = load_request(write_song(tmp_path / "b", song.replace("they laugh and dance", "they rest")))
    verses = []
    for request in (first, second):
        performance = played(request)[1].performance
        beats = performance.tempo.beats_at(performance.notes["onset_s"])
        rows = performance.notes[beats < 31]
        verses.append(performance.tempo.beats_at(rows["onset_s"]))
    np.testing.assert_allclose(verses[0], verses[1], atol=1e-3)


# --- pace --------------------------------------------------------------------------------


def test_sections_that_are_more_aroused_go_faster() -> None:
    beats, factors = speeds([0, 32, 64], moods((0, -0.5), (0, 0.5)))
    assert (beats[0], factors[0]) == (0, pytest.approx(0.975))
    at_32 = factors[list(beats).index(32)]
    assert at_32 == pytest.approx(1.025)
    assert speeds([0, 64], moods((0, 0.9)))[1][0] == 1.0


@pytest.mark.parametrize("mood", [(0.0, 0.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
def test_the_ritard_slows_down_and_never_more_than_by_half(mood: tuple[float, float]) -> None:
    beats, factors = speeds([0, 32], moods(mood))
    ritard = factors[beats >= 24]
    assert (np.diff(ritard) < 0).all()
    last = 1 - 0.3 * moods(mood)[0].final_ritard
    assert ritard[-1] >= 0.5 and ritard[-1] == pytest.approx(max(last, 0.5), abs=0.06)
    assert factors[beats < 24] == pytest.approx(1.0)


def test_paced_keeps_the_beats_of_all() -> None:
    rows = note_rows([(beat * 0.5, 0.4, 60, 64) for beat in range(32)])
    score = Performance(
        rows, texts=(Text(8.0, "x", "marker"),), tempo=TempoMap(np.zeros(1), np.full(1, 120.0))
    )
    done = paced(score, [0, 16, 32], moods((0, -1), (0, 1)))
    assert done.tempo.beats_at(done.notes["onset_s"]) == pytest.approx(np.arange(32), abs=1e-9)
    assert float(done.tempo.beats_at(done.texts[0].time_s)) == pytest.approx(16)
    assert done.duration_s > score.duration_s
    assert 60e6 / done.tempo.bpm == pytest.approx(np.rint(60e6 / done.tempo.bpm), abs=1e-6)
