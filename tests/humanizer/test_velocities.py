"""Levels and velocities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.humanizer.velocities import ROOM_DB, below_full, level_of, velocity_of

LEVELS = st.lists(st.floats(-60, 20), min_size=1, max_size=40).map(np.array)


def test_forty_db_are_a_factor_of_ten() -> None:
    assert level_of(np.array([127, 0])).tolist() == [0.0, pytest.approx(-84.15, abs=0.01)]
    assert level_of(np.array([100]))[0] - level_of(np.array([10]))[0] == pytest.approx(40.0)
    assert level_of(np.array([64]))[0] == pytest.approx(ROOM_DB)


def test_velocities_come_back() -> None:
    velocities = np.arange(1, 128)
    assert np.array_equal(velocity_of(level_of(velocities)), velocities)
    assert velocity_of(np.array([30.0, -300.0])).tolist() == [127, 1]


@given(LEVELS)
def test_what_is_too_loud_gives_way_in_order_and_the_mean_stays(levels: np.ndarray) -> None:
    held = below_full(levels)
    assert held.max() <= 1e-6
    order = np.argsort(levels, kind="stable")
    assert (np.diff(held[order]) >= -1e-9).all()
    if levels.max() <= 0:
        assert np.array_equal(held, levels)
    elif levels.mean() < -1e-3:
        assert held.mean() == pytest.approx(levels.mean(), abs=1e-3)
