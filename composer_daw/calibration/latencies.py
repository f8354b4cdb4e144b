"""Latencies of one technique: notes are sent at many velocities, and their onsets measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.calibration.arrival import find_arrival
from composer_daw.calibration.figures import OVERLAP_S, Figure, FigureNote, single
from composer_daw.calibration.layers import layers_of, to_measure
from composer_daw.calibration.playing import BEFORE_S, Cue, Heard, Player, without_latencies
from composer_daw.measure import find_onset, sounding_end_s
from composer_daw.measure.frames import Array
from composer_daw.performance import TechniqueSet
from composer_daw.techniques.parts import Technique

VELOCITIES = (10, 24, 40, 56, 72, 88, 104, 127)
PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Where in the range single notes lie."""

HIGHER_PLACES = (0.5, 0.65, 0.8)
"""Where connected notes lie: the higher, the finer their arrival is told."""

INTERVALS = (5, -6, 6)
"""From one connected note to the next; their partials do not meet."""

HELD_S = 0.7
TAKES = 2
"""How often a note is played; once, where the two takes are alike."""

RING_S = 2.5
RINGS_DB = -60.0
SHORTEST_REST_S = 0.5
SPREAD_MS = 5.0
"""Where latencies of one velocity spread by more over pitches and takes, their median is uncertain."""


@dataclass(frozen=True)
class Latencies:
    """How late a technique speaks, in ms from each velocity (as sent) up, and what is doubtful about it.

    `beside` are the entries of the map that are in force with it.
    """

    layers: dict[int, float]
    doubt: str
    beside: TechniqueSet = ()
    spread_ms: float = 0.0
    """How far latencies of one velocity spread over pitches and takes: the distance of their quartiles."""


@dataclass(frozen=True)
class _Onset:
    velocity: int
    late_ms: float
    is_slow: bool


Listen = Callable[[Heard], _Onset | None]


def measure_first(player: Player, technique: str, seed: int = 0) -> Latencies:
    """Return how late single notes speak, from the moment they are sent."""
    entry = player.instrument.technique_map.techniques[technique]
    pitches = _pitches(player, entry, PLACES)
    held_s = _held_s(entry)

    def figure(pitch: int, velocity: int) -> Figure:
        return single(pitch, velocity, held_s)

    return _measured(player, technique, pitches, figure, lambda heard: _onset_of(heard, technique), seed)


def measure_transition(player: Player, technique: str, seed: int = 0) -> Latencies:
    """Return how late the second of two connected notes arrives, from the moment it is sent."""
    entry = player.instrument.technique_map.techniques[technique]
    low, high = _span(player, entry)
    pitches = _pitches(player, entry, HIGHER_PLACES)
    reach_s = OVERLAP_S if "overlaps" in (entry.when.next, entry.when.previous) else 0.0
    held_s = _held_s(entry)

    def figure(pitch: int, velocity: int) -> Figure:
        step = INTERVALS[pitches.index(pitch) % len(INTERVALS)]
        second = pitch + step if low <= pitch + step <= high else pitch - step
        first = FigureNote(0.0, held_s, pitch, velocity)
        return (first, FigureNote(held_s - reach_s, held_s, min(max(second, low), high), velocity))

    return _measured(player, technique, pitches, figure, lambda heard: _arrival_of(heard, technique), seed)


def _measured(
    player: Player,
    technique: str,
    pitches: Sequence[int],
    figure: Callable[[int, int], Figure],
    listen: Listen,
    seed: int,
) -> Latencies:
    """Measure at some velocities, then between those that differ."""
    entry = player.instrument.technique_map.techniques[technique]
    velocities = _velocities(entry)
    asked = (technique,)
    beside = player.entries([Cue(asked, figure(pitches[0], velocities[-1]))])[-1]
    rest_s = _rest_s(player, Cue(asked, figure(pitches[len(pitches) // 2], velocities[-1])), seed)
    curve: dict[int, Array] = {}
    onsets: list[_Onset] = []
    takes = TAKES
    while velocities:
        cues = [Cue(asked, figure(pitch, velocity)) for velocity in velocities for pitch in pitches]
        heard = [_play(player, cues, rest_s, seed + take, listen) for take in range(takes)]
        if all(take == heard[0] for take in heard):
            takes, heard = 1, heard[:1]
        for row, velocity in enumerate(velocities):
            place = slice(row * len(pitches), (row + 1) * len(pitches))
            mine = [one for take in heard for one in take[place]]
            found = [one for one in mine if one]
            onsets += found
            sent = found[0].velocity if found else velocity
            curve[sent] = np.array([one.late_ms if one else np.nan for one in mine])
        velocities = [one for one in to_measure(curve) if one not in curve]
        velocities = velocities if _sends_as_written(entry) else []
    if takes == 1:
        curve = {velocity: values[: len(pitches)] for velocity, values in curve.items()}
    spreads = [spread for values in curve.values() if np.isfinite(spread := _spread_ms(values))]
    spread_ms = max(spreads, default=0.0)
    return Latencies(layers_of(curve), _doubt(spread_ms, onsets), beside, spread_ms)


def _play(player: Player, cues: list[Cue], rest_s: float, seed: int, listen: Listen) -> list[_Onset | None]:
    known = without_latencies(player.instrument.technique_map)
    return [listen(heard) for heard in player.play(cues, known, rest_s, seed)]


def _onset_of(heard: Heard, technique: str) -> _Onset | None:
    """Return the onset of a single note; None where it is silent, or something else plays."""
    if technique not in heard.entries[-1]:
        return None
    row = heard.rows[-1]
    sent = round(BEFORE_S * heard.sample_rate)
    onset = find_onset(heard.mono[sent:], heard.sample_rate)
    if not np.isfinite(onset.time_s):
        return None
    return _Onset(int(row["velocity"]), 1000.0 * onset.time_s, onset.is_slow)


def _arrival_of(heard: Heard, technique: str) -> _Onset | None:
    """Return the arrival of the second of two notes; None where it is not heard, or something else plays."""
    if len(heard.rows) < 2 or technique not in heard.entries[-1]:
        return None
    first, second = heard.rows[0], heard.rows[-1]
    sent_s = BEFORE_S + float(second["sent_onset_s"] - first["sent_onset_s"])
    old, new = (440.0 * 2.0 ** ((int(row["sounding_pitch"]) - 69) / 12.0) for row in (first, second))
    end = round((sent_s + 2 * HELD_S) * heard.sample_rate)
    arrival = find_arrival(heard.mono[:end], heard.sample_rate, old, new, sent_s)
    if not np.isfinite(arrival.time_s):
        return None
    return _Onset(int(second["velocity"]), 1000.0 * (arrival.time_s - sent_s), arrival.is_blurred)


def _doubt(spread_ms: float, onsets: list[_Onset]) -> str:
    """Return in words what makes the figures uncertain."""
    if not onsets:
        return "not heard"
    doubts = []
    if 2 * sum(one.is_slow for one in onsets) > len(onsets):
        doubts.append("slow attack")
    if spread_ms > SPREAD_MS:
        doubts.append(f"spreads by {spread_ms:.0f} ms over pitches and takes")
    return ", ".join(doubts)


def _spread_ms(values: Array) -> float:
    """Return the distance of the quartiles of one velocity."""
    known = values[np.isfinite(values)]
    return float(np.subtract(*np.percentile(known, [75, 25]))) if len(known) > 1 else float("nan")


def _rest_s(player: Player, cue: Cue, seed: int) -> float:
    """Return how long to wait after a note until the next one can be measured by itself."""
    known = without_latencies(player.instrument.technique_map)
    (heard,) = player.play([cue], known, RING_S, seed)
    end_s = sounding_end_s(heard.mono, heard.sample_rate, RINGS_DB)
    last = cue.figure[-1]
    rings_s = end_s - BEFORE_S - last.after_s - last.held_s
    return float(np.clip(rings_s + 0.2, SHORTEST_REST_S, RING_S)) if np.isfinite(rings_s) else RING_S


def _velocities(entry: Technique) -> list[int]:
    """Return the written velocities that are measured first; those that the technique is for."""
    low, high = (round(end or other) for end, other in zip(entry.when.velocity, (1, 127), strict=True))
    inside = [velocity for velocity in VELOCITIES if low <= velocity <= high]
    ends = {end for end in (low, high) if end not in (1, 127)}
    return sorted({*inside, *ends})


def _sends_as_written(entry: Technique) -> bool:
    """Tell whether velocities are sent as they are written: only then the border of a layer can be sought."""
    return entry.note.velocity == 1.0


def _span(player: Player, entry: Technique) -> tuple[int, int]:
    low, high = (end - entry.note.transpose for end in player.instrument.technique_map.range)
    bounds = entry.when.pitch
    low, high = max(0, low, bounds[0] or 0), min(127, high, 127 if bounds[1] is None else bounds[1])
    return (low, high) if low <= high else (high, high)


def _pitches(player: Player, entry: Technique, places: Sequence[float]) -> list[int]:
    low, high = _span(player, entry)
    return list(dict.fromkeys(round(low + place * (high - low)) for place in places))


def _held_s(entry: Technique) -> float:
    low, high = entry.when.length_ms
    held_ms = max(1000.0 * HELD_S, low or 0.0)
    return (held_ms if high is None else min(held_ms, high)) / 1000.0
