"""Which notes are one stroke, and how they follow each other."""

from __future__ import annotations

import numpy as np
import pytest
from shaped_playing import Note, bowed, playing

from composer_daw.humanizer.shaping.bearing import bearings
from composer_daw.humanizer.shaping.strokes import Played, adjoins, played
from composer_daw.performance import Performance
from composer_daw.techniques import load_vocabulary


def strokes(notes: list[Note] | Performance, one_player: bool = True) -> Played:
    performance = notes if isinstance(notes, Performance) else playing(notes)
    return played(performance, bearings(performance, bowed(), load_vocabulary()), one_player)


def test_separate_bows_are_strokes_and_a_slur_is_one() -> None:
    apart = strokes([(0.0, 0.5, ""), (0.5, 0.5, ""), (1.0, 0.5, "")])
    assert apart.strokes["start_s"].tolist() == [0.0, 0.5, 1.0]
    assert adjoins(apart.strokes).tolist() == [False, True, True]
    slur = strokes([(0.0, 0.5, "legato"), (0.5, 0.5, "legato"), (1.0, 0.5, "legato"), (2.0, 0.5, "legato")])
    assert slur.strokes["start_s"].tolist() == [0.0, 2.0]  # the last comes after a silence
    assert slur.strokes["end_s"].tolist() == [1.5, 2.5]
    assert slur.chords["end_s"].tolist() == [0.5, 1.0, 1.5, 2.5]


def test_the_first_slurred_note_is_a_new_stroke() -> None:
    found = strokes([(0.0, 0.5, ""), (0.5, 0.5, "legato"), (1.0, 0.5, "legato"), (1.5, 0.5, "")])
    assert found.strokes["start_s"].tolist() == [0.0, 0.5, 1.5]


@pytest.mark.parametrize(("held_s", "expected"), [(1.1, 2), (1.3, 2), (1.5, 1), (3.0, 1)])
def test_what_sounds_on_is_one_stroke_and_what_is_let_go_late_is_not(held_s: float, expected: int) -> None:
    found = strokes([(0.0, held_s, ""), (1.0, 1.0, "")])
    assert len(found.strokes) == expected
    assert found.strokes["end_s"].max() == max(2.0, held_s)


def test_gaps_are_told_in_seconds() -> None:
    found = strokes([(0.0, 0.5, ""), (0.6, 0.5, ""), (1.1, 0.1, "pizzicato"), (1.4, 0.5, "")])
    assert found.strokes["gap_s"][1:] == pytest.approx([0.1, 0.0, 0.3])
    assert np.isinf(found.strokes["gap_s"][0])
    assert not adjoins(found.strokes)[2]  # plucked


def test_plucks_under_a_held_note_do_not_end_its_stroke() -> None:
    notes: list[Note] = [(0.0, 4.0, ""), (1.0, 0.2, "pizzicato"), (2.0, 0.2, "pizzicato"), (4.0, 1.0, "")]
    assert strokes(notes).strokes["start_s"].tolist() == [0.0, 4.0]


def test_lines_are_parts_or_one_player() -> None:
    two = playing([(0.0, 1.0, ""), (0.0, 1.0, ""), (1.0, 1.0, "")], track=[0, 3, 0], channel=[0, 2, 0])
    parts = strokes(two, one_player=False)
    assert parts.keys == ((0, 0), (3, 2))
    assert parts.strokes["line"].tolist() == [0, 0, 1]
    alone = strokes(two)
    assert alone.keys == ((0, 0),) and len(alone.strokes) == 2
    assert np.isinf(parts.strokes["gap_s"][2])  # nothing of another part goes before


def test_notes_that_begin_together_share_what_is_theirs() -> None:
    chord = playing([(0.0, 1.0, "pizzicato"), (0.01, 2.0, "")]).with_notes(velocity=[100, 40])
    (one,) = strokes(chord).strokes
    assert (one["start_s"], one["end_s"], one["velocity"]) == (0.0, 2.01, 100.0)


def test_no_note_no_stroke() -> None:
    nothing = strokes(Performance())
    assert len(nothing.strokes) == len(nothing.chords) == len(nothing.keys) == 0
