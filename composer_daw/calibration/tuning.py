"""Tuning: how far a note is from the pitch that it should have, octaves too."""

from __future__ import annotations

import numpy as np

from composer_daw.measure import cents_from, find_onset, fundamental_hz, sounding_end_s
from composer_daw.measure.frames import Array, SamplesLike, as_mono, between
from composer_daw.measure.harmonicity import periodicity
from composer_daw.measure.pitch import cents_between
from composer_daw.measure.spectrum import partial_amplitudes

PITCHED_DB = 6.0
"""The harmonics-to-noise ratio from which on a sound has a pitch; a drum or a click has less."""

CLEARLY_DB = 8.0
"""How much better another period must fit than that of the expected pitch."""

SHORTEST_S, LONGEST_S = 0.02, 0.3
"""What sounds no longer than the first has no pitch; what sounds longer than the second is cut off there."""

SOUNDING_DB = -20.0

MULTIPLES = range(2, 21)
MISSING = 1e-4
"""Where all other partials together have less than this share of the energy, the note is so much higher."""


def cents_off(samples: SamplesLike, sample_rate: int, expected_hz: float) -> float:
    """Return how far a note (mono) is from a frequency in cents; NaN where it has no pitch.

    Octaves and other multiples are told apart: a tone an octave too high repeats with the expected period,
    too, but lacks every other partial.
    """
    note = _sounding_part(samples, sample_rate)
    if len(note) < SHORTEST_S * sample_rate:
        return float("nan")
    expected, free = periodicity(note, sample_rate, expected_hz), periodicity(note, sample_rate)
    fits_db, best_db = _fit(expected.median_hnr_db()), _fit(free.median_hnr_db())
    found_hz = free.median_frequency_hz()
    if best_db > fits_db + CLEARLY_DB and best_db >= PITCHED_DB:
        exact_hz = fundamental_hz(note, sample_rate, found_hz)
    elif fits_db < PITCHED_DB:
        return float("nan")
    else:
        exact_hz = expected_hz * 2.0 ** (cents_from(note, sample_rate, expected_hz) / 1200.0)
    return cents_between(exact_hz * _multiple(note, sample_rate, exact_hz), expected_hz)


def _sounding_part(samples: SamplesLike, sample_rate: int) -> Array:
    """Return what lies between the first and the last place near the loudest one: silence misleads."""
    mono = as_mono(samples, sample_rate)
    start_s = find_onset(mono, sample_rate, SOUNDING_DB).time_s
    end_s = sounding_end_s(mono, sample_rate, SOUNDING_DB)
    end_s = min(end_s, start_s + LONGEST_S)
    return between(mono, sample_rate, start_s, end_s) if np.isfinite(start_s) else mono[:0]


def _fit(hnr_db: float) -> float:
    return hnr_db if np.isfinite(hnr_db) else -np.inf


def _multiple(note: Array, sample_rate: int, hertz: float) -> int:
    """Return 1, or the number of which all partials that are there are multiples.

    A sound repeats with any multiple of its period, and of a high note one of them may be whole samples long.
    """
    energy = np.square(partial_amplitudes(note, sample_rate, hertz))
    total = float(energy.sum())
    for number in reversed(MULTIPLES):
        if len(energy) >= number and total > 0.0:
            rest = total - float(energy[number - 1 :: number].sum())
            if rest < MISSING * total:
                return number
    return 1
