"""Modulation: how fast and how deep a quantity swings: the level in a tremolo, the pitch in a vibrato."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.measure.envelope import WINDOW_MS, loudest_span_s, rms_envelope
from composer_daw.measure.frames import Array, SamplesLike, decibels_of

TREMOLO_HZ = (8.0, 16.0)


@dataclass(frozen=True)
class Modulation:
    """The dominant rate in Hz (NaN when there is nothing to see), and the depth either side of the mean."""

    rate_hz: float
    depth: float


def modulation(values: Array, values_per_s: float, band_hz: tuple[float, float]) -> Modulation:
    """Return the dominant rate of `values` within a band, and its depth in their unit.

    A parabola is taken out first. The rate is the peak of the spectrum (Hann window, zero-padded, parabolic
    interpolation). The depth is that of the sine with the same power as all that lies in the band, so a
    jittered modulation counts in full; a sine of amplitude a reads a. NaN and 0 when the stretch is shorter
    than two cycles of the lowest rate.
    """
    if len(values) < 2.0 * values_per_s / band_hz[0]:
        return Modulation(float("nan"), 0.0)
    place = np.linspace(-1.0, 1.0, len(values))
    residue = values - np.polyval(np.polyfit(place, values, 2), place)
    window = np.hanning(len(values) + 2)[1:-1]
    length = 16 << int(np.ceil(np.log2(len(values))))
    power = np.square(np.abs(np.fft.rfft(residue * window, length)))
    return _in_band(power, length, float(np.square(window).sum()), values_per_s, band_hz)


def _in_band(
    power: Array, length: int, window_power: float, values_per_s: float, band_hz: tuple[float, float]
) -> Modulation:
    rates = np.arange(len(power)) * values_per_s / length
    inside = np.flatnonzero((rates >= band_hz[0]) & (rates <= band_hz[1]))
    peak = int(inside[np.argmax(power[inside])])
    mean_square = 2.0 * float(power[inside].sum()) / (length * window_power)
    if mean_square <= 0.0:
        return Modulation(float("nan"), 0.0)
    left, middle, right = power[peak - 1 : peak + 2]
    bend = left - 2.0 * middle + right
    offset = float(np.clip(0.5 * (left - right) / bend, -1.0, 1.0)) if bend < 0.0 else 0.0
    return Modulation(float((peak + offset) * values_per_s / length), float(np.sqrt(2.0 * mean_square)))


def amplitude_modulation(
    samples: SamplesLike, sample_rate: int, band_hz: tuple[float, float] = TREMOLO_HZ
) -> Modulation:
    """Return rate (Hz) and depth (dB either side of the mean level) of the level's swing within a band.

    Looked at is the stretch round the peak within 15 dB of it, without its first and last 30 ms, where the
    level moves for another reason.
    """
    envelope = rms_envelope(samples, sample_rate)
    start, end = (int(time_s / envelope.hop_s) for time_s in loudest_span_s(samples, sample_rate, -15.0))
    levels = decibels_of(envelope.values[start + 30 : end - 30])
    floor = levels.max(initial=-np.inf) - 40.0
    found = modulation(np.maximum(levels, floor), 1.0 / envelope.hop_s, band_hz)
    return (
        Modulation(found.rate_hz, found.depth / _envelope_gain(found.rate_hz)) if found.depth > 0.0 else found
    )


def _envelope_gain(rate_hz: float) -> float:
    """Return how much of a swing at `rate_hz` the Hann window of the envelope leaves (0 to 1)."""
    window = np.hanning(201)
    spread = np.linspace(-0.5, 0.5, 201) * WINDOW_MS / 1000.0
    return float(np.sum(window * np.cos(2.0 * np.pi * rate_hz * spread)) / window.sum())
