"""How early each note is sent, so that it speaks on time."""

from __future__ import annotations

import numpy as np

from composer_daw.techniques.lines import SAME_S, Array, Floats, last_end, next_onset
from composer_daw.techniques.parts import ByVelocity, Technique


def latencies_s(
    onset_s: Floats, end_s: Floats, velocity: Array, line: Array, state: Array, entries: list[list[Technique]]
) -> Floats:
    """Return how early each note (sorted by onset) is sent, so that it speaks on time.

    `entries` holds the techniques of each state; the slowest of them counts. A note is connected when it
    begins while one that began before it on its line is held; the notes of a chord do not connect each other.
    """
    connected = last_end(onset_s, end_s, line) > onset_s + SAME_S
    early = np.zeros(len(onset_s))
    for number, techniques in enumerate(entries):
        for technique in techniques:
            mine = state == number
            early[mine] = np.maximum(
                early[mine], _early_ms(technique, connected[mine], velocity[mine]) / 1000.0
            )
    return early


def repeated_apart(
    onset_s: Floats, held_s: Floats, early_s: Floats, line: Array, pitch: Array
) -> tuple[Floats, Floats]:
    """Return how long each note is held and how early it is sent, so that repeated notes stay apart.

    A note is sent at the earliest halfway from the onset before it on its line and pitch, and that one is let
    go by then: its release would end the new note. Notes that begin together are sent together.
    """
    key = line.astype(np.int64) * 128 + pitch
    early = np.minimum(early_s, (onset_s + next_onset(-onset_s, key)) / 2)
    _, chord = np.unique(np.stack([key, np.rint(onset_s / SAME_S)]), axis=1, return_inverse=True)
    least = np.full(len(onset_s), np.inf)
    np.minimum.at(least, chord, early)
    early = least[chord]
    free = next_onset(onset_s - early, key) - onset_s
    return np.minimum(held_s, np.maximum(free, 1e-4)), early


def _early_ms(technique: Technique, connected: Array, velocity: Array) -> Floats:
    latency = technique.latency_ms
    first = _at_velocity(latency.first, velocity)
    if not latency.transition and latency.transition != 0:
        return first
    return np.where(connected, _at_velocity(latency.transition, velocity), first)


def _at_velocity(latency_ms: float | ByVelocity, velocity: Array) -> Floats:
    """Return the latency of each note: that of the highest velocity named that it reaches."""
    if not isinstance(latency_ms, dict):
        return np.full(len(velocity), latency_ms)
    steps, values = np.array(sorted(latency_ms.items()) or [(1, 0.0)]).T
    return np.asarray(values[np.clip(np.searchsorted(steps, velocity, side="right") - 1, 0, None)])
