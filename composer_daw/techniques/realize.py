"""Realize a performance on an instrument: its techniques become events, and every note gets a label."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.performance import Performance, TechniqueSet
from composer_daw.techniques.conditions import ANY, holds
from composer_daw.techniques.latency import latencies_s, repeated_apart, switched_apart
from composer_daw.techniques.lines import Array, Floats
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.note_labels import LABEL, Labels
from composer_daw.techniques.resolve import Resolution, resolve, without
from composer_daw.techniques.shape import (
    OutOfRange,
    column,
    lengths,
    pitches_and_velocities,
    sounding_lengths,
    strum_shape,
    velocities,
    within_range,
)
from composer_daw.techniques.sounding_together import Together, hand_out
from composer_daw.techniques.sources import Sources
from composer_daw.techniques.strum import strum
from composer_daw.techniques.switches import Sent, Switching, control_rows, init_rows, switch_rows
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

SETTLE_S = 0.03
"""Between the state that is set at the start and the first switch or note."""

INIT_S = 0.05
"""Between what is sent once, where there is any, and the state that is set at the start."""


@dataclass(frozen=True)
class Realization:
    """What the host is told, and what every note of it is."""

    events: Events
    labels: Labels
    more: tuple[Events, ...] = ()
    """What further instances of the instrument are told; all have one pre-roll and one duration."""


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
    resolutions, resolved = resolved_notes(performance, technique_map, vocabulary)
    pitch, stroke = pitches_and_velocities(performance, resolved, resolutions, technique_map)
    inside = within_range(performance, pitch, technique_map, out_of_range)
    kept = dataclasses.replace(performance, notes=performance.notes[inside])
    shaped = _strummed(
        _Shaped(kept, resolved[inside], pitch[inside], stroke[inside]), resolutions, technique_map
    )
    rows, states = _label_rows(shaped, resolutions, technique_map)
    unsaid = {entry.default for entry in vocabulary.groups.values()}
    labels = Labels(
        rows,
        tuple(resolutions),
        tuple(states),
        int((~inside).sum()),
        technique_map.struck(),
        {name: without(unsaid, technique_map.plays(name)) for name in technique_map.techniques},
        tuple(group.default for group in technique_map.groups.values()),
    )
    events, *more = _events(kept, rows, states, technique_map)
    return Realization(events, labels, tuple(more))


@dataclass(frozen=True)
class _Shaped:
    """The notes that can be played: which resolution each has, what is sent, how hard its stroke."""

    performance: Performance
    resolved: Array
    pitch: Array
    stroke: Floats


def _strummed(shaped: _Shaped, resolutions: list[Resolution], technique_map: TechniqueMap) -> _Shaped:
    """Return the notes with chords spread that are strummed, sorted by onset."""
    states = [resolution.state for resolution in resolutions]
    shapes = [strum_shape(state, technique_map) for state in states]
    if not any(shape.strum_ms for shape in shapes):
        return shaped
    notes = shaped.performance.notes
    later, factor = strum(notes, notes["track"].astype(int) * 16 + notes["channel"], shaped.resolved, shapes)
    spread = notes.copy()
    spread["onset_s"] += later
    spread["duration_s"] -= later
    order = np.argsort(spread["onset_s"], kind="stable")
    performance = dataclasses.replace(shaped.performance, notes=spread[order])
    return _Shaped(performance, shaped.resolved[order], shaped.pitch[order], (shaped.stroke * factor)[order])


def resolved_notes(
    performance: Performance, technique_map: TechniqueMap, vocabulary: Vocabulary
) -> tuple[list[Resolution], Array]:
    """Return the resolutions that occur, and the index of each note into them."""
    notes, conditions = (
        performance.notes,
        {
            name: technique.when
            for name, technique in technique_map.techniques.items()
            if technique.when != ANY
        },
    )
    if not conditions:
        asked = performance.techniques
        return [resolve(one, technique_map, vocabulary) for one in asked], notes["technique"].astype(int)
    line = notes["track"].astype(int) * 16 + notes["channel"]
    columns = (*(notes[name] for name in ("onset_s", "duration_s", "pitch", "velocity")), line)
    distinct = list(dict.fromkeys(conditions.values()))
    met = [holds(condition, *columns) for condition in distinct]
    keys, resolved = np.unique(
        np.stack([notes["technique"].astype(int), *(one.astype(int) for one in met)]),
        axis=1,
        return_inverse=True,
    )
    resolutions = []
    for technique, *bits in keys.T.tolist():
        true = {condition for condition, bit in zip(distinct, bits, strict=True) if bit}
        here = {name for name, condition in conditions.items() if condition in true}
        resolutions.append(resolve(performance.techniques[technique], technique_map, vocabulary, here))
    return resolutions, resolved


def _label_rows(
    shaped: _Shaped, resolutions: list[Resolution], technique_map: TechniqueMap
) -> tuple[Array, list[TechniqueSet]]:
    notes, pitch = shaped.performance.notes, shaped.pitch
    onset_s, written_s = notes["onset_s"], notes["duration_s"]
    states = list(dict.fromkeys(resolution.state for resolution in resolutions))
    numbers = {state: number for number, state in enumerate(states)}
    asked_state = np.array([numbers[resolution.state] for resolution in resolutions], int)[shaped.resolved]
    rows = np.zeros(len(notes), LABEL)
    factor = column(states, technique_map, "length", np.prod)
    ends = onset_s + np.maximum(written_s * factor[asked_state], 1e-4)
    handed = hand_out(onset_s, ends, asked_state, states, technique_map)
    state, line = handed.state, handed.channel.astype(int) + 16 * handed.instance
    factor, overlap, gap, lasts, sounds = (
        column(states, technique_map, field, together)[state]
        for field, together in (
            ("length", np.prod),
            ("overlap_ms", max),
            ("gap_ms", max),
            ("lasts_ms", max),
            ("sounds", sum),
        )
    )
    held = lengths(onset_s, written_s, pitch, line, state, factor, overlap / 1000.0, gap / 1000.0)
    rows["velocity"] = velocities(notes["velocity"], shaped.stroke, state, states, technique_map)
    entries = [[technique_map.techniques[name] for name in one if name] for one in states]
    early = latencies_s(onset_s, onset_s + held, rows["velocity"], line, state, entries)
    held, early = repeated_apart(onset_s, held, early, line, pitch)
    early = switched_apart(onset_s, early, line, state)
    heard = sounding_lengths(onset_s, written_s, held, line, overlap > 0, lasts / 1000.0)
    given: dict[str, npt.ArrayLike] = {
        "note": notes["source"],
        "track": notes["track"],
        "pitch": notes["pitch"],
        "sent_pitch": pitch,
        "sounding_pitch": pitch + sounds,
        "channel": handed.channel,
        "instance": handed.instance,
        "written_onset_s": notes["written_onset_s"],
        "written_offset_s": notes["written_onset_s"] + notes["written_duration_s"],
        "sounding_onset_s": onset_s,
        "sounding_offset_s": onset_s + heard,
        "sent_offset_s": onset_s + held,
        "sent_onset_s": onset_s - early,
        "asked": shaped.resolved,
        "played": state,
        "rung": np.array([resolution.rung for resolution in resolutions], np.uint8)[shaped.resolved],
        "conflict": handed.together == Together.PRIORITY,
        "together": handed.together,
    }
    for name, values in given.items():
        rows[name] = values
    return rows, states


def _events(
    performance: Performance, rows: Array, states: list[TechniqueSet], technique_map: TechniqueMap
) -> list[Events]:
    """Return the events of each instance that plays, the first even where none does."""
    earliest = max(0.0, -float(rows["sent_onset_s"].min(initial=0.0)))
    init_s = INIT_S if technique_map.init else 0.0
    pre_roll_s = technique_map.lead_ms / 1000.0 + SETTLE_S + init_s + earliest
    duration_s = float(rows["sent_offset_s"].max(initial=0.0))
    parts = []
    for number in range(int(rows["instance"].max(initial=0)) + 1):
        parameters: dict[str, int] = {}
        mine = rows[rows["instance"] == number]
        sent = mine[np.argsort(mine["sent_onset_s"], kind="stable")]
        known = Switching(
            states,
            technique_map,
            lambda name, known=parameters: known.setdefault(name, len(known)),  # type: ignore[misc]
            _sources(sent, performance.controls),
            pre_roll_s - init_s,
        )
        stream = sorted_stream(np.concatenate(_parts(sent, performance.controls, known, pre_roll_s)))
        parts.append(Events(stream, duration_s, pre_roll_s, tuple(parameters)))
    return parts


def _parts(sent: Array, controls: Array, known: Switching, pre_roll_s: float) -> list[Array]:
    """Return the events of one instance, kind by kind."""
    channels = np.unique(sent["channel"])
    parts = [
        control_rows(controls, channels, known.technique_map, pre_roll_s),
        _dynamics_rows(sent, known.technique_map, pre_roll_s),
        _note_rows(sent),
        init_rows(channels, known.technique_map, known.index, -pre_roll_s),
    ]
    if known.technique_map.groups and len(sent):
        columns = ("sent_onset_s", "sent_offset_s", "channel", "played")
        parts.append(switch_rows(Sent(*(sent[name] for name in columns)), known))
    return parts


def _sources(sent: Array, controls: Array) -> Sources:
    length_ms = 1000.0 * (sent["sounding_offset_s"] - sent["sounding_onset_s"])
    return Sources(sent["sounding_onset_s"], sent["velocity"], sent["pitch"], length_ms, controls)


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
