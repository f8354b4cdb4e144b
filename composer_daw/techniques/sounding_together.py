"""Give notes that sound together, but are played differently, to channels of their own.

A keyswitch speaks to a whole channel. Where the instrument listens on several, a note that overlaps one with
another technique moves to a free channel. Where none is free, the group's priority decides, and the note is
marked as a conflict when it is the one that gives way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.performance import TechniqueSet
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.shape import SAME_S

Array = npt.NDArray[Any]


@dataclass
class _Line:
    """One channel while notes are handed out: its state, and until when a note holds it."""

    state: int = -1
    until_s: float = -np.inf
    since_s: float = -np.inf
    newest: list[int] = field(default_factory=list)
    """The notes that began last, all at `since_s`."""

    def take(self, row: int, onset_s: float, end_s: float, state: int) -> None:
        """Add a note that begins now."""
        if onset_s > self.since_s + SAME_S:
            self.since_s, self.newest = onset_s, []
        self.newest.append(row)
        self.state, self.until_s = state, max(self.until_s, end_s)


def overlapping_otherwise(onset_s: Array, end_s: Array, state: Array) -> Array:
    """Return for each note (sorted by onset) whether an earlier one of another state still sounds."""
    clash = np.zeros(len(state), bool)
    for other in np.unique(state):
        held = np.maximum.accumulate(np.where(state == other, end_s, -np.inf))
        before = np.concatenate([[-np.inf], held[:-1]])
        clash |= (state != other) & (before > onset_s + SAME_S)
    return clash


def hand_out(
    onset_s: Array, end_s: Array, state: Array, states: list[TechniqueSet], technique_map: TechniqueMap
) -> tuple[Array, Array, Array]:
    """Return the channel (0..15), the state and the conflict flag of each note (sorted by onset).

    `states` grows where a conflict needs a mixture that no note asked for.
    """
    first = technique_map.channels[0] - 1
    channel, played = np.full(len(state), first, np.uint8), state.copy()
    conflict = np.zeros(len(state), bool)
    if not overlapping_otherwise(onset_s, end_s, state).any():
        return channel, played, conflict
    lines = {number - 1: _Line() for number in technique_map.channels}
    for row in range(len(state)):
        number, clash = _line_for(lines, float(onset_s[row]), int(state[row]))
        line = lines[number]
        if clash:
            mixed = _by_priority(states[line.state], states[state[row]], technique_map)
            played[row] = states.index(mixed) if mixed in states else len(states)
            if mixed not in states:
                states.append(mixed)
            if onset_s[row] <= line.since_s + SAME_S:  # one switch speaks to all that begin together
                overruled = [other for other in line.newest if played[other] != played[row]]
                played[overruled], conflict[overruled] = played[row], True
        line.take(row, float(onset_s[row]), float(end_s[row]), int(played[row]))
        channel[row], conflict[row] = number, played[row] != state[row]
    return channel, played, conflict


def _line_for(lines: dict[int, _Line], onset_s: float, state: int) -> tuple[int, bool]:
    """Return a channel for a note (of its state, else silent, else the first), and whether it clashes."""
    same = [number for number, line in lines.items() if line.state == state]
    if same:
        return same[0], False
    silent = [number for number, line in lines.items() if line.until_s <= onset_s + SAME_S]
    return (silent[0], False) if silent else (next(iter(lines)), True)


def _by_priority(held: TechniqueSet, asked: TechniqueSet, technique_map: TechniqueMap) -> TechniqueSet:
    """Return, group by group, the technique that stands first in the map."""
    orders = [technique_map.of_group(group).index for group in technique_map.groups]
    return tuple(min(pair, key=order) for order, *pair in zip(orders, held, asked, strict=True))
