"""Arrival: a note in the midst of another is found where it begins."""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.calibration.arrival import find_arrival

RATE = 44_100
CHANGE_S = 0.7


def tone(hertz: float, time: np.ndarray) -> np.ndarray:
    return 0.2 * sum(np.cos(2 * np.pi * hertz * n * time + n) / n for n in range(1, 7))


def connected(old: float, new: float, late_s: float, overlap_s: float, rise_s: float = 0.001) -> np.ndarray:
    """Return two tones: the second is sent at 0.7 s and heard `late_s` later, the first let go in 30 ms."""
    time = np.arange(round(1.6 * RATE)) / RATE
    begins = CHANGE_S + late_s
    fades = np.clip((CHANGE_S + overlap_s + 0.03 - time) / 0.03, 0, 1)
    return tone(old, time) * fades + tone(new, time) * np.clip((time - begins) / rise_s, 0, 1)


@pytest.mark.parametrize("late_s", [0.0, 0.02, 0.16, 0.3])
@pytest.mark.parametrize("overlap_s", [0.0, 0.03, 0.5])
@pytest.mark.parametrize(("old", "new"), [(440.0, 587.3), (587.3, 415.3), (330.0, 466.2), (1000.0, 1414.0)])
def test_a_step_is_found_within_2_ms(old: float, new: float, overlap_s: float, late_s: float) -> None:
    found = find_arrival(connected(old, new, late_s, overlap_s), RATE, old, new, CHANGE_S)
    assert 1000 * (found.time_s - CHANGE_S - late_s) == pytest.approx(0.0, abs=2.0)
    assert not found.is_blurred


def test_a_note_that_swells_up_is_blurred_and_there_when_the_other_is_gone() -> None:
    found = find_arrival(connected(440.0, 587.3, 0.0, 0.0, rise_s=0.4), RATE, 440.0, 587.3, CHANGE_S)
    assert found.is_blurred
    assert 0.0 <= found.time_s - CHANGE_S <= 0.1


def test_low_notes_need_long_windows() -> None:
    assert find_arrival(connected(41.2, 55.0, 0.1, 0.03), RATE, 41.2, 55.0, CHANGE_S).is_blurred


def test_a_note_that_never_comes_is_not_found() -> None:
    time = np.arange(round(1.6 * RATE)) / RATE
    assert np.isnan(find_arrival(tone(440.0, time), RATE, 440.0, 587.3, CHANGE_S).time_s)
    assert np.isnan(find_arrival(np.zeros(RATE), RATE, 440.0, 587.3, 0.5).time_s)
