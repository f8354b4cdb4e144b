import numpy as np
import pytest
from known_tones import RATE, silence, sine

from composer_daw.measure.onset_rate import onsets_per_second


def strokes(per_second: float, duration_s: float, frequency_hz: float = 330.0) -> np.ndarray:
    times = np.arange(int(duration_s * RATE)) / RATE
    return np.sin(2 * np.pi * frequency_hz * times) * np.exp(-8.0 * (times % (1 / per_second)))


@pytest.mark.parametrize("per_second", [1.0, 2.5, 8.0])
def test_strokes_are_counted(per_second: float) -> None:
    assert onsets_per_second(strokes(per_second, 8.0), RATE) == pytest.approx(per_second, rel=0.06)


def test_longer_than_one_piece() -> None:
    """45 s are looked at in three pieces, without onsets lost or made at their edges."""
    assert onsets_per_second(strokes(2.0, 45.0), RATE) == pytest.approx(2.0, rel=0.03)


def test_a_change_of_pitch_under_one_level_is_an_onset() -> None:
    notes = [sine(frequency, 0.5) for frequency in (262, 330, 392, 523) * 3]
    assert onsets_per_second(np.concatenate(notes), RATE) == pytest.approx(2.0, abs=0.2)


def test_what_stays_has_no_onsets() -> None:
    assert onsets_per_second(silence(2.0), RATE) == 0.0
    assert onsets_per_second(sine(440.0, 10.0), RATE) <= 0.2
