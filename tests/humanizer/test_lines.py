"""Lines: chords, their neighbours, and what lasts how long."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from random_scores import scores
from written_lines import written

from composer_daw.humanizer.lines import TOGETHER_BEATS, lines_of
from composer_daw.performance import Performance, note_rows


def test_notes_together_are_one_chord_and_tracks_are_lines() -> None:
    lines = written([((60, 64), 500), (67, 500)], [(48, 1000)], bpm=60.0)
    assert lines.chords["line"].tolist() == [0, 0, 1]
    assert lines.chords["top"].tolist() == [64, 67, 48]
    assert lines.chords["bottom"].tolist() == [60, 67, 48]
    assert sorted(lines.chord_of.tolist()) == [0, 0, 1, 2]
    assert lines.chords["before"].tolist() == [-1, 0, -1]
    assert lines.chords["after"].tolist() == [1, -1, -1]


def test_a_note_lasts_to_the_next_or_to_the_rest() -> None:
    lines = written([(60, 500), (62, 500), (None, 1000), (64, 250)], bpm=60.0)
    assert lines.chords["dr_ms"].tolist() == [500, 500, 250]
    assert lines.chords["rest_ms"].tolist() == [0, 1000, 0]
    assert lines.chords["ioi_ms"].tolist() == [500, 1500, 250]


def test_a_gap_of_the_file_is_no_rest() -> None:
    rows = note_rows([(0.0, 0.45, 60, 80), (0.5, 0.5, 62, 80)])
    assert lines_of(Performance(rows)).chords["dr_ms"].tolist() == [500, 500]


def test_how_far_apart_a_chord_may_be() -> None:
    step = TOGETHER_BEATS / 2  # at 120, a beat is half a second
    chords = [
        len(lines_of(Performance(note_rows([(0, 1, 60, 80), (apart, 1, 64, 80)]))))
        for apart in (step, step * 1.01)
    ]
    assert chords == [1, 2]


def test_drums_and_columns_beside() -> None:
    lines = written([(60, 500), (62, 500)], [(38, 500)], channels=(0, 9))
    assert lines.is_drum.tolist() == [False, False, True]
    assert lines.previous("top", -1).tolist() == [-1, 60, -1]
    assert lines.following("top", 0).tolist() == [62, 0, 0]


@given(scores())
def test_every_note_has_its_chord(score: Performance) -> None:
    lines = lines_of(score)
    notes, chords = score.notes, lines.chords[lines.chord_of]
    assert ((chords["bottom"] <= notes["pitch"]) & (notes["pitch"] <= chords["top"])).all()
    assert (lines.beat >= chords["beat"] - 1e-9).all() and (lines.end_beat <= chords["end_beat"] + 1e-9).all()
    assert set(lines.chord_of.tolist()) == set(range(len(lines)))
    assert (lines.chords["dr_ms"] >= 1.0).all() and (lines.chords["ioi_ms"] >= 1.0).all()
    after = lines.chords["after"]
    assert np.array_equal(lines.chords["before"][after[after >= 0]], np.flatnonzero(after >= 0))


def test_no_note() -> None:
    assert len(lines_of(Performance())) == 0
