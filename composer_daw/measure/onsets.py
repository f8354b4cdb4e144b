"""Onsets: when a note begins and ends to sound, and whether it was silent in between.

A note sounds from the first to the last crossing of -30 dB below its peak level. The level here is the RMS of
the last (seen from the end: the next) millisecond, so a sharp attack is found within a millisecond and never
before it is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.measure.frames import Array, SamplesLike, as_mono, between, decibels, runs

THRESHOLD_DB = -30.0
"""Where a note begins and ends, relative to its peak level."""

SLOW_MS = 20.0
"""An attack is slow when it takes longer than this from -30 to -10 dB: then a difference of 2 dB in the peak
level moves the onset by more than 2 ms, the accuracy to which latencies are calibrated."""

_WINDOW_S = 0.001


@dataclass(frozen=True)
class Onset:
    """The beginning of a note: `time_s`, and how long it takes from -30 to -10 dB."""

    time_s: float
    rise_ms: float

    @property
    def is_slow(self) -> bool:
        """Tell whether the attack is too slow for its onset to be exact to 2 ms."""
        return not self.rise_ms <= SLOW_MS


def find_onset(samples: SamplesLike, sample_rate: int, threshold_db: float = THRESHOLD_DB) -> Onset:
    """Return the first crossing of `threshold_db` below the peak level; NaN for silence."""
    power = _power(as_mono(samples, sample_rate), sample_rate)
    peak = float(power.max(initial=0.0))
    if peak <= 0.0:
        return Onset(float("nan"), float("nan"))
    first, risen = (
        int(np.argmax(power >= peak * 10.0 ** (db / 10.0))) for db in (threshold_db, threshold_db + 20.0)
    )
    return Onset(first / sample_rate, (risen - first) / sample_rate * 1000.0)


def onset_s(samples: SamplesLike, sample_rate: int) -> float:
    """Return the time of the onset in seconds (see `find_onset`); NaN for silence."""
    return find_onset(samples, sample_rate).time_s


def sounding_end_s(samples: SamplesLike, sample_rate: int, threshold_db: float = THRESHOLD_DB) -> float:
    """Return the time of the last crossing of `threshold_db` below the peak level; NaN for silence."""
    mono = as_mono(samples, sample_rate)
    return len(mono) / sample_rate - find_onset(mono[::-1], sample_rate, threshold_db).time_s


def sounding_duration_s(samples: SamplesLike, sample_rate: int) -> float:
    """Return the time from onset to sounding end in seconds; NaN for silence."""
    return sounding_end_s(samples, sample_rate) - onset_s(samples, sample_rate)


def longest_gap_s(
    samples: SamplesLike, sample_rate: int, start_s: float, end_s: float, threshold_db: float = THRESHOLD_DB
) -> float:
    """Return the longest stretch between two times that lies below `threshold_db`, in seconds.

    The threshold is relative to the peak level of all `samples`. 0.0 without a gap.
    """
    power = _power(as_mono(samples, sample_rate), sample_rate)
    silent = between(power, sample_rate, start_s, end_s) < power.max(initial=0.0) * 10.0 ** (
        threshold_db / 10.0
    )
    stretches = runs(silent)
    longest = float(np.diff(stretches, axis=1).max(initial=0)) / sample_rate
    return longest + _WINDOW_S if longest > 0.0 else 0.0  # the first millisecond still hears the sound before


def click_db(samples: SamplesLike, sample_rate: int, at_s: float, reach_ms: float = 3.0) -> float:
    """Return how much the roughest place near `at_s` stands out from its surroundings, in dB.

    The largest second difference within `reach_ms` of `at_s` is set against the largest in the 50 ms before
    and after. A sound that goes on, rough as it may be in itself (a saw, noise), reads about 0; plucks and
    col legno strokes of a real double bass read below 11. A jump of a third of the amplitude in a tone of
    ten partials reads 15 and more; the brighter the tone, the less a jump stands out. -inf when nothing
    sounds there.
    """
    bend = np.abs(np.diff(as_mono(samples, sample_rate), 2, prepend=0.0, append=0.0))
    reach, round_s = reach_ms / 1000.0, 0.050
    near = between(bend, sample_rate, at_s - reach, at_s + reach).max(initial=0.0)
    before = between(bend, sample_rate, at_s - reach - round_s, at_s - reach).max(initial=0.0)
    after = between(bend, sample_rate, at_s + reach, at_s + reach + round_s).max(initial=0.0)
    return decibels(near) - decibels(max(before, after)) if near > 0.0 else float("-inf")


def _power(samples: Array, sample_rate: int) -> Array:
    """Return the mean square of the last millisecond at every sample."""
    width = max(1, int(round(_WINDOW_S * sample_rate)))
    total = np.cumsum(np.square(samples))
    return np.asarray((total - np.concatenate((np.zeros(min(width, len(total))), total[:-width]))) / width)
