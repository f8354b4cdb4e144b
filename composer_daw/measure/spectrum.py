"""Spectrum: where in frequency the energy lies, on average over a note, and how fast it changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal.windows import blackman

from composer_daw.measure.frames import Array, SamplesLike, as_mono, between, decibels, framed

WINDOW_S = 0.046
LOW_HZ, HIGH_HZ = 50.0, 10_000.0
"""The range in which the centroids of real instruments are given."""


@dataclass(frozen=True)
class Spectrum:
    """Mean magnitudes over the loud frames of a sound (read-only), and the frequency of each in Hz."""

    frequencies_hz: Array
    magnitudes: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.frequencies_hz, self.magnitudes):
            array.setflags(write=False)

    def within(self, low_hz: float, high_hz: float) -> tuple[Array, Array]:
        """Return the frequencies and magnitudes from `low_hz` to `high_hz`."""
        inside = (self.frequencies_hz >= low_hz) & (self.frequencies_hz <= high_hz)
        return self.frequencies_hz[inside], self.magnitudes[inside]

    def energy(self, low_hz: float, high_hz: float) -> float:
        """Return the energy from `low_hz` to `high_hz`, in an arbitrary unit."""
        return float(np.square(self.within(low_hz, high_hz)[1]).sum())


def mean_spectrum(
    samples: SamplesLike, sample_rate: int, window_s: float = WINDOW_S, above_db: float = -20.0
) -> Spectrum:
    """Return the mean magnitude spectrum of the frames within `above_db` of the loudest.

    The windows are Hann's and overlap by half.
    """
    mono = as_mono(samples, sample_rate)
    size = max(16, int(round(window_s * sample_rate)))
    frames = framed(mono, size, size // 2)
    energies = np.square(frames).sum(axis=1)
    loud = frames[energies >= energies.max() * 10.0 ** (above_db / 10.0)]
    magnitudes = np.abs(np.fft.rfft(loud * np.hanning(size), axis=1)).mean(axis=0)
    return Spectrum(np.arange(len(magnitudes)) * sample_rate / size, magnitudes)


def centroid_hz(
    samples: SamplesLike, sample_rate: int, low_hz: float = LOW_HZ, high_hz: float = HIGH_HZ
) -> float:
    """Return the spectral centroid: the mean frequency weighted by amplitude; NaN for silence."""
    frequencies, magnitudes = mean_spectrum(samples, sample_rate).within(low_hz, high_hz)
    total = float(magnitudes.sum())
    return float(np.dot(frequencies, magnitudes) / total) if total > 0.0 else float("nan")


def rolloff_hz(samples: SamplesLike, sample_rate: int, share: float = 0.85) -> float:
    """Return the frequency below which `share` of the energy from 50 Hz to 10 kHz lies; NaN for silence."""
    frequencies, magnitudes = mean_spectrum(samples, sample_rate).within(LOW_HZ, HIGH_HZ)
    energy = np.cumsum(np.square(magnitudes))
    return (
        float(frequencies[np.searchsorted(energy, share * energy[-1])]) if energy[-1] > 0.0 else float("nan")
    )


def partial_amplitudes(samples: SamplesLike, sample_rate: int, frequency_hz: float, count: int = 20) -> Array:
    """Return the mean amplitude of the first `count` partials of `frequency_hz`.

    There are fewer where they would lie above 0.45 of the sample rate. The window (Blackman) spans eight
    periods and at least 46 ms; each partial is the highest place within 2.5 % of its frequency. A sine of
    amplitude a reads a. Frames more than 20 dB below the loudest are left out.
    """
    mono = as_mono(samples, sample_rate)
    size = min(int(round(max(8.0 / frequency_hz, WINDOW_S) * sample_rate)), max(16, len(mono)))
    frames = framed(mono, size, max(1, size // 2))
    energies = np.square(frames).sum(axis=1)
    window = blackman(size)
    length = 4 << int(np.ceil(np.log2(size)))
    loud = frames[energies >= 0.01 * energies.max()] * window
    spectrum = np.abs(np.fft.rfft(loud, length, axis=1)).mean(axis=0) * 2.0 / window.sum()
    numbers = np.arange(1, max(1, min(count, int(0.45 * sample_rate / frequency_hz))) + 1)
    low, high = (np.round(numbers * frequency_hz * side * length / sample_rate) for side in (0.975, 1.025))
    places = np.stack([low, high + 1], axis=1).astype(np.int64).ravel()
    return np.asarray(np.maximum.reduceat(spectrum, places)[::2], dtype=np.float64)


def upper_partial_share(amplitudes: Array, above: int = 4) -> float:
    """Return the energy of the partials above number `above` as a share of all (0 to 1); NaN for silence."""
    energy = np.square(amplitudes)
    return float(energy[above:].sum() / energy.sum()) if energy.sum() > 0.0 else float("nan")


def partial_slope_db(amplitudes: Array) -> float:
    """Return the slope of the partials in dB per octave.

    It is that of the least-squares line through level over log2 of the number. A saw (1 / n) reads -6.02.
    Partials more than 60 dB below the strongest are left out; NaN with fewer than 3.
    """
    kept = np.flatnonzero(amplitudes > 0.001 * amplitudes.max(initial=0.0))
    if len(kept) < 3:
        return float("nan")
    return float(np.polyfit(np.log2(kept + 1.0), 20.0 * np.log10(amplitudes[kept]), 1)[0])


def flux_db(samples: SamplesLike, sample_rate: int, at_s: float, reach_s: float = 0.050) -> float:
    """Return how abruptly the spectrum grows near `at_s`, in dB; 0 dB is a sound that starts out of silence.

    Spectral flux: the sum over frequency of what the magnitude gains from one 23 ms window to the next (end
    to start), as a share of the sum of the later window, or of the loudest window about, whichever is more;
    the largest value for boundaries within `reach_s` of `at_s`. A steady sound reads below -30 dB, a step
    of level by 6 dB reads -6 dB. Source: the half-wave rectified flux of S. Dixon, "Onset detection
    revisited", DAFx 2006.
    """
    mono = as_mono(samples, sample_rate)
    size, hop = int(0.023 * sample_rate), max(1, int(0.002 * sample_rate))
    reach = reach_s + size / sample_rate
    padded = np.pad(mono, int(np.ceil(reach * sample_rate)) + size)
    shifted_s = at_s + (len(padded) - len(mono)) / 2 / sample_rate
    part = between(padded, sample_rate, shifted_s - reach, shifted_s + reach)
    frames = framed(part, 2 * size, hop)
    window = np.hanning(size)
    before, after = (
        np.abs(np.fft.rfft(half * window, axis=1)) for half in (frames[:, :size], frames[:, size:])
    )
    gained = np.maximum(after - before, 0.0).sum(axis=1)
    loudest = after.sum(axis=1).max(initial=0.0)
    return decibels(float(gained.max() / loudest)) if loudest > 0.0 else float("nan")
