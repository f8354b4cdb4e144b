"""Arrival: when a note that is connected to the one before it is heard.

Such a note begins in the midst of the sound of another, so its level does not tell. What tells are those of
its partials that the note before does not have: it has arrived when they reach half of their amplitude. The
windows are symmetric, so a step in the sound is found where it is. A note that swells up slowly has arrived
when it is stronger than what is left of the one before, each measured by its own full strength.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.measure.frames import Array, SamplesLike, as_mono

PARTIALS, CHOSEN = 5, 2
"""Among so many partials of the new note so many are taken that lie apart from those of the old one."""

NEARLY = 0.7
"""A partial is taken when it lies at least this much as far from others as the one that is farthest."""

PERIODS = 2.5
"""Length of the window in periods of the distance between two partials: Hann's main lobe ends at two."""

SHORTEST_S, LONGEST_S = 0.012, 0.120
HOP_S = 0.0005
BEFORE_S = 0.2
"""So long before it is sent it is looked whether the new note's partials are heard already."""

LOW, STEP_SHARE = 0.1, 0.2
"""Below this share of its strength a note is not there; through the window a step takes about so much of its
length from there to half."""

SLOW_S = 0.060
"""A window longer than this blurs the arrival; so does a note that swells up."""


@dataclass(frozen=True)
class Arrival:
    """When the new note is heard, from the first sample; NaN where it is not. Blurred: by more than 2 ms."""

    time_s: float
    is_blurred: bool


def find_arrival(
    samples: SamplesLike, sample_rate: int, from_hz: float, to_hz: float, sent_s: float
) -> Arrival:
    """Return when a note at `to_hz`, sent at `sent_s`, is heard after one at `from_hz`."""
    mono = as_mono(samples, sample_rate)
    partials, apart_hz = _own_partials(from_hz, to_hz, sample_rate)
    window_s = float(np.clip(PERIODS / apart_hz, SHORTEST_S, LONGEST_S))
    times, levels = _track(mono, sample_rate, partials, window_s)
    heard = (times > max(window_s, sent_s - BEFORE_S)) & (times < sent_s - window_s)
    before = float(np.median(levels[heard])) if heard.any() else 0.0
    whole = (times >= sent_s) & (times <= len(mono) / sample_rate - 0.5 * window_s)
    later, after = times[whole], levels[whole]
    peak = float(after.max(initial=0.0))
    if peak <= 2.0 * before or peak <= 0.0:  # nothing new is heard
        return Arrival(float("nan"), True)
    half = int(np.argmax(after >= 0.5 * peak))
    low = np.flatnonzero(after[:half] < LOW * peak)
    low_s = float(later[low[-1]]) if len(low) else sent_s
    half_s = _crossing(later, after, half, 0.5 * peak) if half else float(later[0])
    if half_s - low_s <= 0.5 * window_s:  # a step, blurred by the window alone
        return Arrival(half_s, window_s > SLOW_S)
    old, _ = _own_partials(to_hz, from_hz, sample_rate)
    _, fading = _track(mono, sample_rate, old, window_s)
    held = float(np.median(fading[heard])) if heard.any() else float(fading.max())
    stronger = (after / peak > fading[whole] / max(held, 1e-12)) & (later >= low_s)
    crosses_s = float(later[int(np.argmax(stronger))]) if stronger.any() else half_s
    return Arrival(min(half_s, max(crosses_s, low_s + STEP_SHARE * window_s)), True)


def _own_partials(from_hz: float, to_hz: float, sample_rate: int) -> tuple[Array, float]:
    """Return the partials of the new note that lie farthest from those of the old one, and how far."""
    new = np.arange(1, PARTIALS + 1) * to_hz
    new = new[new < 0.45 * sample_rate]
    old = np.arange(0, int(new[-1] / from_hz) + 2) * from_hz
    distance = np.abs(new[:, None] - old[None, :]).min(axis=1)
    chosen = np.flatnonzero(distance >= NEARLY * distance.max())[:CHOSEN]
    return np.asarray(new[chosen], np.float64), float(distance[chosen].min())


def _track(mono: Array, sample_rate: int, partials_hz: Array, window_s: float) -> tuple[Array, Array]:
    """Return the amplitude of some partials together over time, at the middle of each window."""
    size = max(16, round(window_s * sample_rate))
    hop = max(1, round(HOP_S * sample_rate))
    padded = np.pad(mono, (size // 2, size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    angles = 2.0 * np.pi / sample_rate * np.outer(np.arange(size), partials_hz)
    kernel = np.hanning(size)[:, None] * np.exp(-1j * angles)
    levels = np.sqrt(np.square(np.abs(frames @ kernel)).sum(axis=1))
    return np.arange(len(frames)) * hop / sample_rate, np.asarray(levels)


def _crossing(times: Array, levels: Array, row: int, level: float) -> float:
    """Return when a rising line meets `level` between two values."""
    share = (level - levels[row - 1]) / (levels[row] - levels[row - 1])
    return float(times[row - 1] + share * (times[row] - times[row - 1]))
