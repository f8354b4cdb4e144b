"""Readiness: a note of every technique that a render uses, for hosts whose samples arrive late or never."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np

from composer_daw.errors import InputError
from composer_daw.events import Events
from composer_daw.performance import Array, Performance, TechniqueSet, note_rows
from composer_daw.rendering.instrument import Instrument
from composer_daw.techniques import Labels, realize

PROBE_S = 0.3
USUAL = (60, 90)
"""Pitch and velocity of a probe, where no score says which are played; none is softer, to be heard at all."""


Probe = Callable[[], Events]
"""Makes the notes of a probe, when they are wanted: once for each load of a plugin, not for each render."""


@runtime_checkable
class Probed(Protocol):
    """A host that plays a probe of each technique before it renders; plugins do."""

    def need(self, probes: Mapping[str, Probe]) -> None:
        """Take what makes the probes of the next render, by the names of the techniques."""


def probes_of(labels: Labels, instrument: Instrument) -> dict[str, Probe]:
    """Return what makes a probe for each way of playing in a score, on its middle note; for each drum key."""
    drums = np.isin(labels.rows["pitch"], list(labels.pieces))
    probes = _drum_probes(labels, labels.rows[drums], instrument)
    melodic = labels.rows[~drums]
    for number in np.unique(melodic["played"]).tolist():
        mine = melodic[melodic["played"] == number]
        note = mine[np.argsort(mine["pitch"], kind="stable")[len(mine) // 2]]
        state = labels.states[number]
        probes["+".join(state) or "the sound"] = partial(_probe, state, note, instrument)
    return probes


def _drum_probes(labels: Labels, rows: Array, instrument: Instrument) -> dict[str, Probe]:
    """Return what makes a probe for each key that is struck: every stroke has samples of its own."""
    probes: dict[str, Probe] = {}
    for key in np.unique(rows["sent_pitch"]).tolist():
        note = rows[rows["sent_pitch"] == key][0]
        asked = labels.resolutions[int(note["asked"])].asked
        probes[f"{labels.pieces[int(note['pitch'])]} (key {key})"] = partial(_probe, asked, note, instrument)
    return probes


def probes_for(instrument: Instrument, techniques: Iterable[str] | None = None) -> dict[str, Probe]:
    """Return what makes a probe for each of these techniques, or for all there are, on a usual note."""
    low, high = instrument.technique_map.range
    middle, velocity = min(high, max(low, USUAL[0])), USUAL[1]
    pieces = instrument.technique_map.pieces
    if pieces and techniques is None:
        struck = {name: piece.written[0] for name, piece in pieces.items()}
        return {name: partial(_played, (), pitch, velocity, instrument) for name, pitch in struck.items()}
    named = instrument.technique_map.playable() if techniques is None else techniques
    return {name: partial(_played, (name,), middle, velocity, instrument) for name in named}


def _probe(state: TechniqueSet, note: np.void, instrument: Instrument) -> Events:
    """Return the probe of a note as its label tells it."""
    return _played(state, int(note["pitch"]), max(USUAL[1], int(note["velocity"])), instrument)


def _played(state: TechniqueSet, pitch: int, velocity: int, instrument: Instrument) -> Events:
    note = note_rows([(0.0, PROBE_S, pitch, velocity)])
    try:
        return realize(Performance(note, techniques=(state,)), instrument.technique_map).events
    except InputError as error:  # a map whose range is not that of its techniques
        raise type(error)(f"{instrument.map_path}: {error}") from error
