"""A part of a score: its notes, and only the controls and texts that speak to them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from midi_building import meta, note, save_tracks

from composer_daw.errors import InputError
from composer_daw.midi import load_midi
from composer_daw.midi.select import Selection, part_of, programs_in_force, select_notes, track_numbers
from composer_daw.performance import KeySignature, Performance, Track, note_rows


def control(tick: int, channel: int, number: int, value: int = 64) -> tuple[int, mido.Message]:
    return tick, mido.Message("control_change", channel=channel, control=number, value=value)


def program(tick: int, channel: int, number: int) -> tuple[int, mido.Message]:
    return tick, mido.Message("program_change", channel=channel, program=number)


@pytest.fixture
def band(tmp_path: Path) -> Performance:
    """A conductor, a melody on channel 1, bass and drums on one track, channels 2 and 10; 0.5 s a beat."""
    conductor = [meta(0, "track_name", name="Song"), meta(480, "marker", text="A"), control(0, 9, 7, 90)]
    conductor += [control(0, 0, 7, 80)]
    melody = [meta(0, "track_name", name="Melody"), meta(0, "text", text="pizz."), program(0, 0, 40)]
    melody += [*note(0, 480, 60), control(240, 0, 11), program(480, 0, 45), *note(480, 480, 62)]
    low = [meta(0, "track_name", name=" Low "), program(0, 1, 32), meta(0, "text", text="arco")]
    low += [*note(0, 960, 40, channel=1), *note(480, 240, 38, channel=9), control(0, 1, 1), control(0, 9, 10)]
    return load_midi(save_tracks(tmp_path / "band.mid", conductor, melody, low))


def pitches(performance: Performance, **selection: tuple[int | str, ...]) -> list[int]:
    chosen = select_notes(performance, Selection(**selection))  # type: ignore[arg-type]
    return performance.notes["pitch"][chosen].tolist()


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"tracks": ("Melody",)}, [60, 62]),
        ({"tracks": ("melody",)}, [60, 62]),
        ({"tracks": ("Low",)}, [40, 38]),
        ({"tracks": (2,)}, [60, 62]),
        ({"tracks": (1,)}, []),
        ({"tracks": ("Melody", 3)}, [40, 60, 38, 62]),
        ({"channels": (10,)}, [38]),
        ({"channels": (1, 2)}, [40, 60, 62]),
        ({"programs": (41,)}, [60]),
        ({"programs": (46, 33)}, [40, 62]),
        ({"programs": (1,)}, [38]),
        ({"tracks": ("Low",), "channels": (2,)}, [40]),
        ({"tracks": ("Melody",), "channels": (2,)}, []),
        ({}, [40, 60, 38, 62]),
    ],
)
def test_what_is_selected(
    band: Performance, selection: dict[str, tuple[int | str, ...]], expected: list[int]
) -> None:
    assert pitches(band, **selection) == expected


def test_an_exact_name_goes_before_one_in_another_case(tmp_path: Path) -> None:
    tracks = [
        [meta(0, "track_name", name=name), *note(0, 480, pitch)] for name, pitch in (("a", 60), ("A", 62))
    ]
    score = load_midi(save_tracks(tmp_path / "a.mid", *tracks))
    assert pitches(score, tracks=("A",)) == [62]
    assert track_numbers(score, "a") == [0]


@pytest.mark.parametrize(
    ("track", "said"),
    [
        ("Melodie", r"no track 'Melodie' \(did you mean 'Melody'\?\); the score has 2 'Melody', 3 'Low'"),
        (4, "no track '4'; the score has 2 'Melody', 3 'Low'"),
        (0, "no track '0'"),
    ],
)
def test_a_track_that_is_not_there(band: Performance, track: str | int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        pitches(band, tracks=(track,))


def test_the_program_is_the_one_sent_last_on_the_channel(band: Performance) -> None:
    assert dict(zip(band.notes["pitch"].tolist(), programs_in_force(band).tolist(), strict=True)) == {
        60: 40,
        62: 45,
        40: 32,
        38: 0,
    }


def test_texts_of_the_part_and_of_the_conductor(band: Performance) -> None:
    melody = part_of(band, select_notes(band, Selection(("Melody",))))
    assert [text.text for text in melody.texts] == ["A", "pizz."]
    assert (melody.tempo, melody.tracks) == (band.tempo, band.tracks)
    drums = part_of(band, select_notes(band, Selection(channels=(10,))))
    assert [text.text for text in drums.texts] == ["A", "arco"]


def test_a_part_is_as_long_as_the_file_and_in_its_key(band: Performance) -> None:
    whole = dataclasses.replace(band, end_beat=16.0, keys=(KeySignature(0.0, -2),))
    part = part_of(whole, select_notes(whole, Selection(("Melody",))))
    assert (part.end_beat, part.keys) == (16.0, whole.keys)


def test_controls_of_its_channel_and_of_no_other_part(band: Performance) -> None:
    def controllers(selection: Selection) -> list[tuple[int, int]]:
        rows = part_of(band, select_notes(band, selection)).controls
        return [(int(row["channel"]), int(row["number"])) for row in rows if row["kind"] == 2]

    assert controllers(Selection(("Melody",))) == [(0, 7), (0, 11)]
    assert controllers(Selection(channels=(10,))) == [(9, 7), (9, 10)]
    assert controllers(Selection(channels=(2,))) == [(1, 1)]


def test_a_channel_shared_by_two_tracks_keeps_their_controls_apart(tmp_path: Path) -> None:
    tracks = [
        [meta(0, "track_name", name=name), control(0, 0, number), *note(0, 480, 60 + number)]
        for name, number in (("one", 1), ("two", 2))
    ]
    score = load_midi(save_tracks(tmp_path / "a.mid", *tracks))
    part = part_of(score, select_notes(score, Selection(("two",))))
    assert part.controls["number"].tolist() == [2]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=30), st.integers(0, 2**31)
)
def test_parts_divide_a_score_among_them(places: list[tuple[int, int]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = note_rows([(float(rng.integers(10)), 1.0, 60, 80) for _ in places])
    rows["track"], rows["channel"] = np.array(places).T
    score = Performance(rows, tracks=(Track("a"), Track("b"), Track("c"), Track("d")))
    parts = [
        part_of(score, select_notes(score, Selection((track,), (channel,))))
        for track in (1, 2, 3, 4)
        for channel in (1, 2, 3)
    ]
    sources = np.concatenate([part.notes["source"] for part in parts])
    assert sorted(sources.tolist()) == list(range(len(places)))
