"""Mixing: levels, pan, sums, and effects that ring out.

A mono sound is panned at constant power, 3 dB down on both sides at the centre. A stereo sound is balanced:
the near side stays as it is, the far side is turned down in proportion. Levels are gains on two channels, so
whatever only adds and turns sounds up or down is one pair of factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from composer_daw.audio import PIECE, Audio, Samples, on_cores
from composer_daw.rendering.effects import Process
from composer_daw.rendering.render import LONGEST_TAIL_S, SILENT_DB, last_loud

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
    return frozen(product(samples, gains[:, None].astype(np.float32)))


def product(samples: Samples, gains: Samples, length: int | None = None) -> Samples:
    """Return samples times gains, one for each sample or channel, with silence after them up to `length`.

    Each channel is worked out on its own.
    """
    count = samples.shape[1]
    out = np.empty((len(samples), count if length is None else length), np.float32)
    rows = np.broadcast_to(gains, samples.shape)

    def multiply(row: int) -> None:
        np.multiply(samples[row], rows[row], out=out[row, :count])
        out[row, count:] = 0.0

    on_cores(multiply, range(len(samples)))
    return out


def ridden(
    samples: Samples, ride: Sequence[tuple[float, float]], sample_rate: int, start_s: float = 0.0
) -> Samples:
    """Return samples under a fader that moves: (seconds, dB) points, straight lines in dB between them.

    The samples begin at `start_s`; the first and the last value hold.
    """
    if not ride:
        return samples
    times, values_db = (np.array(column) for column in zip(*ride, strict=True))
    edges = np.clip(np.ceil((times - start_s) * sample_rate - 1e-6), 0, samples.shape[1]).astype(int)
    gains = np.full(samples.shape[1], factor(values_db[0]), np.float32)
    gains[edges[-1] :] = factor(values_db[-1])
    for (start, end), (before_db, after_db) in zip(pairwise(edges), pairwise(values_db), strict=True):
        if before_db == after_db:
            gains[start:end] = factor(before_db)
        else:
            at_s = start_s + np.arange(start, end) / sample_rate
            gains[start:end] = 10.0 ** (np.interp(at_s, times, values_db) / 20.0)
    return product(samples, gains)


class Sum:
    """Stereo samples that are added up, as long as the longest of them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.samples: Samples = np.zeros((2, 0), np.float32)

    def add(self, samples: Samples, level: float = 1.0) -> None:
        """Add samples, turned up or down."""
        if samples.shape[1] > self.samples.shape[1]:
            self.samples = np.pad(self.samples, ((0, 0), (0, samples.shape[1] - self.samples.shape[1])))

        def add(row: int) -> None:
            for start in range(0, samples.shape[1], PIECE):
                piece = samples[row, start : start + PIECE]
                total = self.samples[row, start : start + len(piece)]
                total += piece if level == 1.0 else piece * np.float32(level)

        on_cores(add, range(2))


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
    return Audio(audio.samples[:, : max(last_loud(audio.samples), shortest)], audio.sample_rate)
