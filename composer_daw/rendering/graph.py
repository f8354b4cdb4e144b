"""The render graph: tracks, buses and the master of a song, as YAML.

    graph: 1
    tracks:
      melody: {track: Melody, instrument: studio/violin, pan: -0.3, sends: {hall: -12}}
    buses:
      hall: {effects: [{reverb: {dry_level: 0, wet_level: 1}}]}
    master: {loudness_lufs: -16}

Here stands what can be checked without a score: names, destinations, and that nothing goes round in a circle.
`graph_plan` brings graph and score together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, model_validator

from composer_daw.documents import PlacedError
from composer_daw.errors import did_you_mean
from composer_daw.midi.select import Selection
from composer_daw.rendering.effects import AnyEffect
from composer_daw.techniques import AS_WRITTEN

MASTER = "master"
NAME = re.compile(r"\w(?:[\w .+-]*[\w+-])?")
"""Names become names of files: no slashes, no dots or spaces at the ends."""

LONGEST_NAME = 64


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,)


Level = Annotated[float, Field(ge=-120, le=24)]
Ride = tuple[tuple[Annotated[float, Field(ge=0)], Level], ...]
"""A fader that moves: seconds from the start of the score, and dB on top of its level."""
Pan = Annotated[float, Field(ge=-1, le=1)]
Channel = Annotated[StrictInt, Field(ge=1, le=16)]
Program = Annotated[StrictInt, Field(ge=1, le=128)]


def _forwards(ride: Ride) -> Ride:
    if any(later[0] <= sooner[0] for sooner, later in pairwise(ride)):
        raise ValueError("each point comes after the one before")
    return ride


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Selector(_Part):
    """Which notes of the score: by track (name, or number from 1), channel (1..16), program (1..128)."""

    track: Annotated[tuple[StrictInt | str, ...], BeforeValidator(_as_tuple)] = ()
    channel: Annotated[tuple[Channel, ...], BeforeValidator(_as_tuple)] = ()
    program: Annotated[tuple[Program, ...], BeforeValidator(_as_tuple)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.track or self.channel or self.program):
            raise ValueError("say which notes it plays: give track, channel or program")
        return self

    @property
    def selection(self) -> Selection:
        """Return what it selects."""
        return Selection(self.track, self.channel, self.program)


class Strip(_Part):
    """What tracks and buses have in common: effects, then level and pan, then where the sound goes."""

    effects: tuple[AnyEffect, ...] = ()
    level_db: Level = 0.0
    pan: Pan = 0.0
    sends: dict[str, Level] = {}
    """To a bus, in dB, taken after level and pan."""
    output: str = MASTER


class GraphTrack(Strip, Selector):
    """Notes of the score, the instrument that plays them, and how."""

    instrument: str
    technique: str = AS_WRITTEN
    ride: Annotated[Ride, AfterValidator(_forwards)] = ()
    """Straight lines in dB from point to point; the first and the last value hold."""


class Bus(Strip):
    """A sum: a group of what is put out to it, a return of what is sent to it."""


class Master(_Part):
    """The last sum, its effects, its loudness (LUFS; null leaves it) and its true-peak ceiling (dBTP)."""

    effects: tuple[AnyEffect, ...] = ()
    loudness_lufs: Annotated[float, Field(ge=-60, le=-5)] | None = None
    true_peak_db: Annotated[float, Field(ge=-20, le=0)] = -1.0


class Graph(_Part):
    """The schema of a render graph."""

    graph: Literal[1]
    sample_rate: Annotated[StrictInt, Field(ge=16_000, le=192_000)] | None = None
    tracks: Annotated[dict[str, GraphTrack], Field(min_length=1)]
    buses: dict[str, Bus] = {}
    master: Master = Master()
    ignore: tuple[Selector, ...] = ()
    """Notes that nobody plays, on purpose."""
    unassigned: Literal["error", "drop"] = "error"
    """What to do about notes that no track plays and that are not ignored."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        self._check_names()
        for place, strip in self.strips():
            self._check_ways(place, strip)
        reached = {target for _, strip in self.strips() for target in (strip.output, *strip.sends)}
        for name in self.buses:
            if name not in reached:
                problem = f"nothing goes to the bus '{name}'; send to it or take it out"
                raise PlacedError(problem, "buses", name)
        self.order()
        return self

    def strips(self) -> Iterator[tuple[tuple[str, str], Strip]]:
        """Yield every track and bus, with the keys that lead to it."""
        yield from ((("tracks", name), track) for name, track in self.tracks.items())
        yield from ((("buses", name), bus) for name, bus in self.buses.items())

    def strip(self, name: str) -> Strip:
        """Return a track or a bus."""
        return self.tracks[name] if name in self.tracks else self.buses[name]

    def order(self) -> list[str]:
        """Return tracks and buses, each after all that feeds it; raise PlacedError for a circle."""
        feeds: dict[str, list[str]] = {name: [] for name in (*self.tracks, *self.buses)}
        for (_, name), strip in self.strips():
            for target in (strip.output, *strip.sends):
                if target != MASTER:
                    feeds[target].append(name)
        try:
            return list(TopologicalSorter(feeds).static_order())
        except CycleError as error:
            circle = error.args[1]
            way = " -> ".join(circle)
            raise PlacedError(f"{way} is a circle; cut one of these ways", "buses", circle[0]) from error

    def _check_names(self) -> None:
        seen: dict[str, str] = {MASTER: MASTER}
        for place, _ in self.strips():
            name = place[1]
            if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
                problem = f"'{name}' cannot name a file; use letters, digits, spaces, '.', '-', '_' and '+'"
                raise PlacedError(problem, *place)
            if other := seen.get(name.casefold()):
                raise PlacedError(f"the name '{name}' is taken by '{other}'; give each its own", *place)
            seen[name.casefold()] = name

    def _check_ways(self, place: tuple[str, str], strip: Strip) -> None:
        ways = [(strip.output, ("output",)), *((target, ("sends", target)) for target in strip.sends)]
        for target, where in ways:
            if target in self.buses or (target == MASTER and where == ("output",)):
                continue
            if target == MASTER:
                raise PlacedError("a send goes to a bus; use 'output: master'", *place, *where)
            hint = did_you_mean(target, (*self.buses, MASTER))
            raise PlacedError(f"no bus '{target}'{hint}; there are {self._bus_list()}", *place, *where)

    def _bus_list(self) -> str:
        return ", ".join((*self.buses, MASTER))
