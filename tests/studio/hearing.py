"""Where in a sound, and how loud, is what was recorded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from recording import Samples
from scipy.signal import correlate
from studio_samples import RATE

ROUNDING = 4e-5
"""Sixteen bits in the page, and what the gains round."""

Place = tuple[int, int, float]


def places(heard: Samples, whole: Samples, every: int = 2000, width: int = 1500) -> list[Place]:
    """Return (frame heard, frame of the piece, gain) for every stretch that is some stretch of `whole`."""
    found: list[Place] = []
    for at in range(0, heard.shape[1] - width, every):
        stretch = heard[0, at : at + width].astype(np.float64)
        if np.abs(stretch).max() < 1e-3:
            continue
        guess = at + found[-1][1] - found[-1][0] if found else -1
        gain = _gain(stretch, whole, guess)
        if gain is None:  # it does not go on as it did
            guess = int(correlate(whole[0].astype(np.float64), stretch, "valid", method="fft").argmax())
            gain = _gain(stretch, whole, guess)
        if gain is not None:
            found.append((at, guess, round(gain, 3)))
    return found


def _gain(stretch: npt.NDArray[np.float64], whole: Samples, place: int) -> float | None:
    """Return how much louder a stretch is than what stands at a place, or None where it is something else."""
    there = whole[0, max(0, place) : max(0, place) + len(stretch)].astype(np.float64)
    if place < 0 or len(there) < len(stretch):
        return None
    gain = float(stretch @ there / (there @ there))
    return gain if np.abs(stretch - gain * there).max() < ROUNDING * max(1.0, gain) else None


def shifts(found: list[Place]) -> list[int]:
    """Return by how much place and time differ, each once, in order."""
    return list(dict.fromkeys(place - at for at, place, _ in found))


def level_db(heard: npt.ArrayLike, hz: float) -> float:
    """Return the level of a frequency, in dB of full scale."""
    sound = np.asarray(heard, np.float64)
    window = np.hanning(len(sound))
    wave = np.exp(-2j * np.pi * hz * np.arange(len(sound)) / RATE) * window
    return 20 * float(np.log10(max(abs(sound @ wave) * 2 / window.sum(), 1e-9)))


def part(heard: Samples, start_s: float, end_s: float) -> npt.NDArray[np.float32]:
    """Return the left side between two times."""
    return heard[0, round(start_s * RATE) : round(end_s * RATE)]
