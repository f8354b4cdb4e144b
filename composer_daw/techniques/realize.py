"""Realize a performance on an instrument: its techniques become events, and every note gets a label."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.performance import Array, Performance, TechniqueSet
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.resolve import Resolution, Rung, resolve, without
from composer_daw.techniques.shape import (
    OutOfRange,
    column,
    latencies_s,
    lengths,
    pitches_and_velocities,
    repeated_apart,
    sounding_lengths,
    within_range,
)
from composer_daw.techniques.sounding_together import hand_out
from composer_daw.techniques.switches import control_rows, switch_rows
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

LABEL = np.dtype(
    [
        ("note", "i4"),  # the note's number in the score: track by track, in the order of the file
        ("track", "u2"),  # of the score, from 0
        ("pitch", "i2"),  # as written
        ("sent_pitch", "i2"),
        ("sounding_pitch", "i2"),
        ("velocity", "u1"),  # as sent
        ("channel", "u1"),  # as sent, 0..15
        ("written_onset_s", "f8"),
        ("written_offset_s", "f8"),
        ("sounding_onset_s", "f8"),  # when it should be heard: the performed onset
        (
            "sounding_offset_s",
            "f8",
        ),  # as planned: the key is let go, the note has died away, or the next is slurred
        ("sent_onset_s", "f8"),  # earlier than it sounds, by the technique's latency
        ("sent_offset_s", "f8"),  # when the key is let go
        ("asked", "u2"),  # index into `Labels.resolutions`
        ("played", "u2"),  # index into `Labels.states`
        ("rung", "u1"),
        ("conflict", "?"),
    ]
)

SETTLE_S = 0.03
"""Between the state that is set at the start and the first switch or note."""


@dataclass(frozen=True)
class Labels:
    """A label for every note that is played, sorted by onset; `rows` has dtype `LABEL`."""

    rows: Array
    resolutions: tuple[Resolution, ...]
    states: tuple[TechniqueSet, ...]
    dropped: int = 0
    pieces: dict[int, str] = dataclasses.field(default_factory=dict)
    """The drum that each written pitch stands for."""
    defaults: TechniqueSet = ()
    """The technique of each group that goes without saying."""

    def asked_names(self) -> list[str]:
        """Return what each note asked for, techniques joined by '+'."""
        names = ["+".join(resolution.asked) or "default" for resolution in self.resolutions]
        return [names[number] for number in self.rows["asked"]]

    def played_names(self) -> list[str]:
        """Return what each note plays: its techniques but for the defaults, or the first default."""
        memory: dict[tuple[int, int, int], str] = {}
        keys = zip(*(self.rows[name].tolist() for name in ("asked", "played", "pitch")), strict=True)
        return [memory.get(key) or memory.setdefault(key, self._played(*key)) for key in keys]

    def _played(self, asked: int, played: int, pitch: int) -> str:
        resolution, state = self.resolutions[asked], self.states[played]
        strokes = {"=".join(stroke): stroke[0] for stroke in resolution.strokes}
        here = (name for name, piece in strokes.items() if piece == self.pieces.get(pitch))
        return "+".join((*without(self.defaults, state), *here)) or "default"

    def rung_names(self) -> list[str]:
        """Return the rung of each note, in lower case."""
        return [Rung(number).name.lower() for number in self.rows["rung"]]


@dataclass(frozen=True)
class Realization:
    """What the host is told, and what every note of it is."""

    events: Events
    labels: Labels


def realize(
    performance: Performance,
    technique_map: TechniqueMap,
    vocabulary: Vocabulary | None = None,
    out_of_range: OutOfRange = "fail",
) -> Realization:
    """Return the events that play a performance on an instrument, and a label for each note.

    Raises InputError for notes outside the instrument's range, unless `out_of_range` is "drop".
    """
    vocabulary = vocabulary or load_vocabulary()
    resolutions = [resolve(asked, technique_map, vocabulary) for asked in performance.techniques]
    pitch, louder = pitches_and_velocities(performance, resolutions, technique_map)
    inside = within_range(performance, pitch, technique_map, out_of_range)
    kept = dataclasses.replace(performance, notes=performance.notes[inside])
    rows, states = _label_rows(kept, pitch[inside], louder[inside], resolutions, technique_map)
    pieces = {written: name for name, piece in technique_map.pieces.items() for written in piece.written}
    defaults = tuple(group.default for group in technique_map.groups.values())
    labels = Labels(rows, tuple(resolutions), tuple(states), int((~inside).sum()), pieces, defaults)
    return Realization(_events(kept, rows, states, technique_map), labels)


def _label_rows(
    performance: Performance,
    pitch: Array,
    louder: Array,
    resolutions: list[Resolution],
    technique_map: TechniqueMap,
) -> tuple[Array, list[TechniqueSet]]:
    notes = performance.notes
    states = list(dict.fromkeys(resolution.state for resolution in resolutions))
    asked_state = np.array([states.index(resolution.state) for resolution in resolutions])[notes["technique"]]
    rows = np.zeros(len(notes), LABEL)
    factor = column(states, technique_map, "length", np.prod)
    ends = notes["onset_s"] + np.maximum(notes["duration_s"] * factor[asked_state], 1e-4)
    channel, state, conflict = hand_out(notes["onset_s"], ends, asked_state, states, technique_map)
    overlap, lasts, velocity, sounds = (
        column(states, technique_map, field, together)[state]
        for field, together in (
            ("overlap_ms", max),
            ("lasts_ms", max),
            ("velocity", np.prod),
            ("sounds", sum),
        )
    )
    factor = column(states, technique_map, "length", np.prod)[state]
    held = lengths(notes["onset_s"], notes["duration_s"], pitch, channel, state, factor, overlap / 1000.0)
    rows["velocity"] = np.clip(np.rint(notes["velocity"] * velocity * louder), 1, 127)
    entries = [[technique_map.techniques[name] for name in one] for one in states]
    early = latencies_s(notes["onset_s"], notes["onset_s"] + held, rows["velocity"], channel, state, entries)
    held, early = repeated_apart(notes["onset_s"], held, early, channel, pitch)
    heard = sounding_lengths(
        notes["onset_s"], notes["duration_s"], held, channel, overlap > 0, lasts / 1000.0
    )
    given: dict[str, npt.ArrayLike] = {
        "note": notes["source"],
        "track": notes["track"],
        "pitch": notes["pitch"],
        "sent_pitch": pitch,
        "sounding_pitch": pitch + sounds,
        "channel": channel,
        "written_onset_s": notes["written_onset_s"],
        "written_offset_s": notes["written_onset_s"] + notes["written_duration_s"],
        "sounding_onset_s": notes["onset_s"],
        "sounding_offset_s": notes["onset_s"] + heard,
        "sent_offset_s": notes["onset_s"] + held,
        "sent_onset_s": notes["onset_s"] - early,
        "asked": notes["technique"],
        "played": state,
        "rung": np.array([resolution.rung for resolution in resolutions], np.uint8)[notes["technique"]],
        "conflict": conflict,
    }
    for name, values in given.items():
        rows[name] = values
    return rows, states


def _events(
    performance: Performance, rows: Array, states: list[TechniqueSet], technique_map: TechniqueMap
) -> Events:
    sent = rows[np.argsort(rows["sent_onset_s"], kind="stable")]
    lead_s = technique_map.lead_ms / 1000.0
    pre_roll_s = lead_s + SETTLE_S + max(0.0, -float(sent["sent_onset_s"].min(initial=0.0)))
    parameters: list[str] = []

    def index(name: str) -> int:
        if name not in parameters:
            parameters.append(name)
        return parameters.index(name)

    channels = np.unique(rows["channel"])
    parts = [
        control_rows(performance.controls, channels, technique_map, pre_roll_s),
        _dynamics_rows(sent, technique_map, pre_roll_s),
        _note_rows(rows),
    ]
    if technique_map.groups and len(rows):
        columns = (sent["sent_onset_s"], sent["sent_offset_s"], sent["channel"], sent["played"])
        parts.append(switch_rows(*columns, states, technique_map, index, pre_roll_s))
    stream = sorted_stream(np.concatenate(parts))
    return Events(stream, float(rows["sent_offset_s"].max(initial=0.0)), pre_roll_s, tuple(parameters))


def _note_rows(rows: Array) -> Array:
    on, off = np.zeros(len(rows), EVENT), np.zeros(len(rows), EVENT)
    for part, kind, time in ((on, Kind.NOTE_ON, "sent_onset_s"), (off, Kind.NOTE_OFF, "sent_offset_s")):
        part["time_s"], part["kind"], part["channel"] = rows[time], kind, rows["channel"]
        part["number"], part["note"] = rows["sent_pitch"], rows["note"]
    on["value"] = rows["velocity"]
    return np.concatenate([on, off])


def _dynamics_rows(sent: Array, technique_map: TechniqueMap, pre_roll_s: float) -> Array:
    """Return the dynamics controller that follows the velocities, just before each note."""
    dynamics: Any = technique_map.dynamics
    if dynamics is None or dynamics.follow != "velocity":
        return np.zeros(0, EVENT)
    rows = np.zeros(len(sent), EVENT)
    rows["time_s"], rows["kind"], rows["channel"] = sent["sent_onset_s"], Kind.CONTROL, sent["channel"]
    rows["number"], rows["value"], rows["note"] = dynamics.cc, sent["velocity"], -1
    rows["time_s"][:1] = -pre_roll_s
    return rows
