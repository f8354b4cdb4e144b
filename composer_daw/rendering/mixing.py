"""Mixing: levels, pan, sums, and effects that ring out.

A mono sound is panned at constant power, 3 dB down on both sides at the centre. A stereo sound is balanced:
the near side stays as it is, the far side is turned down in proportion. Levels are gains on two channels, so
whatever only adds and turns sounds up or down is one pair of factors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Audio, Samples
from composer_daw.rendering.effects import Process
from composer_daw.rendering.render import LONGEST_TAIL_S, SILENT_DB

Gains = npt.NDArray[np.float64]
"""A factor for the left and one for the right channel."""

UNITY: Gains = np.ones(2)
FIRST_ROOM_S = 4.0
"""The room that a tail gets at first; it is doubled until the tail falls silent."""

LISTENED_S = 0.05
"""A tail is over when so much of its end is silent."""


def fader(level_db: float, pan: float, mono: bool = False) -> Gains:
    """Return the gains of a level in dB and a pan from -1, left, to 1, right."""
    if mono:
        angle = (pan + 1.0) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)])
    else:
        sides = np.array([min(1.0, 1.0 - pan), min(1.0, 1.0 + pan)])
    return np.asarray(factor(level_db) * sides)


def factor(level_db: float) -> float:
    """Return the amplitude of a level in dB."""
    return float(10 ** (level_db / 20))


def turned(samples: Samples, gains: Gains) -> Samples:
    """Return stereo samples after the gains; as they are at unity."""
    if np.array_equal(gains, UNITY):
        return samples
    return frozen(np.asarray(samples * gains[:, None].astype(np.float32)))


def ridden(
    samples: Samples, ride: Sequence[tuple[float, float]], sample_rate: int, start_s: float = 0.0
) -> Samples:
    """Return samples under a fader that moves: (seconds, dB) points, straight lines in dB between them.

    The samples begin at `start_s`; the first and the last value hold.
    """
    if not ride:
        return samples
    times, values_db = (np.array(column) for column in zip(*ride, strict=True))
    at_s = start_s + np.arange(samples.shape[1]) / sample_rate
    gains = 10.0 ** (np.interp(at_s, times, values_db) / 20.0)
    return np.asarray(samples * gains.astype(np.float32))


def added(one: Samples | None, other: Samples) -> Samples:
    """Return the sum of stereo samples, as long as the longer."""
    if one is None:
        return other
    longer, shorter = (one, other) if one.shape[1] >= other.shape[1] else (other, one)
    total = longer.copy()
    total[:, : shorter.shape[1]] += shorter
    return total


def padded(samples: Samples, length: int) -> Samples:
    """Return samples with silence after them, `length` samples long."""
    if samples.shape[1] == length:
        return samples
    return frozen(np.pad(samples, ((0, 0), (0, length - samples.shape[1]))))


def frozen(samples: Samples) -> Samples:
    """Return the samples, read-only from now on: `Audio` takes those without a copy."""
    samples.setflags(write=False)
    return samples


def ring_out(process: Process, audio: Audio) -> tuple[Audio, bool]:
    """Return the audio after an effect with its whole tail, and whether the tail fell silent.

    Silent is below -80 dBFS; what still sounds after 32 seconds is cut there.
    """
    room_s = FIRST_ROOM_S
    while True:
        room = audio.samples.shape[1] + round(room_s * audio.sample_rate)
        wet = process(Audio(padded(audio.samples, room), audio.sample_rate))
        if falls_silent(wet) or room_s >= LONGEST_TAIL_S:
            return _to_silence(wet, audio.samples.shape[1]), falls_silent(wet)
        room_s *= 2


def falls_silent(audio: Audio) -> bool:
    """Tell whether the end of the audio is silent."""
    end = audio.samples[:, -round(LISTENED_S * audio.sample_rate) :]
    return Audio(end, audio.sample_rate).peak_db < SILENT_DB


def _to_silence(audio: Audio, shortest: int) -> Audio:
    """Return the audio up to lasting silence, but no shorter than it was."""
    loud = np.flatnonzero(np.abs(audio.samples).max(axis=0) > factor(SILENT_DB))
    last = max(int(loud[-1]) + 1 if len(loud) else 0, shortest)
    return Audio(audio.samples[:, :last], audio.sample_rate)
