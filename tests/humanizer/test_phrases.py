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


def test_given_phrases() -> None:
    phrases = given_phrases([0, 8, 16], 24)
    assert phrases.place(np.array([-1.0, 0, 4, 8, 23, 30])).tolist() == [0, 0, 0.5, 0, 0.875, 1]
    for starts, end in (([], 4.0), ([0, 0], 4.0), ([0, 8], 8.0), ([0, float("nan")], 9.0)):
        with pytest.raises(InputError, match="their starts must rise"):
            given_phrases(starts, end)


def test_nothing_has_one_empty_phrase() -> None:
    found = find_phrases(lines_of(Performance()))
    assert found.end == 0.0 and [len(starts) for starts in found.levels] == [1, 1, 1]


def test_bars_and_beats() -> None:
    metres = ((0.0, 4, 4), (8.0, 6, 8))
    beats = np.array([-1.0, 0, 5, 8, 10])
    assert bar_length(metres, beats).tolist() == [4, 4, 4, 3, 3]
    np.testing.assert_allclose(bar_phase(metres, beats), [3, 0, 1, 0, 2], atol=1e-9)
    assert beat_length(metres, beats).tolist() == [1, 1, 1, 1.5, 1.5]
