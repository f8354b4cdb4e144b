"""What switches put in force: the technique map read backwards, from the events of one line to its entries.

Of each group the entry holds whose actions are all true: latched keys that were pressed, held keys that are
down, toggles that are on, controllers, programs and bends at their values. Where several are, the one that
was told last counts, then the one that says more.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import NamedTuple

from composer_daw.events import BANK_SELECT, Kind
from composer_daw.techniques.actions import Action, ControlChange, Follow, Keyswitch, PitchBend, Program
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique

CHORD_S = 0.03
"""Keys pressed within this time are one chord."""

Spot = tuple[int, int]
"""A channel (0..15), and a key or controller."""

Rank = tuple[float, bool, list[float], int]
"""When an entry was told last, whether in its order, when each of its keys was, the last first, and how many
signals came up to then."""


class Signal(NamedTuple):
    """A switch as it is heard."""

    time_s: float
    kind: Kind
    channel: int
    number: int
    value: int


class InForce(NamedTuple):
    """The entry of one group that holds, empty for none, and whether a switch told so."""

    entry: str
    told: bool


class Heard:
    """The state of one line of notes, by the signals that it has heard."""

    def __init__(self, technique_map: TechniqueMap, channel: int) -> None:
        """Begin with nothing told, for notes on a channel (0..15)."""
        self._map, self._channel = technique_map, channel
        self._down: Counter[Spot] = Counter()
        self._pressed: dict[Spot, tuple[float, int]] = {}
        self._value: dict[Spot, int] = {}
        self._bank: dict[int, dict[int, int]] = defaultdict(dict)
        self._program: dict[int, tuple[int, int]] = {}
        self._bend: dict[int, int] = {}
        self._since: dict[Action, float] = {}
        self._order: dict[Action, int] = {}
        self._heard = 0
        self._presses: Counter[Action] = Counter()
        self._by_key: dict[Spot, list[Keyswitch]] = defaultdict(list)
        self._by_controller: dict[Spot, list[ControlChange]] = defaultdict(list)
        self._programs: list[Program] = []
        self._bends: list[PitchBend] = []
        for action in dict.fromkeys(technique_map.actions()):
            self._file(action)
        self._filtered = any(action.only_with for action in technique_map.actions())

    def _file(self, action: Action) -> None:
        place = self._place(action)
        if isinstance(action, Keyswitch):
            for key in action.keyswitch:
                self._by_key[place, key].append(action)
        elif isinstance(action, ControlChange) and not isinstance(action.value, Follow):
            self._by_controller[place, action.cc].append(action)
        elif isinstance(action, Program):
            self._programs.append(action)
        elif isinstance(action, PitchBend):
            self._bends.append(action)

    def _place(self, action: Action) -> int:
        return self._channel if action.channel is None else action.channel - 1

    def hear(self, signal: Signal) -> None:
        """Take in the next signal, in the order of the file."""
        spot = (signal.channel, signal.number)
        self._heard += 1
        match signal.kind:
            case Kind.SWITCH_ON:
                self._press(spot, signal)
            case Kind.SWITCH_OFF:
                self._down[spot] -= 1
            case Kind.CONTROL:
                if signal.number in BANK_SELECT:
                    self._bank[signal.channel][signal.number] = signal.value
                meant = [one for one in self._by_controller.get(spot, ()) if one.value == signal.value]
                if meant:  # a value that is no switch leaves the last one in force
                    self._value[spot] = signal.value
                self._tell(meant, signal)
            case Kind.PROGRAM:
                bank = self._bank[signal.channel]
                self._program[signal.channel] = (signal.number, bank.get(0, 0) * 128 + bank.get(32, 0))
                self._tell([one for one in self._programs if self._is_program(one)], signal)
            case Kind.PITCH_BEND:
                bends = [one for one in self._bends if one.pitch_bend == signal.value]
                if bends:
                    self._bend[signal.channel] = signal.value
                self._tell([one for one in bends if self._place(one) == signal.channel], signal)

    def _press(self, spot: Spot, signal: Signal) -> None:
        self._down[spot] += 1
        self._pressed[spot] = (signal.time_s, signal.value)
        for action in self._by_key.get(spot, ()):
            if all(self._is_pressed((spot[0], key), action, signal.time_s) for key in action.keyswitch):
                self._presses[action] += 1
                self._tell([action], signal)

    def _is_pressed(self, spot: Spot, action: Keyswitch, now_s: float) -> bool:
        """Tell whether a key was pressed just now, and as hard as this action asks, of those of this key."""
        time_s, velocity = self._pressed.get(spot, (-math.inf, 0))
        if now_s - time_s > CHORD_S:
            return False
        if isinstance(action.velocity, Follow):
            return True
        known = [one.velocity for one in self._by_key[spot] if isinstance(one.velocity, int)]
        return nearest(velocity, known) == action.velocity

    def _tell(
        self, actions: list[Keyswitch] | list[ControlChange] | list[Program] | list[PitchBend], signal: Signal
    ) -> None:
        for action in actions:
            self._since[action], self._order[action] = signal.time_s, self._heard

    def _is_program(self, action: Program) -> bool:
        program, bank = self._program.get(self._place(action), (-1, 0))
        return program == action.program and action.bank in (None, bank)

    def in_force(self) -> tuple[InForce, ...]:
        """Return what holds in each group of the map, in its order."""
        chosen = self._chosen(None)
        if self._filtered:  # what counts only with another technique is looked at again with those
            chosen = self._chosen(chosen)
        return tuple(
            InForce(name or group.default, bool(name))
            for name, group in zip(chosen, self._map.groups.values(), strict=True)
        )

    def _chosen(self, others: tuple[str, ...] | None) -> tuple[str, ...]:
        """Return the entry that was told in each group; `others` is what holds, for `only_with`."""
        found = []
        for group in self._map.groups:
            ranked = [
                (rank, name)
                for name in self._map.of_group(group)
                if (rank := self._rank(self._map.techniques[name], others)) is not None
            ]
            found.append(max(ranked, key=lambda one: one[0])[1] if ranked else "")  # the first of equals
        return tuple(found)

    def _rank(self, entry: Technique, others: tuple[str, ...] | None) -> Rank | None:
        """Return how surely an entry is in force; None where it is not."""
        times: list[float] = []
        order = 0
        for action in entry.on:
            if action.only_with and others is not None and not set(action.only_with) & set(others):
                continue
            since = self._true_since(action)
            if since is None and not (action.only_with and others is None):
                return None
            if since is not None and since != -math.inf:
                times += [since] * _size(action)  # of a chord each key counts
                order = max(order, self._order.get(action, 0))
        if entry.channel is not None:
            if entry.channel - 1 != self._channel:
                return None
            times.append(math.inf)
        if not times:
            return None
        told = [time for time in times if time != math.inf]
        ended = [
            self._since[action] for action in entry.off if action in self._since and action not in entry.on
        ]
        if told and ended and max(ended) > max(told):
            return None
        return max(times), told == sorted(told), sorted(times, reverse=True), order

    def _true_since(self, action: Action) -> float | None:
        """Return since when an action is true: infinity for now, -infinity where none can tell, or None."""
        place = self._place(action)
        match action:
            case Keyswitch(mode="hold"):
                return math.inf if all(self._down[place, key] > 0 for key in action.keyswitch) else None
            case Keyswitch(mode="toggle"):
                is_on = (action.starts == "on") != (self._presses[action] % 2 == 1)
                return math.inf if is_on else None
            case Keyswitch():
                return self._since.get(action)
            case ControlChange() if not isinstance(action.value, Follow):
                return (
                    self._since.get(action) if self._value.get((place, action.cc)) == action.value else None
                )
            case Program():
                return self._since.get(action) if self._is_program(action) else None
            case PitchBend():
                return self._since.get(action) if self._bend.get(place) == action.pitch_bend else None
            case _:
                return -math.inf


def nearest(velocity: int, known: list[int]) -> int:
    """Return the velocity among those of a key's switches that was most likely meant."""
    return min(known, key=lambda one: (abs(one - velocity), one))


def _size(action: Action) -> int:
    if isinstance(action, Keyswitch):
        return len(action.keyswitch)
    return 2 if isinstance(action, Program) and action.bank is not None else 1
