"""Phrases are found at rests, long notes and leaps, and are nested; or they are as the user says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import InputError
from composer_daw.humanizer.lines import lines_of
from composer_daw.humanizer.phrases import (
    bar_length,
    bar_phase,
    beat_length,
    boundary_strengths,
    find_phrases,
    given_phrases,
    group,
    melody,
)
from composer_daw.performance import Performance, note_rows

FOUR = ((0.0, 4, 4),)


def tune(bars: int, rest_every: int) -> Performance:
    """Return quarter notes at 60, up and down, the last beat of every so many bars silent."""
    notes = [
        (float(beat), 1.0, 60 + beat % 4, 80) for beat in range(4 * bars) if (beat + 1) % (4 * rest_every)
    ]
    return Performance(
        notes=note_rows([(2 * at / 4, length / 2, pitch, loud) for at, length, pitch, loud in notes])
    )


def test_phrases_begin_after_rests() -> None:
    found = find_phrases(lines_of(tune(16, 4)))
    assert found.levels[1].tolist() == [0.0, 16.0, 32.0, 48.0]
    assert found.levels[0].tolist() == [0.0, 32.0]
    assert set(found.levels[1]) <= set(found.levels[2])
    assert found.end == pytest.approx(63.0)


def test_lbdm_by_hand() -> None:
    """Intervals 1 1 2 1: change 0, 1/3, 1/3; strength 0, 1/3, 4/3, 1/3, of which the largest is 1."""
    got = boundary_strengths(np.array([0.0, 1, 2, 4, 5]), np.array([1.0, 1, 2, 1, 1]), np.full(5, 60.0))
    np.testing.assert_allclose(got, [0, 0, 0.25, 1.0, 0.25])


def test_the_melody_is_what_sounds_highest() -> None:
    beat = np.array([0.0, 0, 1, 1, 2, 3])
    rows = melody(beat, np.array([1.0, 4, 3, 1, 1, 1]), np.array([60.0, 50, 72, 55, 65, 66]))
    assert rows.tolist() == [0, 2]  # what lies under the held 72 does not count


@st.composite
def notes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    some = draw(
        st.lists(
            st.tuples(st.integers(0, 400), st.integers(1, 40), st.integers(0, 127)), min_size=1, max_size=60
        )
    )
    beat, length, pitch = np.array(sorted(some), float).T
    return beat / 4, length / 4, pitch


@given(notes(), st.sampled_from([(4, 4), (3, 4), (6, 8), (7, 8)]))
def test_groups_are_nested_and_cover_the_piece(some: tuple[np.ndarray, ...], metre: tuple[int, int]) -> None:
    beat, length, pitch = some
    found = group(beat, length, pitch, ((0.0, *metre),))
    assert len(found.levels) == 3
    for level, starts in enumerate(found.levels):
        assert starts[0] == beat[0] and (np.diff(starts) > 0).all() and found.end > starts[-1]
        place = found.place(beat, level)
        assert ((place >= 0) & (place <= 1)).all()
        if level:
            assert set(found.levels[level - 1]) <= set(starts)


def test_given_phrases_are_those_of_all_levels_but_the_last() -> None:
    lines = lines_of(tune(12, 4))  # rests before 16 and 32
    phrases = given_phrases(lines, [0, 20, 44])
    assert [starts.tolist() for starts in phrases.levels[:2]] == [[0, 20, 44]] * 2
    parts = phrases.levels[2]
    assert {0, 20, 44} < set(parts.tolist()) and 16 in parts  # the rest is a boundary inside the first
    assert phrases.end == find_phrases(lines).end == 47.0
    assert phrases.place(np.array([-1.0, 0, 10, 20, 32, 44, 47])).tolist() == [0, 0, 0.5, 0, 0.5, 0, 1]


def test_what_comes_before_the_first_given_phrase_is_one_too() -> None:
    assert given_phrases(lines_of(tune(8, 4)), [16]).levels[0].tolist() == [0, 16]


def test_a_note_a_little_beside_where_a_phrase_is_given_starts_it() -> None:
    score = tune(8, 8)
    onset_s = np.where(np.arange(31) == 16, 7.98, score.notes["onset_s"])  # beat 15.96
    early = lines_of(score.with_notes(onset_s=onset_s, written_onset_s=onset_s))
    assert given_phrases(early, [8, 16]).levels[1] == pytest.approx([0, 8, 15.96])


def test_a_phrase_may_start_with_a_rest() -> None:
    phrases = given_phrases(lines_of(tune(8, 4)), [0, 15, 20])  # nothing begins at 15
    assert phrases.levels[0].tolist() == [0, 15, 20]
    assert 16 not in phrases.levels[2]


@pytest.mark.parametrize(
    ("starts", "problem"),
    [
        ([], "one after the other"),
        ([0, 0], "one after the other"),
        ([8, 4], "one after the other"),
        ([0, float("nan")], "one after the other"),
        ([-1, 4], "within the piece"),
        ([0, 32], "within the piece"),
    ],
)
def test_phrases_that_cannot_be_given(starts: list[float], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        given_phrases(lines_of(tune(8, 4)), starts)


def test_nothing_has_no_phrases_to_give() -> None:
    with pytest.raises(InputError, match="within the piece"):
        given_phrases(lines_of(Performance()), [0])


@given(st.lists(st.integers(0, 30), min_size=1, unique=True), notes())
def test_whatever_is_given_is_nested(starts: list[int], some: tuple[np.ndarray, ...]) -> None:
    beat, length, pitch = some
    inside = np.array(sorted({min(start, float(beat[-1])) for start in starts}), float)
    found = group(beat, length, pitch, FOUR, given=inside)
    for level in found.levels:
        assert set(inside) <= set(level) and (np.diff(level) > 0).all() and level[-1] < found.end
    assert set(found.levels[0]) <= set(found.levels[2])


def test_nothing_has_one_empty_phrase() -> None:
    found = find_phrases(lines_of(Performance()))
    assert found.end == 0.0 and [len(starts) for starts in found.levels] == [1, 1, 1]


def test_bars_and_beats() -> None:
    metres = ((0.0, 4, 4), (8.0, 6, 8))
    beats = np.array([-1.0, 0, 5, 8, 10])
    assert bar_length(metres, beats).tolist() == [4, 4, 4, 3, 3]
    np.testing.assert_allclose(bar_phase(metres, beats), [3, 0, 1, 0, 2], atol=1e-9)
    assert beat_length(metres, beats).tolist() == [1, 1, 1, 1.5, 1.5]
