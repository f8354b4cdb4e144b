"""Envelope: how loud a sound is over time, how fast it rises, how long it dies away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from composer_daw.measure.frames import (
    SILENCE_DB,
    Array,
    SamplesLike,
    as_mono,
    decibels,
    decibels_of,
    mean_power,
    runs,
)

HOP_MS = 1.0
WINDOW_MS = 20.0


@dataclass(frozen=True)
class Envelope:
    """RMS amplitudes (read-only); value i stands at time (i + 0.5) * `hop_s`."""

    values: Array
    hop_s: float

    def __post_init__(self) -> None:
        """Freeze the values."""
        self.values.setflags(write=False)

    @property
    def times_s(self) -> Array:
        """Return the time of each value in seconds."""
        return np.asarray((np.arange(len(self.values)) + 0.5) * self.hop_s, dtype=np.float64)

    @property
    def peak(self) -> float:
        """Return the largest amplitude."""
        return float(self.values.max(initial=0.0))

    @property
    def below_peak_db(self) -> Array:
        """Return each value in dB below the peak (0 and less)."""
        return (
            decibels_of(self.values / self.peak) if self.peak > 0 else np.full(len(self.values), SILENCE_DB)
        )


def rms_envelope(
    samples: SamplesLike, sample_rate: int, window_ms: float = WINDOW_MS, hop_ms: float = HOP_MS
) -> Envelope:
    """Return the RMS envelope: the square root of the squared signal under a centred Hann window.

    The Hann window spans `window_ms` in all, about half of it effectively; the signal is silent beyond its
    ends. A step of level takes 11 ms from 10 to 90 % with the default window.
    """
    power = mean_power(as_mono(samples, sample_rate), sample_rate, hop_ms / 1000.0)
    inner = max(1, int(round(window_ms / hop_ms)) - 1)
    window = np.hanning(inner + 2)[1:-1]
    smooth = np.convolve(power, window / window.sum())
    centred = smooth[inner // 2 : inner // 2 + len(power)]
    return Envelope(np.sqrt(np.maximum(centred, 0.0)), hop_ms / 1000.0)


def level_db(samples: SamplesLike, sample_rate: int) -> float:
    """Return the RMS level of the loudest 50 ms in dB of full scale (a full-scale sine reads -3 dB)."""
    power = mean_power(as_mono(samples, sample_rate), sample_rate, HOP_MS / 1000.0)
    width = min(50, len(power))
    loudest = np.convolve(power, np.full(width, 1.0 / width), mode="valid").max()
    return decibels(float(np.sqrt(loudest)))


def attack_ms(samples: SamplesLike, sample_rate: int, low: float = 0.1, high: float = 0.9) -> float:
    """Return the time from `low` to `high` of the peak of the RMS envelope in milliseconds (10-90 %).

    `high` is crossed where the envelope first reaches it, `low` where it last lay below it before that;
    between two values the crossing is interpolated. NaN for silence. Source: the definition in which the
    figures of real instruments are given (10-90 % of the RMS envelope).
    """
    envelope = rms_envelope(samples, sample_rate)
    if envelope.peak <= 0.0:
        return float("nan")
    values = np.concatenate(([0.0], envelope.values / envelope.peak))
    top = int(np.argmax(values >= high))
    bottom = int(np.flatnonzero(values[: top + 1] < low)[-1]) + 1
    return (_crossing(values, top, high) - _crossing(values, bottom, low)) * envelope.hop_s * 1000.0


def _crossing(values: Array, index: int, level: float) -> float:
    """Return the fractional index before `index` at which a rising curve meets `level`."""
    return float(index - (values[index] - level) / (values[index] - values[index - 1]))


def decay_t60_s(
    samples: SamplesLike, sample_rate: int, from_s: float | None = None, to_s: float | None = None
) -> float:
    """Return the time in which the sound dies away by 60 dB, in seconds.

    A straight line is fitted to the RMS envelope in dB between 3 and 30 dB below its level at the start of
    the decay: its peak, or `from_s` (a release); `to_s` ends the stretch that is looked at. NaN where the
    level does not fall by 10 dB, or falls so unsteadily that the line explains less than half of it (a
    swell, a tremolo). Source: the T30 of ISO 3382 with its start moved to 3 dB, for notes are shorter than
    rooms.
    """
    envelope = rms_envelope(samples, sample_rate)
    levels = decibels_of(envelope.values)
    start = int(np.argmax(levels)) if from_s is None else min(int(from_s / envelope.hop_s), len(levels) - 1)
    stop = len(levels) if to_s is None else int(to_s / envelope.hop_s)
    fall = levels[start:stop] - levels[start]
    return _line_t60_s(fall, envelope.hop_s) if len(fall) > 1 else float("nan")


def _line_t60_s(fall_db: Array, hop_s: float) -> float:
    below = np.flatnonzero(fall_db < -30.0)
    fall_db = fall_db[: below[0]] if len(below) else fall_db
    above = np.flatnonzero(fall_db > -3.0)
    first = int(above[-1]) + 1 if len(above) else 0
    part = fall_db[first:]
    if len(part) < 5 or -part.min() < 10.0:
        return float("nan")
    times = np.arange(len(part)) * hop_s
    slope, offset = np.polyfit(times, part, 1)
    explained = 1.0 - np.var(part - slope * times - offset) / np.var(part)
    return float(-60.0 / slope) if slope < 0.0 and explained >= 0.5 else float("nan")


def time_above_s(samples: SamplesLike, sample_rate: int, threshold_db: float = -10.0) -> float:
    """Return how long the RMS envelope (30 ms window) lies within `threshold_db` of its peak, in seconds.

    The window adds 10 to 20 ms at a sharp attack.
    """
    envelope = rms_envelope(samples, sample_rate, window_ms=30.0)
    return float(np.count_nonzero(envelope.below_peak_db >= threshold_db) * envelope.hop_s)


def loudest_span_s(
    samples: SamplesLike, sample_rate: int, threshold_db: float = -10.0
) -> tuple[float, float]:
    """Return the start and end in seconds of the stretch round the peak that stays above `threshold_db`.

    The threshold is relative to the peak of the envelope, which is smoothed over 150 ms so that a tremolo or
    a vibrato does not end the stretch. (0.0, 0.0) for silence.
    """
    power = mean_power(as_mono(samples, sample_rate), sample_rate, HOP_MS / 1000.0)
    smooth = uniform_filter1d(power, min(150, len(power)), mode="constant")
    if not smooth.max() > 0.0:
        return 0.0, 0.0
    spans = runs(smooth >= smooth.max() * 10.0 ** (threshold_db / 10.0))
    first, last = spans[np.searchsorted(spans[:, 1], int(np.argmax(smooth)), side="right")]
    return float(first * HOP_MS / 1000.0), float(last * HOP_MS / 1000.0)
