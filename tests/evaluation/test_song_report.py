"""The report on a song: everything at once, as data, and what had to be guessed."""

from __future__ import annotations

import json

import pytest
from plain_song import plain_song, written

from composer_daw.errors import InputError
from composer_daw.evaluation.song_report import SongReport, check_song
from composer_daw.evaluation.song_score import Key, SongPart
from composer_daw.midi import load_midi, save_midi

NAMES = ["form", "cadences", "ranges", "parallels", "crossing", "leaps", "dissonances", "motif", "techniques"]


@pytest.fixture(scope="module")
def report() -> SongReport:
    return check_song(plain_song())


def test_the_plain_song_passes_every_check(report: SongReport) -> None:
    assert [check.name for check in report.checks] == NAMES
    assert {check.name for check in report.checks if check.holds} == set(NAMES) - {"techniques"}
    assert report.holds and str(report.key) == "C major"
    assert report.guessed == ("the key, from the notes",)


def test_the_report_as_data_is_json_without_nan(report: SongReport) -> None:
    alone = check_song(written({"x": [(0, 4, 60)]}))
    for one in (report, alone):
        data = json.loads(json.dumps(one.as_data(), allow_nan=False))
        assert list(data["checks"]) == NAMES
    assert alone.as_data()["metrics"]["harmonic_deviation"] is None
    assert report.as_data()["metrics"]["scale_consistency"] == 1.0


def test_the_same_song_gives_the_same_report_from_a_file(report: SongReport, tmp_path) -> None:
    save_midi(plain_song(), tmp_path / "song.mid", by_track=True)
    assert check_song(load_midi(tmp_path / "song.mid")).as_data() == report.as_data()


def test_what_is_not_given_is_guessed_and_said() -> None:
    found = check_song(written({"a": [(0, 4, 72)], "b": [(0, 4, 48)]}), key=Key(0, False))
    assert found.guessed == (
        "the melody: the highest line of all tracks",
        "the bass: the lowest line of all tracks",
    )
    parts = [SongPart("a", "melody"), SongPart("b", "bass")]
    score = written({"a": [(0, 4, 72)], "b": [(0, 4, 48)]})
    assert check_song(score, parts=parts, key=Key(0, False)).guessed == ()


def test_drums_alone_are_no_error() -> None:
    found = check_song(written({"Drums": [(beat, 0.25, 36) for beat in range(16)]}))
    assert found.check("parallels").holds in (None, True) and found.metrics["empty_beat_rate"] == 0.0


def test_a_score_without_notes_is_refused() -> None:
    import dataclasses

    with pytest.raises(InputError, match="holds no notes"):
        check_song(dataclasses.replace(plain_song(), notes=plain_song().notes[:0]))
