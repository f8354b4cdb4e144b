"""A graph and a score together: who plays which notes, on what, checked before anything sounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import model_validator

from composer_daw.documents import PlacedError, load_document
from composer_daw.errors import HostError, InputError
from composer_daw.files import check_is_file
from composer_daw.midi.select import Mask, part_of, select_notes, track_list
from composer_daw.performance import Performance
from composer_daw.rendering.effects import Effect, Plugin, open_plugin
from composer_daw.rendering.graph import Graph, GraphTrack
from composer_daw.rendering.instrument import Instrument, load_instrument
from composer_daw.rendering.render import check_technique

SAMPLE_RATE = 44_100


@dataclass(frozen=True)
class Part:
    """One track of the graph with its instrument and its notes."""

    name: str
    track: GraphTrack
    instrument: Instrument
    performance: Performance


@dataclass(frozen=True)
class Plan:
    """All that is needed to render a song."""

    graph: Graph
    parts: tuple[Part, ...]
    folder: Path
    """The folder of the graph: where the paths of its effects begin."""
    score: Performance
    sample_rate: int
    ignored: int = 0
    """How many notes `ignore` covers."""
    dropped: int = 0
    """How many notes nobody plays, with `unassigned: drop`."""


def plan_graph(path: str | Path, score: Performance, sample_rate: int | None = None) -> Plan:
    """Read a graph for a score; raise DocumentError, with file and line, for what does not fit.

    `sample_rate` goes before the one in the graph; without either it is 44,100 Hz.
    """
    folder, plans = check_is_file(path, "a render graph (YAML)").parent, list[Plan]()

    def check(graph: Graph) -> None:
        rate = sample_rate or graph.sample_rate or SAMPLE_RATE
        instruments = {name: _instrument(name, track, folder) for name, track in graph.tracks.items()}
        _check_plugins(graph, rate, folder)
        chosen, ignored, dropped = assign_notes(graph, score)
        parts = (Part(n, graph.tracks[n], instruments[n], part_of(score, rows)) for n, rows in chosen.items())
        plans.append(Plan(graph, tuple(parts), folder, score, rate, ignored, dropped))

    load_document(path, _checked_by(check), "a render graph (YAML)")
    return plans[-1]


def _checked_by(check: Callable[[Graph], None]) -> type[Graph]:
    """Return the schema with one more check, so that its PlacedErrors name the line too."""

    class Checked(Graph):
        @model_validator(mode="after")
        def _fits(self) -> Self:
            check(self)
            return self

    return Checked


def assign_notes(graph: Graph, score: Performance) -> tuple[dict[str, Mask], int, int]:
    """Return the notes of each track, then how many are ignored and dropped; raise PlacedError.

    What is ignored is taken away first; every other note goes to one track.
    """
    ignored = np.zeros(len(score.notes), np.bool_)
    for number, selector in enumerate(graph.ignore):
        ignored |= _selected(score, selector.selection, "ignore", number)
    owner = np.full(len(score.notes), -1)
    chosen: dict[str, Mask] = {}
    for number, (name, track) in enumerate(graph.tracks.items()):
        mine = _selected(score, track.selection, "tracks", name) & ~ignored
        if not mine.any():
            problem = f"no notes for {track.selection}; the score has {track_list(score)}"
            raise PlacedError(problem, "tracks", name)
        if (taken := mine & (owner >= 0)).any():
            first = int(owner[taken][0])
            both = f"{int((owner[mine] == first).sum())} of its notes go to '{list(graph.tracks)[first]}' too"
            problem = f"{both}; every note is played once"
            raise PlacedError(problem, "tracks", name)
        owner[mine], chosen[name] = number, mine
    left = (owner < 0) & ~ignored
    if left.any() and graph.unassigned == "error":
        raise PlacedError(_left_over(score, left), "tracks")
    return chosen, int(ignored.sum()), int(left.sum())


def _selected(score: Performance, selection: Any, *place: int | str) -> Mask:
    try:
        return select_notes(score, selection)
    except InputError as error:
        raise PlacedError(str(error), *place, "track") from error


def _left_over(score: Performance, left: Mask) -> str:
    track, channel = int(score.notes["track"][left][0]), int(score.notes["channel"][left][0])
    alone = left[score.notes["track"] == track].all()
    where = "" if alone else f" on channel {channel + 1}"
    name, count = score.tracks[track].name.strip(), int(left.sum())
    return (
        f"nobody plays track {track + 1} '{name}'{where}, notes left over: {count}; give it an instrument, "
        "put it under 'ignore', or write 'unassigned: drop'"
    )


def _instrument(name: str, track: GraphTrack, folder: Path) -> Instrument:
    """Load an instrument, a file from the folder of the graph or one that ships; check the technique."""
    beside, is_file = folder / track.instrument, Path(track.instrument).suffix in (".yaml", ".yml")
    try:
        instrument = load_instrument(beside if is_file or beside.is_file() else track.instrument)
        instrument.check_sound()
    except (InputError, HostError) as error:
        raise PlacedError(str(error), "tracks", name, "instrument") from error
    try:
        check_technique(track.technique, instrument)
    except InputError as error:
        raise PlacedError(str(error), "tracks", name, "technique") from error
    return instrument


def _check_plugins(graph: Graph, sample_rate: int, folder: Path) -> None:
    for place, effect in _effects(graph):
        if isinstance(effect, Plugin):
            for part, find in (("source", effect.checked), ("state", effect.state_path)):
                try:
                    find(folder)
                except (InputError, HostError) as error:
                    raise PlacedError(str(error), *place, "plugin", part) from error
            if effect.parameters:
                _try_settings(effect, place, sample_rate, folder)


def _try_settings(effect: Plugin, place: tuple[str | int, ...], sample_rate: int, folder: Path) -> None:
    """Load an effect once to see that it has its parameters: better than after all tracks are played."""
    try:
        with open_plugin(effect, sample_rate, folder):
            pass
    except HostError as error:
        raise PlacedError(str(error), *place, "plugin", "set") from error


def _effects(graph: Graph) -> Iterator[tuple[tuple[str | int, ...], Effect]]:
    chains = [(place, strip.effects) for place, strip in graph.strips()]
    for place, effects in (*chains, (("master",), graph.master.effects)):
        for number, effect in enumerate(effects):
            yield (*place, "effects", number), effect
