"""Measure: the one place that measures audio.

Conventions. Everything takes `samples`, a mono float array (full scale is 1.0), and `sample_rate`, an int
in Hz, and returns floats, small frozen dataclasses or arrays; nothing is changed in place. Names carry the
unit: seconds `_s`, milliseconds `_ms`, decibels `_db`, hertz `_hz`. Times count from the first sample. What
cannot be measured is NaN (levels of silence are -120 dB); samples that are not mono or not finite raise
AudioError.

`envelope` (level, attack, decay), `onsets` (onset, sounding end, gaps, clicks), `pitch` (cents, vibrato),
`spectrum` (centroid, partials, flux), `harmonicity` (HNR), `modulation` (tremolo), `segments` (phrases into
notes), `features` (all of it for one note).
"""

from composer_daw.measure.envelope import attack_ms, decay_t60_s, level_db, rms_envelope, time_above_s
from composer_daw.measure.features import NoteFeatures, measure_note, vector
from composer_daw.measure.harmonicity import hnr_db
from composer_daw.measure.modulation import Modulation, amplitude_modulation
from composer_daw.measure.onsets import (
    Onset,
    click_db,
    find_onset,
    longest_gap_s,
    onset_s,
    sounding_duration_s,
    sounding_end_s,
)
from composer_daw.measure.pitch import cents_from, fundamental_hz, pitch_track, vibrato
from composer_daw.measure.segments import note_spans_s
from composer_daw.measure.spectrum import centroid_hz, flux_db

__all__ = [
    "Modulation",
    "NoteFeatures",
    "Onset",
    "amplitude_modulation",
    "attack_ms",
    "cents_from",
    "centroid_hz",
    "click_db",
    "decay_t60_s",
    "find_onset",
    "flux_db",
    "fundamental_hz",
    "hnr_db",
    "level_db",
    "longest_gap_s",
    "measure_note",
    "note_spans_s",
    "onset_s",
    "pitch_track",
    "rms_envelope",
    "sounding_duration_s",
    "sounding_end_s",
    "time_above_s",
    "vector",
    "vibrato",
]
