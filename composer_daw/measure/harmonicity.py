"""Harmonicity: how periodic a sound is, and with what period.

Source: P. Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise
ratio of a sampled sound", IFA Proceedings 17 (1993) 97-110: the autocorrelation of a windowed frame,
divided by the autocorrelation of the window, has at the lag of one period the height r, and r / (1 - r) is
the ratio of periodic to other energy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from composer_daw.measure.frames import Array, SamplesLike, as_mono, decibels_of, framed

PERIODS = 6.0
"""Length of the window in periods of the lowest frequency looked for (Boersma's choice for the HNR)."""

LOWEST_HZ, HIGHEST_HZ = 35.0, 4500.0
OCTAVE_COST = 0.01
MAX_HNR_DB = 60.0
_OVERSAMPLING = 4


@dataclass(frozen=True)
class Periodicity:
    """One row per frame (read-only arrays): its middle, its level, its period as a frequency, its HNR."""

    times_s: Array
    levels_db: Array
    frequencies_hz: Array
    hnr_db: Array

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.times_s, self.levels_db, self.frequencies_hz, self.hnr_db):
            array.setflags(write=False)

    def median_hnr_db(self, start_s: float = 0.0, end_s: float = np.inf, above_db: float = -20.0) -> float:
        """Return the median HNR of the frames between two times that lie within `above_db` of the loudest."""
        return self._median(self.hnr_db, start_s, end_s, above_db)

    def median_frequency_hz(
        self, start_s: float = 0.0, end_s: float = np.inf, above_db: float = -20.0
    ) -> float:
        """Return the median frequency of the same frames."""
        return self._median(self.frequencies_hz, start_s, end_s, above_db)

    def _median(self, values: Array, start_s: float, end_s: float, above_db: float) -> float:
        loud = self.levels_db >= self.levels_db.max(initial=-np.inf) + above_db
        chosen = values[loud & (self.times_s >= start_s) & (self.times_s <= end_s) & np.isfinite(values)]
        return float(np.median(chosen)) if len(chosen) else float("nan")


def periodicity(
    samples: SamplesLike, sample_rate: int, frequency_hz: float | None = None, hop_s: float = 0.010
) -> Periodicity:
    """Return the period and harmonics-to-noise ratio of each frame.

    With `frequency_hz` the window is six of its periods and the period is looked for within a semitone and
    a half of it; without, the window is six periods of 65 Hz and everything from `LOWEST_HZ` to
    `HIGHEST_HZ` is tried, where a longer period must win by `OCTAVE_COST` per octave. Silent frames read
    NaN.
    """
    mono = as_mono(samples, sample_rate)
    window_s = PERIODS / frequency_hz if frequency_hz else PERIODS / 65.0
    size = max(16, int(round(max(window_s, 0.010) * sample_rate)))
    frames = framed(mono, size, max(1, int(round(hop_s * sample_rate))))
    low, high = (frequency_hz / 1.09, frequency_hz * 1.09) if frequency_hz else (LOWEST_HZ, HIGHEST_HZ)
    heights, lags = _best_periods(frames, sample_rate, low, high, 0.0 if frequency_hz else OCTAVE_COST)
    levels = decibels_of(np.sqrt(np.mean(np.square(frames), axis=1)))
    times = (np.arange(len(frames)) * max(1, int(round(hop_s * sample_rate))) + size / 2) / sample_rate
    return Periodicity(times, levels, 1.0 / lags, ratio_db(heights))


def ratio_db(height: Array) -> Array:
    """Return the harmonics-to-noise ratio in dB for a normalised autocorrelation: 10 log10(r / (1 - r))."""
    edge = 10.0 ** (-MAX_HNR_DB / 10.0)
    safe = np.clip(height, edge, 1.0 - edge)
    return np.asarray(10.0 * np.log10(safe / (1.0 - safe)) + 0.0 * height)


def hnr_db(
    samples: SamplesLike,
    sample_rate: int,
    frequency_hz: float | None = None,
    start_s: float = 0.0,
    end_s: float = np.inf,
) -> float:
    """Return the median harmonics-to-noise ratio in dB of the frames whose middle lies between two times.

    Frames more than 20 dB below the loudest are left out. NaN where no frame is left.
    """
    return periodicity(samples, sample_rate, frequency_hz).median_hnr_db(start_s, end_s)


def _best_periods(
    frames: Array, sample_rate: int, low_hz: float, high_hz: float, octave_cost: float
) -> tuple[Array, Array]:
    """Return the height of the best peak of each frame's autocorrelation and its lag in seconds."""
    correlation = _correlations(frames)
    rate = sample_rate * _OVERSAMPLING
    usable = correlation.shape[1] - 2
    first = int(np.clip(np.floor(rate / high_hz), 1, usable - 1))
    last = int(np.clip(np.ceil(rate / low_hz), first + 1, usable))
    lags = np.arange(first, last + 1)
    inner = correlation[:, first : last + 1]
    is_peak = (inner >= correlation[:, first - 1 : last]) & (inner >= correlation[:, first + 1 : last + 2])
    strength = np.where(is_peak, inner - octave_cost * np.log2(lags / first), -np.inf)
    best = np.argmax(strength, axis=1) + first
    return _refined(correlation, best, rate, np.isfinite(strength.max(axis=1)))


def _refined(correlation: Array, best: Array, rate: int, found: Array) -> tuple[Array, Array]:
    """Return height and lag of the peak at `best`, by the parabola through it and its neighbours."""
    rows = np.arange(len(best))
    left, middle, right = (correlation[rows, best + step] for step in (-1, 0, 1))
    bend = left - 2.0 * middle + right
    offset = np.where(bend < 0.0, 0.5 * (left - right) / np.where(bend < 0.0, bend, -1.0), 0.0)
    height = middle - 0.25 * (left - right) * offset
    return np.where(found, height, np.nan), np.where(found, (best + offset) / rate, np.nan)


def _correlations(frames: Array) -> Array:
    """Return the normalised autocorrelation, frames x lags up to half a frame, oversampled."""
    size = frames.shape[1]
    centred = frames - frames.mean(axis=1, keepdims=True)
    raw = _autocorrelation(centred * np.hanning(size))
    energy = raw[:, :1]
    return np.asarray(raw / np.where(energy > 0.0, energy, np.nan) / _window_correlation(size))


def _autocorrelation(windowed: Array) -> Array:
    size = windowed.shape[1]
    length = 1 << int(np.ceil(np.log2(1.5 * size + 2)))
    power = np.square(np.abs(np.fft.rfft(windowed, length, axis=1)))
    # A longer inverse transform interpolates between lags: at 4 kHz a period has but ten samples.
    lags = np.fft.irfft(power, length * _OVERSAMPLING, axis=1)
    return np.asarray(lags[:, : size // 2 * _OVERSAMPLING])


@lru_cache(maxsize=64)
def _window_correlation(size: int) -> Array:
    window = _autocorrelation(np.hanning(size)[None, :])
    return np.asarray(window / window[:, :1])
