"""Give notes that sound together, but are played differently, to channels or instances of their own.

A keyswitch speaks to a whole channel. Where the instrument listens on several, a note that overlaps one with
another technique moves to a free channel, and where there are several instances of it, to a free one of
those. Where none is free, the group's priority decides, and the note that gives way is marked. Channels do
not keep notes apart where switches go to a channel of their own.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from composer_daw.performance import TechniqueSet
from composer_daw.techniques.lines import SAME_S, Array
from composer_daw.techniques.maps import TechniqueMap

HAND_OVER_S = 0.03
"""Notes that overlap by no more follow each other: hands on a keyboard let go a little late."""


class Together(enum.IntEnum):
    """What became of a note that overlaps one of another technique."""

    ALONE = 0
    """It did not have to move."""
    CHANNEL = 1
    """It plays on a channel of its own."""
    INSTANCE = 2
    """Another instance of the instrument plays it."""
    PRIORITY = 3
    """Neither was free: the technique that stands first in the map plays, and this note gave way."""


class Place(NamedTuple):
    """Where a note can be played: an instance of the instrument, and a channel (0..15) of it."""

    instance: int
    channel: int


@dataclass(frozen=True)
class Handed:
    """Where each note plays (sorted by onset), in which state, and whether it had to give way."""

    channel: Array
    instance: Array
    state: Array
    together: Array
    """Values of `Together`."""


@dataclass
class _Line:
    """One place while notes are handed out: its state, and until when a note holds it."""

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
    """Return for each note (sorted by onset) whether an earlier one of another state still sounds.

    Notes that overlap by no more than `HAND_OVER_S` follow each other.
    """
    clash = np.zeros(len(state), bool)
    for other in np.unique(state):
        held = np.maximum.accumulate(np.where(state == other, end_s, -np.inf))
        before = np.concatenate([[-np.inf], held[:-1]])
        clash |= (state != other) & (before > onset_s + HAND_OVER_S)
    return clash


def hand_out(
    onset_s: Array, end_s: Array, state: Array, states: list[TechniqueSet], technique_map: TechniqueMap
) -> Handed:
    """Give each note (sorted by onset) a place and a state.

    `states` grows where a conflict needs a mixture that no note asked for.
    """
    places = [_places(one, technique_map) for one in states]
    home = np.array([found[0].channel for found in places], np.uint8)
    end_s = np.maximum(end_s, onset_s + HAND_OVER_S + 2 * SAME_S)  # what begins together sounds together
    channel, instance = home[state], np.zeros(len(state), np.uint8)
    played, together = state.copy(), np.zeros(len(state), np.uint8)
    if not overlapping_otherwise(onset_s, end_s, state).any():
        return Handed(channel, instance, played, together)
    lines = {place: _Line() for found in places for place in found}
    rows = zip(onset_s.tolist(), end_s.tolist(), state.tolist(), strict=True)
    for row, (begins_s, ends_s, asked) in enumerate(rows):
        place, clash = _place_for(lines, places[asked], begins_s, asked)
        line, plays = lines[place], asked
        if clash:
            mixed = _by_priority(states[line.state], states[asked], technique_map)
            if mixed not in states:
                states.append(mixed)
                places.append(places[asked])
            plays = states.index(mixed)
            if begins_s <= line.since_s + SAME_S:  # one switch speaks to all that begin together
                overruled = [other for other in line.newest if played[other] != plays]
                played[overruled], together[overruled] = plays, Together.PRIORITY
        line.take(row, begins_s, ends_s, plays)
        channel[row], instance[row], played[row] = place.channel, place.instance, plays
        if plays != asked:
            together[row] = Together.PRIORITY
        elif place != places[asked][0]:
            together[row] = Together.INSTANCE if place.instance else Together.CHANNEL
    return Handed(channel, instance, played, together)


def _places(state: TechniqueSet, technique_map: TechniqueMap) -> list[Place]:
    """Return where a state can be played, first choice first: its own channel, or any of the map's."""
    routed = [technique_map.techniques[name].channel for name in state if name]
    own = tuple(number for number in routed if number is not None)[:1]
    channels = own or technique_map.channels[: 1 if _speaks_to_all(technique_map) else None]
    return [Place(copy, number - 1) for copy in range(technique_map.instances) for number in channels]


def _speaks_to_all(technique_map: TechniqueMap) -> bool:
    """Tell whether a switch goes to a channel other than that of its notes, from where it speaks to all."""
    return any(
        action.channel not in (None, technique.channel)
        for technique in technique_map.techniques.values()
        for action in (*technique.on, *technique.off)
    )


def _place_for(
    lines: dict[Place, _Line], places: list[Place], onset_s: float, state: int
) -> tuple[Place, bool]:
    """Return a place for a note (of its state, else silent, else the first), and whether it clashes."""
    silent = None
    for place in places:
        line = lines[place]
        if line.state == state:
            return place, False
        if silent is None and line.until_s <= onset_s + HAND_OVER_S:
            silent = place
    return (places[0], True) if silent is None else (silent, False)


def _by_priority(held: TechniqueSet, asked: TechniqueSet, technique_map: TechniqueMap) -> TechniqueSet:
    """Return, group by group, the technique that stands first in the map; nothing gives way to anything."""
    orders = [(*technique_map.of_group(group), "").index for group in technique_map.groups]
    return tuple(min(pair, key=order) for order, *pair in zip(orders, held, asked, strict=True))
