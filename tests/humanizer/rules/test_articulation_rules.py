"""Rules of gaps and overlaps, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from written_lines import written

from composer_daw.humanizer.rules.articulation import LeapArticulation, RepetitionArticulation
from composer_daw.humanizer.rules.context import interval
from composer_daw.humanizer.rules.gestures import ends_gesture, leap_weights
from composer_daw.humanizer.rules.punctuation import Punctuation
from composer_daw.humanizer.rules.score_articulation import ScoreLegato, ScoreStaccato


def test_leaps_are_parted_by_size_and_length() -> None:
    notes = [(60, 400), (64, 700), (52, 400), (54, 400), (57, 100), (60, 400)]
    # 8 x 4 x (0.0005 x 300 + 0.3) = 14.4; 8 x 9 (of 12) x (0.0005 x 600 + 0.3) = 43.2; a step of 2;
    # 8 x 3 x 0.45 = 10.8; not over 100 ms; the last
    gaps = LeapArticulation(k=1).changes(written(notes)).gap_ms
    assert gaps == pytest.approx([14.4, 43.2, 0.0, 10.8, 0.0, 0.0])
    assert LeapArticulation(k=0.5).changes(written(notes)).gap_ms == pytest.approx(gaps / 2)


def test_no_gap_before_a_rest_in_a_slur_or_for_drums() -> None:
    assert not LeapArticulation(k=1).changes(written([(60, 400), (None, 400), (72, 400)])).gap_ms.any()
    assert not LeapArticulation(k=1).changes(written([(60, 400, "legato"), (72, 400)])).gap_ms.any()
    drums = written([(36, 400), (48, 400), (48, 400)], channels=(9,))
    assert not LeapArticulation(k=1).changes(drums).gap_ms.any()
    assert not RepetitionArticulation(k=1).changes(drums).gap_ms.any()


def test_repeated_notes_are_parted_by_35_ms() -> None:
    notes = [(60, 400), (60, 400), (62, 400), ((55, 62), 400), ((55, 62), 400), (None, 500), (62, 400)]
    # the chord on 62 shares only its highest note with the note before
    gaps = RepetitionArticulation(k=2).changes(written(notes)).gap_ms
    assert gaps.tolist() == [70.0, 0.0, 0.0, 70.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("k", "overlap"),
    [
        (0.5, 49.33325),  # (-0.00215 - 0.0066) 500 + 2.92665 + 11.315 = 9.86665 % of 500
        (1.0, 58.591500),  # (-0.0043 - 0.0066) 500 + 5.8533 + 11.315 = 11.7183 % of 500
        (3.0, 69.765000),  # (0.00015 - 0.011) 500 + 3.315 + 16.063 = 13.953 % of 500
    ],
)
def test_legato_notes_overlap(k: float, overlap: float) -> None:
    notes = [(60, 500, "legato"), (62, 500, "legato"), (64, 500, "legato"), (65, 500)]
    gaps = ScoreLegato(k=k).changes(written(notes)).gap_ms
    assert gaps == pytest.approx([-overlap, -overlap, 0.0, 0.0])  # the last of the slur is let go


def test_a_repeated_note_of_a_slur_does_not_overlap_itself_and_long_notes_touch() -> None:
    notes = [(60, 500, "legato"), (60, 500, "legato"), (62, 3000, "legato"), (64, 500, "legato")]
    gaps = ScoreLegato(k=1).changes(written(notes)).gap_ms
    assert gaps[0] == 0.0 and gaps[1] < 0.0
    assert gaps[2] == 0.0  # (-0.0109) 3000 + 17.1683 is below 0


@pytest.mark.parametrize(
    ("k", "gap"),
    [
        (0.0, 0.0),
        (0.5, 217.970375),  # (0.34445 + 0.3111) 0.665 x 500
        (1.0, 332.5),  # 0.665 x 500, so that 33.5 % sounds
        (2.0, 343.30625),  # (0.065 + 0.9675) 0.665 x 500
    ],
)
def test_staccato_notes_end_early(k: float, gap: float) -> None:
    changes = ScoreStaccato(k=k).changes(written([(60, 500, "staccato"), (62, 500)]))
    assert changes.gap_ms == pytest.approx([gap, 0.0])


def test_20_ms_of_a_staccato_note_sound() -> None:
    # (0.1625 + 0.9675) 0.665 x 60 = 45.09 would leave 14.91
    assert ScoreStaccato(k=5).changes(written([(60, 60, "staccato"), (62, 60)])).gap_ms[0] == pytest.approx(
        40
    )


def test_all_notes_can_be_meant_but_drums() -> None:
    lines = written([(60, 500), (62, 500)], [(38, 500), (38, 500)], channels=(0, 9))
    assert ScoreStaccato(k=1, on="all").changes(lines).gap_ms.tolist() == [332.5, 332.5, 0.0, 0.0]
    assert ScoreLegato(k=1, on="all").changes(lines).gap_ms == pytest.approx([-58.5915, 0, 0, 0])


@pytest.mark.parametrize("k", [-0.1, 5.1, float("nan")])
def test_score_articulation_has_formulas_for_0_to_5_only(k: float) -> None:
    with pytest.raises(ValidationError):
        ScoreLegato(k=k)


GESTURE = [(60, 250), (62, 250), (64, 750), (62, 250), (60, 250), (62, 250), (64, 250)]


def test_a_gesture_ends_with_its_longest_note() -> None:
    assert np.flatnonzero(ends_gesture(written(GESTURE))).tolist() == [2]
    changes = Punctuation(k=1.1).changes(written(GESTURE))
    assert changes.gap_ms == pytest.approx([0, 0, 66, 0, 0, 0, 0])  # 1.1 x 60, as 750 ms is over 640
    assert changes.duration_ms == pytest.approx([0, 0, 29.7, 0, 0, 0, 0])  # 0.45 x 66


def test_the_pause_is_as_long_as_the_note_says() -> None:
    notes = [(60, 200), (62, 200), (64, 400), (62, 200), (60, 200), (62, 200), (64, 200)]
    # 20 + 40 (400 - 160) / 480 = 40
    assert Punctuation(k=1).changes(written(notes)).gap_ms[2] == pytest.approx(40.0)
    assert Punctuation(k=1, gap=0, dur=2).changes(written(notes)).duration_ms[2] == pytest.approx(36.0)


def test_the_weight_of_a_leap() -> None:
    lines = written([(pitch, 300) for pitch in (60, 62, 64, 57, 55, 53)])
    # step up, leap of 7 down, step down: 9; x 1.2 (0.3 + 3 x 1.4 / 8) = 8.91;
    # x (4000 - 1500) / 3000 = 7.425, rounded 7
    weights = leap_weights(lines, interval(lines), lines.chords["dr_ms"].astype(float))
    assert weights.tolist() == [0.0, 0.0, 7.0, 0.0, 0.0, 0.0]
    mirror = written([(pitch, 300) for pitch in (60, 58, 56, 63, 65, 67)])
    assert (
        leap_weights(mirror, interval(mirror), mirror.chords["dr_ms"].astype(float)).tolist()
        == weights.tolist()
    )


@pytest.mark.parametrize(
    ("pitches", "weight"),
    [
        (
            (60, 60, 64, 57, 59, 57),
            8.0,
        ),  # up 4, down 7, up 2; 7 > 6 and 7 > 3: 10 x 1.2 x 0.825 x 0.8333 = 8.25
        ((60, 62, 62, 55, 56, 55), 7.0),  # same, down 7, step up: 9 -> 7.425
        ((60, 60, 62, 55, 59, 60), 8.0),  # up 2, down 7, up 4: 7 > 3, and 7 > 6: it stands out
        ((60, 60, 62, 57, 61, 60), 2.0),  # step up, down 5, up 4: 5 x 1.2 x 0.475 x 0.8333 = 2.375
        ((60, 60, 65, 58, 57, 55), 4.0),  # up 5, down 7, step down: 5 x 1.2 x 0.825 x 0.8333 = 4.125
        ((60, 66, 64, 57, 57, 55), 3.0),  # down, down 7, same: 4 x 1.2 x 0.825 x 0.8333 = 3.3
        ((60, 60, 60, 53, 52, 52), 2.0),  # same, down 7, step down: 3 x 1.2 x 0.825 x 0.8333 = 2.475
    ],
)
def test_kinds_of_leap(pitches: tuple[int, ...], weight: float) -> None:
    lines = written([(pitch, 300) for pitch in pitches])
    found = leap_weights(lines, interval(lines), lines.chords["dr_ms"].astype(float))[2]
    assert found == weight


def test_a_gesture_ends_neither_before_a_rest_nor_with_the_last_note_nor_in_drums() -> None:
    parted = [(60, 250), (62, 250), (64, 750), (None, 500), (62, 250), (60, 250), (62, 250), (64, 250)]
    assert not Punctuation(k=1).changes(written(parted)).gap_ms.any()
    assert not ends_gesture(written(GESTURE, channels=(9,))).any()
    assert not ends_gesture(written([(60, 500)])).any() and not len(ends_gesture(written()))
