"""Frames: check what comes in, and cut it into overlapping windows without copying it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.errors import AudioError

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]
SamplesLike = npt.NDArray[Any]

SILENCE_DB = -120.0
"""The level reported for digital silence, instead of minus infinity."""


def as_mono(samples: SamplesLike, sample_rate: int) -> Array:
    """Return `samples` as float64, one dimension.

    Raises AudioError for more than one dimension, a rate that is not positive, or NaN and infinite samples.
    """
    array = np.asarray(samples, dtype=np.float64)
    if array.ndim != 1 or sample_rate <= 0:
        raise AudioError(
            f"measuring needs mono samples and a rate above 0, not {array.shape} at {sample_rate} Hz"
        )
    if not np.isfinite(array).all():
        raise AudioError("the samples hold NaN or infinity; nothing can be measured")
    return array


def decibels(amplitude: float) -> float:
    """Return an amplitude in dB of full scale, never below `SILENCE_DB`."""
    return max(SILENCE_DB, 20.0 * float(np.log10(amplitude))) if amplitude > 0.0 else SILENCE_DB


def decibels_of(amplitudes: Array) -> Array:
    """Return amplitudes in dB of full scale, element by element, never below `SILENCE_DB`."""
    floor = 10.0 ** (SILENCE_DB / 20.0)
    return np.asarray(20.0 * np.log10(np.maximum(amplitudes, floor)), dtype=np.float64)


def framed(samples: Array, size: int, hop: int) -> Array:
    """Return a view of overlapping frames, frames x `size`; frame i begins at sample i * `hop`.

    Only whole frames are kept; samples shorter than one frame are padded with zeros to one.
    """
    whole = np.pad(samples, (0, max(0, size - len(samples))))
    return np.lib.stride_tricks.sliding_window_view(whole, size)[::hop]


def between(samples: Array, sample_rate: int, start_s: float, end_s: float) -> Array:
    """Return the samples from `start_s` to `end_s`, cut at the ends of the array."""
    first, last = (int(round(time_s * sample_rate)) for time_s in (start_s, end_s))
    return samples[max(0, first) : max(0, last)]


def mean_power(samples: Array, sample_rate: int, hop_s: float) -> Array:
    """Return the mean square of each stretch of `hop_s`; stretch i covers i * hop_s to (i + 1) * hop_s."""
    count = max(1, int(len(samples) / (hop_s * sample_rate) + 1e-9))
    edges = np.round(np.arange(count + 1) * hop_s * sample_rate).astype(np.int64)
    padded = np.pad(samples, (0, max(0, int(edges[-1]) - len(samples))))
    sums = np.add.reduceat(np.square(padded[: edges[-1]]), edges[:-1])
    return np.asarray(sums / np.diff(edges), dtype=np.float64)


def runs(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the stretches where `flags` holds, stretches x 2: first index, and one past the last."""
    steps = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return np.stack([np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)], axis=1).astype(np.int64)
