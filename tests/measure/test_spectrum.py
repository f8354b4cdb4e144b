import numpy as np
import pytest
from known_tones import RATE, decaying, silence, sine, tone

from composer_daw.measure.spectrum import (
    centroid_hz,
    flux_db,
    mean_spectrum,
    partial_amplitudes,
    partial_slope_db,
    rolloff_hz,
    upper_partial_share,
)


@pytest.mark.parametrize(("frequency_hz", "partials"), [(220.0, 20), (440.0, 10), (110.0, 30)])
def test_the_centroid_of_a_saw_is_known(frequency_hz: float, partials: int) -> None:
    harmonic_sum = sum(1.0 / n for n in range(1, partials + 1))
    found = centroid_hz(tone(frequency_hz, 1.0, partials), RATE)
    assert found == pytest.approx(partials * frequency_hz / harmonic_sum, rel=0.01)


def test_the_centroid_looks_at_50_hz_to_10_khz() -> None:
    assert centroid_hz(sine(1000.0, 0.5) + 3.0 * sine(14000.0, 0.5), RATE) == pytest.approx(1000.0, rel=0.02)
    assert np.isnan(centroid_hz(silence(0.2), RATE))


def test_quiet_tails_do_not_count() -> None:
    loud_then_quiet = np.concatenate([sine(500.0, 1.0), 0.01 * sine(5000.0, 3.0)])
    assert centroid_hz(loud_then_quiet, RATE) == pytest.approx(500.0, rel=0.03)


def test_rolloff_is_where_the_energy_is_gathered() -> None:
    assert rolloff_hz(sine(300.0, 0.5) + 0.3 * sine(3000.0, 0.5), RATE) == pytest.approx(300.0, abs=50.0)
    assert rolloff_hz(sine(300.0, 0.5) + sine(3000.0, 0.5), RATE) == pytest.approx(3000.0, abs=50.0)
    assert np.isnan(rolloff_hz(silence(0.2), RATE))


@pytest.mark.parametrize("frequency_hz", [65.4, 220.0, 1000.0])
def test_partials_have_their_amplitudes_and_slope(frequency_hz: float) -> None:
    amplitudes = partial_amplitudes(
        tone(frequency_hz, 1.0, partials=16), RATE, frequency_hz * 1.005, count=16
    )
    assert amplitudes == pytest.approx(1.0 / np.arange(1, 17), rel=0.02)
    assert partial_slope_db(amplitudes) == pytest.approx(-6.02, abs=0.05)


def test_partials_stop_below_the_nyquist_frequency() -> None:
    assert len(partial_amplitudes(tone(4186.0, 0.3), RATE, 4186.0)) == 4


def test_the_share_of_upper_partials() -> None:
    energy = 1.0 / np.arange(1, 13) ** 2
    found = upper_partial_share(partial_amplitudes(tone(220.0, 1.0, 12), RATE, 220.0, count=12))
    assert found == pytest.approx(energy[4:].sum() / energy.sum(), rel=0.02)
    assert np.isnan(upper_partial_share(np.zeros(5)))
    assert np.isnan(partial_slope_db(np.array([1.0, 0.5])))


def test_flux_tells_a_start_from_a_step_from_a_steady_sound() -> None:
    steady = tone(220.0, 1.0)
    assert flux_db(np.concatenate([silence(0.5), steady]), RATE, 0.5) == pytest.approx(0.0, abs=0.1)
    assert flux_db(np.concatenate([0.5 * steady, steady]), RATE, 1.0) == pytest.approx(-6.0, abs=1.0)
    assert flux_db(steady, RATE, 0.5) < -30.0
    assert np.isnan(flux_db(silence(0.5), RATE, 0.2))


def test_flux_of_a_slur_lies_below_that_of_a_new_stroke() -> None:
    first, second = tone(220.0, 0.5), tone(246.9, 0.5)
    ramp = np.linspace(0.0, 1.0, len(first[-3000:]))
    slur = np.concatenate([first, second])
    stroke = np.concatenate([first[:-3000], first[-3000:] * ramp[::-1] ** 2, decaying(second, 3.0)])
    assert flux_db(stroke, RATE, 0.5) > flux_db(slur, RATE, 0.5)


def test_the_spectrum_gives_energies_of_bands() -> None:
    spectrum = mean_spectrum(sine(1000.0, 0.5) + 0.1 * sine(3000.0, 0.5), RATE)
    ratio = spectrum.energy(2800.0, 3200.0) / spectrum.energy(800.0, 1200.0)
    assert ratio == pytest.approx(0.01, rel=0.02)
