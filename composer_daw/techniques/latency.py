"""How early each note is sent, so that it speaks on time."""

from __future__ import annotations

import numpy as np

from composer_daw.techniques.lines import SAME_S, Array, Floats, last_end, next_onset
from composer_daw.techniques.parts import ByVelocity, Technique

APART_S = 0.001
"""Between two notes of a line that are played otherwise: room for the switch between them."""

ROUNDING_S = 1e-9
"""How much a note is let go early where, by its last bit, it would reach past the next of its pitch."""


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
    following = next_onset(onset_s - early, key)
    held = np.minimum(held_s, np.maximum(following - onset_s, 1e-4))
    reaches = (onset_s + held > following) & (held > 1e-4)
    return held - np.where(reaches, ROUNDING_S, 0.0), early


def switched_apart(onset_s: Floats, early_s: Floats, line: Array, state: Array) -> Floats:
    """Return how early each note is sent, so that there is room for a switch before each new state.

    Latencies may bring notes of two states to one instant, where the later switch would speak to both. Then
    the note that is heard later waits, no longer than until it is to be heard.
    """
    early = early_s.copy()
    sent = onset_s - early_s
    order = np.lexsort((sent, line))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(sent[order]) > APART_S) | (np.diff(line[order]) != 0)
    starts = np.flatnonzero(new)
    states = state[order]
    mixed = np.minimum.reduceat(states, starts) != np.maximum.reduceat(states, starts) if len(order) else new
    ends = np.append(starts[1:], len(order))
    for first, last in zip(starts[mixed].tolist(), ends[mixed].tolist(), strict=True):
        mine = order[first:last]
        before, free_s = -1, -np.inf
        for note in mine[np.lexsort((state[mine], onset_s[mine]))].tolist():
            free_s += APART_S if state[note] != before else 0.0
            free_s = min(max(sent[note], free_s), onset_s[note])
            early[note], before = onset_s[note] - free_s, state[note]
    return early


def _early_ms(technique: Technique, connected: Array, velocity: Array) -> Floats:
    latency = technique.latency_ms
    first = at_velocity(latency.first, velocity)
    if not latency.transition and latency.transition != 0:
        return first
    return np.where(connected, at_velocity(latency.transition, velocity), first)


def at_velocity(latency_ms: float | ByVelocity, velocity: Array) -> Floats:
    """Return the figure of each note, in ms: that of the highest velocity named that it reaches."""
    if not isinstance(latency_ms, dict):
        return np.full(len(velocity), latency_ms)
    steps, values = np.array(sorted(latency_ms.items()) or [(1, 0.0)]).T
    return np.asarray(values[np.clip(np.searchsorted(steps, velocity, side="right") - 1, 0, None)])
