"""Features: all that is measured on one note, and the vector by which techniques are told apart.

The vector holds what says how a note is played and leaves out what says who plays it, where and on what: no
level, no pitch. Times are logarithms. What grows with pitch on every bowed instrument (brightness,
harmonicity) is brought to 200 Hz by round figures (per octave 3 dB of HNR, 1.5 dB of slope, 0.3 octaves of
early centroid, half an octave of the centroid's ratio). They, the limits and the choice of rows are ours,
picked by hand so that centroids of cello notes sort double bass notes and the reverse (Philharmonia
Orchestra samples); a score on those two instruments is therefore a little flattering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from composer_daw.measure.envelope import attack_ms, decay_t60_s, level_db, rms_envelope, time_above_s
from composer_daw.measure.frames import SILENCE_DB, Array, SamplesLike, as_mono, between
from composer_daw.measure.harmonicity import periodicity
from composer_daw.measure.modulation import amplitude_modulation
from composer_daw.measure.onsets import find_onset, sounding_end_s
from composer_daw.measure.pitch import cents_between, pitch_track, vibrato
from composer_daw.measure.spectrum import (
    centroid_hz,
    partial_amplitudes,
    partial_slope_db,
    upper_partial_share,
)

NAN = float("nan")
MARGIN_S = 0.020
EARLY_S = 0.060
REFERENCE_HZ = 200.0


@dataclass(frozen=True)
class NoteFeatures:
    """What is measured on one note; NaN where a quantity has no meaning for it.

    `after_300_ms_db` is the level 300 ms after the attack (where -6 dB is reached) against the level of the
    attack, `middle_db` the level half way between onset and sounding end against the peak. *Early* is the
    60 ms round the attack. `cents` counts from the expected frequency.
    """

    onset_s: float = NAN
    attack_is_slow: bool = True
    sounding_s: float = 0.0
    level_db: float = SILENCE_DB
    attack_ms: float = NAN
    above_10_db_s: float = 0.0
    after_300_ms_db: float = NAN
    middle_db: float = NAN
    t60_s: float = NAN
    release_t60_s: float = NAN
    frequency_hz: float = NAN
    cents: float = NAN
    centroid_hz: float = NAN
    centroid_ratio: float = NAN
    early_centroid_hz: float = NAN
    upper_share: float = NAN
    slope_db: float = NAN
    hnr_db: float = NAN
    early_hnr_db: float = NAN
    tremolo_hz: float = NAN
    tremolo_db: float = 0.0
    vibrato_hz: float = NAN
    vibrato_cents: float = 0.0


def measure_note(
    samples: SamplesLike, sample_rate: int, frequency_hz: float | None = None, held_s: float | None = None
) -> NoteFeatures:
    """Measure one note: mono `samples` with one note in them, silence before and after allowed.

    `frequency_hz` is the expected fundamental (within 250 cents); without it the period decides and `cents`
    is NaN. `held_s` is how long the key or bow was held, from the onset: it parts `t60_s` from
    `release_t60_s`. Silence gives the default `NoteFeatures`. Raises AudioError for samples that are not
    mono or not finite.
    """
    mono = as_mono(samples, sample_rate)
    onset = find_onset(mono, sample_rate)
    if not np.isfinite(onset.time_s):
        return NoteFeatures()
    end_s = sounding_end_s(mono, sample_rate)
    note = between(mono, sample_rate, onset.time_s - MARGIN_S, end_s + MARGIN_S)
    release_s = held_s + min(MARGIN_S, onset.time_s) if held_s is not None else None
    return NoteFeatures(
        onset_s=onset.time_s,
        attack_is_slow=onset.is_slow,
        sounding_s=end_s - onset.time_s,
        level_db=level_db(note, sample_rate),
        attack_ms=attack_ms(note, sample_rate),
        above_10_db_s=time_above_s(note, sample_rate),
        t60_s=decay_t60_s(note, sample_rate, to_s=release_s),
        release_t60_s=NAN if release_s is None else decay_t60_s(note, sample_rate, from_s=release_s),
        **_levels(note, sample_rate),
        **_tone(note, sample_rate, frequency_hz),
        **_swing(note, sample_rate),
    )


def _levels(note: Array, sample_rate: int) -> dict[str, float]:
    levels = rms_envelope(note, sample_rate).below_peak_db
    attack = int(np.argmax(levels >= -6.0))
    later = levels[attack + 300 : attack + 320]
    half = len(levels) // 2
    return {
        "after_300_ms_db": float(later.mean() - levels[attack : attack + 30].max()) if len(later) else NAN,
        "middle_db": float(levels[max(0, half - 10) : half + 10].mean()),
    }


def _tone(note: Array, sample_rate: int, expected_hz: float | None) -> dict[str, float]:
    """Return pitch, vibrato, brightness and harmonicity."""
    track = pitch_track(note, sample_rate, expected_hz)
    steady = track.sustained()
    brightness = centroid_hz(note, sample_rate)
    early_end_s = _attack_s(note, sample_rate) + EARLY_S / 2
    early = between(note, sample_rate, early_end_s - EARLY_S, early_end_s)
    values = {"centroid_hz": brightness, "early_centroid_hz": centroid_hz(early, sample_rate)}
    if not len(steady):
        return values
    frequency = float(np.median(steady))
    amplitudes = partial_amplitudes(note, sample_rate, frequency)
    periods = periodicity(note, sample_rate, frequency)
    swing = vibrato(track)
    return values | {
        "frequency_hz": frequency,
        "cents": cents_between(frequency, expected_hz) if expected_hz else NAN,
        "centroid_ratio": brightness / frequency,
        "upper_share": upper_partial_share(amplitudes),
        "slope_db": partial_slope_db(amplitudes),
        "hnr_db": periods.median_hnr_db(),
        "early_hnr_db": periods.median_hnr_db(end_s=early_end_s + EARLY_S / 2, above_db=-40.0),
        "vibrato_hz": swing.rate_hz,
        "vibrato_cents": swing.depth,
    }


def _attack_s(note: Array, sample_rate: int) -> float:
    envelope = rms_envelope(note, sample_rate)
    return float(envelope.times_s[np.argmax(envelope.below_peak_db >= -6.0)])


def _swing(note: Array, sample_rate: int) -> dict[str, float]:
    tremolo = amplitude_modulation(note, sample_rate)
    return {"tremolo_hz": tremolo.rate_hz, "tremolo_db": tremolo.depth}


@dataclass(frozen=True)
class _Row:
    """One number of the vector: how it is read from the features, its limits, and what stands in for NaN."""

    name: str
    read: Callable[[NoteFeatures], float]
    low: float
    high: float
    stand_in: float

    def value(self, features: NoteFeatures) -> float:
        number = self.read(features)
        return self.stand_in if np.isnan(number) else float(np.clip(number, self.low, self.high))


def _log2(value: float) -> float:
    return float(np.log2(value)) if value > 0.0 else (NAN if np.isnan(value) else float("-inf"))


def _octaves(features: NoteFeatures) -> float:
    """Return how far the note lies above `REFERENCE_HZ` in octaves; 0 for a note without pitch."""
    octaves = _log2(features.frequency_hz / REFERENCE_HZ)
    return octaves if np.isfinite(octaves) else 0.0


ROWS = (
    _Row("log2 attack_ms", lambda f: _log2(f.attack_ms), 3.6, 8.45, 3.6),
    _Row("log2 above_10_db_s", lambda f: _log2(f.above_10_db_s), -5.6, -0.7, -5.6),
    _Row("after_300_ms_db", lambda f: f.after_300_ms_db, -30.0, 5.0, -30.0),  # NaN: the note is over by then
    _Row("middle_db", lambda f: f.middle_db, -25.0, 0.0, -25.0),
    _Row("hnr_db at 200 Hz", lambda f: f.hnr_db - 3.0 * _octaves(f), 0.0, 25.0, 0.0),  # NaN: no pitch, noise
    _Row(
        "log2 early_centroid_hz at 200 Hz",
        lambda f: _log2(f.early_centroid_hz) - 0.3 * _octaves(f),
        6.0,
        13.0,
        9.0,
    ),
    _Row(
        "log2 early to whole centroid", lambda f: _log2(f.early_centroid_hz / f.centroid_hz), -2.0, 4.0, 0.0
    ),
    _Row(
        "log2 centroid_ratio at 200 Hz", lambda f: _log2(f.centroid_ratio) + 0.5 * _octaves(f), 0.0, 4.0, 1.5
    ),
    _Row("log2 upper_share", lambda f: _log2(f.upper_share), -13.0, 0.0, -6.5),
    _Row("slope_db at 200 Hz", lambda f: f.slope_db + 1.5 * _octaves(f), -30.0, 5.0, -12.0),
    _Row("log2 tremolo_db", lambda f: _log2(f.tremolo_db), -1.3, 2.0, -1.3),  # 0: too short to tell
    _Row("log2 vibrato_cents", lambda f: _log2(f.vibrato_cents), 0.6, 4.3, 0.6),  # 0: too short to tell
)
VECTOR_NAMES = tuple(row.name for row in ROWS)


def vector(features: NoteFeatures) -> Array:
    """Return the features as numbers for a classifier, in the order of `VECTOR_NAMES`.

    Each is clipped to its limits; where it is NaN its stand-in of `ROWS` is taken.
    """
    return np.array([row.value(features) for row in ROWS], dtype=np.float64)
