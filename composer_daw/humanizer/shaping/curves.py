"""Curves: a controller over time, told at most every 10 ms and only where its value changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.events import Kind
from composer_daw.humanizer.shaping.figures import STEP_S
from composer_daw.performance import CONTROL, Array, Floats, Performance

TINY_S = 1e-6
"""Times this close are the same."""


@dataclass(frozen=True)
class Told:
    """What the score says of one controller in one line, if anything: `value[i]` from `time_s[i]` on."""

    time_s: Floats
    value: Floats

    def at(self, time_s: Floats, silent: float) -> Floats:
        """Return the value at each time; `silent` before the first."""
        values = np.concatenate([[silent], self.value])
        return values[np.searchsorted(self.time_s, time_s + TINY_S, side="right")]

    def moves(self, start_s: Floats, end_s: Floats) -> Array:
        """Tell of each span whether the value changes within it, its ends aside."""
        changes = self.time_s[np.append(False, np.diff(self.value) != 0)] if len(self.value) else self.time_s
        first, last = (np.searchsorted(changes, one) for one in (start_s + 0.02, end_s - 0.02))
        return np.asarray(last > first)

    @property
    def steps(self) -> Array:
        """Return the steps of the grid at which something new is said."""
        return np.ceil((self.time_s - TINY_S) / STEP_S).astype(np.int64)


def told(performance: Performance, number: int, key: tuple[int, int] | None) -> Told:
    """Return what the score says of a controller to a (track, channel); None: to anyone.

    What a track without notes says to the channel counts where the line's own track says nothing.
    """
    controls = performance.controls
    rows = controls[(controls["kind"] == Kind.CONTROL) & (controls["number"] == number)]
    if key is not None:
        track, channel = key
        rows = rows[rows["channel"] == channel]
        own = rows[rows["track"] == track]
        rows = own if len(own) else rows[~np.isin(rows["track"], performance.notes["track"])]
    return Told(rows["time_s"].astype(float), rows["value"].astype(float))


def grid(start_s: Floats, end_s: Floats) -> tuple[Array, Array]:
    """Return the steps of the 10 ms grid in each span, from that at or before its start, and whose each is.

    Spans are sorted and do not overlap; a step belongs to the last of those that begin at it or before.
    """
    first = np.floor((start_s + TINY_S) / STEP_S).astype(np.int64)
    last = np.maximum(np.floor((end_s + TINY_S) / STEP_S).astype(np.int64), first)
    following = np.append(first[1:], np.iinfo(np.int64).max)[: len(first)]
    counts = np.maximum(np.minimum(last + 1, following) - first, 0)
    span = np.repeat(np.arange(len(first)), counts)
    within = np.arange(len(span)) - np.repeat(np.cumsum(counts) - counts, counts)
    return first[span] + within, span


def together(*several: Array) -> Array:
    """Return the steps of all, each once, rising, and the first of the score with them."""
    steps = np.sort(np.concatenate([np.zeros(1, np.int64), *several]), kind="stable")
    return np.asarray(steps[np.append(True, np.diff(steps) > 0)])


def carried(values: Floats, steps: Array, every: Array) -> Floats:
    """Return values at more steps: each stays up to the next, and before the first the first holds."""
    return np.asarray(values[np.maximum(np.searchsorted(steps, every, side="right") - 1, 0)])


def control_rows(steps: Array, values: Floats, number: int, key: tuple[int, int]) -> Array:
    """Return the `CONTROL` rows of a curve (steps rising), without those that change nothing."""
    whole = np.clip(np.rint(values), 0, 127).astype(np.int16)
    kept = np.append(True, np.diff(whole) != 0)[: len(whole)]
    rows = np.zeros(int(kept.sum()), CONTROL)
    rows["time_s"], rows["value"] = steps[kept] * STEP_S, whole[kept]
    rows["kind"], rows["number"] = Kind.CONTROL, number
    rows["track"], rows["channel"] = key
    return rows


def replaced(
    performance: Performance, number: int, curves: Sequence[Array], keys: Sequence[tuple[int, int]] | None
) -> Performance:
    """Return the performance with these curves of a controller in place of its own, in these lines or all."""
    controls = performance.controls
    gone = (controls["kind"] == Kind.CONTROL) & (controls["number"] == number)
    if keys is not None:
        where = controls["track"].astype(int) * 16 + controls["channel"]
        gone &= np.isin(where, [track * 16 + channel for track, channel in keys])
    return dataclasses.replace(performance, controls=np.concatenate([controls[~gone], *curves]))
