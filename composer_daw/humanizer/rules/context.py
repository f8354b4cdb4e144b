"""What stands beside a chord: the interval to the next, whether a rest parts them, how it is marked."""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.lines import Lines
from composer_daw.performance import Floats

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Rows = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def joined(lines: Lines) -> Flags:
    """Tell of each chord whether another follows in its line with no rest between."""
    return np.asarray((lines.chords["after"] >= 0) & (lines.chords["rest_ms"] <= 0))


def shifted(
    lines: Lines, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]], by: int, missing: float
) -> Floats:
    """Return the value of the chord so many places later (before: negative); `missing` off the line."""
    result = np.full(len(lines), missing, float)
    line = lines.chords["line"]
    here, there = (slice(None, -by), slice(by, None)) if by > 0 else (slice(-by, None), slice(None, by))
    same = line[here] == line[there]
    result[here] = np.where(same, values[there].astype(float), missing)
    return result


def flag(lines: Lines, values: Flags, by: int) -> Flags:
    """Tell whether the chord so many places later (before: negative) exists and has this."""
    return shifted(lines, values, by, 0.0) > 0


def interval(lines: Lines) -> Floats:
    """Return the semitones up to the next chord; NaN for drums and where a rest or nothing follows."""
    top = lines.chords["top"].astype(float)
    melodic = joined(lines) & ~lines.is_drum
    return np.where(melodic, lines.following("top", np.nan) - top, np.nan)


def marked(lines: Lines, technique: str) -> Flags:
    """Tell of each chord whether a note of it asks for this technique."""
    performance = lines.performance
    asked = np.array([technique in names for names in performance.techniques], bool)
    found = np.zeros(len(lines), bool)
    found[lines.chord_of[asked[performance.notes["technique"]]]] = True
    return found


def between(values: Floats, low: tuple[float, float], high: tuple[float, float]) -> Floats:
    """Return the straight line through two points (x, y), level outside them."""
    return np.interp(values, (low[0], high[0]), (low[1], high[1]))
