"""Automation: parameters of a plugin that move with a controller of the score, or along an envelope."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from composer_daw.events import EVENT, EventArray, Events, Kind, sorted_stream
from composer_daw.rendering.preset import Automation

STEP_S = 0.01
"""How often an envelope sets its parameter; plugins look once in a block."""


def automated(events: Events, automation: tuple[Automation, ...]) -> Events:
    """Return the events with those that move the parameters.

    An envelope counts from the start of the score and holds its last value; a parameter that follows a
    controller takes each of its values at once.
    """
    if not automation:
        return events
    names = list(events.parameters)
    parts = [events.stream]
    for one in automation:
        if one.parameter not in names:
            names.append(one.parameter)
        times, values = _from_cc(one, events) if one.from_cc is not None else _envelope(one, events)
        rows = np.zeros(len(times), EVENT)
        rows["time_s"], rows["value"], rows["kind"], rows["note"] = times, values, Kind.PARAMETER, -1
        rows["number"] = names.index(one.parameter)
        parts.append(rows)
    stream: EventArray = sorted_stream(np.concatenate(parts))
    return dataclasses.replace(events, stream=stream, parameters=tuple(names))


Line = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def _from_cc(one: Automation, events: Events) -> Line:
    controls = events.of(Kind.CONTROL)
    mine = controls[controls["number"] == one.from_cc]
    return mine["time_s"], one.low + (one.high - one.low) * mine["value"] / 127.0


def _envelope(one: Automation, events: Events) -> Line:
    times, values = (np.array(column) for column in zip(*one.envelope, strict=True))
    grid = np.append(np.arange(0.0, times[-1], STEP_S), times[-1])
    at = np.append(-events.pre_roll_s, grid)
    return at, np.interp(at, times, values)
