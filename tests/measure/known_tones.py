"""Tones whose truth is known: the signals on which measuring is tested."""

import numpy as np
import numpy.typing as npt

RATE = 44100
Array = npt.NDArray[np.float64]


def times(duration_s: float, rate: int = RATE) -> Array:
    return np.arange(int(round(duration_s * rate))) / rate


def sine(frequency_hz: float, duration_s: float, rate: int = RATE) -> Array:
    return np.sin(2.0 * np.pi * frequency_hz * times(duration_s, rate))


def tone(frequency_hz: float, duration_s: float, partials: int = 10, rate: int = RATE) -> Array:
    """Harmonics with amplitudes 1 / n, as of a saw, but with phases that spread its energy."""
    numbers = [n for n in range(1, partials + 1) if n * frequency_hz < 0.45 * rate]
    phase = 2.0 * np.pi * frequency_hz * times(duration_s, rate)
    return np.sum([np.sin(n * phase + 0.7 * n * n) / n for n in numbers], axis=0)


def silence(duration_s: float, rate: int = RATE) -> Array:
    return np.zeros(int(round(duration_s * rate)))


def decaying(samples: Array, t60_s: float, rate: int = RATE) -> Array:
    return samples * 10.0 ** (-3.0 * np.arange(len(samples)) / rate / t60_s)


def faded_in(samples: Array, duration_s: float, rate: int = RATE) -> Array:
    return samples * np.minimum(1.0, np.arange(len(samples)) / rate / duration_s)


def vibrated(frequency_hz: float, duration_s: float, rate_hz: float, extent_cents: float) -> Array:
    frequency = frequency_hz * 2.0 ** (extent_cents * sine(rate_hz, duration_s) / 1200.0)
    phase = 2.0 * np.pi * np.cumsum(frequency) / RATE
    return np.sum([np.sin(n * phase) / n for n in range(1, 9)], axis=0)


def with_noise(samples: Array, hnr_db: float, seed: int = 0) -> Array:
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    wanted = np.mean(samples**2) / 10.0 ** (hnr_db / 10.0)
    return samples + noise * np.sqrt(wanted / np.mean(noise**2))
