"""Axes and their marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.pages.axes import Axes, pitch_name, shared_axes, time_text, time_ticks


def test_axes_hold_everything() -> None:
    axes = shared_axes([1.0, 3.5], [0.2, 0.7], [55, 80])
    assert (axes.span_s, axes.peak, axes.low_pitch, axes.high_pitch) == (3.5, 0.7, 54, 81)


@given(st.lists(st.integers(0, 127)))
def test_pitches_lie_inside_and_are_at_least_an_octave(pitches: list[int]) -> None:
    axes = shared_axes([], [], pitches)
    assert 0 <= axes.low_pitch <= min(pitches, default=60)
    assert max(pitches, default=72) <= axes.high_pitch <= 127
    assert axes.pitches >= 7
    assert axes.octaves


@given(st.floats(0.05, 20_000))
def test_ticks_are_few_and_inside(span_s: float) -> None:
    ticks = time_ticks(span_s)
    assert ticks[0] == 0 and ticks[-1] <= span_s * 1.001
    assert len(ticks) <= 17


@pytest.mark.parametrize(("span_s", "ticks"), [(20.0, [0, 5, 10, 15, 20]), (0.4, [0, 0.1, 0.2, 0.3, 0.4])])
def test_ticks_are_round(span_s: float, ticks: list[float]) -> None:
    assert time_ticks(span_s) == ticks


def test_times_and_pitches_read_well() -> None:
    assert [time_text(t) for t in (0, 0.4, 12.0, 65.0)] == ["0", "0.4", "12", "1:05"]
    assert [pitch_name(p) for p in (0, 60, 70, 127)] == ["C-1", "C4", "B♭4", "G9"]


def test_percent_of_the_axes() -> None:
    axes = Axes(span_s=8.0, low_pitch=60, high_pitch=69)
    assert (axes.percent(2.0), axes.pitch_percent(69), axes.pitch_percent(60)) == (25.0, 0.0, 90.0)
