"""The switches between techniques: what is sent, when, to which channel.

A switch goes out `lead_ms` before its note, but never before the note in front of it on that channel. A
technique that affects held notes waits for their release.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.events import EVENT, Kind
from composer_daw.performance import Array, TechniqueSet
from composer_daw.techniques.actions import ParameterIndex, Step
from composer_daw.techniques.maps import TechniqueMap

Floats = npt.NDArray[np.float64]

TAP_S = 0.005
"""How long a latching keyswitch is pressed, where there is time."""

NONE = -1
"""No state yet: the first of a channel enters all its techniques."""


def switch_rows(
    sent_s: Floats,
    end_s: Floats,
    channel: Array,
    state: Array,
    states: list[TechniqueSet],
    technique_map: TechniqueMap,
    index: ParameterIndex,
    pre_roll_s: float,
) -> Array:
    """Return the `EVENT` rows of all switches for notes in the order in which they are sent.

    The first state of each channel is set at `-pre_roll_s`; what is held at the end is released there.
    """
    parts = [np.zeros(0, EVENT)]
    for number in np.unique(channel):
        mine = np.flatnonzero(channel == number)
        changes = mine[np.diff(state[mine], prepend=NONE) != 0]
        before = np.concatenate([[NONE], state[changes[:-1]]])
        times = _switch_times(sent_s, end_s, mine, changes, before, state, states, technique_map)
        times[0] = -pre_roll_s
        for pair in np.unique(np.stack([before, state[changes]]), axis=1).T:
            steps = _steps(_set(states, int(pair[0])), _set(states, int(pair[1])), technique_map, index)
            rows = changes[(before == pair[0]) & (state[changes] == pair[1])]
            at = times[np.isin(changes, rows)]
            parts.append(_laid_out(steps, at, sent_s[rows], int(number)))
        last = _steps(states[int(state[mine[-1]])], (), technique_map, index)
        released = [step for step in last if step.kind is Kind.SWITCH_OFF and step.value == 0]
        parts.append(
            _laid_out(tuple(released), np.array([end_s[mine].max()]), np.array([np.inf]), int(number))
        )
    return np.concatenate(parts)


def _set(states: list[TechniqueSet], number: int) -> TechniqueSet:
    return states[number] if number != NONE else ()


def _switch_times(
    sent_s: Floats,
    end_s: Floats,
    mine: Array,
    changes: Array,
    before: Array,
    state: Array,
    states: list[TechniqueSet],
    technique_map: TechniqueMap,
) -> Floats:
    place = np.searchsorted(mine, changes)
    previous = np.where(place > 0, sent_s[mine[place - 1]], -np.inf)
    at = np.maximum(sent_s[changes] - technique_map.lead_ms / 1000.0, (previous + sent_s[changes]) / 2)
    released = np.concatenate([[-np.inf], np.maximum.accumulate(end_s[mine])])[place]
    waits = np.array(
        [
            _affects_held(states, int(a), int(b), technique_map)
            for a, b in zip(before, state[changes], strict=True)
        ]
    )
    return np.where(waits, np.clip(released, at, sent_s[changes]), at)


def _affects_held(states: list[TechniqueSet], before: int, after: int, technique_map: TechniqueMap) -> bool:
    changed = set(_set(states, before)) ^ set(_set(states, after))
    return any(technique_map.techniques[name].affects_held for name in changed)


def _steps(
    before: TechniqueSet, after: TechniqueSet, technique_map: TechniqueMap, index: ParameterIndex
) -> tuple[Step, ...]:
    """Return what leaves the techniques that end, then what enters those that begin, in the map's order.

    At the start of a channel, where nothing is known, whatever is not in force is left.
    """
    leaving = [technique_map.techniques[name] for name in before if name not in after]
    entering = [technique_map.techniques[name] for name in after if name not in before]
    unknown = [one for name, one in technique_map.techniques.items() if not before and name not in after]
    left = [step for one in leaving for action in one.on for step in action.leave(index)]
    off = [step for one in (*leaving, *unknown) for action in one.off for step in action.enter(index)]
    on = [step for one in entering for action in one.on for step in action.enter(index)]
    return (*left, *off, *on)


def _laid_out(steps: tuple[Step, ...], at_s: Floats, note_s: Floats, channel: int) -> Array:
    """Return the rows of the same steps at many times; a tapped key is released before its note."""
    rows = np.zeros((len(at_s), len(steps)), EVENT)
    tap = np.clip((note_s - at_s) / 2, 0.0, TAP_S)
    pressed: set[int] = set()
    for place, step in enumerate(steps):
        tapped = step.kind is Kind.SWITCH_OFF and step.number in pressed
        pressed |= {step.number} if step.kind is Kind.SWITCH_ON else set()
        rows["time_s"][:, place] = at_s + tap if tapped else at_s
        rows["kind"][:, place], rows["number"][:, place], rows["value"][:, place] = step
    rows["channel"], rows["note"] = channel, -1
    return rows.ravel()


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
    for field in ("time_s", "kind", "number", "value"):
        rows[field][len(start) :] = kept[field][late]
    rows["note"] = -1
    everywhere = np.tile(rows, len(channels))
    everywhere["channel"] = np.repeat(channels, len(rows))
    return everywhere


NEUTRAL = {1: 127.0, 2: 127.0, 7: 100.0, 10: 64.0, 11: 127.0}
"""What a chased controller holds where the score is silent: dynamics full, volume 100, pan in the middle."""

FIRST_CHANNEL_MODE = 120


def _passed_on(controls: Array, technique_map: TechniqueMap) -> Array:
    owned = {
        number
        for technique in technique_map.techniques.values()
        for action in (*technique.on, *technique.off)
        for number in action.controllers
    }
    if technique_map.dynamics and technique_map.dynamics.follow == "velocity":
        owned.add(technique_map.dynamics.cc)
    is_control = controls["kind"] == Kind.CONTROL
    taken = np.isin(controls["number"], list(owned)) | (controls["number"] >= FIRST_CHANNEL_MODE)
    return np.asarray((controls["kind"] != Kind.PROGRAM) & ~(is_control & taken))
