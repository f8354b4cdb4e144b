"""Curves of controllers: the grid of 10 ms, what the score says, what is written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shaped_playing import control, playing

from composer_daw.humanizer.shaping.curves import carried, control_rows, grid, together, told
from composer_daw.performance import Performance


def test_a_grid_begins_at_or_before_its_span_and_steps_belong_to_the_later_one() -> None:
    steps, span = grid(np.array([0.005, 0.048]), np.array([0.048, 0.07]))
    assert steps.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert span.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=12))
def test_no_step_of_a_grid_comes_twice(lengths: list[tuple[float, float]]) -> None:
    gaps, held = np.array(lengths).T
    start_s = np.cumsum(gaps + held) - held
    steps, span = grid(start_s, start_s + held)
    assert (np.diff(steps) > 0).all() and (np.diff(span) >= 0).all()
    assert (steps * 0.01 <= (start_s + held)[span] + 1e-5).all()
    assert np.isin(np.floor((start_s + 1e-6) / 0.01), steps).all()


def test_what_the_score_says_holds_until_it_says_more() -> None:
    said = told(playing([(0.0, 1.0, "")], [(0.5, 11, 90), (0.755, 11, 40), (0.6, 1, 3)]), 11, None)
    assert said.at(np.array([0.0, 0.5, 0.7, 0.755, 9.0]), 127).tolist() == [127, 90, 90, 40, 40]
    assert said.steps.tolist() == [50, 76]  # at 0.755 s: with the step after it
    moves = said.moves(np.array([0.0, 0.5, 0.76]), np.array([0.7, 1.0, 1.0]))
    assert moves.tolist() == [False, True, False]  # the first is its beginning, no change


def test_a_part_hears_its_own_track_or_one_without_notes() -> None:
    rows = control([(0.0, 11, 10), (0.0, 11, 20), (0.0, 11, 30)])
    rows["track"], rows["channel"] = [0, 1, 7], [4, 4, 4]
    two = playing([(0.0, 1.0, ""), (0.0, 1.0, ""), (0.0, 1.0, "")], track=[0, 1, 2], channel=[4, 4, 4])
    score = Performance(two.notes, rows)
    values = [told(score, 11, (track, 4)).value.tolist() for track in range(3)]
    assert values == [[10], [20], [30]]
    assert not len(told(score, 11, (0, 5)).value)


def test_only_changes_are_written_within_midi() -> None:
    rows = control_rows(np.arange(6), np.array([-5.0, 0.2, 63.6, 64.4, 200.0, 127.0]), 11, (2, 3))
    assert rows["value"].tolist() == [0, 64, 127]
    assert rows["time_s"] == pytest.approx([0.0, 0.02, 0.04])
    assert set(rows["track"]) == {2} and set(rows["channel"]) == {3}


def test_steps_come_together_and_values_are_carried() -> None:
    every = together(np.array([3, 5]), np.array([5, 9]))
    assert every.tolist() == [0, 3, 5, 9]
    assert carried(np.array([1.0, 2.0]), np.array([3, 5]), every).tolist() == [1.0, 1.0, 2.0, 2.0]
