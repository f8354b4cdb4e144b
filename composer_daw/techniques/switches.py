"""The switches between techniques: what is sent, when, to which channel.

A switch goes out `lead_ms` before its note, but never before the note in front of it on that channel. A
technique that affects held notes waits for their release. Actions keep the order in which the map has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from composer_daw.events import EVENT, Kind, ranks
from composer_daw.performance import TechniqueSet
from composer_daw.techniques.actions import Action, Follow, Keyswitch, ParameterIndex, Step
from composer_daw.techniques.lines import Array, Floats
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.sources import Sources

TAP_S = 0.005
"""How long a latching keyswitch is pressed, where there is time."""

ORDER_S = 0.0005
"""Between two actions that one instant would bring out of order."""

NONE = -1
"""No state yet: the first of a channel enters all its techniques."""


class Sent(NamedTuple):
    """The notes of one instance, in the order in which they are sent."""

    on_s: Floats
    off_s: Floats
    channel: Array
    state: Array


@dataclass(frozen=True)
class Switching:
    """What is known wherever switches are made."""

    states: list[TechniqueSet]
    technique_map: TechniqueMap
    index: ParameterIndex
    sources: Sources
    pre_roll_s: float

    def state(self, number: int) -> TechniqueSet:
        """Return the entries of a state; none for the state before the first."""
        return self.states[number] if number != NONE else ()


def switch_rows(sent: Sent, known: Switching) -> Array:
    """Return the `EVENT` rows of all switches for the notes of one instance.

    The first state of each channel is set at `-pre_roll_s`; at the end, held keys are released and toggles
    brought back to where they started.
    """
    parts = [np.zeros(0, EVENT)]
    for number in np.unique(sent.channel):
        mine = np.flatnonzero(sent.channel == number)
        changes = mine[np.diff(sent.state[mine], prepend=NONE) != 0]
        before = np.concatenate([[NONE], sent.state[changes[:-1]]])
        times = _switch_times(sent, mine, changes, before, known)
        times[0] = -known.pre_roll_s
        for pair in np.unique(np.stack([before, sent.state[changes]]), axis=1).T:
            steps = _steps(known.state(int(pair[0])), known.state(int(pair[1])), known)
            here = (before == pair[0]) & (sent.state[changes] == pair[1])
            parts.append(_laid_out(steps, times[here], changes[here], sent.on_s, int(number), known.sources))
        parts += _followed(sent, mine, times, changes, int(number), known)
        parts.append(_ended(sent, mine, int(number), known))
    return np.concatenate(parts)


def init_rows(channels: Array, technique_map: TechniqueMap, index: ParameterIndex, time_s: float) -> Array:
    """Return the `EVENT` rows of the map's `init`, for every channel in use.

    What has a channel of its own is sent once.
    """
    steps = [step for action in technique_map.init for step in action.enter(index)]
    at, note, never = np.array([time_s]), np.zeros(1, int), np.array([np.inf])
    parts = [np.zeros(0, EVENT)]
    for place, number in enumerate(channels):
        rows = _laid_out(tuple(steps), at, note, never, int(number), Sources.none())
        parts.append(rows[[place == 0 or step.channel is None for step in steps]])
    return np.concatenate(parts)


def _switch_times(sent: Sent, mine: Array, changes: Array, before: Array, known: Switching) -> Floats:
    lead_s = known.technique_map.lead_ms / 1000.0
    place = np.searchsorted(mine, changes)
    previous = np.where(place > 0, sent.on_s[mine[place - 1]], -np.inf)
    at = np.maximum(sent.on_s[changes] - lead_s, (previous + sent.on_s[changes]) / 2)
    released = np.concatenate([[-np.inf], np.maximum.accumulate(sent.off_s[mine])])[place]
    pairs = list(zip(before.tolist(), sent.state[changes].tolist(), strict=True))
    waiting = {pair: _affects_held(*pair, known) for pair in set(pairs)}
    waits = np.array([waiting[pair] for pair in pairs])
    return np.where(waits, np.clip(released, at, sent.on_s[changes]), at)


def _affects_held(before: int, after: int, known: Switching) -> bool:
    changed = set(known.state(before)) ^ set(known.state(after)) - {""}
    return any(known.technique_map.techniques[name].affects_held for name in changed if name)


def acting(state: TechniqueSet, technique_map: TechniqueMap) -> tuple[str, ...]:
    """Return the entries of a state whose own actions count: not those that a combination stands for."""
    there = [name for name in state if name]
    parts = {part for name in there for part in technique_map.plays(name) if part != name}
    return tuple(name for name in there if name not in parts)


class Own(NamedTuple):
    """An action, and the entry of the map that it is of."""

    entry: str
    action: Action

    @property
    def lasts(self) -> bool:
        """Tell whether the action goes on while its technique is in force: a key held or toggled."""
        return isinstance(self.action, Keyswitch) and self.action.mode != "latch"


def actions_of(state: TechniqueSet, technique_map: TechniqueMap) -> list[Own]:
    """Return the actions that put a state in force, in the map's order."""
    return [
        Own(name, action)
        for name in acting(state, technique_map)
        for action in technique_map.techniques[name].on
        if _counts(action, state)
    ]


def _counts(action: Action, state: TechniqueSet) -> bool:
    """Tell whether an action is sent in a state, by its `only_with`."""
    return not action.only_with or any(other in state for other in action.only_with)


def _at_the_start(technique_map: TechniqueMap) -> list[Own]:
    """Return the toggles that are on before anything is played."""
    return [
        Own(name, action)
        for name, technique in technique_map.techniques.items()
        for action in technique.on
        if isinstance(action, Keyswitch) and action.mode == "toggle" and action.starts == "on"
    ]


def _fresh(these: list[Own], others: list[Own]) -> list[Action]:
    """Return the actions that are not among the others.

    What another entry set may have been undone by the rest of that entry, so it is set again; but a key that
    is held or toggled for both stays as it is.
    """
    lasting = [own.action for own in others if own.lasts]
    return [own.action for own in these if own not in others and not (own.lasts and own.action in lasting)]


def _steps(before: TechniqueSet, after: TechniqueSet, known: Switching) -> tuple[Step, ...]:
    """Return what leaves the techniques that end, then what enters those that begin, in the map's order.

    At the start of a channel, where nothing is known, whatever is not in force is left.
    """
    techniques, index = known.technique_map.techniques, known.index
    old = actions_of(before, known.technique_map) if before else _at_the_start(known.technique_map)
    new = actions_of(after, known.technique_map)
    still = set(acting(after, known.technique_map))
    ended = acting(before, known.technique_map) if before else tuple(techniques)
    left = [step for action in _fresh(old, new) for step in action.leave(index)]
    off = [
        step
        for name in ended
        if name not in still
        for action in techniques[name].off
        if _counts(action, before or after)
        for step in action.enter(index)
    ]
    on = [step for action in _fresh(new, old) for step in action.enter(index)]
    return (*left, *off, *on)


def _ended(sent: Sent, mine: Array, channel: int, known: Switching) -> Array:
    """Return what brings held keys and toggles back, after the last note of a channel."""
    start = _at_the_start(known.technique_map)
    last = actions_of(known.state(int(sent.state[mine[-1]])), known.technique_map)
    now = [own for own in last if own.lasts]
    steps = [step for action in _fresh(now, start) for step in action.leave(known.index)]
    steps += [step for action in _fresh(start, now) for step in action.enter(known.index)]
    at, never = np.array([sent.off_s[mine].max()]), np.full(len(sent.on_s), np.inf)
    return _laid_out(tuple(steps), at, mine[-1:], never, channel, known.sources)


def _laid_out(
    steps: tuple[Step, ...], at_s: Floats, note: Array, on_s: Floats, channel: int, sources: Sources
) -> Array:
    """Return the rows of the same steps at many times, each before its note.

    A tapped key is released before its note, and a step that its kind would bring before an earlier one
    waits for a moment. `note` is the row of each time's note in `on_s`.
    """
    rows = np.zeros((len(at_s), len(steps)), EVENT)
    room = np.maximum(on_s[note] - at_s, 0.0)
    tap, waits = np.clip(room / 2, 0.0, TAP_S), _waits(steps)
    pause = np.minimum(ORDER_S, room / (4 * (max(waits, default=0) + 1)))
    pressed: set[tuple[int, int | None]] = set()
    for place, step in enumerate(steps):
        tapped = step.kind is Kind.SWITCH_OFF and (step.number, step.channel) in pressed
        pressed |= {(step.number, step.channel)} if step.kind is Kind.SWITCH_ON else set()
        rows["time_s"][:, place] = at_s + waits[place] * pause + (tap if tapped else 0.0)
        rows["kind"][:, place], rows["number"][:, place] = step.kind, step.number
        followed = isinstance(step.value, Follow)
        rows["value"][:, place] = sources.sent(step, note) if followed else step.value
        rows["channel"][:, place] = channel if step.channel is None else step.channel
    rows["note"] = -1
    return rows.ravel()


def _waits(steps: tuple[Step, ...]) -> list[int]:
    """Return how many moments each step waits, so that no order of kinds at one instant is in its way."""
    rows = np.zeros(len(steps), EVENT)
    rows["kind"], rows["number"] = [step.kind for step in steps], [step.number for step in steps]
    waits, wait, last = [], 0, -1.0
    for step, rank in zip(steps, ranks(rows).tolist(), strict=True):
        if step.kind is not Kind.SWITCH_OFF:
            wait, last = wait + (rank < last), rank
        waits.append(wait)
    return waits


def _followed(
    sent: Sent, mine: Array, times: Floats, changes: Array, channel: int, known: Switching
) -> list[Array]:
    """Return what keeps followed values true between switches: at each note, and as controllers move."""
    parts = []
    for state in np.unique(sent.state[mine]).tolist():
        for own in actions_of(known.states[state], known.technique_map):
            action = own.action
            steps = [step for step in action.enter(known.index) if isinstance(step.value, Follow)]
            if not steps or own.lasts:  # a held key keeps the velocity that it was pressed with
                continue
            notes = np.setdiff1d(mine[sent.state[mine] == state], changes)
            tapped = isinstance(action, Keyswitch)
            if tapped:
                notes = known.sources.moved(steps[0].value, notes, mine)
            before = sent.on_s[mine[np.searchsorted(mine, notes) - 1]]  # the first note is always a change
            lead_s = known.technique_map.lead_ms / 1000.0
            at = np.maximum(sent.on_s[notes] - lead_s, (before + sent.on_s[notes]) / 2)
            whole = action.enter(known.index) if tapped else tuple(steps)
            parts.append(_laid_out(whole, at, notes, sent.on_s, channel, known.sources))
            if not tapped:
                spans = _spans(sent.state[changes] == state, times)
                parts += [known.sources.moving(step, spans, channel) for step in steps]
    return parts


def _spans(here: Array, times: Floats) -> Floats:
    """Return from when to when (spans x 2) a state is in force, of the times of all switches."""
    ends = np.append(times[1:], np.inf)
    return np.stack([times[here], ends[here]], axis=1)


def control_rows(controls: Array, channels: Array, technique_map: TechniqueMap, pre_roll_s: float) -> Array:
    """Return the `EVENT` rows of the score's controls for every channel in use, chased at the start.

    What holds at the start of the score is sent at `-pre_roll_s`. The map's chased controllers that the score
    leaves open get their neutral value. Program changes, channel modes and the controllers that the map's
    actions own are not passed on.
    """
    kept = controls[_passed_on(controls, technique_map)]
    late = kept["time_s"] > 1e-9
    held = {(int(row["kind"]), int(row["number"])): float(row["value"]) for row in kept[~late]}
    for number in technique_map.chase:
        held.setdefault((int(Kind.CONTROL), number), NEUTRAL.get(number, 0.0))
    start: list[tuple[Any, ...]] = [
        (-pre_roll_s, kind, 0, number, value, -1) for (kind, number), value in held.items()
    ]
    rows = np.concatenate([np.array(start, EVENT), np.zeros(int(late.sum()), EVENT)])
    for name in ("time_s", "kind", "number", "value"):
        rows[name][len(start) :] = kept[name][late]
    rows["note"] = -1
    everywhere = np.tile(rows, len(channels))
    everywhere["channel"] = np.repeat(channels, len(rows))
    return everywhere


NEUTRAL = {1: 127.0, 2: 127.0, 7: 100.0, 10: 64.0, 11: 127.0}
"""What a chased controller holds where the score is silent: dynamics full, volume 100, pan in the middle."""

FIRST_CHANNEL_MODE = 120


def _passed_on(controls: Array, technique_map: TechniqueMap) -> Array:
    owned = {number for action in technique_map.actions() for number in action.controllers}
    if technique_map.dynamics and technique_map.dynamics.follow == "velocity":
        owned.add(technique_map.dynamics.cc)
    is_control = controls["kind"] == Kind.CONTROL
    taken = np.isin(controls["number"], list(owned)) | (controls["number"] >= FIRST_CHANNEL_MODE)
    return np.asarray((controls["kind"] != Kind.PROGRAM) & ~(is_control & taken))
