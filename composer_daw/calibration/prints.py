"""Prints: what is kept of the sound of a figure so that two sounds can be compared.

For each channel, each of a few stretches of time and each third of an octave the mean level in dB. Levels
more than 60 dB below the loudest of either sound count as equally silent.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.fft import next_fast_len

from composer_daw.calibration.playing import BEFORE_S, Heard
from composer_daw.measure.frames import Array

DEPTH_DB = 60.0
THIRDS_HZ = tuple(1000.0 * 2.0 ** (number / 3) for number in range(-14, 14))
"""The middles of the bands: 39 Hz to 20 kHz."""

EDGES_S = (0.0, 0.05, 0.12, 0.25, 0.45, 0.7, 1.0, 1.4)
"""Where the stretches of time end, from the onset of the figure; the first begins at the beginning."""

WINDOW_S, HOP_S = 0.046, 0.010
_SILENCE = 1e-14


def print_of(heard: Heard) -> Array:
    """Return the levels in dB, one row of channels x stretches x bands."""
    rate = heard.sample_rate
    size, hop = next_fast_len(round(WINDOW_S * rate), real=True), round(HOP_S * rate)
    alike = np.array_equal(heard.samples[0], heard.samples[-1])
    channels = heard.samples[:1] if alike else heard.samples
    padded = np.pad(channels.astype(np.float64), ((0, 0), (size // 2, size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size, axis=1)[:, ::hop]
    spectra = np.fft.rfft(frames * np.hanning(size), axis=2)
    total = np.cumsum(np.square(spectra.real) + np.square(spectra.imag), axis=2)
    power = np.diff(total[:, :, _edges(size, rate)], axis=2)
    power = np.repeat(power, len(heard.samples), axis=0) if alike else power
    times = np.arange(power.shape[1]) * hop / rate - BEFORE_S
    starts = (-BEFORE_S, *EDGES_S[:-1])
    parts = [
        power[:, (times >= start) & (times < end)].mean(axis=1)
        for start, end in zip(starts, EDGES_S, strict=True)
        if np.any((times >= start) & (times < end))
    ]
    return np.asarray(10.0 * np.log10(np.stack(parts, axis=1).ravel() + _SILENCE))


def apart_db(one: Array, other: Array) -> Array:
    """Return the root mean square of the differences of two prints, over what is heard in either.

    Rows of prints are compared with broadcasting; the last axis is the print.
    """
    floor = np.maximum(one.max(axis=-1), other.max(axis=-1))[..., None] - DEPTH_DB
    high, low = np.maximum(one, floor), np.maximum(other, floor)
    heard = (high > floor) | (low > floor)
    count = np.maximum(heard.sum(axis=-1), 1)
    return np.asarray(np.sqrt((np.square(high - low) * heard).sum(axis=-1) / count))


@lru_cache(maxsize=8)
def _edges(size: int, sample_rate: int) -> Array:
    """Return the lines of a spectrum between which the bands lie, one more than there are bands."""
    edges_hz = np.append(THIRDS_HZ, THIRDS_HZ[-1] * 2.0 ** (1 / 3)) * 2.0 ** (-1 / 6)
    lines = np.rint(edges_hz * size / sample_rate).astype(np.int64)
    return np.asarray(np.clip(lines, 0, size // 2))
