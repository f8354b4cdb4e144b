"""Rules of duration and level, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from written_lines import written

from composer_daw.humanizer.rules.double_duration import DoubleDuration
from composer_daw.humanizer.rules.duration_contrast import (
    DurationContrast,
    DurationContrastArticulation,
    contrast,
)
from composer_daw.humanizer.rules.faster_uphill import FasterUphill
from composer_daw.humanizer.rules.high_loud import HighLoud


def test_high_notes_are_louder_by_3_db_an_octave() -> None:
    # mean 66: (60 - 66) / 4 = -1.5, (78 - 66) / 4 = 3, (60 - 66) / 4
    level = HighLoud(k=1).changes(written([(60, 500), (78, 500), (60, 500)])).level_db
    assert level.tolist() == [-1.5, 3.0, -1.5]
    assert HighLoud(k=1).changes(written([(48, 500), (60, 500)])).level_db.tolist() == [-1.5, 1.5]


def test_each_line_has_its_own_mean_and_drums_none() -> None:
    lines = written(
        [(80, 500), (84, 500)], [(40, 500), (44, 500)], [(35, 500), (81, 500)], channels=(0, 1, 9)
    )
    assert HighLoud(k=2).changes(lines).level_db.tolist() == [-1.0, 1.0, -1.0, 1.0, 0.0, 0.0]


def test_the_highest_note_of_a_chord_stands_for_it() -> None:
    lines = written([((48, 52, 60), 500), (64, 500)])
    assert HighLoud(k=1).changes(lines).level_db.tolist() == [-0.5, 0.5]


@pytest.mark.parametrize(
    ("dr", "c"),
    [
        (30, 0.0),
        (100, -4.5294118),  # -11/170 x 70
        (200, -11.0),  # -11/170 x 170
        (300, -9.0),  # -4/200 x 100 - 7
        (400, -7.0),
        (500, -3.5),  # -7/200 x 100
        (600, 0.0),
        (5000, 0.0),
        (1, 0.0),
    ],
)
def test_contrast_of_a_duration(dr: float, c: float) -> None:
    assert contrast(np.array([dr]))[0] == pytest.approx(c, abs=1e-6)


def test_a_note_of_100_ms_is_shorter_and_softer() -> None:
    changes = DurationContrast(k=1).changes(written([(60, 100), (62, 100), (64, 100)]))
    assert changes.duration_ms == pytest.approx([-6.794118] * 3, abs=1e-5)  # 1.5 x -4.529412
    assert changes.level_db == pytest.approx([-0.339706] * 3, abs=1e-5)  # 0.075 x -4.529412
    assert not changes.gap_ms.any() and not changes.shift_ms.any()


def test_contrast_can_be_inverted_and_split() -> None:
    lines = written([(60, 300), (62, 300)])
    inverted = DurationContrast(k=-2, amp=0).changes(lines)
    assert inverted.duration_ms.tolist() == [27.0, 27.0] and not inverted.level_db.any()  # -2 x 1.5 x -9
    assert DurationContrast(k=1, dur=0).changes(lines).level_db == pytest.approx([-0.675, -0.675])


def test_a_2_to_1_pair_has_no_contrast() -> None:
    lines = written([(60, 400), (62, 200), (64, 600), (65, 300), (67, 300)])
    # 400 and its half are left out; 600 has none; 300 after 600 is half, but the next is no longer: -9
    assert DurationContrast(k=1).changes(lines).duration_ms.tolist() == [0.0, 0.0, 0.0, -13.5, -13.5]


def test_short_notes_are_set_apart_but_not_repeated_or_marked_ones() -> None:
    lines = written([(60, 100), (60, 100), (62, 100, "legato"), (64, 100, "staccato"), (65, 100)])
    # 4.5 x 4.529412 = 20.382; the first is repeated
    gaps = DurationContrastArticulation(k=1).changes(lines).gap_ms
    assert gaps == pytest.approx([0.0, 20.382353, 0.0, 0.0, 20.382353], abs=1e-5)


def test_drums_have_no_contrast() -> None:
    lines = written([(42, 100), (42, 100)], channels=(9,))
    for rule in (DurationContrast(k=1), DurationContrastArticulation(k=1)):
        changes = rule.changes(lines)
        assert not changes.duration_ms.any() and not changes.gap_ms.any() and not changes.level_db.any()


def test_the_short_note_of_a_pair_takes_from_the_long_one() -> None:
    changes = DoubleDuration(k=1).changes(written([(60, 400), (62, 200), (64, 600)]))
    assert changes.duration_ms == pytest.approx([-24.0, 24.0, 0.0])  # 0.12 x 200
    assert pytest.approx((2 - 0.12) / (1 + 0.12)) == (400 - 24) / (200 + 24)


@pytest.mark.parametrize(
    "notes",
    [
        [(60, 400), (62, 200)],  # nothing after
        [(60, 400), (62, 200), (64, 200)],  # the next is no longer
        [(60, 400), (62, 210), (64, 600)],  # not the half
        [(60, 2400), (62, 1200), (64, 2000)],  # a second or more
        [(60, 400), (62, 200), (None, 600), (64, 600)],  # a rest after
        [(60, 400), (None, 600), (62, 200), (64, 600)],  # a rest before
    ],
)
def test_what_is_no_pair_stays(notes: list[tuple[int | None, float]]) -> None:
    assert not DoubleDuration(k=1).changes(written(notes)).duration_ms.any()


def test_a_rise_hurries() -> None:
    notes = [(60, 300), (62, 300), (64, 300), (64, 300), (65, 300), (60, 300)]
    # 62 lies between a lower and a higher note, and 60 begins that rise; 64-65 is one step, no rise of three
    changes = FasterUphill(k=1.5).changes(written(notes))
    assert changes.duration_ms.tolist() == [-3.0, -3.0, 0.0, 0.0, 0.0, 0.0]


def test_a_long_rise_hurries_each_note_once_and_a_rest_ends_it() -> None:
    up = [(60, 300), (62, 300), (64, 300), (65, 300)]
    assert FasterUphill(k=1).changes(written(up)).duration_ms.tolist() == [-2.0, -2.0, -2.0, 0.0]
    parted = [(60, 300), (62, 300), (None, 500), (64, 300), (65, 300)]
    assert not FasterUphill(k=1).changes(written(parted)).duration_ms.any()
