import numpy as np
import pytest

from composer_daw.errors import AudioError
from composer_daw.measure.frames import as_mono, between, decibels, framed, mean_power, runs


@pytest.mark.parametrize("samples", [np.zeros((2, 5)), np.array([0.0, np.nan]), np.array([np.inf])])
def test_what_cannot_be_measured_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(AudioError):
        as_mono(samples, 44100)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(AudioError, match="0 Hz"):
        as_mono(np.zeros(3), 0)


def test_decibels_have_a_floor() -> None:
    assert decibels(1.0) == 0.0
    assert decibels(0.1) == pytest.approx(-20.0)
    assert decibels(0.0) == decibels(1e-9) == -120.0


def test_frames_are_whole_and_short_sounds_are_padded() -> None:
    assert framed(np.arange(10.0), 4, 3).tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    assert framed(np.ones(2), 4, 3).tolist() == [[1, 1, 0, 0]]


def test_between_stops_at_the_ends() -> None:
    assert between(np.arange(10.0), 10, -1.0, 0.3).tolist() == [0, 1, 2]
    assert between(np.arange(10.0), 10, 0.8, 9.0).tolist() == [8, 9]


def test_mean_power_follows_fractional_hops() -> None:
    power = mean_power(np.repeat([1.0, 3.0], 441), 44100, 0.001)  # 44.1 samples per hop
    assert len(power) == 20
    assert power[:10] == pytest.approx(1.0)
    assert power[10:] == pytest.approx(9.0)


def test_runs_are_first_and_one_past_last() -> None:
    assert runs(np.array([True, False, True, True])).tolist() == [[0, 1], [2, 4]]
    assert runs(np.array([False])).shape == (0, 2)
