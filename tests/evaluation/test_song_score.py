"""A score on the grid: bars, places, sections, parts, keys."""

from __future__ import annotations

import dataclasses

import pytest
from plain_song import FORM, plain_song, plain_tracks, written

from composer_daw.errors import InputError
from composer_daw.evaluation.song_score import Key, Section, SongPart, key_of, parse_key, song_of
from composer_daw.performance import TempoMap, Text


def test_sections_come_from_markers_and_parts_from_names() -> None:
    song = song_of(plain_song())
    assert [(one.name, one.first_bar, one.bars) for one in song.sections] == [
        (name, 8 * number, 8) for number, (name, _) in enumerate(FORM)
    ]
    assert [part.role for part in song.parts] == [
        "melody",
        "chords",
        "bass",
        "violin",
        "viola",
        "cello",
        "drums",
    ]
    assert song.sections[3].kind == "chorus"
    assert song.section_at(48 * 33) == 1


def test_markers_in_brackets_are_no_sections() -> None:
    score = written({"Melody": [(0, 8, 60)]}, {"[technique:staccato]": 0.0, "A": 4.0})
    assert [one.name for one in song_of(score).sections] == ["A"]


def test_places_are_counted_in_beats_of_the_metre() -> None:
    score = written({"Melody": [(0, 1, 60), (13.5, 1, 60)]})
    metres = ((0.0, 3, 4), (6.0, 6, 8), (9.0, 4, 4))
    song = song_of(dataclasses.replace(score, tempo=TempoMap(metres=metres)))
    assert (song.bar_lines / 48).tolist() == [0, 3, 6, 9, 13, 17]
    assert song.place(48 * 4) == (2, 2.0)
    assert song.place(48 * 7) == (3, 3.0)  # eighths
    assert song.place(int(48 * 13.5)) == (5, 1.5)


@pytest.mark.parametrize(
    ("text", "key"),
    [("A minor", Key(9, True)), ("f# major", Key(6, False)), ("Bbm", Key(10, True)), ("C", Key(0, False))],
)
def test_keys_are_read(text: str, key: Key) -> None:
    assert parse_key(text) == key


def test_relative_keys() -> None:
    assert Key(0, False).relative == Key(9, True) and Key(9, True).relative == Key(0, False)


@pytest.mark.parametrize("text", ["H minor", "C dorian", ""])
def test_other_keys_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="such as 'A minor'"):
        parse_key(text)


def test_the_key_is_found_from_the_notes() -> None:
    assert str(key_of(song_of(plain_song()).pitched)) == "C major"
    up = {
        name: [(b, n, p + 3 * (name != "Drums")) for b, n, p in notes]
        for name, notes in plain_tracks().items()
    }
    assert str(key_of(song_of(plain_song(up)).pitched)) == "Eb major"


def test_what_the_score_does_not_have_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"no track 'Violn' \(did you mean 'Violin'\?\); the score has 'Melody'"
    ):
        song_of(plain_song(), [SongPart("Violn", "violin")])
    with pytest.raises(InputError, match=r"no role 'violn' \(did you mean 'violin'\?\)"):
        SongPart("Violin", "violn")
    with pytest.raises(InputError, match="bars 31 to 38, but the score has 32"):
        song_of(plain_song(), sections=[Section("late", 30, 8)])
    with pytest.raises(InputError, match="holds no notes"):
        song_of(dataclasses.replace(plain_song(), notes=plain_song().notes[:0]))


def test_a_text_that_is_no_marker_begins_no_section() -> None:
    score = dataclasses.replace(written({"Melody": [(0, 8, 60)]}), texts=(Text(0.0, "dolce"),))
    assert song_of(score).sections == ()
