"""Tuning: cents and octaves, and what has no pitch."""

from __future__ import annotations

import numpy as np
import pytest

from composer_daw.calibration.tuning import cents_off

RATE = 16_000
TIME = np.arange(round(0.6 * RATE)) / RATE


def tone(hertz: float, strengths: tuple[float, ...] = (1.0, 0.7, 0.5, 0.4, 0.3)) -> np.ndarray:
    return 0.1 * sum(
        strength * np.cos(2 * np.pi * hertz * n * TIME + n)
        for n, strength in enumerate(strengths, 1)
        if 2 * n * hertz < RATE
    )


@pytest.mark.parametrize("expected", [110.0, 261.6, 880.0])
@pytest.mark.parametrize("cents", [-1200.0, -700.0, -45.0, 0.0, 30.0, 100.0, 500.0, 1200.0, 2400.0])
def test_how_far_a_tone_is_off(expected: float, cents: float) -> None:
    hertz = expected * 2 ** (cents / 1200)
    assert cents_off(tone(hertz), RATE, expected) == pytest.approx(cents, abs=3.0)


def test_a_weak_fundamental_is_no_octave() -> None:
    assert cents_off(tone(220.0, (0.05, 1.0, 0.6, 0.8)), RATE, 220.0) == pytest.approx(0.0, abs=3.0)


def test_silence_around_a_short_note_does_not_mislead() -> None:
    note = np.concatenate([np.zeros(RATE // 10), tone(880.0)[: RATE // 8], np.zeros(RATE)])
    assert cents_off(note, RATE, 880.0) == pytest.approx(0.0, abs=3.0)


def test_what_has_no_pitch() -> None:
    noise = np.random.default_rng(1).standard_normal(RATE) * np.exp(-np.arange(RATE) / 2000)
    click = np.zeros(RATE)
    click[100:103] = 0.5, 0.25, -0.5
    for sound in (noise, click, np.zeros(RATE)):
        assert np.isnan(cents_off(sound, RATE, 220.0))
