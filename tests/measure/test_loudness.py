"""Loudness over time, against pyloudnorm, and against what BS.1770 says of simple signals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.audio import Audio
from composer_daw.measure.loudness import SILENT_LUFS, loudness_of, step_powers, stretch


def sine(hz: float, level_db: float, seconds: float = 5.0, rate: int = 48_000) -> np.ndarray:
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(
        np.float32
    )


def test_a_sine_of_1_khz_as_the_recommendation_has_it() -> None:
    """A full-scale sine of 997 Hz on one channel has -3.01 LUFS (BS.1770-4, annex 1)."""
    assert loudness_of(step_powers(sine(997, 0.0)[None], 48_000)) == pytest.approx(-3.01, abs=0.05)


def test_a_sound_on_both_sides_is_3_lu_louder() -> None:
    one = sine(440, -20.0)[None]
    alone, both = (loudness_of(step_powers(np.repeat(one, n, axis=0), 48_000)) for n in (1, 2))
    assert both - alone == pytest.approx(3.01, abs=0.01)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_it_agrees_with_pyloudnorm(rate: int) -> None:
    rng = np.random.default_rng(rate)
    samples = rng.normal(0, 0.1, (2, 8 * rate)) * np.where(np.arange(8 * rate) % (4 * rate) < rate, 1.0, 0.02)
    samples = samples.astype(np.float32)
    assert loudness_of(step_powers(samples, rate)) == pytest.approx(
        Audio(samples, rate).loudness_lufs(), abs=0.01
    )


@given(
    st.lists(st.tuples(st.floats(0.1, 2.0), st.floats(-80, 0)), min_size=1, max_size=8),
    st.integers(1, 2),
)
def test_it_agrees_with_pyloudnorm_on_any_levels(steps: list[tuple[float, float]], channels: int) -> None:
    rate = 16_000
    rng = np.random.default_rng(1)
    parts = [10 ** (db / 20) * rng.uniform(-1, 1, (channels, round(s * rate))) for s, db in steps]
    samples = np.concatenate(parts, axis=1).astype(np.float32)
    whole = samples[:, : samples.shape[1] // 1600 * 1600]  # pyloudnorm leaves the rest of a step out
    if whole.shape[1] < 0.5 * rate:
        return
    theirs, ours = Audio(whole, rate).loudness_lufs(), loudness_of(step_powers(whole, rate))
    assert (theirs < -69.9 and ours < -69.9) or ours == pytest.approx(theirs, abs=0.05)


def test_silence_and_short_sounds() -> None:
    assert loudness_of(step_powers(np.zeros((2, 48_000), np.float32), 48_000)) == SILENT_LUFS
    assert loudness_of(step_powers(np.zeros((1, 10), np.float32), 48_000)) == SILENT_LUFS
    short = loudness_of(step_powers(sine(440, -10.0, 0.1)[None], 48_000))
    assert -25 < short < -15  # a quarter of a block


def test_a_stretch_has_its_own_loudness() -> None:
    samples = np.concatenate([sine(440, -10.0), sine(440, -30.0)])[None]
    powers = step_powers(samples, 48_000)
    first, second = (loudness_of(stretch(powers, *span)) for span in ((0, 5), (5.2, 10)))
    assert first - second == pytest.approx(20.0, abs=0.1)
    assert len(stretch(powers, 3.0, 3.0)) == 1


def test_long_sounds_are_weighted_without_a_seam() -> None:
    samples = sine(50, -10.0, 30.0)[None]
    powers = step_powers(samples, 48_000)
    assert powers[10:].std() < 1e-6 + 0.02 * powers[10:].mean()
