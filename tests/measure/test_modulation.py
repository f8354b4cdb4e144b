import numpy as np
import pytest
from known_tones import RATE, decaying, silence, sine, tone

from composer_daw.measure.modulation import amplitude_modulation, modulation


@pytest.mark.parametrize("rate_hz", [8.8, 11.7, 13.1, 15.0])
@pytest.mark.parametrize("depth_db", [1.0, 3.5])
@pytest.mark.parametrize("frequency_hz", [98.0, 440.0])
def test_a_tremolo_has_its_rate_and_depth(rate_hz: float, depth_db: float, frequency_hz: float) -> None:
    samples = tone(frequency_hz, 2.0) * 10.0 ** (depth_db * sine(rate_hz, 2.0) / 20.0)
    found = amplitude_modulation(np.concatenate([silence(0.2), samples, silence(0.2)]), RATE)
    assert found.rate_hz == pytest.approx(rate_hz, abs=0.05)
    assert found.depth == pytest.approx(depth_db, rel=0.06)


def test_steady_and_dying_tones_have_none() -> None:
    assert amplitude_modulation(tone(220.0, 1.5), RATE).depth < 0.05
    assert amplitude_modulation(decaying(tone(220.0, 2.0), 2.0), RATE).depth < 0.2


def test_a_swing_outside_the_band_does_not_count() -> None:
    samples = tone(220.0, 2.0) * 10.0 ** (3.0 * sine(4.0, 2.0) / 20.0)
    assert amplitude_modulation(samples, RATE).depth < 0.3
    assert amplitude_modulation(samples, RATE, (2.5, 6.0)).depth == pytest.approx(3.0, rel=0.06)


def test_two_cycles_are_too_few() -> None:
    found = amplitude_modulation(tone(220.0, 0.2), RATE)
    assert found.depth == 0.0 and np.isnan(found.rate_hz)


def test_any_quantity_can_swing() -> None:
    values = 5.0 + 0.7 * np.sin(2.0 * np.pi * 6.0 * np.arange(400) / 200.0)
    found = modulation(values, 200.0, (3.5, 9.0))
    assert found.rate_hz == pytest.approx(6.0, abs=0.02)
    assert found.depth == pytest.approx(0.7, rel=0.02)
    assert modulation(np.ones(400), 200.0, (3.5, 9.0)).depth == pytest.approx(0.0, abs=1e-9)
