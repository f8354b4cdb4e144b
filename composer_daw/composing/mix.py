"""The mix of a song: its render graph, with levels from the takes, and the mixdown."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from composer_daw.audio import Audio
from composer_daw.composing.balance import Balance, Times, balanced, under_the_mix
from composer_daw.composing.band import Hall, load_band
from composer_daw.composing.request import Seated
from composer_daw.composing.song import SongMaster
from composer_daw.files import write_text
from composer_daw.measure.loudness import Powers, step_powers
from composer_daw.performance import Performance
from composer_daw.rendering.graph import MASTER
from composer_daw.rendering.graph_plan import Plan, plan_graph
from composer_daw.rendering.graph_play import play
from composer_daw.rendering.graph_render import Mixdown, as_the_graph_says, render_graph

HALL = "hall"
SAMPLE_RATE = 44_100
HEAD = (
    "# The mix of this song; it renders again:\n"
    "#   composer-daw render performance.mid --graph graph.yaml -o mix.wav --seed {seed}\n"
)


@dataclass(frozen=True)
class Mixed:
    """A mixdown, the plan that it was made by, and the balance of its parts."""

    mixdown: Mixdown
    plan: Plan
    balance: Balance
    under_lu: dict[str, list[float | None]]
    """How far each stem lies under the mix, section by section, as it is heard; None where it is silent."""


def mix(
    performance: Performance,
    band: Sequence[Seated],
    times: Times,
    master: SongMaster,
    path: Path,
    home: Path,
    *,
    seed: int,
    workers: int,
    told: Callable[[str], None],
) -> Mixed:
    """Play all parts, find their levels, write the graph to `path`, and mix.

    `home` is where the graph will stand in the end; instruments of the user's own are named from there.
    """
    playing = _playing(performance, band)
    _write(path, graph_of(playing, {}, master, home), seed)
    plan = plan_graph(path, performance)
    takes = play(plan, seed, told=told, workers=workers)
    balance = balanced(
        _powers({name: as_the_graph_says(take) for name, take in takes.items()}), playing, times
    )
    _write(path, graph_of(playing, balance.level_db, master, home), seed)
    plan = dataclasses.replace(plan, graph=plan_graph(path, performance).graph)
    mixdown = render_graph(plan, seed=seed, takes=takes, dry_stems=False)
    heard = {stem.name: stem.audio for stem in mixdown.stems if stem.in_mix and stem.name in takes}
    powers = _powers({**heard, MASTER: mixdown.audio})
    plays = {name: _plays(performance, name, times) for name in heard}
    return Mixed(mixdown, plan, balance, under_the_mix(powers, powers.pop(MASTER), times, plays))


def _powers(sounds: Mapping[str, Audio]) -> dict[str, Powers]:
    """Return the power over time of each sound, measured on two cores."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda audio: step_powers(audio.samples, audio.sample_rate), sounds.values())
        return dict(zip(sounds, found, strict=True))


def _plays(performance: Performance, name: str, times: Times) -> list[bool]:
    """Tell in which sections a part begins notes."""
    number = next(row for row, track in enumerate(performance.tracks) if track.name == name)
    onset_s = performance.notes["onset_s"][performance.notes["track"] == number]
    return [bool(((onset_s >= start) & (onset_s < end)).any()) for start, end in times]


def graph_of(
    band: Sequence[Seated], level_db: dict[str, float], master: SongMaster, home: Path
) -> dict[str, Any]:
    """Return the render graph of a band, as its YAML has it."""
    tracks = {
        one.part.name: {
            "track": one.part.name,
            "instrument": reference(one, home),
            "level_db": level_db.get(one.part.name, 0.0),
            "pan": one.seat.pan,
            "sends": {HALL: one.seat.hall_db},
        }
        for one in band
    }
    return {
        "graph": 1,
        "sample_rate": SAMPLE_RATE,
        "tracks": tracks,
        "buses": {HALL: {"effects": _room(load_band().hall)}},
        "master": master.model_dump(),
    }


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
