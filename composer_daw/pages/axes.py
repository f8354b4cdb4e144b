"""Axes: what the clips of one section share, so that they can be compared by eye."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
NOTE_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
LEAST_SPAN_S = 0.05
LEAST_PITCHES = 12


@dataclass(frozen=True)
class Axes:
    """The time span in seconds, the loudest sample (0..1 and above), and the pitches from low to high."""

    span_s: float = 1.0
    peak: float = 1.0
    low_pitch: int = 60
    high_pitch: int = 72

    def percent(self, time_s: float) -> float:
        """Return how far `time_s` lies along the time axis, in per cent."""
        return round(100.0 * time_s / self.span_s, 3)

    def pitch_percent(self, pitch: float) -> float:
        """Return how far below the top edge the upper edge of a pitch's row lies, in per cent."""
        return round(100.0 * (self.high_pitch - pitch) / self.pitches, 3)

    @property
    def pitches(self) -> int:
        """Return the number of pitch rows."""
        return self.high_pitch - self.low_pitch + 1

    @property
    def octaves(self) -> list[int]:
        """Return the Cs between low and high, or the lowest pitch when there is none."""
        return [p for p in range(self.low_pitch, self.high_pitch + 1) if p % 12 == 0] or [self.low_pitch]


def shared_axes(durations_s: Iterable[float], peaks: Iterable[float], pitches: Iterable[int]) -> Axes:
    """Return axes that hold all of the given durations (seconds), peaks and pitches (MIDI numbers)."""
    span_s = max(LEAST_SPAN_S, *durations_s, 0.0)
    found = sorted(pitches) or [60, 72]
    middle = (found[0] + found[-1]) / 2
    low = min(found[0] - 1, math.floor(middle - LEAST_PITCHES / 2))
    high = max(found[-1] + 1, low + LEAST_PITCHES)
    return Axes(span_s, max(0.0, *peaks, 0.0), max(0, low), min(127, high))


def time_ticks(span_s: float, about: int = 8) -> list[float]:
    """Return round times in seconds from 0 to `span_s`, about as many as asked for, never twice as many."""
    step = next((s for s in STEPS_S if s * about >= span_s * 0.85), STEPS_S[-1])
    if span_s / step > 2 * about:
        step = math.ceil(span_s / about / STEPS_S[-1]) * STEPS_S[-1]
    return [round(i * step, 3) for i in range(int(span_s / step + 1e-9) + 1)]


def time_text(time_s: float) -> str:
    """Return a time as people read it: 0.4, 12, 1:05."""
    if time_s >= 60:
        minutes, seconds = divmod(round(time_s), 60)
        return f"{minutes}:{seconds:02d}"
    return f"{time_s:g}"


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI number, 60 as C4."""
    return f"{NOTE_NAMES[pitch % 12]}{pitch // 12 - 1}"
