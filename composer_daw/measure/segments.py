"""Segments: cut a recorded phrase of single notes into its notes.

A note begins where the level rises out of a valley, or where the spectrum changes for good (a new pitch
under one bow stroke). The strokes of a tremolo are too close together to count as valleys.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import find_peaks

from composer_daw.measure.envelope import rms_envelope
from composer_daw.measure.frames import Array, SamplesLike, as_mono, framed

VALLEY_DB = 6.0
NOVELTY = 0.4
SHORTEST_S = 0.18
_SMOOTHING_MS = 170.0  # its first zero lies at 12 Hz, in the midst of bowed tremolos
_SILENCE_DB = -30.0


def note_spans_s(samples: SamplesLike, sample_rate: int) -> list[tuple[float, float]]:
    """Return start and end of each note of a phrase in seconds, in order.

    A note ends where the next one begins. Spans that stay 30 dB below the loudest place of the phrase, or
    last less than `SHORTEST_S`, are left out. A slurred semitone below 300 Hz may be missed.
    """
    mono = as_mono(samples, sample_rate)
    rises, changes = _rises_s(mono, sample_rate), _changes_s(mono, sample_rate)
    alone = [time_s for time_s in changes if np.abs(rises - time_s).min(initial=np.inf) > SHORTEST_S]
    edges = np.sort(np.concatenate(([0.0], rises, alone, [len(mono) / sample_rate])))
    levels = rms_envelope(mono, sample_rate).below_peak_db
    spans = [(float(start), float(end)) for start, end in zip(edges[:-1], edges[1:], strict=True)]
    return [
        span for span in spans if span[1] - span[0] >= SHORTEST_S and _loudest(levels, span) > _SILENCE_DB
    ]


def _loudest(levels_db: Array, span_s: tuple[float, float]) -> float:
    start, end = (int(time_s * 1000.0) for time_s in span_s)
    return float(levels_db[start:end].max(initial=-np.inf))


def _rises_s(mono: Array, sample_rate: int) -> Array:
    """Return the times at which the level leaves a valley."""
    coarse = np.maximum(rms_envelope(mono, sample_rate, _SMOOTHING_MS).below_peak_db, _SILENCE_DB - 10.0)
    fine = np.maximum(rms_envelope(mono, sample_rate).below_peak_db, _SILENCE_DB - 10.0)
    peaks, _ = find_peaks(np.pad(coarse, 1, constant_values=_SILENCE_DB - 20.0), prominence=VALLEY_DB)
    peaks = peaks - 1
    starts = np.concatenate(([0], peaks[:-1])) if len(peaks) else peaks
    return np.array([_foot_s(coarse, fine, start, peak) for start, peak in zip(starts, peaks, strict=True)])


def _foot_s(coarse: Array, fine: Array, start: int, peak: int) -> float:
    """Return where the steepest rise between a valley and `peak` begins."""
    valley = start + int(np.argmin(coarse[start : peak + 1]))
    first = max(start, valley - 80)
    climb = fine[first + 10 : peak + 80] - fine[first : peak + 80][: len(fine[first + 10 : peak + 80])]
    steepest = first + int(np.argmax(climb)) if len(climb) else first
    back = max(first, steepest - 60)
    return float(steepest + 4 - np.argmin(fine[back : steepest + 5][::-1])) / 1000.0


def _changes_s(mono: Array, sample_rate: int) -> Array:
    """Return the times at which the spectrum before and the spectrum after have least in common."""
    hop_s, reach, apart = 0.010, 8, 17  # the frames of the two means lie 92 ms apart: they share no samples
    bands = _quarter_tones(mono, sample_rate, hop_s)
    means = _running_means(bands, reach)
    if len(means) <= apart:
        return np.zeros(0)
    novelty = 1.0 - np.sum(means[:-apart] * means[apart:], axis=1)
    peaks, _ = find_peaks(novelty, height=NOVELTY, prominence=NOVELTY / 2, distance=int(SHORTEST_S / hop_s))
    return np.asarray((peaks + (apart + reach - 1) / 2.0) * hop_s + 0.046, dtype=np.float64)


def _running_means(rows: Array, count: int) -> Array:
    """Return the running mean of `count` rows, each scaled to unit length."""
    sums = np.cumsum(np.pad(rows, ((1, 0), (0, 0))), axis=0)
    means = sums[count:] - sums[:-count]
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12))


def _quarter_tones(mono: Array, sample_rate: int, hop_s: float) -> Array:
    """Return the amplitude in each quarter tone from 40 Hz to 4 kHz, frames (92 ms) x 160, of unit length."""
    size = int(0.092 * sample_rate)
    frames = framed(mono, size, int(round(hop_s * sample_rate)))
    length = 1 << int(np.ceil(np.log2(size)))
    spectra = np.abs(np.fft.rfft(frames * np.hanning(size), length, axis=1))[
        :, : int(4500.0 * length / sample_rate)
    ]
    bands = np.sqrt(np.square(spectra) @ _quarter_tone_filters(spectra.shape[1], sample_rate / length))
    return np.asarray(bands / np.maximum(np.linalg.norm(bands, axis=1, keepdims=True), 1e-9))


def _quarter_tone_filters(bins: int, bin_hz: float) -> Array:
    centres = 40.0 * 2.0 ** (np.arange(160) / 24.0)
    frequencies = np.maximum(np.arange(bins) * bin_hz, 1.0)
    distance = 12.0 * np.log2(frequencies[:, None] / centres[None, :])
    return np.asarray(np.exp(-0.5 * np.square(distance / 0.4)))
