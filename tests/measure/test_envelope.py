import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_tones import RATE, decaying, faded_in, silence, sine, tone

from composer_daw.measure.envelope import (
    attack_ms,
    decay_t60_s,
    level_db,
    loudest_span_s,
    rms_envelope,
    time_above_s,
)


def test_the_envelope_of_a_steady_sine_is_its_rms() -> None:
    envelope = rms_envelope(sine(1000.0, 0.5), RATE)
    assert envelope.values[50:-50] == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert envelope.times_s[:2] == pytest.approx([0.0005, 0.0015])


def test_the_envelope_is_centred_on_a_step() -> None:
    envelope = rms_envelope(np.concatenate([silence(0.2), sine(1000.0, 0.2)]), RATE)
    half_power = np.interp(0.5, np.square(envelope.values[:250]) * 2.0, envelope.times_s[:250])
    assert half_power == pytest.approx(0.2, abs=0.0003)


def test_level_is_that_of_the_loudest_50_ms() -> None:
    assert level_db(sine(1000.0, 0.5), RATE) == pytest.approx(-3.01, abs=0.02)
    quiet_then_loud = np.concatenate([0.1 * sine(1000.0, 1.0), 0.5 * sine(1000.0, 0.06)])
    assert level_db(quiet_then_loud, RATE) == pytest.approx(-9.03, abs=0.05)
    assert level_db(silence(0.1), RATE) == -120.0


@pytest.mark.parametrize("rise_s", [0.05, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("frequency_hz", [65.4, 440.0])
def test_attack_of_a_linear_rise_is_four_fifths_of_it(rise_s: float, frequency_hz: float) -> None:
    samples = np.concatenate([silence(0.1), faded_in(tone(frequency_hz, rise_s + 0.3), rise_s)])
    period_ms = 1000.0 / frequency_hz  # the rise is heard at one place of each period only
    assert attack_ms(samples, RATE) == pytest.approx(800.0 * rise_s, abs=1.0 + period_ms / 2.0, rel=0.01)


def test_a_step_takes_the_windows_own_time() -> None:
    assert attack_ms(np.concatenate([silence(0.1), sine(2000.0, 0.3)]), RATE) == pytest.approx(11.1, abs=0.3)


def test_attack_of_silence_is_nan() -> None:
    assert np.isnan(attack_ms(silence(0.1), RATE))


@pytest.mark.parametrize("t60_s", [0.2, 0.41, 1.0, 2.3, 8.0])
@pytest.mark.parametrize("frequency_hz", [65.4, 440.0])
def test_t60_of_an_exponential_decay(t60_s: float, frequency_hz: float) -> None:
    samples = np.concatenate([silence(0.1), decaying(tone(frequency_hz, 3.0), t60_s)])
    assert decay_t60_s(samples, RATE) == pytest.approx(t60_s, rel=0.01)


def test_t60_stops_at_noise_below_30_db() -> None:
    noise = 0.005 * np.random.default_rng(0).standard_normal(3 * RATE)
    assert decay_t60_s(decaying(sine(440.0, 3.0), 0.5) + noise, RATE) == pytest.approx(0.5, rel=0.03)


def test_t60_after_a_release_and_before_it() -> None:
    held = tone(220.0, 1.0)
    samples = np.concatenate([held, decaying(tone(220.0, 1.0), 0.4)])
    assert decay_t60_s(samples, RATE, from_s=1.0) == pytest.approx(0.4, rel=0.03)
    assert np.isnan(decay_t60_s(samples, RATE, to_s=0.98))


@pytest.mark.parametrize("samples", [tone(220.0, 1.0), faded_in(tone(220.0, 1.0), 1.0), silence(1.0)])
def test_what_does_not_die_away_has_no_t60(samples: np.ndarray) -> None:
    assert np.isnan(decay_t60_s(samples, RATE, to_s=0.97))


def test_time_above_10_db_of_a_decay() -> None:
    # 60 dB in 1.2 s: the first 10 dB take 0.2 s; the window rounds the start off by a few ms
    assert time_above_s(decaying(sine(1000.0, 2.0), 1.2), RATE) == pytest.approx(0.2, abs=0.015)


def test_the_loudest_span_bridges_a_tremolo() -> None:
    dips = 10.0 ** (3.5 * sine(12.0, 1.0) / 20.0)
    start, end = loudest_span_s(np.concatenate([silence(0.3), tone(220.0, 1.0) * dips, silence(0.3)]), RATE)
    assert start == pytest.approx(0.3, abs=0.08)
    assert end == pytest.approx(1.3, abs=0.08)
    assert loudest_span_s(silence(0.2), RATE) == (0.0, 0.0)


@settings(deadline=None, max_examples=20)
@given(gain=st.floats(1e-3, 30.0))
def test_gain_changes_the_level_and_nothing_else(gain: float) -> None:
    samples = np.concatenate([faded_in(tone(220.0, 0.4), 0.1), decaying(tone(220.0, 0.6), 0.5)])
    assert level_db(gain * samples, RATE) == pytest.approx(level_db(samples, RATE) + 20 * np.log10(gain))
    assert attack_ms(gain * samples, RATE) == pytest.approx(attack_ms(samples, RATE))
    assert decay_t60_s(gain * samples, RATE) == pytest.approx(decay_t60_s(samples, RATE), rel=1e-6)
