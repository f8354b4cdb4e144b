"""Figures: the few notes on which a technique is tried, and the trials that a map asks for.

A figure is a single note, or two that are connected. All techniques are tried on the same figures, so that
their sounds can be compared; one that a condition of the map bars from them gets figures of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from composer_daw.performance import TechniqueSet
from composer_daw.rendering.readiness import pitches_of
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.parts import Condition, Technique

HELD_S = 0.6
OVERLAP_S = 0.05
"""How far the first note of a connected pair reaches into the second."""

PLACES = (0.2, 0.5, 0.8)
"""Where in the range the notes lie."""

VELOCITIES = (50, 100)
INTERVAL = 4
"""Semitones from the first note of a connected pair to the second."""

MOST_COMBINATIONS = 12
DRUMS = 7
"""So many drums of a kit are struck to hear its techniques."""


class FigureNote(NamedTuple):
    """One note of a figure; `after_s` counts from the beginning of the figure."""

    after_s: float
    held_s: float
    pitch: int
    velocity: int


Figure = tuple[FigureNote, ...]


@dataclass(frozen=True)
class Trial:
    """What is asked of an instrument to hear one technique."""

    name: str
    """As the map calls it: a technique, several joined by '+', or a drum and its stroke."""
    asked: TechniqueSet
    figures: tuple[Figure, ...]
    parts: TechniqueSet = ()
    """Of a combination: the techniques that it is made of."""

    @property
    def is_stroke(self) -> bool:
        """Tell whether it is a stroke of a drum."""
        return "=" in self.name


def single(pitch: int, velocity: int, held_s: float = HELD_S) -> Figure:
    """Return one note."""
    return (FigureNote(0.0, held_s, pitch, velocity),)


def pair(first: int, second: int, velocity: int, held_s: float = HELD_S) -> Figure:
    """Return two notes of which the second begins while the first is held."""
    return (
        FigureNote(0.0, held_s, first, velocity),
        FigureNote(held_s - OVERLAP_S, held_s, second, velocity),
    )


def length_s(figure: Figure) -> float:
    """Return when the last key of a figure is let go."""
    return max(note.after_s + note.held_s for note in figure)


def trials_of(technique_map: TechniqueMap, named: Sequence[str] | None = None) -> list[Trial]:
    """Return a trial for each technique, each combination of two (some, where there are many), each stroke.

    `named` picks techniques and strokes by name; combinations are left out then.
    """
    trials = [
        Trial(name, _with_company(name, technique_map), figures_for(technique_map, (name,)))
        for name in technique_map.playable()
    ]
    trials += [
        Trial(f"{piece}={stroke}", (f"{piece}={stroke}",), _struck(next(iter(entry.written))))
        for piece, entry in technique_map.pieces.items()
        if entry.written
        for stroke in entry.strokes
    ]
    if named is not None:
        return [trial for trial in trials if trial.name in named]
    return trials + [
        Trial("+".join(two), two, figures_for(technique_map, two), two)
        for two in _combinations(technique_map)
    ]


def base_trial(technique_map: TechniqueMap) -> Trial:
    """Return the trial in which nothing is asked, on the figures that any technique is tried on."""
    return Trial("", (), figures_for(technique_map, ()))


def figures_for(technique_map: TechniqueMap, names: Iterable[str]) -> tuple[Figure, ...]:
    """Return the figures on which these techniques together can be heard, by range and condition.

    First those that all techniques share, as far as they can be played; the last one is a connected pair.
    What is for connected notes only is tried on pairs only.
    """
    struck = technique_map.struck()
    if plays_drums(technique_map):
        return _kit(technique_map)
    entries = [technique_map.techniques[name] for name in names]
    low, high = _span(entries, technique_map)
    common = _places(*_common_span(technique_map), struck)
    pitches = [pitch for pitch in common if low <= pitch <= high] or _places(low, high, struck)
    velocities = sorted({_velocity(velocity, entries) for velocity in VELOCITIES})
    held_s = _held_s(entries)
    seconds = {pitch: _free(_second(pitch, low, high, entries), low, high, struck) for pitch in pitches}
    if any(_connects(one.when) for one in entries):
        return tuple(
            pair(first, second, velocity, held_s)
            for velocity in velocities
            for first, second in seconds.items()
        )
    middle = pitches[len(pitches) // 2]
    singles = [single(pitch, velocity, held_s) for velocity in velocities for pitch in pitches]
    return (*singles, pair(middle, seconds[middle], velocities[-1], held_s))


def plays_drums(technique_map: TechniqueMap) -> bool:
    """Tell whether techniques are heard on drums, since nothing else can be written."""
    return bool(technique_map.struck()) and set(pitches_of(technique_map)) <= set(technique_map.struck())


def _with_company(name: str, technique_map: TechniqueMap) -> TechniqueSet:
    """Return a technique, and where all that switches it needs another one in force, the first of those."""
    technique = technique_map.techniques[name]
    if not technique.on or not all(action.only_with for action in technique.on):
        return (name,)
    company = technique.on[0].only_with
    return (name,) if set(company) & (technique_map.defaults | {name}) else (name, company[0])


def _combinations(technique_map: TechniqueMap) -> list[tuple[str, str]]:
    """Return pairs of techniques of two groups that are no defaults; evenly picked where there are many."""
    ranks = {group: rank for rank, group in enumerate(technique_map.groups)}
    others = [name for name in technique_map.playable() if name not in technique_map.defaults]
    group = {name: technique_map.techniques[name].group for name in others}
    pairs = [two for two in itertools.combinations(others, 2) if group[two[0]] != group[two[1]]]
    pairs = [two if ranks[group[two[0]]] < ranks[group[two[1]]] else (two[1], two[0]) for two in pairs]
    return pairs[:: -(-len(pairs) // MOST_COMBINATIONS)] if pairs else []


def _kit(technique_map: TechniqueMap) -> tuple[Figure, ...]:
    """Return a few drums, struck once each."""
    written = [next(iter(piece.written)) for piece in technique_map.pieces.values() if piece.written]
    return tuple(single(pitch, VELOCITIES[-1]) for pitch in written[:: -(-len(written) // DRUMS)])


def _struck(pitch: int) -> tuple[Figure, ...]:
    return tuple(single(pitch, velocity) for velocity in VELOCITIES)


def _common_span(technique_map: TechniqueMap) -> tuple[int, int]:
    """Return the pitches that every technique without a condition on pitch can be written at."""
    free = [one for one in technique_map.techniques.values() if one.when.pitch == (None, None)]
    spans = [_span([one], technique_map) for one in free]
    low, high = max((s[0] for s in spans), default=0), min((s[1] for s in spans), default=127)
    return (low, high) if high - low >= 12 else technique_map.range


def _span(entries: Sequence[Technique], technique_map: TechniqueMap) -> tuple[int, int]:
    """Return the lowest and highest pitch that may be written for these techniques together."""
    shift = sum(one.note.transpose for one in entries)
    low, high = (end - shift for end in technique_map.range)
    for bound in (one.when.pitch for one in entries):
        low, high = max(low, bound[0] or 0), min(high, 127 if bound[1] is None else bound[1])
    low, high = max(0, low), min(127, high)
    return (low, high) if low <= high else (high, high)


def _places(low: int, high: int, struck: Container[int]) -> list[int]:
    places = (round(low + place * (high - low)) for place in PLACES)
    return list(dict.fromkeys(_free(place, low, high, struck) for place in places))


def _free(pitch: int, low: int, high: int, struck: Container[int]) -> int:
    """Return the pitch nearest to one that is no drum; itself, where all are."""
    others = [one for one in range(low, high + 1) if one not in struck]
    return min(others, key=lambda one: abs(one - pitch), default=pitch)


def _connects(condition: Condition) -> bool:
    """Tell whether a technique is for connected notes only."""
    return bool({condition.next, condition.previous} & {"overlaps", "connects"})


def _velocity(velocity: int, entries: Iterable[Technique]) -> int:
    return round(_within(velocity, (one.when.velocity for one in entries)))


def _held_s(entries: Iterable[Technique]) -> float:
    return _within(1000.0 * HELD_S, (one.when.length_ms for one in entries)) / 1000.0


def _second(first: int, low: int, high: int, entries: Sequence[Technique]) -> int:
    """Return the pitch to which a connected pair goes."""
    conditions: list[Condition] = [one.when for one in entries]
    step = round(_within(INTERVAL, (one.interval for one in conditions)))
    goes = first + step if low <= first + step <= high else first - step
    return min(max(goes, low), high)


def _within(value: float, spans: Iterable[tuple[float | None, float | None]]) -> float:
    """Return the value, brought into all these spans."""
    for low, high in spans:
        value = value if low is None else max(value, low)
        value = value if high is None else min(value, high)
    return value
