"""Harmony by the pitch classes around each onset: how it changes, how tense it is, how far from the key.

The key profiles are those of Krumhansl & Kessler (1982), as the rules have them.
"""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.rules.key import centred, key_fit, key_profiles, of_length_1
from composer_daw.performance import Floats

ROUGHNESS = (0.0, 1.0, 0.4, 0.15, 0.1, 0.05, 0.6)
"""Of the interval classes 0 to 6 semitones: our own choice, in the order of common lists of dissonance."""
FIFTHS = 7 * np.arange(12) % 12

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def harmony(pulse: Floats, onset_of: Ints, pitch: Floats, length: Floats) -> dict[str, Floats]:
    """Return features of harmony for each onset; `pulse` is when onsets are, in beats."""
    count = len(pulse)
    chroma = np.zeros((count, 12))
    classes = (pitch.astype(np.int64)) % 12
    np.add.at(chroma, (onset_of, classes), np.sqrt(np.clip(length, 1 / 16, 4)))
    here = windowed(pulse, chroma, 0.01, 0.99)
    columns = {"tension": _tension(here)}
    for width in (1.0, 4.0):
        before, after = windowed(pulse, chroma, width, -0.01), windowed(pulse, chroma, 0.01, width - 0.02)
        columns[f"harmony_change_{width:g}"] = 1 - _cosine(before, after)
    piece = int(key_fit(chroma.sum(axis=0, keepdims=True)).argmax())
    local = windowed(pulse, chroma, 8.0, 8.0)
    key = key_profiles()[piece]
    columns["fit_of_key"] = (centred(local) * key).sum(axis=1)
    columns["chromatic"] = (centred(here) * key).sum(axis=1)
    columns["minor"] = np.full(count, float(piece >= 12))
    best = key_fit(local).argmax(axis=1)
    columns["modulation"] = np.abs((FIFTHS[best % 12] - FIFTHS[piece % 12] + 6) % 12 - 6) / 6
    bass = np.full(count, 127.0)
    np.minimum.at(bass, onset_of, pitch)
    degree = (bass.astype(np.int64) - best) % 12
    columns["tonic_bass"], columns["dominant_bass"] = (degree == 0) * 1.0, (degree == 7) * 1.0
    falls = np.diff(bass, append=bass[-1]) % 12
    columns["cadence_on"] = np.where((degree == 7) & (falls == 5), 1.0, 0.0)
    columns["cadence"] = np.concatenate([[0.0], columns["cadence_on"][:-1]])
    return columns


def windowed(at: Floats, rows: Floats, behind: float, ahead: float) -> Floats:
    """Return the sum of rows from `behind` beats before each position to `ahead` beats after it."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    first, until = np.searchsorted(at, at - behind), np.searchsorted(at, at + ahead)
    return np.asarray(np.maximum(sums[np.maximum(until, first)] - sums[first], 0.0))


def _cosine(some: Floats, others: Floats) -> Floats:
    return np.asarray((of_length_1(some) * of_length_1(others)).sum(axis=1))


def _tension(chroma: Floats) -> Floats:
    share = np.divide(
        chroma,
        chroma.sum(axis=1, keepdims=True),
        out=np.zeros_like(chroma),
        where=chroma.any(axis=1, keepdims=True),
    )
    total = np.zeros(len(chroma))
    for steps in range(1, 12):
        total += ROUGHNESS[min(steps, 12 - steps)] * (share * np.roll(share, steps, axis=1)).sum(axis=1)
    return total
