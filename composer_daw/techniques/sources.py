"""Values taken from the score: what an action that follows something has, at each note and as it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer_daw.events import EVENT, Kind
from composer_daw.performance import CONTROL
from composer_daw.techniques.actions import Follow, Step
from composer_daw.techniques.lines import Array, Floats

SILENT = {1: 0, 7: 100, 10: 64, 11: 127}
"""What a controller is where the score never sets it (General MIDI), for a value that follows it; all others
are 0. `switches.NEUTRAL` is what a chased one is sent as: there CC 1 is full, or strings would be silent."""


@dataclass(frozen=True)
class Sources:
    """What can be followed: of each note, in the order in which they are sent, and the score's controls."""

    time_s: Floats
    """When each note is heard: what holds then counts."""
    velocity: Array
    pitch: Array
    length_ms: Floats
    controls: Array
    """Dtype `CONTROL`, sorted by time."""

    @classmethod
    def none(cls) -> Sources:
        """Return the sources of no note at all."""
        empty = np.zeros(0)
        return cls(empty, empty, empty, empty, np.zeros(0, CONTROL))

    def at(self, follow: Follow, notes: Array) -> Floats:
        """Return the sent value for each of these notes."""
        of_note = {"velocity": self.velocity, "pitch": self.pitch, "length_ms": self.length_ms}
        if follow.number < 0:
            return _scaled(follow, of_note[follow.follow][notes])
        rows = self._rows(follow)
        values = np.concatenate([[SILENT.get(follow.number, 0)], rows["value"]])
        return _scaled(
            follow, values[np.searchsorted(rows["time_s"], self.time_s[notes] + 1e-9, side="right")]
        )

    def sent(self, step: Step, notes: Array) -> Floats:
        """Return the value of a step that follows something, for each of these notes, as it can be sent."""
        assert isinstance(step.value, Follow)
        return _sendable(step, self.at(step.value, notes))

    def moved(self, follow: Follow | float, notes: Array, all_notes: Array) -> Array:
        """Return those of the notes for which the value is another than for the note before."""
        if not isinstance(follow, Follow):
            return notes[:0]
        values = np.rint(self.at(follow, all_notes))
        changed = all_notes[1:][np.diff(values) != 0]
        return np.intersect1d(notes, changed)

    def moving(self, step: Step, spans: Floats, channel: int) -> Array:
        """Return a step's `EVENT` rows as its controller moves, within the spans of time (n x 2)."""
        follow = step.value
        if not isinstance(follow, Follow) or follow.number < 0 or not len(spans):
            return np.zeros(0, EVENT)
        source = self._rows(follow)
        span = np.searchsorted(spans[:, 0], source["time_s"], side="right") - 1
        inside = (span >= 0) & (source["time_s"] < spans[np.maximum(span, 0), 1])
        source = source[inside]
        rows = np.zeros(len(source), EVENT)
        rows["time_s"], rows["value"] = source["time_s"], _sendable(step, _scaled(follow, source["value"]))
        rows["kind"], rows["number"], rows["note"] = step.kind, step.number, -1
        rows["channel"] = channel if step.channel is None else step.channel
        return rows

    def _rows(self, follow: Follow) -> Array:
        mine = (self.controls["kind"] == Kind.CONTROL) & (self.controls["number"] == follow.number)
        return np.asarray(self.controls[mine])


def _scaled(follow: Follow, values: Array) -> Floats:
    """Bring values from the source's span to the sent one, and no further."""
    low, high = follow.source
    share = np.clip((values - low) / (high - low), 0.0, 1.0) if high != low else np.zeros(len(values))
    return np.asarray(follow.range[0] + share * (follow.range[1] - follow.range[0]))


def _sendable(step: Step, values: Floats) -> Floats:
    """Return whole values, and no velocity of 0, but for parameters."""
    if step.kind is Kind.PARAMETER:
        return values
    return np.asarray(np.maximum(np.rint(values), 1 if step.kind is Kind.SWITCH_ON else 0))
