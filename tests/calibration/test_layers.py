"""Velocity layers: borders are found exactly, and a latency without layers takes few of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.calibration.latencies import VELOCITIES
from composer_daw.calibration.layers import MOST_LAYERS, MOST_VELOCITIES, layers_of, to_measure, value_at


def sought(latency_ms: dict[int, float], noise_ms: float = 0.0, notes: int = 6) -> dict[int, np.ndarray]:
    """Measure as a calibration does: at some velocities first, then between those that differ."""
    rng = np.random.default_rng(1)
    curve: dict[int, np.ndarray] = {}
    wanted = list(VELOCITIES)
    while wanted:
        for velocity in wanted:
            curve[velocity] = value_at(latency_ms, velocity) + noise_ms * rng.standard_normal(notes)
        wanted = to_measure(curve)
    return curve


@st.composite
def layered(draw: st.DrawFn) -> dict[int, float]:
    """Layers that are no narrower than the distance of the velocities that are measured first."""
    count = draw(st.integers(0, 3))
    borders = [draw(st.integers(26, 40)), draw(st.integers(60, 72)), draw(st.integers(96, 104))][:count]
    values = draw(st.lists(st.integers(1, 40), min_size=count + 1, max_size=count + 1, unique=True))
    return dict(zip([1, *borders], (5.0 * value for value in values), strict=True))


@given(layered())
def test_borders_are_found_exactly(layers: dict[int, float]) -> None:
    curve = sought(layers)
    assert layers_of(curve) == layers
    assert len(curve) <= MOST_VELOCITIES


@given(layered())
def test_noise_of_a_millisecond_makes_no_layers(layers: dict[int, float]) -> None:
    found = layers_of(sought(layers, noise_ms=0.5))
    assert list(found) == list(layers)
    assert all(abs(found[step] - layers[step]) < 1.0 for step in layers)


def test_a_latency_that_falls_steadily_takes_few_layers() -> None:
    steady = {velocity: 130.0 - velocity for velocity in range(1, 128)}
    curve = sought(steady)
    found = layers_of(curve)
    assert 2 <= len(found) <= MOST_LAYERS
    assert len(curve) <= MOST_VELOCITIES
    assert max(abs(value_at(found, velocity) - steady[velocity]) for velocity in steady) < 20.0


def test_what_was_not_heard_does_not_count() -> None:
    curve = {10: np.full(3, np.nan), 60: np.array([12.0, np.nan, 12.4]), 127: np.array([12.0, 12.2, 12.4])}
    assert layers_of(curve) == {1: pytest.approx(12.2)}
    assert to_measure(curve) == []
    assert layers_of({10: np.full(3, np.nan)}) == {}


def test_pitches_that_differ_hide_no_border() -> None:
    """Low notes speak later; the border shows because the same notes are compared."""
    pitches = np.array([0.0, 20.0, 40.0, 60.0, 80.0])
    curve = {velocity: pitches + (30.0 if velocity < 64 else 20.0) for velocity in VELOCITIES}
    assert to_measure(curve) == [64]


def test_value_at() -> None:
    layers = {1: 40.0, 64: 12.0}
    assert [value_at(layers, velocity) for velocity in (1, 63, 64, 127)] == [40.0, 40.0, 12.0, 12.0]
    assert value_at({30: 7.0}, 10) == 7.0
    assert value_at({}, 10) == 0.0
