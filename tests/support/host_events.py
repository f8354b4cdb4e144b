"""Streams of events by hand, for tests that speak to a host directly: times in seconds, channels from 0."""

from __future__ import annotations

import itertools

import numpy as np

from composer_daw.events import EVENT, Events, Kind, sorted_stream

PRE_ROLL_S = 0.05
Row = tuple[float, Kind, int, int, float, int]


def note(onset_s: float, length_s: float, pitch: int, velocity: int = 100, channel: int = 0) -> list[Row]:
    """Return a note: its attack and its release."""
    return [
        (onset_s, Kind.NOTE_ON, channel, pitch, velocity, 0),
        (onset_s + length_s, Kind.NOTE_OFF, channel, pitch, 0.0, 0),
    ]


def switch(time_s: float, key: int, channel: int = 0) -> list[Row]:
    """Return a keyswitch that is tapped."""
    return [
        (time_s, Kind.SWITCH_ON, channel, key, 100.0, -1),
        (time_s + 0.002, Kind.SWITCH_OFF, channel, key, 0.0, -1),
    ]


def control(time_s: float, number: int, value: float, channel: int = 0) -> list[Row]:
    """Return a controller."""
    return [(time_s, Kind.CONTROL, channel, number, value, -1)]


def parameter(time_s: float, number: int, value: float) -> list[Row]:
    """Return a parameter event; `number` counts the names that `stream` is given."""
    return [(time_s, Kind.PARAMETER, 0, number, value, -1)]


def stream(
    *parts: list[Row],
    duration_s: float | None = None,
    pre_roll_s: float = PRE_ROLL_S,
    parameters: tuple[str, ...] = (),
) -> Events:
    """Return all parts as one sorted stream, as long as its last event says if nothing else is given."""
    rows = np.array(list(itertools.chain(*parts)), EVENT)
    end_s = float(rows["time_s"].max(initial=0.0)) if duration_s is None else duration_s
    return Events(sorted_stream(rows), end_s, pre_roll_s, parameters)
