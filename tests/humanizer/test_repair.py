"""Repair: order, the shortest note, and no overlap that was not in the score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_scores import scores

from composer_daw.humanizer.repair import apart, in_order, told
from composer_daw.performance import Array, Performance, note_rows


def voice(*onsets: float, **columns: object) -> Array:
    return note_rows([(at, 0.1, 60, 80) for at in onsets], **columns)  # type: ignore[arg-type]


def test_what_is_in_order_stays() -> None:
    notes = voice(0.0, 1.0, 2.0)
    assert in_order(np.array([0.1, 0.9, 2.3]), notes).tolist() == [0.1, 0.9, 2.3]


def test_what_would_overtake_waits() -> None:
    notes = voice(0.0, 1.0, pitch=[60, 62])
    assert in_order(np.array([0.5, 0.4]), notes).tolist() == [0.5, 0.5]


def test_one_pitch_is_parted_by_the_shortest_note() -> None:
    assert in_order(np.zeros(3), voice(0.0, 0.2, 0.4)).tolist() == [0.0, 0.02, 0.04]


def test_one_pitch_is_parted_no_further_than_in_the_score() -> None:
    notes = voice(0.0, 0.005, 0.1, 0.115)
    assert in_order(np.array([0.0, 0.0, 0.1, 0.1]), notes).tolist() == [0.0, 0.005, 0.1, 0.115]


def test_one_pitch_that_began_together_stays_together() -> None:
    assert in_order(np.full(3, 0.5), voice(1.0, 1.0, 1.0)).tolist() == [0.5, 0.5, 0.5]
    unison = voice(1.0, 1.0, 1.2, 1.2, track=[0, 1, 0, 1])
    assert in_order(np.array([1.0, 1.03, 1.01, 1.06]), unison).tolist() == [1.0, 1.03, 1.05, 1.06]


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
    crowd = voice(1.0, 1.02, 1.04)
    assert in_order(np.full(3, 1.05), crowd, 1.06).tolist() == pytest.approx([1.02, 1.04, 1.06])
    assert in_order(np.full(3, 1.05), voice(1.0, 1.0, 1.0), 1.02).tolist() == [1.02, 1.02, 1.02]


def test_where_there_is_no_room_it_lasts_longer() -> None:
    assert in_order(np.zeros(3), voice(0.0, 0.2, 0.4), 0.01).tolist() == [0.0, 0.02, 0.04]


def test_what_did_not_overlap_does_not() -> None:
    notes = voice(0.0, 1.0, 2.0, pitch=[60, 60, 61])
    assert apart(notes["onset_s"], np.array([1.5, 1.001, 2.5]), notes).tolist() == [1.0, 1.02, 2.5]
    hands = voice(0.0, 0.1, track=[0, 1])  # the second begins as the first ends
    assert apart(np.array([0.0, 0.07]), np.array([0.11, 0.2]), hands).tolist() == [0.07, 0.2]
    unison = voice(0.0, 0.1, 0.1, track=[0, 0, 1])
    assert apart(np.array([0.0, 0.12, 0.09]), np.full(3, 0.2), unison).tolist() == [0.09, 0.2, 0.2]


def test_what_overlaps_by_rounding_alone_does_not_overlap() -> None:
    notes = voice(0.0, 0.1, duration_s=0.1000006)
    assert apart(notes["onset_s"], np.array([0.15, 0.2]), notes).tolist() == [0.1, 0.2]


def test_what_overlapped_may() -> None:
    notes = voice(0.0, 1.0, 1.0, 2.0, duration_s=[1.5, 0.5, 1.0, 0.5])
    asked = np.array([1.6, 1.4, 2.1, 2.5])
    assert apart(notes["onset_s"], asked, notes).tolist() == [1.6, 1.4, 2.0, 2.5]


def test_notes_of_no_length_make_no_other_wait() -> None:
    notes = voice(0.0, 0.5, 0.5, 0.5, duration_s=[0.5, 0.0, 0.0, 0.5])
    onset_s = in_order(notes["onset_s"], notes)
    assert onset_s.tolist() == [0.0, 0.5, 0.5, 0.5]
    ends = apart(onset_s, np.array([0.55, 0.5, 0.5, 1.0]), notes)
    assert ends.tolist() == [0.5, 0.52, 0.52, 1.0]


def test_a_pitch_that_is_struck_again_sooner_is_cut() -> None:
    notes = voice(0.0, 0.01, duration_s=0.01)
    assert apart(notes["onset_s"], np.array([0.02, 0.2]), notes).tolist() == [0.01, 0.2]


def test_what_must_give_way_is_told() -> None:
    wished, onset, duration = np.array([-0.1, 0.1, 0.2]), np.array([0.0, 0.12, 0.245]), np.full(3, 0.02)
    assert told(wished[:2], onset[:2], duration[:2]) == ()
    assert told(wished, onset, np.array([0.1, 0.019, 0.02])) == (
        "1 of 3 notes are moved, by 45 ms at most, to keep their order",
        "1 of 3 notes last less than 20 ms: their pitch begins again that soon",
    )


def test_nothing_to_repair() -> None:
    none = voice()
    assert len(in_order(np.zeros(0), none)) == len(apart(np.zeros(0), np.zeros(0), none)) == 0


@given(scores(), st.lists(st.floats(-0.3, 0.3), min_size=24, max_size=24))
def test_any_wish_comes_out_valid(score: Performance, wishes: list[float]) -> None:
    notes = score.notes
    wish = notes["onset_s"] + np.array(wishes)[: len(notes)]
    onset_s = in_order(wish, notes)
    ends = apart(onset_s, wish, notes)
    assert (onset_s >= 0).all() and (ends > onset_s).all()
    most_s = (np.maximum(wish, 0.0) - notes["onset_s"]).max()
    assert (onset_s - notes["onset_s"]).max() <= most_s + 2e-6, "none is moved further than one was asked to"
    again = in_order(onset_s, notes)
    assert np.array_equal(again, onset_s)
    assert np.array_equal(apart(onset_s, ends, notes), ends)
