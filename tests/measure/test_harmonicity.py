import numpy as np
import pytest
from known_tones import RATE, silence, tone, with_noise

from composer_daw.measure.harmonicity import hnr_db, periodicity


@pytest.mark.parametrize("frequency_hz", [65.4, 220.0, 880.0, 3000.0])
@pytest.mark.parametrize("wanted_db", [0.0, 10.0, 20.0, 30.0])
def test_a_tone_in_noise_has_its_ratio(frequency_hz: float, wanted_db: float) -> None:
    samples = with_noise(tone(frequency_hz, 1.5), wanted_db)
    assert hnr_db(samples, RATE, frequency_hz) == pytest.approx(wanted_db, abs=1.0)


def test_a_clean_tone_is_far_above_any_instrument() -> None:
    assert hnr_db(tone(196.0, 0.5), RATE, 196.0) > 45.0


def test_noise_has_less_than_a_tone_has() -> None:
    noise = np.random.default_rng(0).standard_normal(RATE)
    assert hnr_db(noise, RATE) < 0.0


def test_the_early_part_is_measured_by_itself() -> None:
    tone_only = tone(220.0, 1.0)
    samples = np.concatenate([with_noise(tone_only, 5.0)[: RATE // 4], tone_only[RATE // 4 :]])
    assert hnr_db(samples, RATE, 220.0, end_s=0.22) == pytest.approx(5.0, abs=1.5)
    assert hnr_db(samples, RATE, 220.0, start_s=0.3) > 40.0


@pytest.mark.parametrize("frequency_hz", [41.2, 65.4, 220.0, 1760.0, 4186.0])
def test_the_period_is_found_without_octave_errors(frequency_hz: float) -> None:
    found = periodicity(tone(frequency_hz, 0.5), RATE)
    assert found.frequencies_hz == pytest.approx(frequency_hz, rel=0.005)


def test_silence_has_no_ratio() -> None:
    assert np.isnan(hnr_db(silence(0.3), RATE, 220.0))
