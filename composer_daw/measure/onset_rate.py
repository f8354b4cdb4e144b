"""Onset rate: how many onsets a second a mix of many instruments has."""

from __future__ import annotations

import numpy as np
from scipy.signal import find_peaks

from composer_daw.measure.frames import SamplesLike, as_mono, framed

WINDOW_S, HOP_S = 0.046, 0.010
APART_S = 0.05
"""Onsets closer together than this are one."""
AROUND_S = 0.4
PIECE_S = 20.0


def onsets_per_second(samples: SamplesLike, sample_rate: int, height: float = 0.15) -> float:
    """Return the onsets per second: peaks of the spectral flux that stand out from what is around them.

    Half-wave rectified flux of the magnitudes' square roots, scaled to its highest value; a peak counts when
    it is `height` above the mean of the 0.4 s around it. Source: S. Dixon, "Onset detection revisited",
    DAFx 2006; the root and the figures are ours. 0.0 for silence. Soft entries under loud sounds are missed.
    """
    mono = as_mono(samples, sample_rate)
    size, hop = int(WINDOW_S * sample_rate), int(HOP_S * sample_rate)
    padded = np.pad(mono, (size, size))
    step = max(1, int(PIECE_S * sample_rate) // hop) * hop
    window = np.hanning(size)
    parts, last = [], None
    for start in range(0, len(padded) - size + 1, step):
        frames = framed(padded[start : start + step + size - hop], size, hop)
        magnitudes = np.sqrt(np.abs(np.fft.rfft(frames * window, axis=1)))
        before = magnitudes[:1] if last is None else last[None, :]
        parts.append(np.maximum(np.diff(magnitudes, axis=0, prepend=before), 0.0).sum(axis=1))
        last = magnitudes[-1]
    flux = np.concatenate(parts)
    if not flux.max(initial=0.0) > 0.0:
        return 0.0
    flux = flux / flux.max()
    width = int(AROUND_S / HOP_S) | 1
    mean = np.convolve(flux, np.full(width, 1.0 / width), "same")
    peaks, _ = find_peaks(flux, distance=max(1, int(APART_S / HOP_S)))
    return float((flux[peaks] > mean[peaks] + height).sum() / (len(mono) / sample_rate))
