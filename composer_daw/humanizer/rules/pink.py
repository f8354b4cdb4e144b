"""Pink noise: series whose power falls as 1/f."""

from __future__ import annotations

import numpy as np

from composer_daw.performance import Floats

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def pink(length: int, rng: np.random.Generator) -> Floats:
    """Return a series of mean 0 and standard deviation 1 whose power at each frequency f is as 1/f.

    The block has the length needed, so nothing is cut out of a longer one: every frequency up to half the
    rate has its exact share and a random phase, and exponent and deviation are those asked in each draw, not
    on the average alone. A series of one is 0.
    """
    if length < 2:
        return np.zeros(length)
    frequency = np.arange(1, length // 2 + 1)
    turn = rng.uniform(0.0, 2.0 * np.pi, len(frequency))
    spectrum = np.concatenate([[0.0], np.exp(1j * turn) / np.sqrt(frequency)])
    if length % 2 == 0:  # the highest frequency is real
        spectrum[-1] = np.where(np.cos(turn[-1]) < 0, -1.0, 1.0) / np.sqrt(2.0 * frequency[-1])
    series = np.fft.irfft(spectrum, length)
    return np.asarray(series / series.std())


def pink_by_line(line: Ints, rng: np.random.Generator) -> Floats:
    """Return pink noise for each line of a score, one after the other; `line` is sorted."""
    return np.concatenate([np.zeros(0), *(pink(int(count), rng) for count in np.bincount(line) if count)])
