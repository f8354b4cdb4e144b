"""The contract of a generator: tracks, markers, channels, ranges, techniques; a seed gives its bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from arranged_songs import (
    BAND,
    BASS,
    CASES,
    DRUMS,
    FORM,
    GUITAR,
    MELODY,
    PIANO,
    QUARTET,
    arranged,
    section,
    song,
    starts,
    track,
    within,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_daw.composing.arranger import Arranger
from composer_daw.composing.conditions import Generator, Key, Part, SongConditions
from composer_daw.errors import InputError
from composer_daw.midi import load_midi, save_midi
from composer_daw.performance import Performance


def generate(conditions: SongConditions, seed: int = 0) -> Performance:
    generator: Generator = Arranger()
    return generator.generate(conditions, seed)


def same(one: Performance, other: Performance) -> bool:
    return (
        one.notes.tobytes() == other.notes.tobytes()
        and one.controls.tobytes() == other.controls.tobytes()
        and (one.texts, one.techniques, one.tracks) == (other.texts, other.techniques, other.tracks)
    )


def test_tracks_stand_in_the_order_of_the_parts_and_carry_their_names() -> None:
    score = arranged("pop", "major", "happy", 1)
    assert [one.name for one in score.tracks] == [part.name for part in BAND]
    for number, part in enumerate(BAND):
        rows = score.notes[score.notes["track"] == number]
        assert len(rows) > 20, part.name
        channel = 9 if part.role == "drums" else number - (number > BAND.index(DRUMS))
        assert set(rows["channel"].tolist()) == {channel}


def test_a_part_after_the_ninth_goes_round_the_channel_of_the_drums() -> None:
    chords = tuple(Part(f"chords {number}", "chords", 40, 88) for number in range(9))
    score = generate(song(parts=(*chords, DRUMS, MELODY), form=("verse",)))
    by_track = dict(zip(score.notes["track"].tolist(), score.notes["channel"].tolist(), strict=True))
    assert [by_track[number] for number in range(11)] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_a_marker_stands_on_the_first_bar_line_of_each_section() -> None:
    score = arranged("folk", "major", "calm", 2, FORM)
    markers = [text for text in score.texts if text.kind == "marker"]
    assert [text.text for text in markers] == list(FORM)
    places = np.round([float(score.tempo.beats_at(text.time_s)) for text in markers], 6)
    assert places.tolist() == starts(song(form=FORM))[:-1]


def test_what_is_written_is_what_is_played() -> None:
    notes = arranged("jazz", "major", "calm", 3).notes
    assert np.array_equal(notes["onset_s"], notes["written_onset_s"])
    assert np.array_equal(notes["duration_s"], notes["written_duration_s"])
    assert (notes["duration_s"] > 0).all() and (notes["onset_s"] >= 0).all()
    assert ((notes["velocity"] >= 1) & (notes["velocity"] <= 127)).all()


@pytest.mark.parametrize("case", CASES)
def test_notes_lie_in_the_ranges_and_techniques_are_such_as_the_parts_have(case: tuple) -> None:
    score = arranged(*case)
    for part in BAND:
        for note in track(score, part.name):
            assert part.lowest <= note.pitch <= part.highest
            assert set(note.techniques) <= part.techniques


@pytest.mark.parametrize("case", CASES[:6])
def test_no_note_of_a_part_reaches_into_the_next_of_its_pitch(case: tuple) -> None:
    score = arranged(*case)
    for part in BAND:
        ends: dict[int, float] = {}
        for note in track(score, part.name):
            assert note.onset >= ends.get(note.pitch, 0.0) - 1e-3, part.name
            ends[note.pitch] = note.end


def test_the_same_conditions_and_seed_give_the_same_bytes() -> None:
    told = song("j-pop", "minor", "sad")
    assert same(generate(told, 5), generate(told, 5))


def test_another_seed_or_title_gives_another_song() -> None:
    told = song("rock", "minor", "angry")
    first = generate(told, 1)
    for other in (generate(told, 2), generate(dataclasses.replace(told, title="Another"), 1)):
        tunes = [[(note.onset, note.pitch) for note in track(one, "melody")] for one in (first, other)]
        shared = len(set(tunes[0]) & set(tunes[1])) / len(tunes[0])
        assert shared < 0.5


@pytest.mark.parametrize("left_out", ["guitar", "bass", "drums", "viola", "contrabass"])
def test_a_part_that_is_left_out_leaves_the_others_as_they_were(left_out: str) -> None:
    whole = generate(song("pop", "minor", "sad"), 4)
    parts = tuple(part for part in BAND if part.name != left_out)
    fewer = generate(song("pop", "minor", "sad", parts=parts), 4)
    for part in parts:
        assert track(fewer, part.name) == track(whole, part.name), part.name


def test_a_technique_that_is_asked_for_holds_for_the_whole_section_of_the_part() -> None:
    wanted = {
        "violin": "pizzicato",
        "cello": "con_sordino+tremolo",
        "drums": "snare=rimshot",
        "melody": "staccato",
    }
    told = song("ballad", "minor", "sad", form=("verse", "chorus"))
    first = dataclasses.replace(told.sections[0], techniques=wanted)
    score = generate(dataclasses.replace(told, sections=(first, told.sections[1])), 1)
    for name, technique in wanted.items():
        notes = within(track(score, name), 0, 32)
        assert notes, name
        assert {note.techniques for note in notes} == {tuple(technique.split("+"))}
        later = within(track(score, name), 32, 64)
        assert {note.techniques for note in later} != {tuple(technique.split("+"))}


def test_techniques_survive_a_midi_file(tmp_path: Path) -> None:
    score = arranged("j-pop", "major", "happy", 4)
    save_midi(score, tmp_path / "score.mid", by_track=True)
    read = load_midi(tmp_path / "score.mid")
    assert len(read.notes) == len(score.notes)
    markers = {text.text for text in read.texts if text.text.startswith("[technique:")}
    assert {"[technique:legato]", "[technique:strum_down]"} <= markers
    # one set for all notes of an instant, or a marker before them could not say it
    for number in range(len(score.tracks)):
        rows = score.notes[score.notes["track"] == number]
        sets: dict[float, set[int]] = {}
        for row in rows:
            sets.setdefault(round(float(row["onset_s"]), 4), set()).add(int(row["technique"]))
        assert all(len(one) == 1 for one in sets.values())


def test_a_band_of_one_and_a_song_of_one_bar() -> None:
    for part in (MELODY, GUITAR, PIANO, BASS, DRUMS, *QUARTET):
        told = song("pop", parts=(part,), form=("chorus",), bars=1)
        notes = track(generate(told), part.name)
        assert notes and max(note.onset for note in notes) < 4


def test_without_a_melody_part_the_first_strings_sing() -> None:
    told = song("folk", "major", "calm", parts=(GUITAR, *QUARTET))
    line = track(generate(told, 3), "violin")
    assert all(one.end <= two.onset + 1e-3 for one, two in zip(line, line[1:], strict=False))
    assert len({note.pitch for note in line}) >= 7
    assert line == track(generate(song("folk", "major", "calm", parts=(GUITAR, *QUARTET[:1])), 3), "violin")


def test_a_second_melody_part_sings_below_the_first_in_choruses() -> None:
    second = Part("second", "melody", 55, 88)
    score = generate(song("pop", form=("verse", "chorus"), parts=(MELODY, second, GUITAR)), 2)
    assert within(track(score, "second"), 0, 32) == []
    above = {note.onset: note.pitch for note in track(score, "melody")}
    below = track(score, "second")
    assert below and all(3 <= above[note.onset] - note.pitch <= 9 for note in below)


@pytest.mark.parametrize("wrong", ["parts", "sections"])
def test_a_song_without_parts_or_sections_is_refused(wrong: str) -> None:
    told = dataclasses.replace(song(), **{wrong: ()})
    with pytest.raises(InputError, match="a song needs sections and parts"):
        generate(told)


def test_an_unknown_genre_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no genre 'bosa' \(did you mean 'bossa'\?\)"):
        generate(song("bosa"))


KINDS = st.sampled_from(FORM)
SIGNED = st.floats(-1, 1)


@st.composite
def conditions(draw: st.DrawFn) -> SongConditions:
    """Draw a song of any form, in ranges that may be very narrow."""
    sections = tuple(
        section(
            draw(KINDS),
            draw(SIGNED),
            draw(SIGNED),
            bars=draw(st.integers(1, 9)),
            lyrics=tuple(
                draw(st.lists(st.sampled_from(["Hello my friend", "よるのあめ", "...", ""]), max_size=3))
            ),
            attributes=tuple(
                draw(st.lists(st.sampled_from(["sparse", "rising", "storm", "nonsense"]), max_size=2))
            ),
        )
        for _ in range(draw(st.integers(1, 2)))
    )
    parts = []
    drawn = draw(st.lists(st.sampled_from((*BAND, PIANO)), min_size=1, max_size=5))
    kits = [number for number, part in enumerate(drawn) if part.role == "drums"]
    for number, part in enumerate(drawn):
        if number in kits[1:]:
            continue
        lowest = part.lowest if part.role == "drums" else draw(st.integers(part.lowest, part.highest - 4))
        highest = part.highest if part.role == "drums" else draw(st.integers(lowest + 4, part.highest))
        has = frozenset(draw(st.sets(st.sampled_from(sorted(part.techniques)))))
        parts.append(Part(f"{part.name} {number}", part.role, lowest, highest, has))
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(["major", "minor"])))
    genre = draw(st.sampled_from(["pop", "jazz", "classical", "j-pop"]))
    return SongConditions("any", key, draw(st.floats(40, 220)), genre, sections, tuple(parts))


@settings(max_examples=15)
@given(conditions(), st.integers(0, 2**31))
def test_any_conditions_give_a_score_within_ranges(told: SongConditions, seed: int) -> None:
    score = generate(told, seed)
    end = starts(told)[-1]
    for part in told.parts:
        for note in track(score, part.name):
            assert part.lowest <= note.pitch <= part.highest
            assert note.end <= end + 1e-3
            assert set(note.techniques) <= part.techniques
        places = [(note.onset, note.pitch) for note in track(score, part.name)]
        assert len(places) == len(set(places)), part.name
