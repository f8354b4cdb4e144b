"""Performances keep their order, and tempo maps run both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.performance import CONTROL, KeySignature, Performance, TempoMap, note_rows

steps = st.lists(st.tuples(st.floats(0.01, 50), st.floats(4, 400)), max_size=8)
beats = st.lists(st.floats(0, 300), min_size=1, max_size=20)


def tempo_map(changes: list[tuple[float, float]]) -> TempoMap:
    spans = [span for span, _ in changes]
    return TempoMap(
        np.concatenate([[0.0], np.cumsum(spans)]), np.array([120.0, *(bpm for _, bpm in changes)])
    )


def test_each_tempo_counts_from_where_it_begins() -> None:
    tempo = TempoMap(np.array([0.0, 4.0, 6.0]), np.array([120.0, 60.0, 240.0]))
    assert tempo.times_s.tolist() == [0.0, 2.0, 4.0]
    assert tempo.seconds_at([0, 2, 4, 5, 6, 10]).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert tempo.beats_at([0, 1, 2, 3, 4, 5]).tolist() == [0.0, 2.0, 4.0, 5.0, 6.0, 10.0]


def test_before_the_start_the_first_tempo_holds() -> None:
    assert float(TempoMap().seconds_at(-2.0)) == -1.0
    assert float(TempoMap().beats_at(-1.0)) == -2.0


@given(steps, beats)
def test_beats_and_seconds_are_inverse(changes: list[tuple[float, float]], at: list[float]) -> None:
    tempo = tempo_map(changes)
    np.testing.assert_allclose(tempo.beats_at(tempo.seconds_at(at)), at, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(tempo.seconds_at(tempo.beats_at(at)), at, rtol=1e-9, atol=1e-9)


@given(steps, beats)
def test_time_never_runs_back(changes: list[tuple[float, float]], at: list[float]) -> None:
    assert (np.diff(tempo_map(changes).seconds_at(sorted(at))) >= 0).all()


@given(st.permutations(range(6)))
def test_notes_are_sorted_by_onset_then_pitch_then_source(order: list[int]) -> None:
    notes = note_rows(
        [(1, 1, 60, 9), (0, 1, 62, 9), (0, 1, 60, 9), (1, 1, 60, 9), (1, 1, 59, 9), (2, 1, 1, 9)]
    )
    performance = Performance(notes[order])
    assert performance.notes["source"].tolist() == [2, 1, 4, 0, 3, 5]


def test_controls_are_sorted_by_time_and_otherwise_stay() -> None:
    controls = np.zeros(4, CONTROL)
    controls["time_s"], controls["value"] = [1, 0, 1, 0], [1, 2, 3, 4]
    assert Performance(controls=controls).controls["value"].tolist() == [2, 4, 1, 3]


def test_everything_is_frozen_and_changes_make_a_new_one() -> None:
    performance = Performance(note_rows([(0, 1, 60, 80), (1, 1, 62, 80)]))
    louder = performance.with_notes(velocity=[100, 110], onset_s=[1.0, 0.0])
    assert performance.notes["velocity"].tolist() == [80, 80]
    assert louder.notes["velocity"].tolist() == [110, 100]
    for values in (performance.notes, performance.controls, performance.tempo.beats, performance.tempo.bpm):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0


def test_note_rows_write_the_score_beside_the_sound() -> None:
    rows = note_rows([(0.5, 0.25, 60, 80)], channel=3, onset_s=[0.6])
    one = dict(zip(rows.dtype.names or (), rows[0].tolist(), strict=True))
    assert one == {
        "onset_s": 0.6,
        "duration_s": 0.25,
        "written_onset_s": 0.5,
        "written_duration_s": 0.25,
        "pitch": 60,
        "velocity": 80,
        "channel": 3,
        "track": 0,
        "technique": 0,
        "source": 0,
    }


def test_one_technique_for_all() -> None:
    performance = Performance(
        note_rows([(0, 1, 60, 80), (1, 1, 62, 80)], technique=[0, 1]), techniques=((), ("a",))
    )
    plucked = performance.with_technique(["pizzicato", "con_sordino"])
    assert plucked.techniques == (("pizzicato", "con_sordino"),)
    assert plucked.notes["technique"].tolist() == [0, 0]


def test_duration_is_the_last_end_not_the_end_of_the_last() -> None:
    assert Performance(note_rows([(0, 5, 60, 80), (1, 1, 62, 80)])).duration_s == 5.0
    assert Performance().duration_s == 0.0


@pytest.mark.parametrize(
    ("fifths", "semitones", "moved"),
    [(0, 1, -5), (0, 2, 2), (0, -3, 3), (0, 6, -6), (-2, 1, 5), (6, 1, 1), (-6, -1, -1), (3, -9, 0)],
)
def test_a_key_signature_moves_with_the_notes(fifths: int, semitones: int, moved: int) -> None:
    key = KeySignature(4.0, fifths, minor=True, track=2)
    assert key.shifted(7 * semitones) == KeySignature(4.0, moved, minor=True, track=2)


@given(st.integers(-7, 7), st.integers(-40, 40))
def test_a_key_signature_comes_back(fifths: int, semitones: int) -> None:
    key = KeySignature(0.0, fifths)
    assert key.shifted(84 * semitones) == key  # octaves
    there_and_back = key.shifted(7 * semitones).shifted(-7 * semitones)
    assert (there_and_back.fifths - fifths) % 12 == 0
    assert abs(there_and_back.fifths) <= max(6, abs(fifths))


def test_no_key_signature_has_eight_sharps() -> None:
    with pytest.raises(ValueError, match="up to seven sharps or flats, not 8"):
        KeySignature(0.0, -8)
