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
from composer_daw.techniques import Labels, TechniqueMap, realize

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
        probes[f"{labels.pieces[int(note['pitch'])][0]} (key {key})"] = partial(
            _probe, asked, note, instrument
        )
    return probes


def probes_for(instrument: Instrument, techniques: Iterable[str] | None = None) -> dict[str, Probe]:
    """Return what makes a probe for each of these techniques, on a usual note; for all and for each drum."""
    known = instrument.technique_map
    middle = min(pitches_of(known), key=lambda pitch: abs(pitch - USUAL[0]), default=USUAL[0])
    struck = {name: next(iter(one.written)) for name, one in known.pieces.items() if one.written}
    named = known.playable() if techniques is None else techniques
    asked: list[tuple[str, TechniqueSet, int]] = []
    if techniques is None:
        asked += [(name, (), pitch) for name, pitch in struck.items()]
    asked += [(name, (name,), middle) for name in named]
    return {name: partial(_played, state, pitch, USUAL[1], instrument) for name, state, pitch in asked}


def pitches_of(technique_map: TechniqueMap) -> list[int]:
    """Return the pitches that can be written and are no drum's; the drums', where there are no others."""
    low, high = technique_map.range
    drums = technique_map.struck()
    others = [] if technique_map.is_kit else [pitch for pitch in range(low, high + 1) if pitch not in drums]
    return others or sorted(drums)


def _probe(state: TechniqueSet, note: np.void, instrument: Instrument) -> Events:
    """Return the probe of a note as its label tells it."""
    return _played(state, int(note["pitch"]), max(USUAL[1], int(note["velocity"])), instrument)


def _played(state: TechniqueSet, pitch: int, velocity: int, instrument: Instrument) -> Events:
    note = note_rows([(0.0, PROBE_S, pitch, velocity)])
    try:
        return realize(Performance(note, techniques=(state,)), instrument.technique_map).events
    except InputError as error:  # a map whose range is not that of its techniques
        raise type(error)(f"{instrument.map_path}: {error}") from error
