"""The key of a score, bar by bar: how its pitch classes go with key profiles (Krumhansl & Kessler 1982).

The profiles: C. Krumhansl & E. Kessler, "Tracing the dynamic changes in perceived tonal organization in a
spatial representation of musical keys", Psychological Review 89. The key of a bar is that of the bars around
it, and what the whole piece is in is favoured; how far and how much is our own choice.
"""

from __future__ import annotations

import numpy as np

from composer_daw.performance import Floats

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
AROUND_BARS = 8
"""So many bars before and after tell a bar's key."""
HOME_BONUS = 0.2
"""What the key of the whole piece gains in each bar."""

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def key_fit(chroma: Floats) -> Floats:
    """Return how each row of 12 pitch classes correlates with 24 keys: major from C up, then minor."""
    return np.asarray(centred(chroma) @ key_profiles().T)


def key_profiles() -> Floats:
    """Return the profiles of the 24 keys, shape (24, 12), as `centred` rows: major from C up, then minor."""
    return centred(np.array([np.roll(shape, tonic) for shape in (MAJOR, MINOR) for tonic in range(12)]))


def keys_of_bars(chroma: Floats) -> Ints:
    """Return the key of each bar, 0..23 as `key_fit` counts them; `chroma` has shape (bars, 12)."""
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0)])
    bars = np.arange(len(chroma))
    first, until = np.maximum(bars - AROUND_BARS, 0), np.minimum(bars + AROUND_BARS + 1, len(chroma))
    fit = key_fit(sums[until] - sums[first])
    fit[:, int(key_fit(chroma.sum(axis=0, keepdims=True)).argmax())] += HOME_BONUS
    return np.asarray(fit.argmax(axis=1))


def centred(rows: Floats) -> Floats:
    """Return rows of mean 0 and length 1, or 0 where all are alike: products of two are correlations."""
    return of_length_1(rows - rows.mean(axis=1, keepdims=True))


def of_length_1(rows: Floats) -> Floats:
    """Return rows of length 1, or 0 where there is nothing in them."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-9))
