"""Loudness over time (ITU-R BS.1770-4): powers of short steps, and the loudness of any stretch of them.

A signal is weighted once; then the loudness of a section, or of a signal turned up or down, costs next to
nothing. Loudness is gated as the recommendation has it: blocks of 0.4 s that begin every 0.1 s.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Samples, on_cores

Powers = npt.NDArray[np.float64]
"""The mean square, K-weighted and summed over the channels, of each step of 0.1 s."""

STEP_S = 0.1
BLOCK_STEPS = 4
ABSOLUTE_LUFS, RELATIVE_LU = -70.0, -10.0
"""The gates of BS.1770."""
OFFSET = -0.691
SILENT_LUFS = -120.0
PIECE = 1 << 19


def step_powers(samples: Samples, sample_rate: int) -> Powers:
    """Return the power of each step of channels x samples; the last is filled up with silence."""
    return np.asarray(channel_powers(samples, sample_rate).sum(axis=0))


def channel_powers(samples: Samples, sample_rate: int) -> Powers:
    """Return the same for each channel by itself, channels x steps."""
    return np.stack(on_cores(lambda channel: _row(channel, sample_rate), list(samples)))


def _row(channel: Samples, sample_rate: int) -> Powers:
    from scipy.signal import sosfilt

    step = round(STEP_S * sample_rate)
    powers = np.zeros(-(-len(channel) // step))
    sections = k_weighting(sample_rate)
    piece = step * max(1, PIECE // step)
    state = np.zeros((len(sections), 2))
    for start in range(0, len(channel), piece):
        weighted, state = sosfilt(sections, channel[start : start + piece].astype(np.float64), zi=state)
        squares = np.pad(weighted, (0, -len(weighted) % step)).reshape(-1, step) ** 2
        powers[start // step : start // step + len(squares)] = squares.mean(axis=1)
    return powers


def loudness_of(powers: Powers) -> float:
    """Return the integrated loudness of a stretch in LUFS; -120 where nothing is above the absolute gate."""
    if len(powers) < BLOCK_STEPS:
        powers = np.pad(powers, (0, BLOCK_STEPS - len(powers)))
    blocks = np.convolve(powers, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), mode="valid")
    heard = blocks[blocks > _power(ABSOLUTE_LUFS)]
    if not len(heard):
        return SILENT_LUFS
    heard = heard[heard > _power(_lufs(float(heard.mean())) + RELATIVE_LU)]
    return _lufs(float(heard.mean()))


def stretch(powers: Powers, start_s: float, end_s: float) -> Powers:
    """Return the steps of a stretch of time."""
    return powers[round(start_s / STEP_S) : max(round(end_s / STEP_S), round(start_s / STEP_S) + 1)]


@functools.cache
def k_weighting(sample_rate: int) -> npt.NDArray[np.float64]:
    """Return the two filters of BS.1770 as second-order sections: a shelf of 4 dB from 1.5 kHz, a high pass.

    By R. Bristow-Johnson's formulas ("Cookbook formulae for audio EQ biquad filter coefficients"), as
    pyloudnorm has them, so that `Audio.loudness_lufs` and this agree.
    """
    shelf = 10.0 ** (4.0 / 40.0)
    omega = 2.0 * np.pi * 1500.0 / sample_rate
    cosine, alpha = np.cos(omega), np.sin(omega) / np.sqrt(2.0)
    slope = 2.0 * np.sqrt(shelf) * alpha
    up, down = shelf + 1.0, shelf - 1.0
    first = np.array(
        [
            shelf * (up + down * cosine + slope),
            -2.0 * shelf * (down + up * cosine),
            shelf * (up + down * cosine - slope),
            up - down * cosine + slope,
            2.0 * (down - up * cosine),
            up - down * cosine - slope,
        ]
    )
    omega = 2.0 * np.pi * 38.0 / sample_rate
    cosine, alpha = np.cos(omega), np.sin(omega)
    half = (1.0 + cosine) / 2.0
    second = np.array([half, -2.0 * half, half, 1.0 + alpha, -2.0 * cosine, 1.0 - alpha])
    return np.array([first / first[3], second / second[3]])


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - OFFSET) / 10.0))


def _lufs(power: float) -> float:
    return OFFSET + 10.0 * float(np.log10(power))
