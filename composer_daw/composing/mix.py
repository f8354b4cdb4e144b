"""The mix of a song: its render graph, with levels from the takes, and the mixdown."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from composer_daw.audio import Audio, on_cores
from composer_daw.composing.balance import (
    EARLY_S,
    Balance,
    Times,
    Under,
    balanced,
    heard_powers,
    loudest_section,
    masked_remarks,
    under_the_mix,
    where_played,
)
from composer_daw.composing.band import HALL, Hall, load_band
from composer_daw.composing.hall import hall_level_db
from composer_daw.composing.request import Request
from composer_daw.composing.seating import Seated
from composer_daw.composing.song import SongMaster
from composer_daw.files import write_text
from composer_daw.measure.loudness import Powers, channel_powers, step_powers
from composer_daw.performance import Performance
from composer_daw.rendering.graph import Graph
from composer_daw.rendering.graph_plan import Plan, plan_graph
from composer_daw.rendering.graph_play import play
from composer_daw.rendering.graph_render import Mixdown, as_the_graph_says, render_graph
from composer_daw.rendering.pool import Crew

SAMPLE_RATE = 44_100
RIDDEN_S = 0.4
"""So long a fader moves, before a section begins."""
HEAD = (
    "# The mix of this song; it renders again:\n"
    "#   composer-daw render performance.mid --graph graph.yaml -o mix.wav --seed {seed}\n"
)


@dataclass(frozen=True)
class Rendering:
    """How a mix is rendered: its seed, processes at once, who is told what is done, and who is ready."""

    seed: int
    workers: int = 1
    told: Callable[[str], None] = lambda name: None
    crew: Crew | None = None


@dataclass(frozen=True)
class Mixed:
    """A mixdown, the plan that it was made by, and the balance of its parts."""

    mixdown: Mixdown
    plan: Plan
    balance: Balance
    under_lu: Under
    """How far each stem lies under the mix, section by section, in LU; None where it is silent."""
    remarks: tuple[str, ...]
    """Who can hardly be heard, and where."""


def mix(
    performance: Performance, request: Request, times: Times, path: Path, home: Path, how: Rendering
) -> Mixed:
    """Play all parts, find their levels and that of the hall, write the graph to `path`, and mix.

    `home` is where the graph will stand in the end; instruments of the user's own are named from there.
    """
    band = _playing(performance, request.band)
    plays = {one.part.name: where_played(_onsets_s(performance, one.part.name), times) for one in band}
    desk = Desk(band, request.song.master, times)
    _write(path, desk.graph(home), how.seed)
    plan = plan_graph(path, performance)
    takes = play(plan, how.seed, told=how.told, workers=how.workers, crew=how.crew)
    if how.crew is not None:
        how.crew.dismiss()
    dry = {name: as_the_graph_says(take) for name, take in takes.items()}
    of_channels = _powers(dry)
    powers = {name: own.sum(axis=0) for name, own in of_channels.items()}
    balance = balanced(powers, plays, band, times)
    desk = replace(desk, balance=balance)
    loudest = loudest_section(powers, balance, times)
    ridden = Graph.model_validate(desk.graph(home))
    desk = replace(desk, hall_db=hall_level_db(dry, ridden, HALL, loudest, load_band().hall.under_lu))
    _write(path, desk.graph(home), how.seed)
    plan = replace(plan, graph=Graph.model_validate(desk.graph(home)))
    mixdown = render_graph(plan, seed=how.seed, takes=takes, dry_stems=False)
    heard = heard_powers(of_channels, plan.graph, mixdown.mastered.curve, SAMPLE_RATE)
    loud = step_powers(mixdown.audio.samples, SAMPLE_RATE)
    under = under_the_mix(heard, loud, times, plays)
    sections = [section.name for section in request.conditions.sections]
    return Mixed(mixdown, plan, balance, under, tuple(masked_remarks(under, sections)))


def _powers(sounds: Mapping[str, Audio]) -> dict[str, Powers]:
    """Return the power over time of each channel of each sound."""
    found = on_cores(lambda audio: channel_powers(audio.samples, audio.sample_rate), sounds.values())
    return dict(zip(sounds, found, strict=True))


def _onsets_s(performance: Performance, name: str) -> npt.NDArray[np.float64]:
    """Return when the notes of a part begin, in seconds."""
    number = next(row for row, track in enumerate(performance.tracks) if track.name == name)
    return np.asarray(performance.notes["onset_s"][performance.notes["track"] == number])


@dataclass(frozen=True)
class Desk:
    """What the graph of a song is written from: who plays, and where the faders stand."""

    band: Sequence[Seated]
    master: SongMaster
    times: Times
    balance: Balance = Balance({}, {})
    hall_db: float = 0.0

    def graph(self, home: Path) -> dict[str, Any]:
        """Return the render graph as its YAML has it."""
        hall = load_band().hall
        return {
            "graph": 1,
            "sample_rate": SAMPLE_RATE,
            "tracks": {one.part.name: self._track(one, home) for one in self.band},
            "buses": {HALL: {"effects": _room(hall), "level_db": self.hall_db}},
            "master": self.master.model_dump(),
        }

    def _track(self, one: Seated, home: Path) -> dict[str, Any]:
        name = one.part.name
        points = ride_points(self.balance.ride_db.get(name, ()), self.times)
        return {
            "track": name,
            "instrument": reference(one, home),
            "level_db": self.balance.level_db.get(name, 0.0),
            **({"ride": points} if points else {}),
            "pan": one.seat.pan,
            "sends": {HALL: one.seat.hall_db},
        }


def ride_points(ride_db: Sequence[float], times: Times) -> list[list[float]]:
    """Return the points of a fader that is ridden by section; it moves shortly before each begins."""
    if not any(ride_db):
        return []
    points = [[0.0, ride_db[0]]]
    for before_db, db, (start_s, _) in zip(ride_db[:-1], ride_db[1:], times[1:], strict=True):
        if db != before_db:
            points += [[round(start_s - RIDDEN_S - EARLY_S, 3), before_db], [round(start_s - EARLY_S, 3), db]]
    return points


def reference(seated: Seated, home: Path) -> str:
    """Return how a graph in the folder `home` names an instrument."""
    if seated.instrument.ships:
        return seated.instrument.name
    return Path(os.path.relpath(seated.instrument.path, home.resolve())).as_posix()


def _room(hall: Hall) -> list[dict[str, Any]]:
    room = {"room_size": hall.room_size, "damping": hall.damping, "dry_level": 0.0, "wet_level": 1.0}
    return [{"filter": {"mode": "high", "frequency": hall.low_cut_hz}}, {"reverb": room}]


def _playing(performance: Performance, band: Sequence[Seated]) -> list[Seated]:
    """Return the parts that have notes; a graph refuses one without."""
    names = {performance.tracks[number].name for number in set(performance.notes["track"].tolist())}
    return [one for one in band if one.part.name in names]


def _write(path: Path, graph: dict[str, Any], seed: int) -> None:
    text = yaml.safe_dump(graph, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    write_text(path, HEAD.format(seed=seed) + text)
