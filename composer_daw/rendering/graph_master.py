"""The master's last step: loudness and a true-peak ceiling, as one curve of gain.

The curve is worked out on the mix and then applied to every stem as well, so that the stems still add up to
the mix. The limiter looks ahead: it is down before a peak arrives, and comes back exponentially after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Audio, Samples, on_cores, true_peaks
from composer_daw.errors import InputError
from composer_daw.measure.loudness import loudness_of, step_powers
from composer_daw.rendering.mixing import factor, frozen, product
from composer_daw.rendering.render import SILENT_DB

Curve = npt.NDArray[np.float32]
"""A gain for each sample."""

AHEAD_S, RELEASE_S = 0.005, 0.1
PIECE = 1 << 18
"""The limiter works on so many samples at a time: in single precision only short lines of decay are exact."""

MUCH_LIMITING_DB = 6.0
"""What the limiter takes beyond this can be heard, and is told."""

CLOSE_LU, FAR_LU = 0.05, 0.5
"""How near to the target the search stops, and how far from it is worth a note."""

MOST_STEPS = 12
MARGIN_DB = 1.5
"""True peaks are worked out where they matter to the limiter at a gain, and at one so much higher."""
UNDER_DB = 0.01
"""The limiter aims so much below the ceiling, for what rounding adds."""


@dataclass(frozen=True)
class Mastered:
    """The curve, and what it does: its plain gain, what the limiter takes at most, what is reached."""

    curve: Curve
    gain_db: float
    limited_db: float
    loudness_lufs: float
    true_peak_db: float

    def apply(self, samples: Samples) -> Samples:
        """Return samples, channels x samples, under the curve; after shorter ones it is silent."""
        return frozen(product(samples, self.curve[: samples.shape[1]], len(self.curve)))


def master_gain(audio: Audio, loudness_lufs: float | None, ceiling_db: float) -> Mastered:
    """Return the curve that brings a mix to a loudness and keeps its true peaks under a ceiling.

    Without a loudness only the ceiling is kept. Raises InputError for a mix that is silent.
    """
    if audio.peak_db < SILENT_DB:
        peak = f"peak {audio.peak_db:.0f} dBFS"
        raise InputError(f"the mix is silent ({peak}); look at the levels of the graph")
    reached = _loudness(audio.samples, audio.sample_rate) if loudness_lufs is not None else 0.0
    gain_db, drawn_db, peaks = 0.0, -np.inf, audio.samples[0]
    for _ in range(MOST_STEPS):
        gain_db += 0.0 if loudness_lufs is None else loudness_lufs - reached
        if gain_db > drawn_db:
            drawn_db = gain_db + MARGIN_DB
            peaks = true_peaks(audio.samples, above=factor(ceiling_db - UNDER_DB - drawn_db))
        limit = limiter_curve(peaks * np.float32(factor(gain_db)), ceiling_db - UNDER_DB, audio.sample_rate)
        curve = limit * np.float32(factor(gain_db))
        reached = _loudness(product(audio.samples, curve), audio.sample_rate)
        if loudness_lufs is None or abs(loudness_lufs - reached) < CLOSE_LU:
            break
    limited_db = max(0.0, float(-20 * np.log10(limit.min(initial=1.0))))
    peak_db = Audio(frozen(product(audio.samples, curve)), audio.sample_rate).true_peak_db
    return _under_the_ceiling(Mastered(curve, gain_db, limited_db, reached, peak_db), ceiling_db)


def _loudness(samples: Samples, sample_rate: int) -> float:
    """Return the integrated loudness; four times as fast as pyloudnorm, to the same figure."""
    return loudness_of(step_powers(samples, sample_rate))


def notes_on(mastered: Mastered, loudness_lufs: float | None) -> list[str]:
    """Return what a person should know about a mix that was squeezed, or that misses its loudness."""
    notes = []
    if mastered.limited_db > MUCH_LIMITING_DB:
        notes.append(f"the limiter takes up to {mastered.limited_db:.1f} dB; a lower loudness sounds freer")
    if loudness_lufs is not None and abs(mastered.loudness_lufs - loudness_lufs) > FAR_LU:
        reached, asked = mastered.loudness_lufs, loudness_lufs
        notes.append(f"reaches {reached:.1f} LUFS, not {asked:.1f}, under the true-peak ceiling")
    return notes


def _under_the_ceiling(mastered: Mastered, ceiling_db: float) -> Mastered:
    """Return it with all turned down a little where a true peak still gets over the ceiling."""
    if mastered.true_peak_db <= ceiling_db:
        return mastered
    down_db = mastered.true_peak_db - ceiling_db + UNDER_DB
    return replace(
        mastered,
        curve=mastered.curve * np.float32(factor(-down_db)),
        loudness_lufs=mastered.loudness_lufs - down_db,
        true_peak_db=mastered.true_peak_db - down_db,
    )


def limiter_curve(peaks: Samples, ceiling_db: float, sample_rate: int) -> Curve:
    """Return gains, at most 1, that keep peaks (one for each sample) at or under a ceiling in dB.

    The reduction falls by a factor of e in RELEASE_S. It rises in AHEAD_S: the lowest gain of the next
    AHEAD_S is averaged (Hann) over the last AHEAD_S, so no average reaches above what a peak allows.
    """
    ceiling, count = np.float64(factor(ceiling_db)), len(peaks)  # double, where a gain is near nothing
    if peaks.max(initial=0.0) <= ceiling:
        return np.ones(count, np.float32)
    ahead = max(1, round(AHEAD_S * sample_rate))
    gain = np.ones(count + 2 * ahead)  # as much before and after as the window reaches
    pieces = [slice(start, min(start + PIECE, count)) for start in range(0, count, PIECE)]
    needs = on_cores(lambda piece: 1.0 - ceiling / np.maximum(peaks[piece], ceiling), pieces)
    falling = on_cores(lambda need: _falling(need, sample_rate), needs)
    before, most = -np.inf, max(float(need.max()) for need in needs)
    for piece, need, level in zip(pieces, needs, falling, strict=True):
        released = np.exp(np.maximum(level, np.float32(before)) - _line(len(level), sample_rate))
        gain[ahead + piece.start : ahead + piece.stop] -= np.clip(released, need, most)
        before = max(before, float(level[-1])) - len(level) / (RELEASE_S * sample_rate)
    gain[:ahead], gain[ahead + count :] = gain[ahead], gain[ahead + count - 1]
    looked_at = [gain[piece.start : piece.stop + 2 * ahead] for piece in pieces]
    return np.concatenate(on_cores(lambda piece: _rising(piece, ahead), looked_at))


def _falling(need: npt.NDArray[np.float64], sample_rate: int) -> Samples:
    """Return the logarithm of a reduction that is needed against its own decay, the largest so far.

    In logarithms the decay is a straight line, so a running maximum against that line does it at once.
    """
    with np.errstate(divide="ignore"):
        level = np.log(need.astype(np.float32))
    return np.asarray(np.maximum.accumulate(level + _line(len(need), sample_rate)))


def _line(count: int, sample_rate: int) -> Samples:
    return np.arange(count, dtype=np.float32) / np.float32(RELEASE_S * sample_rate)


def _rising(gain: npt.NDArray[np.float64], ahead: int) -> Curve:
    """Return the gain that is down before it must be, `ahead` samples shorter at both ends."""
    from scipy.ndimage import minimum_filter1d
    from scipy.signal import oaconvolve

    length = ahead + 1
    lowest = minimum_filter1d(gain, length, origin=-(length // 2))[: len(gain) - ahead]
    window = np.hanning(length + 2)[1:-1]
    smooth = oaconvolve(lowest, window / window.sum(), mode="valid")
    return np.asarray(np.clip(smooth, lowest.min(), 1.0), np.float32)
