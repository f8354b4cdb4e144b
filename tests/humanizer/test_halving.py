"""Halving finds where a rising function reaches a value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.humanizer.halving import where_it_reaches


@given(st.floats(0, 8))
def test_it_is_found(value: float) -> None:
    assert where_it_reaches(value, lambda x: x**3, 0.0, 2.0) == pytest.approx(np.cbrt(value), abs=1e-6)


def test_of_a_plain_stretch_the_start_is_found() -> None:
    assert where_it_reaches(1.0, lambda x: min(x, 1.0), 0.0, 5.0) == pytest.approx(1.0)


def test_what_is_not_reached_ends_high() -> None:
    assert where_it_reaches(3.0, lambda x: x, 0.0, 2.0) == 2.0
