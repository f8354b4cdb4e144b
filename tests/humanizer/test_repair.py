"""Repair: order, the shortest note, and no overlap of a pitch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_scores import scores

from composer_daw.humanizer.repair import SHORTEST_S, apart, in_order, last_of_pitch
from composer_daw.performance import Array, Performance, note_rows


def voice(*onsets: float, pitch: int | list[int] = 60, **columns: object) -> Array:
    return note_rows([(at, 0.1, 60, 80) for at in onsets], pitch=pitch, **columns)  # type: ignore[arg-type]


def test_what_is_in_order_stays() -> None:
    notes = voice(0.0, 1.0, 2.0)
    assert in_order(np.array([0.1, 0.9, 2.3]), notes).tolist() == [0.1, 0.9, 2.3]


def test_what_would_overtake_waits() -> None:
    notes = voice(0.0, 1.0, pitch=[60, 62])
    assert in_order(np.array([0.5, 0.4]), notes).tolist() == [0.5, 0.5]


def test_one_pitch_is_parted_by_the_shortest_note() -> None:
    notes = voice(0.0, 0.0, 0.0)
    assert in_order(np.zeros(3), notes).tolist() == [0.0, 0.02, 0.04]


def test_what_began_together_may_come_apart_either_way() -> None:
    notes = voice(1.0, 1.0, pitch=[60, 64])
    assert in_order(np.array([1.0, 0.97]), notes).tolist() == [1.0, 0.97]


def test_voices_do_not_wait_for_each_other_but_pitches_of_a_channel_do() -> None:
    other = voice(0.0, 1.0, pitch=[60, 62], track=[0, 1])
    assert in_order(np.array([0.5, 0.4]), other).tolist() == [0.5, 0.4]
    same = voice(0.0, 1.0, track=[0, 1])
    assert in_order(np.array([0.5, 0.4]), same).tolist() == [0.5, 0.52]


def test_nothing_begins_before_the_start_or_too_late() -> None:
    notes = voice(0.0, 1.0)
    assert in_order(np.array([-0.1, 1.5]), notes, 1.08).tolist() == [0.0, 1.08]
    assert in_order(np.array([0.0, 1.07]), voice(0.0, 1.0), 1.08).tolist() == [0.0, 1.07]
    crowd = voice(1.0, 1.0, 1.0)
    assert in_order(np.full(3, 1.05), crowd, 1.06).tolist() == pytest.approx([1.02, 1.04, 1.06])


def test_where_there_is_no_room_it_lasts_longer() -> None:
    assert in_order(np.zeros(3), voice(0.0, 0.0, 0.0), 0.01).tolist() == [0.0, 0.02, 0.04]


def test_ends() -> None:
    notes = voice(0.0, 1.0, 2.0, pitch=[60, 60, 61])
    onset_s = notes["onset_s"]
    assert apart(onset_s, np.array([1.5, 1.001, 2.5]), notes).tolist() == [1.0, 1.02, 2.5]
    assert last_of_pitch(onset_s, np.array([True, False, False]), notes).tolist() == [False, True, False]


@given(scores(), st.lists(st.floats(-0.3, 0.3), min_size=24, max_size=24))
def test_any_wish_comes_out_valid(score: Performance, wishes: list[float]) -> None:
    notes = score.notes
    wish = notes["onset_s"] + np.array(wishes)[: len(notes)]
    onset_s = in_order(wish, notes)
    ends = apart(onset_s, wish, notes)
    assert (onset_s >= 0).all() and (ends - onset_s >= SHORTEST_S - 1e-9).all()
    again = in_order(onset_s, notes)
    assert np.array_equal(again, onset_s)
