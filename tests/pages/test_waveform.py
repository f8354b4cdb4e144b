"""The waveform: peaks where and as high as they are."""

from __future__ import annotations

import re

import numpy as np
import page_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.audio import Audio
from composer_daw.pages import waveform_svg
from composer_daw.pages.waveform import COLUMNS, HALF_HEIGHT, envelope


def test_envelope_finds_a_single_peak() -> None:
    data = np.zeros((2, 4_800), np.float32)
    data[1, 1_205], data[0, 3_600] = 0.75, -0.5
    shape = envelope(Audio(data, 48_000), columns=480)
    assert (shape.high.argmax(), shape.high.max()) == (120, 0.75)
    assert (shape.low.argmin(), shape.low.min()) == (360, -0.5)


def test_effective_level_of_a_sine() -> None:
    shape = envelope(samples.sine(1_000.0, amplitude=0.5), columns=20)
    assert shape.rms == pytest.approx(np.full(20, 0.5 / np.sqrt(2)), rel=0.02)


@given(st.lists(st.floats(-1, 1, width=32), max_size=40), st.integers(1, 50))
def test_envelope_holds_every_sample(values: list[float], columns: int) -> None:
    shape = envelope(Audio(np.array(values, np.float32), 100), columns)
    assert 1 <= len(shape.high) <= columns
    assert shape.high.max() == pytest.approx(max(values, default=0.0))
    assert shape.low.min() == pytest.approx(min(values, default=0.0))
    assert (shape.rms <= np.maximum(shape.high, -shape.low) + 1e-9).all()


def test_full_height_is_the_reference() -> None:
    def highest(peak: float | None) -> float:
        path = re.findall(r'd="([^"]*)"', waveform_svg(samples.sine(amplitude=0.4), peak))[0]
        return max(abs(float(y)) for y in re.findall(r"[ML]\d+ (-?[\d.]+)", path))

    assert highest(None) == pytest.approx(HALF_HEIGHT, rel=0.01)
    assert highest(0.8) == pytest.approx(HALF_HEIGHT / 2, rel=0.02)


def test_drawing_has_at_most_the_documented_columns() -> None:
    path = re.findall(r'd="([^"]*)"', waveform_svg(samples.sine(duration_s=3.0)))[0]
    assert path.count("L") + 1 == 2 * COLUMNS
