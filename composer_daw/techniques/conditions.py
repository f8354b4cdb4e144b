"""On which notes a technique can be played: conditions, looked at for all notes at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from composer_daw.techniques.lines import (
    CONNECTED_S,
    SAME_S,
    Array,
    Floats,
    intervals,
    last_end,
    next_onset,
)
from composer_daw.techniques.parts import Condition

ANY = Condition()


def holds(
    condition: Condition, onset_s: Floats, duration_s: Floats, pitch: Array, velocity: Array, line: Array
) -> npt.NDArray[np.bool_]:
    """Return for each note (sorted by onset) whether it meets the condition; `line` tells voices apart."""
    met = np.ones(len(onset_s), bool)
    for span, values in (
        (condition.length_ms, np.rint(duration_s * 1e6) / 1e3),
        (condition.velocity, velocity),
        (condition.pitch, pitch),
    ):
        met &= _within(values, span)
    if condition.next or condition.interval != (None, None):
        following = next_onset(onset_s, line)
        met &= _at_distance(condition.next, following - (onset_s + duration_s))
        if condition.interval != (None, None):
            met &= _within(intervals(onset_s, pitch, line), condition.interval)
    if condition.previous:
        met &= _at_distance(condition.previous, onset_s - last_end(onset_s, onset_s + duration_s, line))
    return met


def _within(values: Array, span: tuple[float | None, float | None]) -> npt.NDArray[np.bool_]:
    """Tell which values lie in a span; a value that there is not (NaN) lies in none that has an end."""
    low, high = (-np.inf if span[0] is None else span[0]), (np.inf if span[1] is None else span[1])
    if span == (None, None):
        return np.ones(len(values), bool)
    return np.asarray((values >= low) & (values <= high))


def _at_distance(wanted: str | None, gap_s: Floats) -> npt.NDArray[np.bool_]:
    if wanted is None:
        return np.ones(len(gap_s), bool)
    if wanted == "overlaps":
        return np.asarray(gap_s < -SAME_S)
    near = gap_s <= CONNECTED_S + SAME_S
    return np.asarray(near if wanted == "connects" else ~near)
