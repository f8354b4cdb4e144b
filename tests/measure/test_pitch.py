import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_tones import RATE, decaying, silence, tone, vibrated, with_noise

from composer_daw.measure.pitch import cents_between, cents_from, fundamental_hz, pitch_track, vibrato


def hertz(pitch: float) -> float:
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


@settings(deadline=None, max_examples=40)
@given(pitch=st.integers(28, 108), detune=st.floats(-150.0, 150.0))
def test_a_detuned_tone_is_measured_to_a_fifth_of_a_cent(pitch: int, detune: float) -> None:
    samples = tone(hertz(pitch + detune / 100.0), 0.5)
    assert cents_from(samples, RATE, hertz(pitch)) == pytest.approx(detune, abs=0.2)


@pytest.mark.parametrize("pitch", range(28, 109, 5))
def test_the_fundamental_is_found_without_being_told(pitch: int) -> None:
    found = fundamental_hz(tone(hertz(pitch), 0.5), RATE)
    assert cents_between(found, hertz(pitch)) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("pitch", [28, 40, 60, 88])
def test_a_pluck_is_measured_early(pitch: int) -> None:
    pluck = decaying(tone(hertz(pitch + 0.07), 2.0), 0.5)
    samples = pluck + 1e-3 * np.random.default_rng(0).standard_normal(len(pluck))
    assert cents_from(samples, RATE, hertz(pitch)) == pytest.approx(7.0, abs=0.6)


def test_a_missing_fundamental_does_not_matter() -> None:
    phase = 2.0 * np.pi * 55.0 * np.arange(RATE) / RATE
    samples = np.sum([np.sin(n * phase) for n in range(2, 7)], axis=0)
    assert cents_from(samples, RATE, 55.5) == pytest.approx(cents_between(55.0, 55.5), abs=0.1)


def test_noise_of_20_db_moves_the_pitch_by_less_than_a_cent() -> None:
    assert abs(cents_from(with_noise(tone(196.0, 1.0), 20.0), RATE, 196.0)) < 1.0


@pytest.mark.parametrize("frequency_hz", [65.4, 196.0, 880.0])
@pytest.mark.parametrize(("rate_hz", "extent"), [(5.6, 12.0), (4.5, 30.0), (7.0, 5.0)])
def test_vibrato_has_its_rate_and_extent(frequency_hz: float, rate_hz: float, extent: float) -> None:
    samples = vibrated(frequency_hz, 2.0, rate_hz, extent)
    found = vibrato(pitch_track(samples, RATE, frequency_hz))
    assert found.rate_hz == pytest.approx(rate_hz, abs=0.05)
    assert found.depth == pytest.approx(extent, rel=0.04)
    assert abs(cents_from(samples, RATE, frequency_hz)) < 1.5


def test_a_steady_tone_and_a_short_one_have_no_vibrato() -> None:
    assert vibrato(pitch_track(tone(196.0, 2.0), RATE, 196.0)).depth < 0.1
    short = vibrato(pitch_track(tone(196.0, 0.2), RATE, 196.0))
    assert short.depth == 0.0 and np.isnan(short.rate_hz)


def test_silence_has_no_pitch() -> None:
    assert np.isnan(cents_from(silence(0.3), RATE, 440.0))
    assert np.isnan(fundamental_hz(silence(0.3), RATE))


@pytest.mark.parametrize("length", [1, 10, 200])
def test_a_snippet_does_not_break_it(length: int) -> None:
    fundamental_hz(tone(440.0, 0.1)[:length], RATE, 440.0)
    fundamental_hz(tone(440.0, 0.1)[:length], RATE)
