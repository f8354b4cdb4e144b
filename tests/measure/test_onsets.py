import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_tones import RATE, decaying, faded_in, silence, sine, tone

from composer_daw.measure.onsets import (
    click_db,
    find_onset,
    longest_gap_s,
    onset_s,
    sounding_duration_s,
    sounding_end_s,
)


@pytest.mark.parametrize("frequency_hz", [41.2, 196.0, 880.0, 4186.0])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_sharp_attack_is_found_within_a_millisecond(frequency_hz: float, rate: int) -> None:
    start = np.zeros(12345)
    for samples in (sine(frequency_hz, 0.5, rate), decaying(tone(frequency_hz, 0.5, rate=rate), 0.4, rate)):
        onset = find_onset(np.concatenate([start, samples]), rate)
        assert 0.0 <= onset.time_s - 12345 / rate < 0.001
        assert not onset.is_slow


def test_noise_40_db_down_does_not_move_the_onset() -> None:
    samples = np.concatenate([silence(0.3), decaying(tone(220.0, 1.0), 1.0)])
    noise = np.random.default_rng(1).standard_normal(len(samples))
    noisy = samples + noise * np.abs(samples).max() * 0.004
    assert onset_s(noisy, RATE) == pytest.approx(0.3, abs=0.001)


def test_a_slow_attack_is_flagged_and_timed_at_minus_30_db() -> None:
    onset = find_onset(np.concatenate([silence(0.1), faded_in(tone(440.0, 1.0), 0.3)]), RATE)
    assert onset.is_slow
    assert onset.time_s == pytest.approx(0.1 + 0.3 * 10 ** (-30 / 20), abs=0.003)
    assert onset.rise_ms == pytest.approx(300 * (10 ** (-10 / 20) - 10 ** (-30 / 20)), rel=0.1)


def test_the_sounding_end_of_a_decay_is_at_minus_30_db() -> None:
    samples = np.concatenate([silence(0.2), decaying(sine(440.0, 2.0), 1.0)])
    assert sounding_end_s(samples, RATE) == pytest.approx(0.7, abs=0.003)
    assert sounding_duration_s(samples, RATE) == pytest.approx(0.5, abs=0.003)


def test_silence_has_no_onset() -> None:
    onset = find_onset(silence(0.1), RATE)
    assert np.isnan(onset.time_s) and onset.is_slow
    assert np.isnan(sounding_duration_s(silence(0.1), RATE))


@settings(deadline=None, max_examples=25)
@given(shift=st.integers(0, 20000), gain=st.floats(1e-3, 100.0))
def test_the_onset_moves_with_the_sound_and_not_with_the_gain(shift: int, gain: float) -> None:
    samples = np.concatenate([np.zeros(500), decaying(tone(196.0, 0.2), 0.5)])
    moved = np.concatenate([np.zeros(shift), gain * samples])
    assert onset_s(moved, RATE) - onset_s(samples, RATE) == pytest.approx(shift / RATE, abs=1.5 / RATE)


@settings(deadline=None, max_examples=25)
@given(length=st.integers(1, 10000))
def test_the_end_of_a_sound_is_the_onset_of_its_reverse(length: int) -> None:
    samples = np.concatenate([tone(196.0, 0.2), np.zeros(length)])
    total = len(samples) / RATE
    assert sounding_end_s(samples, RATE) == pytest.approx(total - onset_s(samples[::-1], RATE))


@pytest.mark.parametrize("gap_ms", [3.0, 15.0, 20.0, 25.0, 120.0])
@pytest.mark.parametrize("frequency_hz", [65.4, 440.0])
def test_a_planted_gap_has_its_length(gap_ms: float, frequency_hz: float) -> None:
    samples = tone(frequency_hz, 1.0)
    first = int(0.4 * RATE)
    samples[first : first + int(gap_ms * RATE / 1000)] = 0.0
    assert longest_gap_s(samples, RATE, 0.2, 0.8) * 1000 == pytest.approx(gap_ms, abs=1.0)
    assert longest_gap_s(samples, RATE, 0.6, 0.9) == 0.0


def test_a_dip_of_20_db_is_no_gap() -> None:
    samples = tone(440.0, 1.0)
    samples[int(0.4 * RATE) : int(0.5 * RATE)] *= 0.1
    assert longest_gap_s(samples, RATE, 0.2, 0.8) == 0.0


def test_a_planted_click_stands_out_and_a_smooth_tone_does_not() -> None:
    samples = tone(220.0, 1.0)
    assert abs(click_db(samples, RATE, 0.5)) < 3.0
    samples[RATE // 2 :] += 0.3
    assert click_db(samples, RATE, 0.5) > 15.0
    assert click_db(samples, RATE, 0.3) < 3.0


def test_a_tone_cut_off_clicks_and_a_faded_one_does_not() -> None:
    cut = np.concatenate([tone(220.0, 0.5, partials=5)[:-30], silence(0.2)])
    at_s = 0.5 - 30 / RATE
    assert click_db(cut, RATE, at_s) > 20.0
    faded = np.concatenate(
        [tone(220.0, 0.5, partials=5) * np.minimum(1.0, (0.5 - np.arange(22050) / RATE) / 0.01)]
    )
    assert click_db(np.concatenate([faded, silence(0.2)]), RATE, 0.5) < 3.0
    assert click_db(silence(0.2), RATE, 0.1) == float("-inf")
