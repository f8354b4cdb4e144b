"""Pitch: the fundamental frequency over time, its distance from what was expected, and vibrato.

The frequency of each partial is the advance of its phase between two windows a few milliseconds apart (the
phase vocoder: J. L. Flanagan, R. M. Golden, Bell System Technical Journal 45 (1966) 1493-1509); the
fundamental is the mean of frequency / number over the partials, weighted by their power. On a steady tone
it is exact to a hundredth of a cent or so. Where to look is found first, from the period (`harmonicity`) or
from the spectrum near the expected pitch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal.windows import blackman

from composer_daw.measure.frames import Array, Complex, SamplesLike, as_mono, decibels_of, framed
from composer_daw.measure.harmonicity import periodicity
from composer_daw.measure.modulation import Modulation, modulation

PERIODS = 6.0
SHORTEST_WINDOW_S = 0.030
REACH_CENTS = 250.0
PARTIALS = 6
VIBRATO_HZ = (3.5, 9.0)
CENTS_PER_OCTAVE = 1200.0


@dataclass(frozen=True)
class PitchTrack:
    """Fundamental frequency over time (read-only arrays), one value per `hop_s`.

    `window_s` and `step_s` are the window and the distance of the two windows whose phases were compared.
    """

    times_s: Array
    frequencies_hz: Array
    levels_db: Array
    hop_s: float
    window_s: float
    step_s: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.times_s, self.frequencies_hz, self.levels_db):
            array.setflags(write=False)

    def sustained(self, above_db: float = -12.0) -> Array:
        """Return the frequencies of the frames within `above_db` of the loudest.

        Of a bowed note these are its sustained part; of a pluck its beginning, before it reads nonsense.
        """
        loud = self.levels_db >= self.levels_db.max(initial=-np.inf) + above_db
        return np.asarray(self.frequencies_hz[loud & np.isfinite(self.frequencies_hz)])

    def gain_at(self, rate_hz: float) -> float:
        """Return how much of a frequency modulation at `rate_hz` the windows leave (0 to 1)."""
        window = blackman(2001)
        spread = np.linspace(-0.5, 0.5, 2001) * self.window_s
        through_window = float(np.sum(window * np.cos(2.0 * np.pi * rate_hz * spread)) / window.sum())
        return through_window * float(np.sinc(rate_hz * self.step_s))


def cents_between(frequency_hz: float, reference_hz: float) -> float:
    """Return the interval from `reference_hz` up to `frequency_hz` in cents."""
    return CENTS_PER_OCTAVE * float(np.log2(frequency_hz / reference_hz))


def cents_from(samples: SamplesLike, sample_rate: int, expected_hz: float) -> float:
    """Return how far the note is from `expected_hz` in cents, at most `REACH_CENTS`; NaN for silence."""
    return cents_between(fundamental_hz(samples, sample_rate, expected_hz), expected_hz)


def fundamental_hz(samples: SamplesLike, sample_rate: int, expected_hz: float | None = None) -> float:
    """Return the fundamental frequency: the median over the sustained part; NaN for silence."""
    chosen = pitch_track(samples, sample_rate, expected_hz).sustained()
    return float(np.median(chosen)) if len(chosen) else float("nan")


def pitch_track(
    samples: SamplesLike, sample_rate: int, expected_hz: float | None = None, hop_s: float = 0.005
) -> PitchTrack:
    """Return the fundamental frequency over time.

    `expected_hz` may be off by `REACH_CENTS`; without it the period decides. Frames are windowed over six
    periods and at least 30 ms (less when the sound is shorter); frames of digital silence read NaN.
    """
    mono = as_mono(samples, sample_rate)
    near = expected_hz or periodicity(mono, sample_rate).median_frequency_hz(above_db=-12.0)
    if not np.isfinite(near) or not mono.any():
        return PitchTrack(np.zeros(0), np.zeros(0), np.zeros(0), hop_s, SHORTEST_WINDOW_S, 0.0)
    size = int(
        round(min(max(PERIODS / near, SHORTEST_WINDOW_S), 0.8 * len(mono) / sample_rate) * sample_rate)
    )
    step = max(1, int(round(min(0.25 / near, size / sample_rate / 4) * sample_rate)))
    hop = max(1, int(round(hop_s * sample_rate)))
    both = framed(mono, size + step, hop)
    coarse = _coarse_hz(both[:, :size], sample_rate, near)
    exact = _exact_hz(both, step, sample_rate, coarse)
    if np.isfinite(exact).any():  # once more, now centred on the partials
        exact = _exact_hz(both, step, sample_rate, float(np.nanmedian(exact)))
    levels = decibels_of(np.sqrt(np.mean(np.square(both), axis=1)))
    times = (np.arange(len(both)) * hop + (size + step) / 2) / sample_rate
    return PitchTrack(times, exact, levels, hop / sample_rate, size / sample_rate, step / sample_rate)


def vibrato(track: PitchTrack) -> Modulation:
    """Return rate (Hz) and extent (cents either side) of the vibrato in a pitch track.

    Only frames within 12 dB of the loudest count. The smoothing by the analysis windows is made good.
    """
    loud = np.flatnonzero(track.levels_db >= track.levels_db.max(initial=-np.inf) - 12.0)
    if len(loud) < 2:
        return Modulation(float("nan"), 0.0)
    part = track.frequencies_hz[loud[0] : loud[-1] + 1]
    good = np.isfinite(part) & (part > 0.0)
    filled = (
        np.interp(np.arange(len(part)), np.flatnonzero(good), part[good])
        if good.any()
        else np.ones(len(part))
    )
    cents = CENTS_PER_OCTAVE * np.log2(filled / np.median(filled))
    found = modulation(np.clip(cents, -100.0, 100.0), 1.0 / track.hop_s, VIBRATO_HZ)
    return Modulation(found.rate_hz, found.depth / track.gain_at(found.rate_hz) if found.depth > 0.0 else 0.0)


def _coarse_hz(frames: Array, sample_rate: int, near_hz: float) -> float:
    """Return the frequency near `near_hz` whose partials are strongest in the loud frames."""
    energies = np.square(frames).sum(axis=1)
    loud = frames[energies >= 0.1 * energies.max()][:64]
    length = 8 << int(np.ceil(np.log2(frames.shape[1])))
    spectrum = np.abs(np.fft.rfft(loud * blackman(frames.shape[1]), length, axis=1)).mean(axis=0)
    grid = near_hz * 2.0 ** (np.arange(-REACH_CENTS, REACH_CENTS + 1.0, 5.0) / CENTS_PER_OCTAVE)
    count = max(1, min(PARTIALS, int(0.45 * sample_rate / grid[-1])))
    places = np.outer(grid, np.arange(1, count + 1)) * length / sample_rate
    heights = np.interp(places.ravel(), np.arange(len(spectrum)), spectrum).reshape(places.shape)
    return float(grid[np.argmax(np.sqrt(heights).sum(axis=1))])


def _exact_hz(both: Array, step: int, sample_rate: int, coarse_hz: float) -> Array:
    """Return the fundamental of each frame from the phase advance of its partials over `step` samples."""
    count = max(1, min(PARTIALS, int(0.45 * sample_rate / coarse_hz)))
    numbers = np.arange(1, count + 1)
    size = both.shape[1] - step
    angles = 2.0 * np.pi * coarse_hz / sample_rate * np.outer(np.arange(size), numbers)
    kernel = (np.cos(angles) - 1j * np.sin(angles)) * blackman(size)[:, None]
    first, second = both[:, :size] @ kernel, both[:, step:] @ kernel
    advance = _phase_advance(first, second, 2.0 * np.pi * coarse_hz * numbers * step / sample_rate)
    frequencies = coarse_hz + advance * sample_rate / (2.0 * np.pi * step * numbers)
    weights = np.abs(first * second)
    total = weights.sum(axis=1)
    mean = (weights * frequencies).sum(axis=1) / np.where(total > 0.0, total, np.nan)
    return np.asarray(mean, dtype=np.float64)


def _phase_advance(first: Complex, second: Complex, expected: Array) -> Array:
    """Return by how much more than `expected` the phase moved from `first` to `second`, -pi to pi."""
    return np.asarray(np.angle(second * np.conj(first) * np.exp(-1j * expected)))
