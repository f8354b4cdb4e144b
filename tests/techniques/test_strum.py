"""Strums: a chord's notes one after the other, in events and labels alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_instruments import read_map

from composer_daw.events import Kind
from composer_daw.performance import Performance, note_rows
from composer_daw.techniques.realize import Realization, realize

MAP = """
technique_map: 1
instrument: Six Strings
range: [E2, E6]
groups:
  articulation: {default: sustain}
techniques:
  sustain: {group: articulation, on: [{keyswitch: 24}]}
  strum_down:
    group: articulation
    on: [{keyswitch: 25}]
    note: {strum_ms: {1: 20, 64: 10}, strum_fades: 0.9}
  strum_up:
    group: articulation
    on: [{keyswitch: 26}]
    note: {strum_ms: 10, strum_from: high}
    latency_ms: 3
"""
GUITAR = read_map(MAP)
CHORD = (40, 47, 52, 56, 59, 64)
Note = tuple[float, float, int, int]


def realized(notes: list[Note], technique: str) -> Realization:
    sets = ((), (technique,))
    return realize(Performance(note_rows(sorted(notes), technique=[1] * len(notes)), techniques=sets), GUITAR)


def chord(at_s: float = 1.0, length_s: float = 0.5, velocity: int = 80) -> list[Note]:
    return [(at_s, length_s, pitch, velocity) for pitch in CHORD]


@pytest.mark.parametrize(
    ("technique", "velocity", "gap_s", "pitches"),
    [
        ("strum_down", 80, 0.010, CHORD),
        ("strum_down", 40, 0.020, CHORD),
        ("strum_up", 80, 0.010, CHORD[::-1]),
    ],
)
def test_notes_begin_one_after_the_other_and_end_together(
    technique: str, velocity: int, gap_s: float, pitches: tuple[int, ...]
) -> None:
    rows = realized(chord(velocity=velocity), technique).labels.rows
    assert tuple(rows["pitch"]) == pitches
    assert rows["sounding_onset_s"] == pytest.approx(1.0 + gap_s * np.arange(6))
    assert rows["sounding_offset_s"] == pytest.approx([1.5] * 6)
    assert rows["written_onset_s"] == pytest.approx([1.0] * 6)


def test_events_say_what_the_labels_say() -> None:
    made = realized(chord(), "strum_up")
    played = made.events.of(Kind.NOTE_ON)
    sent = played[played["value"] > 0]
    assert tuple(sent["number"]) == CHORD[::-1]
    assert sent["time_s"] == pytest.approx(0.997 + 0.010 * np.arange(6))
    assert sent["note"].tolist() == made.labels.rows["note"].tolist()


def test_later_strings_are_softer() -> None:
    assert realized(chord(), "strum_down").labels.rows["velocity"].tolist() == [80, 72, 65, 58, 52, 47]
    assert realized(chord(), "strum_up").labels.rows["velocity"].tolist() == [80] * 6


def test_other_techniques_and_single_notes_stay_as_they_are() -> None:
    for notes, technique in ((chord(), "sustain"), ([(1.0, 0.5, 52, 80)], "strum_down")):
        rows = realized(notes, technique).labels.rows
        assert rows["sounding_onset_s"].tolist() == [1.0] * len(notes)
        assert rows["velocity"].tolist() == [80] * len(notes)


def test_chords_that_follow_each_other_are_strummed_each() -> None:
    rows = realized(chord(1.0, 0.2) + chord(1.2, 0.2), "strum_down").labels.rows
    assert rows["sounding_onset_s"] == pytest.approx(
        np.concatenate([1.0 + 0.01 * np.arange(6), 1.2 + 0.01 * np.arange(6)])
    )


def test_a_chord_that_people_played_a_little_apart_is_one_strum() -> None:
    notes = [
        (1.0 + late_s, 0.5, pitch, 80)
        for pitch, late_s in zip(CHORD, (0.02, 0, 0.01, 0, 0, 0.025), strict=True)
    ]
    rows = realized(notes, "strum_down").labels.rows
    assert tuple(rows["pitch"]) == CHORD
    assert rows["sounding_onset_s"] == pytest.approx(1.0 + 0.010 * np.arange(6))


notes = st.lists(
    st.tuples(
        st.floats(0.0, 3.0),
        st.floats(0.03, 1.0),
        st.integers(40, 88),
        st.integers(1, 127),
    ),
    min_size=1,
    max_size=24,
    unique_by=lambda note: (note[0], note[2]),
)


@given(notes, st.sampled_from(["strum_down", "strum_up"]))
def test_any_strum_keeps_its_notes(played: list[Note], technique: str) -> None:
    """None is lost, none begins before its chord or after half of its length, and they stay in order."""
    rows = realized(played, technique).labels.rows
    assert sorted(rows["note"].tolist()) == list(range(len(played)))
    assert (np.diff(rows["sounding_onset_s"]) >= 0.0).all()
    asked = sorted(played)
    for row in rows:
        onset_s, length_s, pitch, velocity = asked[row["note"]]
        assert row["pitch"] == pitch and 1 <= row["velocity"] <= velocity
        assert onset_s - 0.0301 <= row["sounding_onset_s"] <= onset_s + 0.5 * length_s + 1e-9
