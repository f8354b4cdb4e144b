"""Techniques: asked for by a section, on its notes, and in the map of the instrument."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from plain_song import plain_song, plain_tracks
from small_instruments import DRUMS, read_map

from composer_daw.evaluation.song_findings import Check
from composer_daw.evaluation.song_report import check_song
from composer_daw.performance import Performance, Text
from composer_daw.techniques import TechniqueMap

STRINGS = read_map()
VIOLIN = 3
PLUCKED = {(0, "Violin"): "pizzicato"}


def with_technique(name: str, until_s: float = 16.0) -> Performance:
    """Return the plain song whose violin asks for a technique up to a time."""
    score = plain_song()
    mine = (score.notes["track"] == VIOLIN) & (score.notes["onset_s"] < until_s)
    return dataclasses.replace(score.with_notes(technique=np.where(mine, 1, 0)), techniques=((), (name,)))


def checked(
    score: Performance, asked: dict[tuple[int, str], str] | None = None, **maps: TechniqueMap
) -> Check:
    return check_song(score, maps=maps or {"Violin": STRINGS}, asked=asked).check("techniques")


def test_what_a_section_asks_for_is_played() -> None:
    check = checked(with_technique("pizzicato"), PLUCKED)
    assert check.holds is True
    assert check.figures == {"notes": 32, "as_asked": 1.0, "asking": 8 / 32}


def test_a_marker_in_the_score_counts_as_well() -> None:
    texts = (
        *plain_song().texts,
        Text(0.0, "[technique:pizzicato]", "marker", VIOLIN),
        Text(16.0, "arco", "text", VIOLIN),
    )
    check = checked(dataclasses.replace(plain_song(), texts=texts), PLUCKED)
    assert check.holds is True and check.figures["asking"] == 8 / 32


def test_the_default_need_not_be_written() -> None:
    assert checked(plain_song(), {(0, "Violin"): "sustain"}).holds is True


def test_notes_that_do_not_ask_are_found() -> None:
    check = checked(plain_song(), PLUCKED)
    assert check.holds is False
    assert str(check.findings[0]) == (
        "bar 1, beat 1: Violin: 8 notes of 'Verse': the section asks for pizzicato, the notes for nothing"
    )


@pytest.mark.parametrize("name", ["sul_tasto", "marcato"])
def test_a_technique_that_the_instrument_lacks_is_found(name: str) -> None:
    check = checked(with_technique(name), {(0, "Violin"): name})
    assert check.holds is False and check.figures["as_asked"] == 24 / 32
    assert f"8 notes of 'Verse': asks for {name}, plays" in str(check.findings[0])


def test_a_part_that_is_silent_where_it_is_asked_is_found() -> None:
    tracks = plain_tracks()
    tracks["Violin"] = [one for one in tracks["Violin"] if one[0] >= 32]
    check = checked(plain_song(tracks), PLUCKED)
    assert [str(one) for one in check.findings] == [
        "bar 1, beat 1: Violin: 'Verse' asks for pizzicato, but the part is silent"
    ]
    tracks["Violin"] = []
    assert "plays no note" in str(checked(plain_song(tracks)).findings[0])


def test_notes_that_the_instrument_does_not_have_are_found() -> None:
    tracks = plain_tracks()
    tracks["Violin"][0] = (0.0, 4.0, 20)
    assert "1 note that the instrument lacks" in str(checked(plain_song(tracks)).findings[0])


def test_drums_are_checked_against_their_pieces() -> None:
    kit = read_map(DRUMS)
    assert checked(plain_song(), Drums=kit).holds is True
    tracks = plain_tracks()
    tracks["Drums"].append((0.0, 0.25, 60))
    assert checked(plain_song(tracks), Drums=kit).holds is False


def test_a_stroke_concerns_its_drum_alone() -> None:
    kit = read_map(DRUMS)
    score = plain_song()
    snare = (score.notes["pitch"] == 38) & (score.notes["onset_s"] < 16.0)
    asking = score.with_notes(technique=np.where(snare, 1, 0))
    ghosts = dataclasses.replace(asking, techniques=((), ("snare=ghost",)))
    assert checked(ghosts, {(0, "Drums"): "snare=ghost"}, Drums=kit).holds is True
    check = checked(plain_song(), {(0, "Drums"): "snare=ghost"}, Drums=kit)
    assert [one.what.split(":")[0] for one in check.findings] == ["16 notes of 'Verse'"]


def test_texts_of_other_parts_do_not_count() -> None:
    texts = (*plain_song().texts, Text(0.0, "[technique:pizzicato]", "marker", VIOLIN + 1))
    check = checked(dataclasses.replace(plain_song(), texts=texts))
    assert check.holds is True and check.figures["asking"] == 0.0


def test_without_instruments_there_is_no_check() -> None:
    assert check_song(plain_song()).check("techniques").holds is None
