"""The order of events at one instant."""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.events import EVENT, Events, Kind, sorted_stream


def stream(*rows: tuple[float, Kind, int]) -> np.ndarray:
    return np.array([(time_s, kind, 0, number, 0, -1) for time_s, kind, number in rows], EVENT)


def test_time_goes_first_then_the_kind() -> None:
    rows = stream((1.0, Kind.NOTE_OFF, 60), *((0.5, kind, 9) for kind in reversed(Kind)))
    ordered = sorted_stream(rows)
    assert [Kind(kind) for kind in ordered["kind"]] == [*Kind, Kind.NOTE_OFF]
    assert ordered["time_s"].tolist() == [0.5] * len(Kind) + [1.0]


def test_rows_of_one_kind_and_time_stay_as_they_came() -> None:
    ordered = sorted_stream(stream(*((0.0, Kind.SWITCH_ON, number) for number in (5, 3, 9, 1))))
    assert ordered["number"].tolist() == [5, 3, 9, 1]


def test_a_bank_goes_before_its_program_and_other_controllers_after() -> None:
    rows = stream(
        (0.0, Kind.CONTROL, 7), (0.0, Kind.PROGRAM, 4), (0.0, Kind.CONTROL, 0), (0.0, Kind.CONTROL, 32)
    )
    assert sorted_stream(rows)["number"].tolist() == [0, 32, 4, 7]


def test_events_are_frozen_and_filtered_by_kind() -> None:
    events = Events(stream((0.0, Kind.NOTE_ON, 60), (1.0, Kind.NOTE_OFF, 60), (1.0, Kind.NOTE_ON, 61)), 2.0)
    assert len(events) == 3
    assert events.of(Kind.NOTE_ON)["number"].tolist() == [60, 61]
    assert events.of(Kind.NOTE_ON, Kind.NOTE_OFF)["number"].tolist() == [60, 60, 61]
    with pytest.raises(ValueError, match="read-only"):
        events.stream["number"] = 0
