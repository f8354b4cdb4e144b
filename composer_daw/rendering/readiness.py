"""Readiness: a note of every technique that a render uses, for hosts whose samples arrive late or never."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

import numpy as np

from composer_daw.errors import InputError
from composer_daw.events import Events
from composer_daw.performance import Performance, TechniqueSet, note_rows
from composer_daw.rendering.instrument import Instrument
from composer_daw.techniques import Labels, realize

PROBE_S = 0.3
USUAL = (60, 90)
"""Pitch and velocity of a probe, where no score says which are played."""


@runtime_checkable
class Probed(Protocol):
    """A host that plays a probe of each technique before it renders; plugins do."""

    def need(self, probes: Mapping[str, Events]) -> None:
        """Take the probes of the next render, by the names of the techniques."""


def probes_of(labels: Labels, instrument: Instrument) -> dict[str, Events]:
    """Return a probe for each way of playing in a score, on its middle note."""
    probes = {}
    for number in np.unique(labels.rows["played"]).tolist():
        mine = labels.rows[labels.rows["played"] == number]
        note = mine[np.argsort(mine["pitch"], kind="stable")[len(mine) // 2]]
        state = labels.states[number]
        name = "+".join(state) or "the sound"
        probes[name] = _probe(state, int(note["pitch"]), int(note["velocity"]), instrument)
    return probes


def probes_for(instrument: Instrument, techniques: Iterable[str] | None = None) -> dict[str, Events]:
    """Return a probe for each of these techniques, or for all that the instrument has, on a usual note."""
    low, high = instrument.technique_map.range
    middle, velocity = min(high, max(low, USUAL[0])), USUAL[1]
    pieces = instrument.technique_map.pieces
    if pieces and techniques is None:
        return {name: _probe((), piece.written[0], velocity, instrument) for name, piece in pieces.items()}
    named = instrument.technique_map.playable() if techniques is None else techniques
    return {name: _probe((name,), middle, velocity, instrument) for name in named}


def _probe(state: TechniqueSet, pitch: int, velocity: int, instrument: Instrument) -> Events:
    note = note_rows([(0.0, PROBE_S, pitch, velocity)])
    try:
        return realize(Performance(note, techniques=(state,)), instrument.technique_map).events
    except InputError as error:  # a map whose range is not that of its techniques
        raise type(error)(f"{instrument.map_path}: {error}") from error
